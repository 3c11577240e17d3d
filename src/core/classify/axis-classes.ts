/**
 * One axis, flattened for classification: the values 0..2^32 - 1 cut at every end of a box, and stretches inside of the same boxes joined to
 * one class. Two points of equal classes are in exactly the same boxes, as far as this axis goes.
 */
export interface AxisClasses {
  readonly classCount: number;
  readonly memoryBytes: number;
  /** For each class, {@link wordCount} words with the bit of every box that holds it. */
  readonly bits: Uint32Array;
  readonly wordCount: number;
  /** For each class, {@link summaryCount} words with a bit for every word of {@link bits} that is not 0. */
  readonly summary: Uint32Array;
  readonly summaryCount: number;
  /** Writes the classes of `count` values, from `start` on, to the beginning of `classes`. */
  locate(values: Uint32Array, start: number, count: number, classes: Uint32Array): void;
}

/**
 * @param firsts and `lasts`: the box's interval on this axis, both ends included, never empty
 * @param bitOf the bit of each box; boxes that lie near each other should have bits near each other, so that few words are not 0
 * @param mostBytes what the bits may take; null is returned when they need more
 */
export function buildAxisClasses(firsts: Uint32Array, lasts: Uint32Array, bitOf: Uint32Array, mostBytes: number): AxisClasses | null {
  const starts = findStarts(firsts, lasts);
  const classes = joinStretches(starts, firsts, lasts, bitOf, mostBytes);
  return classes === null ? null : new FlatAxis(starts, classes);
}

interface JoinedStretches {
  readonly classOf: Uint32Array;
  readonly classCount: number;
  readonly wordCount: number;
  readonly bits: Uint32Array;
}

/** Where stretches begin: 0, every first, and the value behind every last; sorted, without repetition. */
function findStarts(firsts: Uint32Array, lasts: Uint32Array): Uint32Array {
  const ends = lasts.filter((last) => last < 0xffffffff).map((last) => last + 1);
  const all = new Uint32Array(1 + firsts.length + ends.length);
  all.set(firsts, 1);
  all.set(ends, 1 + firsts.length);
  all.sort();
  return all.filter((value, i) => i === 0 || value !== all[i - 1]);
}

function joinStretches(
  starts: Uint32Array,
  firsts: Uint32Array,
  lasts: Uint32Array,
  bitOf: Uint32Array,
  mostBytes: number,
): JoinedStretches | null {
  const boxCount = firsts.length;
  const wordCount = Math.max(1, (boxCount + 31) >>> 5);
  const mostClasses = Math.floor(mostBytes / (wordCount * 4));
  const byFirst = sortedBy(firsts);
  const byLast = sortedBy(lasts);
  const found = new FoundClasses(wordCount);
  const current = new Uint32Array(wordCount);
  const classOf = new Uint32Array(starts.length);
  // The hash only finds classes that may be equal; it is the sum of what its boxes contribute, and so is kept up to date box by box.
  let hash = 0;
  let entering = 0;
  let leaving = 0;
  for (let stretch = 0; stretch < starts.length; stretch++) {
    const start = starts[stretch] as number;
    for (; leaving < boxCount && (lasts[byLast[leaving] as number] as number) < start; leaving++) {
      const bit = bitOf[byLast[leaving] as number] as number;
      current[bit >>> 5] = (current[bit >>> 5] as number) & ~(1 << (bit & 31));
      hash = (hash - scramble(bit)) | 0;
    }
    for (; entering < boxCount && (firsts[byFirst[entering] as number] as number) <= start; entering++) {
      const bit = bitOf[byFirst[entering] as number] as number;
      current[bit >>> 5] = (current[bit >>> 5] as number) | (1 << (bit & 31));
      hash = (hash + scramble(bit)) | 0;
    }
    classOf[stretch] = found.idOf(current, hash);
    if (found.count > mostClasses) return null;
  }
  return { classOf, classCount: found.count, wordCount, bits: found.bits.slice(0, found.count * wordCount) };
}

function sortedBy(keys: Uint32Array): Uint32Array {
  return new Uint32Array(keys.length).map((_, i) => i).sort((a, b) => (keys[a] as number) - (keys[b] as number));
}

