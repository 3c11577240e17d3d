import { type AddressFamily, type AddressRange, anyAddress, compareRanges, LAST_ADDRESS, normaliseRanges } from '../model/address.ts';
import type { Guardrails, PlaceReference, PlaceTerm, Zone } from '../model/guardrails.ts';

/** Which addresses belong to which zone: every address to exactly one, or to none and so to the outside. */
export interface ZoneAddresses {
  /** Sorted, disjoint, both families; empty where more specific networks of other zones take all of them, and for a name that no zone has. */
  ofZone(name: string): readonly AddressRange[];
  readonly outside: readonly AddressRange[];
  /** The union of the terms, sorted and disjoint. */
  of(reference: PlaceReference): readonly AddressRange[];
}

/** The addresses of a zone without the more specific networks of other zones, sorted, disjoint, both families. */
export function zoneRanges(guardrails: Pick<Guardrails, 'zones'>, name: string): readonly AddressRange[] {
  return divideByZone(guardrails.zones).ofZone(name);
}

/** The addresses that a reference names, sorted, disjoint, both families. For many references, ask {@link divideByZone} once. */
export function rangesOf(guardrails: Pick<Guardrails, 'zones'>, reference: PlaceReference): readonly AddressRange[] {
  return divideByZone(guardrails.zones).of(reference);
}

/**
 * Gives every address to the zone with the most specific network that holds it. No two zones have the same network, so that one always is.
 * Cost is O(n log n) in the networks of all zones.
 */
export function divideByZone(zones: ReadonlyMap<string, Zone>): ZoneAddresses {
  const pieces = new Map<string | null, AddressRange[]>();
  const networks = [...zones.values()].flatMap((zone) => zone.networks.map(({ range }): Owned => ({ range, zone: zone.name })));
  for (const family of [4, 6] as const) {
    for (const { range, zone } of divideFamily(family, networks)) {
      const own = pieces.get(zone);
      if (own === undefined) pieces.set(zone, [range]);
      else own.push(range);
    }
  }
  const byZone = new Map([...pieces].map(([zone, ranges]) => [zone, normaliseRanges(ranges)]));
  const ofZone = (name: string): readonly AddressRange[] => byZone.get(name) ?? [];
  const outside = byZone.get(null) ?? [];
  const ofTerm = (term: PlaceTerm): readonly AddressRange[] => {
    switch (term.kind) {
      case 'any':
        return [anyAddress(4), anyAddress(6)];
      case 'outside':
        return outside;
      case 'zone':
        return ofZone(term.name);
      case 'tag':
        return zonesOfTag(zones, term.name).flatMap(ofZone);
      case 'addresses':
        return [term.range];
    }
  };
  return { ofZone, outside, of: (reference) => normaliseRanges(reference.flatMap(ofTerm)) };
}

/** Names of the zones that have the tag, in the order of the file. */
export function zonesOfTag(zones: ReadonlyMap<string, Zone>, tag: string): readonly string[] {
  return [...zones.values()].filter(({ tags }) => tags.includes(tag)).map(({ name }) => name);
}

interface Owned {
  readonly range: AddressRange;
  /** Null: no zone. */
  readonly zone: string | null;
}

/**
 * Networks nest or are apart, so that the ones open at an address form a stack with the most specific on top:
 *
 *     a: ├───────────────┤
 *     b:      ├─────┤
 *        a a a b b b a a a
 */
function divideFamily(family: AddressFamily, networks: readonly Owned[]): readonly Owned[] {
  const sorted = networks
    .filter(({ range }) => range.family === family)
    .sort((a, b) => (a.range.first === b.range.first ? compareRanges(b.range, a.range) : compareRanges(a.range, b.range)));
  const pieces: Owned[] = [];
  const open: Owned[] = [{ range: anyAddress(family), zone: null }];
  let next = 0n;
  const giveUpTo = (last: bigint, zone: string | null): void => {
    if (next <= last) pieces.push({ range: { family, first: next, last }, zone });
    if (next <= last) next = last + 1n;
  };
  const closeBefore = (address: bigint): void => {
    for (let top = open.at(-1); top !== undefined && top.range.last < address; top = open.at(-1)) {
      giveUpTo(top.range.last, top.zone);
      open.pop();
    }
  };
  for (const network of sorted) {
    closeBefore(network.range.first);
    giveUpTo(network.range.first - 1n, open.at(-1)?.zone ?? null);
    open.push(network);
  }
  closeBefore(LAST_ADDRESS[family] + 1n);
  return pieces;
}
