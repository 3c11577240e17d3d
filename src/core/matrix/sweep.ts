/** Stretches of ranks, each with the place of its owner. */
export interface Owned {
  readonly owner: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** First and last rank of an axis; both belong to it. */
export interface RankRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Walks along the ranges and names the owners of each piece of them that no stretch begins or ends inside of.
 *
 * @param ownerCount owners are 0..ownerCount; stretches of one owner are disjoint
 * @param ranges sorted and disjoint
 * @param visit the piece, and its owners, ascending, as list[0..count); the list is reused. False ends the walk
 */
export function sweep(
  owned: Owned,
  ownerCount: number,
  ranges: readonly RankRange[],
  visit: (piece: RankRange, list: Int32Array, count: number) => boolean,
): void {
  const starts = orderBy(owned.first);
  const ends = orderBy(owned.last);
  const active = new Uint32Array((ownerCount + 31) >>> 5);
  const list = new Int32Array(ownerCount);
  let nextStart = 0;
  let nextEnd = 0;
  for (const range of ranges) {
    for (let rank = range.first; rank <= range.last; ) {
      for (; nextEnd < ends.length && owned.last[ends[nextEnd]!]! < rank; nextEnd++) turnOff(active, owned.owner[ends[nextEnd]!]!);
      for (; nextStart < starts.length && owned.first[starts[nextStart]!]! <= rank; nextStart++) {
        // Between two ranges a stretch may begin and end.
        if (owned.last[starts[nextStart]!]! >= rank) turnOn(active, owned.owner[starts[nextStart]!]!);
      }
      const startsAt = nextStart < starts.length ? owned.first[starts[nextStart]!]! : range.last + 1;
      const endsAt = nextEnd < ends.length ? owned.last[ends[nextEnd]!]! + 1 : range.last + 1;
      const next = Math.min(startsAt, endsAt, range.last + 1);
      if (!visit({ first: rank, last: next - 1 }, list, listActive(active, list))) return;
      rank = next;
    }
  }
}

function turnOn(active: Uint32Array, owner: number): void {
  active[owner >>> 5]! |= 1 << (owner & 31);
}

function turnOff(active: Uint32Array, owner: number): void {
  active[owner >>> 5]! &= ~(1 << (owner & 31));
}

function listActive(active: Uint32Array, list: Int32Array): number {
  let count = 0;
  for (let word = 0; word < active.length; word++) {
    for (let bits = active[word]!; bits !== 0; bits &= bits - 1) list[count++] = (word << 5) + 31 - Math.clz32(bits & -bits);
  }
  return count;
}

function orderBy(values: Int32Array): Int32Array {
  return Int32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
}
