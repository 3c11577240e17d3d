import type { AddressAxes } from './address-axes.ts';
import { CandidateLists, LONG } from './candidate-lists.ts';
import { LongLists } from './long-lists.ts';
import type { PointBoxes } from './point-boxes.ts';
import type { ResultSets } from './result-sets.ts';
import { buildServiceAxes } from './service-axes.ts';
import { sortBoxes } from './sort-boxes.ts';

/** Points handled in one go, step by step, so that the processor waits for many of them at once. */
const CHUNK = 1024;
/** Up to so many pairs of classes have a place of their own; more are found by hashing. */
const MOST_DIRECT_PAIRS = 1 << 20;

/**
 * Remembers for each pair of address classes the boxes that hold it, when the pair first occurs; what is left to ask is protocol and ports.
 * Grows with the pairs that occur, up to the memory it is given.
 */
export class ClassPairClassifier {
  readonly axes: AddressAxes;
  readonly #boxes: PointBoxes;
  readonly #results: ResultSets;
  readonly #isFirstMatch: boolean;
  readonly #lists: CandidateLists;
  /** From the first long list on. */
  #longLists: LongLists | null = null;
  readonly #destinationClasses: number;
  readonly #mostBytes: number;
  readonly #isDirect: boolean;
  /** Direct: by pair, the list. Hashed: pair + 1 and list alternate; 0 is a free place. */
  #pairs: Uint32Array;
  #pairCount = 0;
  readonly #sourceClass = new Uint32Array(CHUNK);
  readonly #destinationClass = new Uint32Array(CHUNK);
  readonly #list = new Uint32Array(CHUNK);
  readonly #candidates: Uint32Array;
  readonly #words: Uint32Array;
  readonly #bits: Uint32Array;

  constructor(boxes: PointBoxes, axes: AddressAxes, results: ResultSets, isFirstMatch: boolean, mostBytes: number) {
    this.axes = axes;
    this.#boxes = boxes;
    this.#results = results;
    this.#isFirstMatch = isFirstMatch;
    this.#mostBytes = mostBytes;
    this.#destinationClasses = axes.destination.classCount;
    this.#lists = new CandidateLists(boxes, results, isFirstMatch);
    const pairs = axes.source.classCount * axes.destination.classCount;
    this.#isDirect = pairs <= MOST_DIRECT_PAIRS && pairs * 32 <= mostBytes;
    this.#pairs = new Uint32Array(this.#isDirect ? pairs : 1 << 10);
    this.#candidates = new Uint32Array(Math.max(boxes.count, this.#lists.mostCandidates + 1));
    this.#words = new Uint32Array(axes.source.wordCount);
    this.#bits = new Uint32Array(axes.source.wordCount);
  }

  get memoryBytes(): number {
    return this.axes.memoryBytes + this.#pairs.byteLength + this.#lists.memoryBytes + (this.#longLists?.memoryBytes ?? 0);
  }

