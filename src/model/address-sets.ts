import { type AddressRange, compareRanges, normaliseRanges } from './address.ts';

/** What both sets hold. Any order and overlap in, sorted and disjoint out; both families at once. */
export function intersectRanges(a: readonly AddressRange[], b: readonly AddressRange[]): AddressRange[] {
  const left = normaliseRanges(a).sort(compareRanges);
  const right = normaliseRanges(b).sort(compareRanges);
  const both: AddressRange[] = [];
  for (let i = 0, k = 0; i < left.length && k < right.length; ) {
    const x = left[i] as AddressRange;
    const y = right[k] as AddressRange;
    const first = x.first > y.first ? x.first : y.first;
    const last = x.last < y.last ? x.last : y.last;
    if (x.family === y.family && first <= last) both.push({ family: x.family, first, last });
    if (endsBefore(x, y)) i++;
    else k++;
  }
  return both;
}

function endsBefore(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family ? a.last < b.last : a.family < b.family;
}

/** What the first set holds and the second does not. Any order and overlap in, sorted and disjoint out. */
export function subtractRanges(from: readonly AddressRange[], taken: readonly AddressRange[]): AddressRange[] {
  const holes = normaliseRanges(taken).sort(compareRanges);
  return normaliseRanges(from).flatMap((range) => subtractAll(range, holes));
}

function subtractAll({ family, first, last }: AddressRange, holes: readonly AddressRange[]): AddressRange[] {
  const left: AddressRange[] = [];
  let next = first;
  for (const hole of holes) {
    if (hole.family !== family || hole.last < next || hole.first > last) continue;
    if (hole.first > next) left.push({ family, first: next, last: hole.first - 1n });
    next = hole.last + 1n;
  }
  if (next <= last) left.push({ family, first: next, last });
  return left;
}
