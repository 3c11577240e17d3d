import { buildIntervalIndex, type IntervalIndex } from '../interval-index.ts';
import { STRIDE } from './box-table.ts';
import { OverlapBits } from './overlap-bits.ts';
import { DESTINATION, SOURCE } from './trace-axes.ts';
import type { TraceProgram, TraceSpace } from './trace-space.ts';

/** Programs with fewer boxes are looked at box by box. */
const FEW = 128;
/** A hit of the tree costs about as much as this many words of bits. */
const WORDS_PER_HIT = 8;

/** Finds the boxes of a program that overlap a region, by the narrower of source and destination. */
export class OverlapFinder {
  /** The boxes found, ascending: the first {@link count}. */
  found = new Int32Array(256);
  count = 0;
  /** Whether the list ended at a box that takes the whole region. */
  isTaken = false;
  readonly #bounds: Int32Array;
  readonly #offset: number;
  readonly #axes: readonly AxisIndex[];
  #hits: number[] = [];
  #bits: OverlapBits | null = null;
  readonly #program: TraceProgram;

  constructor(space: TraceSpace, program: TraceProgram) {
    this.#bounds = space.boxes.bounds;
    this.#offset = program.firstBox;
    this.#program = program;
    this.#axes = [SOURCE, DESTINATION].map((axis) => new AxisIndex(space.boxes.bounds, axis, program.firstBox, program.endBox));
  }

  /**
   * Those from `from` up to, not including, `to`. Only the bounds are compared, sets are not.
   *
   * @param takes where given, the list ends at the first box with a 1 that holds the whole region
   */
  collect(region: Int32Array, from: number, to: number, takes: Uint8Array | null): void {
    this.count = 0;
    this.isTaken = false;
    if (to <= from) return;
    if (to - from > this.found.length) this.found = new Int32Array(Math.max(to - from, 2 * this.found.length));
    if (to - from < FEW) {
      this.#collectByScan(region, from, to, takes);
      return;
    }
    const [source, destination] = this.#axes as [AxisIndex, AxisIndex];
    const bySource = source.estimate(region);
    const byDestination = destination.estimate(region);
    const words = (to - from) >>> 5;
    if (Math.min(bySource, byDestination) * WORDS_PER_HIT < words)
      this.#collectByIndex(bySource <= byDestination ? source : destination, region, from, to, takes);
    else this.#collectByBits(region, from, to, takes);
  }

  #collectByIndex(index: AxisIndex, region: Int32Array, from: number, to: number, takes: Uint8Array | null): void {
    this.#hits.length = 0;
    index.tree.overlap(region[2 * index.axis]!, region[2 * index.axis + 1]!, this.#hits);
    for (const hit of this.#hits) {
      const box = hit + this.#offset;
      if (box < from || box >= to || !overlaps(this.#bounds, box * STRIDE, region)) continue;
      this.found[this.count++] = box;
      if (takes !== null && takes[box] === 1 && holds(this.#bounds, box * STRIDE, region)) {
        this.isTaken = true;
        return;
      }
    }
  }

  #collectByBits(region: Int32Array, from: number, to: number, takes: Uint8Array | null): void {
    this.#bits ??= new OverlapBits(this.#bounds, this.#program.firstBox, this.#program.endBox);
    const first = from - this.#offset;
    const last = to - 1 - this.#offset;
    const firstWord = first >>> 5;
    const lastWord = last >>> 5;
    const words = this.#bits.overlapping(region, firstWord, lastWord + 1);
    words[firstWord] = words[firstWord]! & (-1 << (first & 31));
    words[lastWord] = words[lastWord]! & (-1 >>> (31 - (last & 31)));
    const B = this.#bounds;
    const found = this.found;
    let count = 0;
    for (let w = firstWord; w <= lastWord; w++) {
      for (let bits = words[w]!; bits !== 0; bits &= bits - 1) {
        const box = this.#offset + w * 32 + 31 - Math.clz32(bits & -bits);
        const o = box * STRIDE;
        if (!overlaps(B, o, region)) continue;
        found[count++] = box;
        if (takes !== null && takes[box] === 1 && holds(B, o, region)) {
          this.count = count;
          this.isTaken = true;
          return;
        }
      }
    }
    this.count = count;
  }

  #collectByScan(region: Int32Array, from: number, to: number, takes: Uint8Array | null): void {
    const B = this.#bounds;
    const found = this.found;
    const s0 = region[0]!;
    const s1 = region[1]!;
    const d0 = region[2]!;
    const d1 = region[3]!;
    let count = 0;
    for (let box = from, o = from * STRIDE; box < to; box++, o += STRIDE) {
      if (B[o]! > s1 || B[o + 1]! < s0 || B[o + 2]! > d1 || B[o + 3]! < d0) continue;
      if (!overlaps(B, o, region)) continue;
      found[count++] = box;
      if (takes !== null && takes[box] === 1 && holds(B, o, region)) {
        this.isTaken = true;
        break;
      }
    }
    this.count = count;
  }
}

function overlaps(bounds: Int32Array, o: number, region: Int32Array): boolean {
  for (let k = 0; k < STRIDE; k += 2) if (bounds[o + k]! > region[k + 1]! || bounds[o + k + 1]! < region[k]!) return false;
  return true;
}

function holds(bounds: Int32Array, o: number, region: Int32Array): boolean {
  for (let k = 0; k < STRIDE; k += 2) if (bounds[o + k]! > region[k]! || bounds[o + k + 1]! < region[k + 1]!) return false;
  return true;
}

class AxisIndex {
  readonly axis: number;
  readonly tree: IntervalIndex;
  readonly #firsts: Uint32Array;
  readonly #lasts: Uint32Array;

  constructor(bounds: Int32Array, axis: number, firstBox: number, endBox: number) {
    this.axis = axis;
    const column = (k: number): Uint32Array =>
      Uint32Array.from({ length: endBox - firstBox }, (_, i) => bounds[(firstBox + i) * STRIDE + k] as number);
    const firsts = column(2 * axis);
    const lasts = column(2 * axis + 1);
    this.tree = buildIntervalIndex(firsts, lasts);
    this.#firsts = firsts.sort();
    this.#lasts = lasts.sort();
  }

  /** How many boxes overlap the region on this axis. */
  estimate(region: Int32Array): number {
    return countBelow(this.#firsts, region[2 * this.axis + 1]! + 1) - countBelow(this.#lasts, region[2 * this.axis]!);
  }
}

function countBelow(sorted: Uint32Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
