import type { AddressFamily, AddressRange } from '../model/address.ts';
import type { Endpoint } from '../model/match.ts';
import type { Rule } from '../model/rule.ts';
import { buildAddressRanks } from './address-ranks.ts';
import { buildIntervalIndex } from './interval-index.ts';

/** Finds address ranges of both families by what they hold. Ranges are known by their index; answers are in ascending order of it. */
export interface CidrIndex {
  /** Ranges that have an address in common with this one. */
  overlapping(range: AddressRange): number[];
  /** Ranges that hold every address of this one. */
  containing(range: AddressRange): number[];
}

export function buildCidrIndex(ranges: readonly AddressRange[]): CidrIndex {
  const families = { 4: buildFamilyIndex(4, ranges), 6: buildFamilyIndex(6, ranges) };
  const containing = (range: AddressRange): number[] => {
    const overlapping = families[range.family](range.first, range.first);
    return overlapping.filter((id) => (ranges[id] as AddressRange).last >= range.last);
  };
  return { overlapping: (range) => families[range.family](range.first, range.last), containing };
}

/** A rule that names an address, and on which side of a packet. */
export interface AddressMention {
  /** Index into the rules given. */
  readonly rule: number;
  readonly side: 'source' | 'destination';
}

/** Answers which rules speak about an address or range: by rule, the source in front, each side once. */
export function indexRuleAddresses(rules: readonly Rule[]): (range: AddressRange) => AddressMention[] {
  const ranges: AddressRange[] = [];
  const mentions: AddressMention[] = [];
  const mention = (rule: number, side: AddressMention['side'], endpoint: Endpoint): void => {
    for (const range of [...endpoint.ranges, ...(endpoint.membership?.members ?? [])]) {
      ranges.push(range);
      mentions.push({ rule, side });
    }
  };
  rules.forEach((rule, index) => {
    for (const product of rule.match.products) mention(index, 'source', product.source);
    for (const product of rule.match.products) mention(index, 'destination', product.destination);
  });
  const index = buildCidrIndex(ranges);
  return (range) => {
    const found: AddressMention[] = [];
    for (const id of index.overlapping(range)) {
      const next = mentions[id] as AddressMention;
      const before = found.at(-1);
      if (before?.rule !== next.rule || before.side !== next.side) found.push(next);
    }
    return found;
  };
}

function buildFamilyIndex(family: AddressFamily, ranges: readonly AddressRange[]): (first: bigint, last: bigint) => number[] {
  const ids = [...ranges.keys()].filter((id) => ranges[id]?.family === family);
  const own = ids.map((id) => ranges[id] as AddressRange);
  const ranks = buildAddressRanks(family, own);
  const index = buildIntervalIndex(
    Uint32Array.from(own, (range) => ranks.rankOf(range.first)),
    Uint32Array.from(own, (range) => ranks.rankOf(range.last)),
  );
  return (first, last) => index.overlap(ranks.rankOf(first), ranks.rankOf(last)).map((position) => ids[position] as number);
}
