import { STRIDE } from './box-table.ts';

/** Rows kept for each end of each axis. More rows are exact for more regions, and take more memory. */
const MOST_ROWS = 256;

/**
 * Which of many boxes may overlap a region, as sets of bits: for some ranks of each axis, the boxes that begin there or before, and those that
 * end there or behind. The rows nearest to the region are intersected; what they leave is a little too much, never too little.
 */
export class OverlapBits {
  readonly #count: number;
  readonly #words: number;
  readonly #axes: readonly AxisRows[];
  readonly #joined: Int32Array;

  /** @param bounds of all boxes; @param firstBox and `endBox`: those that are looked at, bit 0 being the first of them */
  constructor(bounds: Int32Array, firstBox: number, endBox: number) {
    this.#count = endBox - firstBox;
    this.#words = (this.#count + 31) >>> 5;
    this.#axes = Array.from({ length: STRIDE / 2 }, (_, axis) => new AxisRows(bounds, axis, firstBox, this.#count));
    this.#joined = new Int32Array(this.#words);
  }

  /** Words of bits for the boxes from word `fromWord` up to, not including, `toWord`; overwritten by the next call. */
  overlapping(region: Int32Array, fromWord: number, toWord: number): Int32Array {
    const joined = this.#joined;
    let isFirst = true;
    for (let axis = 0; axis < this.#axes.length; axis++) {
      const { rows, words, begins, ends } = this.#axes[axis]!.find(region[2 * axis]!, region[2 * axis + 1]!);
      for (const row of [begins, ends]) {
        if (row < 0) continue;
        const at = row * words;
        if (isFirst) for (let w = fromWord; w < toWord; w++) joined[w] = rows[at + w]!;
        else for (let w = fromWord; w < toWord; w++) joined[w] = joined[w]! & rows[at + w]!;
        isFirst = false;
      }
    }
    if (isFirst) joined.fill(-1, fromWord, toWord);
    const rest = this.#count & 31;
    if (toWord === this.#words && rest !== 0 && toWord > fromWord) joined[toWord - 1] = joined[toWord - 1]! & ((1 << rest) - 1);
    return joined;
  }
}

/** The rows of one axis: those of the boxes that begin, then those of the boxes that end. */
class AxisRows {
  rows: Int32Array;
  readonly words: number;
  /** Rows that hold for the region asked about last; -1 where they would hold every box. */
  begins = -1;
  ends = -1;
  /** Row r of the first kind: boxes that begin at beginRanks[r] or before; of the second: that end at endRanks[r] or behind. */
  readonly #beginRanks: Int32Array;
  readonly #endRanks: Int32Array;

  constructor(bounds: Int32Array, axis: number, firstBox: number, count: number) {
    this.words = (count + 31) >>> 5;
    const column = (k: number): Int32Array => Int32Array.from({ length: count }, (_, i) => bounds[(firstBox + i) * STRIDE + k] as number);
    const firsts = column(2 * axis);
    const lasts = column(2 * axis + 1);
    // The highest begin and the lowest end hold for every region: they need no row.
    this.#beginRanks = sample(firsts).slice(0, -1);
    this.#endRanks = sample(lasts.map((last) => -last))
      .slice(0, -1)
      .map((negative) => -negative);
    this.rows = new Int32Array((this.#beginRanks.length + this.#endRanks.length) * this.words);
    fillRows(this.rows, this.words, 0, this.#beginRanks, firsts);
    const negativeEnds = this.#endRanks.map((rank) => -rank);
    fillRows(
      this.rows,
      this.words,
      this.#beginRanks.length,
      negativeEnds,
      lasts.map((last) => -last),
    );
  }

  find(first: number, last: number): this {
    const begin = countBelow(this.#beginRanks, last);
    this.begins = begin < this.#beginRanks.length ? begin : -1;
    // Ends are sorted from the highest down.
    let low = 0;
    let high = this.#endRanks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#endRanks[middle]! > first) low = middle + 1;
      else high = middle;
    }
    this.ends = low < this.#endRanks.length ? this.#beginRanks.length + low : -1;
    return this;
  }
}

/** Some of the distinct values, ascending, the highest included, such that about equally many values lie between two of them. */
function sample(values: Int32Array): Int32Array {
  const sorted = values.slice().sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= MOST_ROWS) return distinct;
  const picked = Int32Array.from({ length: MOST_ROWS }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / MOST_ROWS) - 1] as number);
  return picked.filter((value, i) => i === 0 || value !== picked[i - 1]);
}

/** Row r gets a bit for every box whose value is `ranks[r]` or below; ranks ascend. */
function fillRows(rows: Int32Array, words: number, firstRow: number, ranks: Int32Array, values: Int32Array): void {
  const order = Int32Array.from(values, (_, box) => box).sort((a, b) => values[a]! - values[b]!);
  let next = 0;
  for (let r = 0; r < ranks.length; r++) {
    const at = (firstRow + r) * words;
    if (r > 0) rows.copyWithin(at, at - words, at);
    for (; next < order.length && values[order[next]!]! <= ranks[r]!; next++) rows[at + (order[next]! >>> 5)]! |= 1 << (order[next]! & 31);
  }
}

function countBelow(sorted: Int32Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
