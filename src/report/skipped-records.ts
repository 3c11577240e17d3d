import { formatCount } from './number-format.ts';

/** `NODATA 120, MALFORMED 2`: most frequent first, equal counts by name; empty when nothing was skipped. */
export function describeSkipped(counts: Readonly<Record<string, number>>): string {
  return mostFrequentFirst(Object.entries(counts))
    .map(([reason, count]) => `${reason} ${formatCount(count)}`)
    .join(', ');
}

/** Equal counts by name, so that the order never depends on where the counts came from. */
export function mostFrequentFirst<Key extends string>(counts: Iterable<readonly [Key, number]>): (readonly [Key, number])[] {
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
}
