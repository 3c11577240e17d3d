import { type AddressRange, formatAddress, formatAddressRange, normaliseRanges } from '../../model/address.ts';
import type { UnusedPart } from '../../model/finding.ts';
import { UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../model/flow.ts';
import type { Rule } from '../../model/rule.ts';
import { formatProtocol } from '../../model/service.ts';
import { IPV6_BASE, type PeerParts } from '../attribution/part-tracker.ts';
import type { UsedParts } from '../attribution/usage.ts';
import { GRADE_LIMITS } from '../evidence/grade.ts';
import type { Detector, FindingDraft, RuleFacts } from './detector.ts';

/** A part is worth a finding when at least this share of its axis carried nothing. */
const LEAST_UNUSED_SHARE = 0.5;
const MOST_PROTOCOLS = 3;
const MOST_VALUES = 32;

/** Rules of which a large part carried nothing while another part did: protocols, ports, blocks of a CIDR, entries of a list, members of a group. */
export const partlyUnused: Detector = {
  title: 'half of it or more carried nothing',
  detect: ({ policies }) => policies.flatMap(({ rules }) => rules.map(toDraft).filter((draft) => draft !== null)),
};

function toDraft(facts: RuleFacts): FindingDraft | null {
  const { policy, rule, usage, exposure } = facts;
  if (!rule.enabled || rule.effect.verdict !== 'permit' || rule.evaluable !== 'full' || !policy.stateful) return null;
  if (usage === null || usage.certain === 0 || usage.parts === null || exposure === null) return null;
  if (exposure.hasUnknownGap || exposure.hours < GRADE_LIMITS.daysForC * 24 || exposure.coverage < GRADE_LIMITS.coverageForC) return null;
  const parts = [...serviceParts(rule, usage.parts), ...peerParts(usage.parts), ...memberParts(rule, usage.parts)];
  if (parts.length === 0) return null;
  return {
    kind: 'partly-unused',
    policy: policy.id,
    rule: rule.id,
    severity: 'low',
    coveredBy: [],
    unusedParts: parts,
    evidence: { grade: 'C', reasons: ['PARTLY_EXPOSED'] },
    removal: { changesDecisions: true, safeAlone: true },
    explanation: `Only part of it carried traffic. ${parts.map(describe).join(' ')}`,
  };
}

/** A service without its protocol, or without its port, may be any. */
function leavesPortOpen(code: number): boolean {
  return code % 131_072 === UNSEEN_PORT || Math.floor(code / 131_072) === UNSEEN_PROTOCOL;
}

function describe(part: UnusedPart): string {
  return `Of its ${part.axis}, ${list(part.usedValues)} ${part.usedValues.length === 1 ? 'was' : 'were'} used; nothing on ${list(part.values)}.`;
}

function list(values: readonly string[]): string {
  if (values.length <= 4) return values.join(', ');
  return `${values.slice(0, 3).join(', ')} and ${values.length - 3} more`;
}

function serviceParts(rule: Rule, used: UsedParts): UnusedPart[] {
  const services = rule.match.products.flatMap((product) => product.services);
  const anyProtocol = services.some(
    (service) => service.protocolFirst === 0 && service.protocolLast === 255 && service.destinationPort === null,
  );
  if (anyProtocol) {
    // A record without a protocol may show any of them.
    if (used.protocols === null || used.protocols.size > MOST_PROTOCOLS || used.protocols.has(UNSEEN_PROTOCOL)) return [];
    const names = [...used.protocols].sort((a, b) => a - b).map(formatProtocol);
    return [{ axis: 'service', values: ['every other protocol'], usedValues: names }];
  }
  if (used.services === null || [...used.services].some(leavesPortOpen)) return [];
  const parts: UnusedPart[] = [];
  for (const service of distinctPortRanges(rule)) {
    const ports = [...used.services]
      .filter((code) => Math.floor(code / 131_072) === service.protocol)
      .map((code) => code % 131_072)
      .filter((port) => port >= service.first && port <= service.last)
      .sort((a, b) => a - b);
    const size = service.last - service.first + 1;
    if (size < 2 || ports.length === 0 || (size - ports.length) / size < LEAST_UNUSED_SHARE) continue;
    const name = formatProtocol(service.protocol);
    parts.push({
      axis: 'service',
      values: cap(gapsBetween(ports, service.first, service.last).map((gap) => `${name}/${gap}`)),
      usedValues: cap(ports.map((port) => `${name}/${port}`)),
    });
  }
  return parts;
}

function distinctPortRanges(rule: Rule): { protocol: number; first: number; last: number }[] {
  const found = new Map<string, { protocol: number; first: number; last: number }>();
  for (const { services } of rule.match.products) {
    for (const { protocolFirst, protocolLast, destinationPort } of services) {
      const takesPorts = protocolFirst === protocolLast && (protocolFirst === 6 || protocolFirst === 17);
      if (!takesPorts) continue;
      const { first, last } = destinationPort ?? { first: 0, last: 65535 };
      found.set(`${protocolFirst} ${first} ${last}`, { protocol: protocolFirst, first, last });
    }
  }
  return [...found.values()];
}

/** The stretches of `first..last` that hold none of the ascending ports, as text. */
function gapsBetween(ports: readonly number[], first: number, last: number): string[] {
  const gaps: string[] = [];
  let next = first;
  for (const port of [...ports, last + 1]) {
    if (port > next) gaps.push(port - 1 === next ? String(next) : `${next}-${port - 1}`);
    next = Math.max(next, port + 1);
  }
  return gaps;
}

function peerParts(used: UsedParts): UnusedPart[] {
  return [...used.peers.values()].flatMap(({ parts, used: mask }) => {
    const silent = parts.parts.filter((_, index) => (mask & (1 << index)) === 0);
    if (mask === 0 || sizeOf(silent) * 2n < sizeOf(parts.parts)) return [];
    const touched = parts.parts.filter((_, index) => (mask & (1 << index)) !== 0);
    return [{ axis: parts.axis, values: cap(toBlocks(parts, silent)), usedValues: cap(toBlocks(parts, touched)) }];
  });
}

/** Neighbouring blocks of one CIDR join to the largest CIDRs that fit; entries of a list stay as they are written. */
function toBlocks({ parts }: PeerParts, chosen: readonly AddressRange[]): string[] {
  const areBlocks = parts.every((part, index) => index === 0 || part.first === (parts[index - 1]?.last ?? 0n) + 1n);
  if (!areBlocks) return chosen.map(formatAddressRange);
  return normaliseRanges(chosen).flatMap(toCidrs).map(formatAddressRange);
}

function toCidrs(range: AddressRange): AddressRange[] {
  const cidrs: AddressRange[] = [];
  let first = range.first;
  while (first <= range.last) {
    let size = first === 0n ? 1n << 128n : first & -first;
    while (first + size - 1n > range.last) size >>= 1n;
    cidrs.push({ family: range.family, first, last: first + size - 1n });
    first += size;
  }
  return cidrs;
}

function sizeOf(ranges: readonly AddressRange[]): bigint {
  return ranges.reduce((sum, range) => sum + range.last - range.first + 1n, 0n);
}

/** Members of a resolved group that never appeared. Members of one family only: those of the other are not seen by its addresses. */
function memberParts(rule: Rule, used: UsedParts): UnusedPart[] {
  for (const axis of ['source', 'destination'] as const) {
    const products = rule.match.products.filter((product) => product.family === 4 && product[axis].membership !== null);
    const members = products[0]?.[axis].membership?.members ?? null;
    const seen = axis === 'source' ? used.sources : used.destinations;
    if (members === null || seen === null) continue;
    if (members.some((member) => member.first !== member.last) || members.length < 2) continue;
    const isSeen = (member: AddressRange): boolean => seen.has(Number(member.first));
    const silent = members.filter((member) => !isSeen(member));
    const onlyIpv4 = [...seen].every((address) => address < IPV6_BASE);
    if (!onlyIpv4 || silent.length === members.length || silent.length / members.length < LEAST_UNUSED_SHARE) continue;
    const name = (member: AddressRange): string => formatAddress(4, member.first);
    return [{ axis, values: cap(silent.map(name)), usedValues: cap(members.filter(isSeen).map(name)) }];
  }
  return [];
}

/** Keeps a list readable; what is left out is counted in its last entry. */
function cap(values: readonly string[]): string[] {
  if (values.length <= MOST_VALUES) return [...values];
  return [...values.slice(0, MOST_VALUES - 1), `${values.length - MOST_VALUES + 1} more`];
}