function scramble(bit: number): number {
  let h = Math.imul(bit + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}

/** The classes so far: sets of boxes, compared whole. */
class FoundClasses {
  count = 0;
  bits: Uint32Array;
  readonly #wordCount: number;
  #slots: Int32Array = new Int32Array(64).fill(-1);
  #hashes: number[] = [];

  constructor(wordCount: number) {
    this.#wordCount = wordCount;
    this.bits = new Uint32Array(wordCount * 16);
  }

  idOf(set: Uint32Array, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = scramble(hash) & mask;
    for (;;) {
      const id = this.#slots[slot] as number;
      if (id < 0) break;
      if (this.#hashes[id] === hash && this.#isEqual(id, set)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#add(slot, set, hash);
  }

  #isEqual(id: number, set: Uint32Array): boolean {
    const start = id * this.#wordCount;
    for (let w = 0; w < this.#wordCount; w++) {
      if (this.bits[start + w] !== set[w]) return false;
    }
    return true;
  }

  #add(slot: number, set: Uint32Array, hash: number): number {
    const id = this.count++;
    if (this.count * this.#wordCount > this.bits.length) {
      const larger = new Uint32Array(this.bits.length * 2);
      larger.set(this.bits);
      this.bits = larger;
    }
    this.bits.set(set, id * this.#wordCount);
    this.#hashes.push(hash);
    this.#slots[slot] = id;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    this.#hashes.forEach((hash, id) => {
      let slot = scramble(hash) & mask;
      while ((slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    });
    this.#slots = slots;
  }
}

const MOST_BUCKET_BITS = 16;

class FlatAxis implements AxisClasses {
  readonly classCount: number;
  readonly memoryBytes: number;
  readonly bits: Uint32Array;
  readonly wordCount: number;
  readonly summary: Uint32Array;
  readonly summaryCount: number;
  readonly #classOf: Uint32Array;
  /** The value without its bucket, of each stretch's start. Below 2^31, so that a difference keeps its sign. */
  readonly #rest: Int32Array;
  readonly #restMask: number;
  readonly #shift: number;
  /** For each bucket of values with the same upper bits: the stretch of its first value, and how many more begin inside of it. */
  readonly #buckets: Uint32Array;

  constructor(starts: Uint32Array, classes: JoinedStretches) {
    this.classCount = classes.classCount;
    this.bits = classes.bits;
    this.wordCount = classes.wordCount;
    this.#classOf = classes.classOf;
    this.summaryCount = (classes.wordCount + 31) >>> 5;
    this.summary = summarise(classes, this.summaryCount);
    const bucketBits = Math.min(MOST_BUCKET_BITS, 34 - Math.clz32(starts.length));
    this.#shift = 32 - bucketBits;
    this.#restMask = 2 ** this.#shift - 1;
    this.#rest = Int32Array.from(starts, (start) => start & this.#restMask);
    this.#buckets = fillBuckets(starts, bucketBits);
    this.memoryBytes =
      this.bits.byteLength + this.summary.byteLength + this.#classOf.byteLength + this.#rest.byteLength + this.#buckets.byteLength;
  }

  locate(values: Uint32Array, start: number, count: number, classes: Uint32Array): void {
    const buckets = this.#buckets;
    const rest = this.#rest;
    const restMask = this.#restMask;
    const shift = this.#shift;
    const classOf = this.#classOf;
    for (let i = 0; i < count; i++) {
      const value = values[start + i] as number;
      const bucket = (value >>> shift) * 2;
      let stretch = buckets[bucket] as number;
      let more = buckets[bucket + 1] as number;
      const low = value & restMask;
      // A binary search without a branch that could be guessed wrong: the sign of a difference decides whether to step.
      while (more > 0) {
        const half = (more + 1) >>> 1;
        stretch += half & ~((low - (rest[stretch + half] as number)) >> 31);
        more -= half;
      }
      classes[i] = classOf[stretch] as number;
    }
  }
}

function summarise(classes: JoinedStretches, summaryCount: number): Uint32Array {
  const { classCount, wordCount, bits } = classes;
  const summary = new Uint32Array(classCount * summaryCount);
  for (let id = 0; id < classCount; id++) {
    for (let w = 0; w < wordCount; w++) {
      if (bits[id * wordCount + w] === 0) continue;
      const at = id * summaryCount + (w >>> 5);
      summary[at] = (summary[at] as number) | (1 << (w & 31));
    }
  }
  return summary;
}

function fillBuckets(starts: Uint32Array, bucketBits: number): Uint32Array {
  const bucketCount = 2 ** bucketBits;
  const size = 2 ** (32 - bucketBits);
  const buckets = new Uint32Array(bucketCount * 2);
  let stretch = 0;
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    const first = bucket * size;
    while (stretch + 1 < starts.length && (starts[stretch + 1] as number) <= first) stretch++;
    let last = stretch;
    while (last + 1 < starts.length && (starts[last + 1] as number) < first + size) last++;
    buckets[bucket * 2] = stretch;
    buckets[bucket * 2 + 1] = last - stretch;
    stretch = last;
  }
  return buckets;
}
