/** Values `first..last`, both included. */
export interface Stretch {
  readonly first: bigint;
  readonly last: bigint;
}

/** Values on one axis: sorted stretches that neither overlap nor touch. Every function here expects and gives sets of this form. */
export type ValueSet = readonly Stretch[];

/** The set of all values that some of the stretches hold, in any order; a stretch whose first is above its last holds none. */
export function toValueSet(stretches: readonly Stretch[]): ValueSet {
  const sorted = stretches.filter(({ first, last }) => first <= last).sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const joined: Stretch[] = [];
  for (const stretch of sorted) {
    const before = joined.at(-1);
    if (before === undefined || stretch.first > before.last + 1n) joined.push(stretch);
    else if (stretch.last > before.last) joined[joined.length - 1] = { first: before.first, last: stretch.last };
  }
  return joined;
}

export function intersect(a: ValueSet, b: ValueSet): ValueSet {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  const common: Stretch[] = [];
  for (const { first, last } of few) {
    for (let i = firstReaching(many, first); i < many.length; i += 1) {
      const other = many[i] as Stretch;
      if (other.first > last) break;
      common.push({ first: first > other.first ? first : other.first, last: last < other.last ? last : other.last });
    }
  }
  return common;
}

export function meets(a: ValueSet, b: ValueSet): boolean {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  return few.some(({ first, last }) => {
    const other = many[firstReaching(many, first)];
    return other !== undefined && other.first <= last;
  });
}

/** What is in `a` and not in `b`. */
export function subtract(a: ValueSet, b: ValueSet): ValueSet {
  //  a:    f──────────────l
  //  b:  ────┤   ├──┤   ├─────      what is left of a lies between the stretches of b
  const left: Stretch[] = [];
  for (const { first, last } of a) {
    let from = first;
    for (let i = firstReaching(b, first); i < b.length && from <= last; i += 1) {
      const taken = b[i] as Stretch;
      if (taken.first > last) break;
      if (taken.first > from) left.push({ first: from, last: taken.first - 1n });
      from = taken.last + 1n;
    }
    if (from <= last) left.push({ first: from, last });
  }
  return left;
}

/** Index of the first stretch that ends at the value or above; the length when there is none. */
function firstReaching(set: ValueSet, value: bigint): number {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((set[middle] as Stretch).last >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
