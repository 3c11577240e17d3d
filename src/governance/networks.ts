import {
  type AddressFamily,
  type AddressRange,
  compareRanges,
  normaliseRanges,
  parseAddressRange,
  rangeContains,
} from '../model/address.ts';

/** RFC 1918, RFC 6598 (shared by carriers and clouds), RFC 4193. */
const PRIVATE: readonly AddressRange[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].map((text) => {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.range;
});

/** Whether all of the range is private address space that organisations number their networks from. */
export function isPrivate(range: AddressRange): boolean {
  return PRIVATE.some((block) => rangeContains(block, range));
}

/** Answers whether all of a range lies in the given ones together, in O(log n). */
export function coverageOf(ranges: readonly AddressRange[]): (range: AddressRange) => boolean {
  const sorted = normaliseRanges(ranges);
  return (range) => {
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      const { family, first } = sorted[middle] as AddressRange;
      if (family < range.family || (family === range.family && first <= range.first)) low = middle;
      else high = middle - 1;
    }
    const candidate = sorted[low];
    return candidate !== undefined && rangeContains(candidate, range);
  };
}

/** More networks than this are no overview. */
const MOST_NETWORKS = 60;

const WIDTH: Readonly<Record<AddressFamily, number>> = { 4: 32, 6: 128 };

/** The longest prefixes, from fine to coarse. */
const LONGEST_PREFIXES: readonly Readonly<Record<AddressFamily, number>>[] = [
  { 4: 24, 6: 64 },
  { 4: 20, 6: 56 },
  { 4: 16, 6: 48 },
  { 4: 12, 6: 40 },
  { 4: 8, 6: 32 },
];

/**
 * Networks that hold the ranges, in order of address: each range as the smallest network around it, hosts and small networks as their /24 or /64, and
 * as wider ones where there would be more than 60.
 */
export function aggregateNetworks(ranges: readonly AddressRange[]): readonly AddressRange[] {
  let networks: readonly AddressRange[] = [];
  for (const longest of LONGEST_PREFIXES) {
    const found = new Map(ranges.map((range) => networkAround(range, longest[range.family])).map((network) => [keyOf(network), network]));
    networks = [...found.values()].sort(compareRanges);
    if (networks.length <= MOST_NETWORKS) break;
  }
  return networks;
}

function keyOf({ family, first, last }: AddressRange): string {
  return `${family} ${first} ${last}`;
}

function networkAround({ family, first, last }: AddressRange, longestPrefix: number): AddressRange {
  const differing = (first ^ last).toString(2).length - (first === last ? 1 : 0);
  const hostBits = BigInt(Math.max(differing, WIDTH[family] - longestPrefix));
  const start = (first >> hostBits) << hostBits;
  return { family, first: start, last: start + (1n << hostBits) - 1n };
}
