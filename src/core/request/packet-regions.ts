import { type AddressFamily, normaliseRanges } from '../../model/address.ts';
import { anyEndpoint, type MatchProduct } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import { type Region, toMatchProducts } from '../../model/region-notation.ts';
import type { Action } from '../../model/rule.ts';
import { boxesOf, countPieces } from '../ask/compiled-point.ts';
import { toRegions } from '../ask/packet-sets.ts';
import { divide } from '../trace/divide.ts';
import type { PacketCount } from '../trace/packets.ts';
import { PointJudge } from '../trace/point-judge.ts';
import { DECIDE, type TraceSource } from '../trace/trace-source.ts';
import { compileTrace, type TraceProgram } from '../trace/trace-space.ts';

/** Disjoint regions with the number of their packets. */
export interface CountedRegions {
  readonly regions: readonly Region[];
  readonly packets: PacketCount;
}

/** The same packets in few regions, each packet counted once; null beyond the budget. */
export function uniteRegions(regions: readonly Region[], budget: number): CountedRegions | null {
  const space = compileTrace([toProductSource('asked', regions.flatMap(toMatchProducts))]);
  const program = space.programs[0] as TraceProgram;
  const pieces = divide(space, [new PointJudge(space, [[program]])], { domain: boxesOf(program), budget, isWanted: () => true });
  if (pieces === null) return null;
  return {
    regions: toRegions(
      space.axes,
      pieces.map(({ bounds }) => bounds),
    ),
    packets: countPieces(space, pieces),
  };
}

/** As what one rule can say: sources, destinations and services in any combination; null when the packets are no such product. */
export function toOneRegion(regions: readonly Region[]): Region | null {
  const [first, second, ...more] = regions;
  if (first === undefined || more.length > 0) return null;
  if (second === undefined) return first;
  const areTwoFamilies = first.families.length === 1 && second.families.length === 1 && first.families[0] !== second.families[0];
  if (!areTwoFamilies || JSON.stringify(first.services) !== JSON.stringify(second.services)) return null;
  return {
    families: [...first.families, ...second.families].sort((a, b) => a - b),
    source: normaliseRanges([...first.source, ...second.source]),
    destination: normaliseRanges([...first.destination, ...second.destination]),
    services: first.services,
  };
}

/** Packets that products hold, whatever else they ask for, as a source of one entry. */
export function toProductSource(name: string, products: readonly MatchProduct[], verdict: Action = 'permit'): TraceSource {
  const match = { products: products.map(withoutConditions) };
  return {
    name,
    evaluation: 'any-permit',
    defaultEffect: { verdict: 'deny', attributes: {} },
    chains: [{ name, entries: [{ id: name, match, effect: { verdict, attributes: {} }, control: DECIDE }] }],
  };
}

function withoutConditions({ family, source, destination, services }: MatchProduct): MatchProduct {
  return {
    family,
    source: { ranges: source.ranges, membership: null },
    destination: { ranges: destination.ranges, membership: null },
    services,
    finite: [],
    unknowns: [],
  };
}

/** Whether rules of the policy name the remote side alone: the other one is whatever stands behind the interface. */
export function namesRemoteOnly({ direction, interfaceBound }: Policy): boolean {
  return direction !== null && interfaceBound;
}

/** What a rule of the policy can say of the region: where it names the remote side alone, the local side is any. */
export function asWritable(policy: Policy, region: Region): Region {
  if (!namesRemoteOnly(policy)) return region;
  const any = region.families.flatMap((family: AddressFamily) => [...anyEndpoint(family).ranges]);
  return policy.direction === 'in' ? { ...region, destination: any } : { ...region, source: any };
}