  /** Returns how many points, from the first on, were classified: all of them, or fewer when the memory is used up. */
  classifyBatch(
    count: number,
    source: Uint32Array,
    destination: Uint32Array,
    protocol: Uint32Array,
    sourcePort: Uint32Array,
    destinationPort: Uint32Array,
    out: Uint32Array,
  ): number {
    for (let from = 0; from < count; from += CHUNK) {
      const length = Math.min(CHUNK, count - from);
      if (this.#isFull()) return from;
      this.axes.source.locate(source, from, length, this.#sourceClass);
      this.axes.destination.locate(destination, from, length, this.#destinationClass);
      const isDone = this.#isDirect ? this.#findDirect(length) : this.#findHashed(length);
      if (!isDone) return from;
      this.#lists.decide(this.#list, from, length, protocol, sourcePort, destinationPort, out);
      if (this.#longLists === null) continue;
      const due = this.#longLists.decide(this.#list, from, length, protocol, sourcePort, destinationPort, out);
      if (this.#lists.firstBoxDecides) for (const i of due) this.#writeOut(this.#longLists, i);
    }
    return count;
  }

  /**
   * Gives the pair of the i-th point of the chunk a list of boxes instead of its long list. Where the first box decides that is worth its
   * making: boxes that an earlier one hides fall away, and asking ends at the first that fits.
   */
  #writeOut(longLists: LongLists, i: number): void {
    // Most of the memory is for pairs that are still to come.
    if (this.axes.memoryBytes + 4 * (this.memoryBytes - this.axes.memoryBytes) > this.#mostBytes) return;
    const count = longLists.boxesOf((this.#list[i] as number) >>> 2, this.#candidates);
    const writtenOut = this.#lists.idOf(this.#candidates, count);
    const pair = Math.imul(this.#sourceClass[i] as number, this.#destinationClasses) + (this.#destinationClass[i] as number);
    if (this.#isDirect) {
      this.#pairs[pair] = writtenOut;
      return;
    }
    const key = (pair + 1) >>> 0;
    const mask = this.#pairs.length - 2;
    let slot = slotOf(key) & mask;
    while (this.#pairs[slot] !== key) slot = (slot + 2) & mask;
    this.#pairs[slot + 1] = writtenOut;
  }

  /** Whether what grows might grow past the memory given: it doubles when it is full. */
  #isFull(): boolean {
    const { memoryBytes } = this.axes;
    return memoryBytes + 2 * (this.memoryBytes - memoryBytes) > this.#mostBytes;
  }

  #findDirect(length: number): boolean {
    const sourceClass = this.#sourceClass;
    const destinationClass = this.#destinationClass;
    const destinationClasses = this.#destinationClasses;
    const pairs = this.#pairs;
    const lists = this.#list;
    for (let i = 0; i < length; i++) {
      const pair = Math.imul(sourceClass[i] as number, destinationClasses) + (destinationClass[i] as number);
      let list = pairs[pair] as number;
      if (list === 0) {
        list = this.#fill(sourceClass[i] as number, destinationClass[i] as number);
        if (list === 0) return false;
        pairs[pair] = list;
      }
      lists[i] = list;
    }
    return true;
  }

  #findHashed(length: number): boolean {
    const sourceClass = this.#sourceClass;
    const destinationClass = this.#destinationClass;
    const destinationClasses = this.#destinationClasses;
    const lists = this.#list;
    let pairs = this.#pairs;
    let mask = pairs.length - 2;
    for (let i = 0; i < length; i++) {
      const key = (Math.imul(sourceClass[i] as number, destinationClasses) + (destinationClass[i] as number) + 1) >>> 0;
      let slot = slotOf(key) & mask;
      let found = pairs[slot] as number;
      while (found !== key && found !== 0) {
        slot = (slot + 2) & mask;
        found = pairs[slot] as number;
      }
      if (found === 0) {
        const list = this.#fill(sourceClass[i] as number, destinationClass[i] as number);
        if (list === 0) return false;
        pairs[slot] = key;
        pairs[slot + 1] = list;
        lists[i] = list;
        if (++this.#pairCount * 4 > pairs.length) {
          pairs = this.#grow();
          mask = pairs.length - 2;
        }
      } else {
        lists[i] = pairs[slot + 1] as number;
      }
    }
    return true;
  }

  #grow(): Uint32Array {
    const pairs = new Uint32Array(this.#pairs.length * 2);
    const mask = pairs.length - 2;
    for (let old = 0; old < this.#pairs.length; old += 2) {
      const key = this.#pairs[old] as number;
      if (key === 0) continue;
      let slot = slotOf(key) & mask;
      while (pairs[slot] !== 0) slot = (slot + 2) & mask;
      pairs[slot] = key;
      pairs[slot + 1] = this.#pairs[old + 1] as number;
    }
    this.#pairs = pairs;
    return pairs;
  }

  /** The list of a pair that is new; 0 when there is no memory left for it. */
  #fill(sourceClass: number, destinationClass: number): number {
    if (this.#isFull()) return 0;
    const { source, destination, boxOfBit } = this.axes;
    const { mostCandidates } = this.#lists;
    const W = source.wordCount;
    const S = source.summaryCount;
    const sourceBits = source.bits;
    const destinationBits = destination.bits;
    let wordCount = 0;
    let candidateCount = 0;
    for (let w = 0; w < S; w++) {
      let words = (source.summary[sourceClass * S + w] as number) & (destination.summary[destinationClass * S + w] as number);
      while (words !== 0) {
        const word = (w << 5) + 31 - Math.clz32(words & -words);
        words &= words - 1;
        let bits = (sourceBits[sourceClass * W + word] as number) & (destinationBits[destinationClass * W + word] as number);
        if (bits === 0) continue;
        this.#words[wordCount] = word;
        this.#bits[wordCount++] = bits;
        // One more than the most says enough: the list is long, and kept as words.
        for (; bits !== 0 && candidateCount <= mostCandidates; bits &= bits - 1) {
          this.#candidates[candidateCount++] = boxOfBit[(word << 5) + 31 - Math.clz32(bits & -bits)] as number;
        }
      }
    }
    if (candidateCount > mostCandidates) return this.#addLong(wordCount);
    if (candidateCount > 1) sortBoxes(this.#candidates, candidateCount);
    return this.#lists.idOf(this.#candidates, candidateCount);
  }

  #addLong(wordCount: number): number {
    if (this.#longLists === null) {
      const services = buildServiceAxes(this.#boxes, this.axes.bitOf, this.#mostBytes - this.memoryBytes);
      if (services === null) return 0;
      this.#longLists = new LongLists(this.#boxes, this.axes.boxOfBit, services, this.#results, this.#isFirstMatch, CHUNK);
    }
    return this.#longLists.add(this.#words, this.#bits, wordCount) * 4 + LONG;
  }
}

/** Whether every pair of classes has a number below 2^32 - 1. */
export function pairsCanBeNumbered(axes: AddressAxes): boolean {
  return axes.source.classCount * axes.destination.classCount < 2 ** 32 - 1;
}

/** An even place: keys stand at even places, what they lead to behind them. */
function slotOf(key: number): number {
  let h = Math.imul(key, 0x9e3779b1);
  h ^= h >>> 15;
  return (Math.imul(h, 0x85ebca6b) << 1) ^ ((h >>> 12) & ~1);
}
