/**
 * A static augmented interval tree: which of many ranges hold a point, or have one in common with another range. Ranges are numbers from 0 to
 * 2^32 - 1, both ends included, and are known by their index; answers are in ascending order of it.
 */
export interface IntervalIndex {
  readonly count: number;
  readonly memoryBytes: number;
  /** Appends the ranges that hold the point; returns `into`. */
  stab(point: number, into?: number[]): number[];
  /** Appends the ranges that have a point in common with `first..last`; returns `into`. Cost: O(log ranges + answers), and the answers' sorting. */
  overlap(first: number, last: number, into?: number[]): number[];
}

/** @param firsts and `lasts` have one entry per range; a range with its first above its last is empty and in no answer */
export function buildIntervalIndex(firsts: Uint32Array, lasts: Uint32Array): IntervalIndex {
  const ids = new Uint32Array(firsts.length).map((_, index) => index).filter((id) => (firsts[id] as number) <= (lasts[id] as number));
  ids.sort((a, b) => (firsts[a] as number) - (firsts[b] as number) || a - b);
  const count = ids.length;
  const sortedFirst = ids.map((id) => firsts[id] as number);
  const sortedLast = ids.map((id) => lasts[id] as number);
  const highestLast = new Uint32Array(count);
  augment(sortedLast, highestLast, 0, count);
  const pending: number[] = [];

  const overlap = (first: number, last: number, into: number[] = []): number[] => {
    const start = into.length;
    pending.push(0, count);
    while (pending.length > 0) {
      const end = pending.pop() as number;
      const begin = pending.pop() as number;
      if (begin >= end) continue;
      const middle = (begin + end) >>> 1;
      // Nothing in this subtree reaches up to the range asked for.
      if ((highestLast[middle] as number) < first) continue;
      pending.push(begin, middle);
      if ((sortedFirst[middle] as number) > last) continue;
      if ((sortedLast[middle] as number) >= first) into.push(ids[middle] as number);
      pending.push(middle + 1, end);
    }
    sortTail(into, start);
    return into;
  };

  return {
    count,
    memoryBytes: 16 * count,
    stab: (point, into) => overlap(point, point, into),
    overlap,
  };
}

/** The tree is implicit: the middle of a stretch of the sorted ranges is the root of what stands before and behind it. */
function augment(lasts: Uint32Array, highest: Uint32Array, begin: number, end: number): number {
  if (begin >= end) return 0;
  const middle = (begin + end) >>> 1;
  const below = Math.max(augment(lasts, highest, begin, middle), augment(lasts, highest, middle + 1, end));
  const value = Math.max(below, lasts[middle] as number);
  highest[middle] = value;
  return value;
}

function sortTail(numbers: number[], start: number): void {
  if (numbers.length - start < 2) return;
  const tail = numbers.slice(start).sort((a, b) => a - b);
  for (let i = 0; i < tail.length; i++) numbers[start + i] = tail[i] as number;
}
