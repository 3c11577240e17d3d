import { type AddressRange, formatAddressRange, normaliseRanges } from '../../model/address.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import { ICMP, ICMPV6 } from '../../model/service.ts';
import type { Merge, PolicyAnalysis } from '../trace/analyse-policy.ts';
import { STRIDE } from '../trace/box-table.ts';
import { DESTINATION_PORT, SOURCE_PORT } from '../trace/trace-axes.ts';
import { entryOfRule } from '../trace/trace-space.ts';

/** Two rules that one could stand for: `earlier` with `value` in `field`. */
export interface MergeablePair {
  readonly earlier: Rule;
  readonly later: Rule;
  readonly field: 'source' | 'destination' | 'source-port' | 'destination-port';
  /** What both fields are together, as a rule would write it. */
  readonly value: string;
}

/**
 * Pairs of rules that differ in one field only, which together is one range, or one CIDR where both are; nothing between them interferes. Rules
 * that may go anyway, or that never decide, are left out, and so are unions that no rule could say (types of ICMP, several protocols).
 */
export function findMergeablePairs(policy: Policy, analysis: PolicyAnalysis): MergeablePair[] {
  const rules = new Map(policy.rules.map((rule) => [rule.id, rule]));
  const decides = (rule: string): boolean => ['live', 'partly-shadowed'].includes(analysis.verdictOf(rule)?.kind ?? '');
  return analysis.merges().flatMap((merge): MergeablePair[] => {
    const earlier = rules.get(merge.earlier);
    const later = rules.get(merge.later);
    if (earlier === undefined || later === undefined || !decides(earlier.id) || !decides(later.id)) return [];
    const { axis: field } = merge;
    if (field === 'protocol') return [];
    const value =
      field === 'source' || field === 'destination' ? jointAddresses([earlier, later], field) : jointPorts(analysis, merge, field);
    return value === null ? [] : [{ earlier, later, field, value }];
  });
}

/** Null where the union is not written as the parts are: two CIDRs of which no CIDR comes, or references. */
function jointAddresses(rules: readonly Rule[], side: 'source' | 'destination'): string | null {
  const endpoints = rules.flatMap(({ match }) => match.products.map((product) => product[side]));
  if (endpoints.some(({ membership }) => membership !== null)) return null;
  const ranges = endpoints.flatMap((endpoint) => endpoint.ranges);
  const [union, ...more] = normaliseRanges(ranges);
  if (union === undefined || more.length > 0) return null;
  return ranges.every(isCidr) && !isCidr(union) ? null : formatAddressRange(union);
}

function isCidr({ first, last }: AddressRange): boolean {
  const size = last - first + 1n;
  return (size & (size - 1n)) === 0n && first % size === 0n;
}

/** Null for types and codes of ICMP, of which no rule can say a range. */
function jointPorts(
  { space, program }: PolicyAnalysis,
  { earlier, later }: Merge,
  field: 'source-port' | 'destination-port',
): string | null {
  const axis = field === 'source-port' ? SOURCE_PORT : DESTINATION_PORT;
  const values = field === 'source-port' ? space.axes.sourcePort : space.axes.destinationPort;
  const { bounds } = space.boxes;
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const rule of [earlier, later]) {
    const entry = entryOfRule(program, rule);
    for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) {
      const protocolFirst = space.axes.protocol.starts[bounds[box * STRIDE + 4]!]!;
      const protocolLast = space.axes.protocol.lastOf(bounds[box * STRIDE + 5]!);
      if ([ICMP, ICMPV6].some((icmp) => protocolFirst <= icmp && icmp <= protocolLast)) return null;
      first = Math.min(first, values.starts[bounds[box * STRIDE + 2 * axis]!]!);
      last = Math.max(last, values.lastOf(bounds[box * STRIDE + 2 * axis + 1]!));
    }
  }
  return first === last ? String(first) : `${first}-${last}`;
}
