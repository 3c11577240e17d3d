import type { AddressAxis } from '../trace/trace-axes.ts';
import type { RankRange } from './sweep.ts';

export interface OrderedClass {
  /** Where it stood before. */
  readonly place: number;
  readonly ranges: readonly RankRange[];
  /** It holds more than half of the addresses of all classes together, and is not the only one. */
  readonly isRest: boolean;
}

/** By lowest address; the rest last: it is what remains when all others are named. */
export function orderClasses(classes: readonly (readonly RankRange[])[], axis: AddressAxis): OrderedClass[] {
  const sizes = classes.map((ranges) => ranges.reduce((sum, { first, last }) => sum + axis.size(first, last), 0n));
  const total = sizes.reduce((sum, size) => sum + size, 0n);
  return classes
    .map((ranges, place) => ({ place, ranges, isRest: classes.length > 1 && 2n * sizes[place]! > total }))
    .sort((a, b) => Number(a.isRest) - Number(b.isRest) || a.ranges[0]!.first - b.ranges[0]!.first);
}
