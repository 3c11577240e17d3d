import type { Evaluation } from '../../model/policy.ts';
import type { PointBoxes } from './point-boxes.ts';

/** What rules say about a point. Rules are indexes into the rules given, ascending, each in one list at most. */
export interface ResultSet {
  /** Rules that surely match; in a first-match policy the decider alone. */
  readonly certain: readonly number[];
  /** Rules that may match; in a first-match policy only those before the decider. */
  readonly possible: readonly number[];
  /** First-match: the first rule that surely matches, -1 when none does. Any-permit: always -1. */
  readonly decider: number;
}

export interface ResultSets {
  /** Grows; no two are equal. */
  readonly sets: ResultSet[];
  /** About what the sets and their index take. */
  readonly memoryBytes: number;
  /** The id of what the first `count` of `matched` say: boxes in ascending order, each once. In a first-match policy later boxes may be missing. */
  intern(matched: Uint32Array, count: number): number;
}

/** Gives equal sets of rules one id. Sets are compared whole; the hash only finds them. */
export function createResultSets(boxes: PointBoxes, evaluation: Evaluation): ResultSets {
  return new InternedResultSets(boxes, evaluation === 'first-match');
}

const EMPTY = 0xffffffff;
/** Measured on Node 20: two arrays and an object with three fields. */
const BYTES_PER_SET = 120;

class InternedResultSets implements ResultSets {
  readonly sets: ResultSet[] = [];
  readonly #rule: Uint32Array;
  readonly #certain: Uint8Array;
  readonly #isFirstMatch: boolean;
  /** Each set as a length and `rule * 2 + certain` for each of its rules. */
  #pool: Uint32Array = new Uint32Array(64);
  #poolEnd = 0;
  /** Open addressing: id of a set, and where it stands in the pool. */
  #slots: Uint32Array = new Uint32Array(32).fill(EMPTY);
  #starts: Uint32Array = new Uint32Array(16);
  /** First-match, nothing possible before: id by decider, plus one; the common case without hashing. */
  readonly #byDecider: Uint32Array;

  constructor(boxes: PointBoxes, isFirstMatch: boolean) {
    this.#rule = boxes.rule;
    this.#certain = boxes.certain;
    this.#isFirstMatch = isFirstMatch;
    this.#byDecider = new Uint32Array(isFirstMatch ? boxes.ruleCount : 0);
  }

  get memoryBytes(): number {
    const arrays = this.#pool.byteLength + this.#slots.byteLength + this.#starts.byteLength + this.#byDecider.byteLength;
    return arrays + this.sets.length * BYTES_PER_SET + this.#poolEnd * 8;
  }

  intern(matched: Uint32Array, count: number): number {
    if (this.#isFirstMatch && count > 0) {
      const box = matched[0] as number;
      if (this.#certain[box] === 1) return this.#internDecider(this.#rule[box] as number);
    }
    return this.#find(this.#write(matched, count));
  }

  #internDecider(rule: number): number {
    const known = this.#byDecider[rule] as number;
    if (known > 0) return known - 1;
    this.#reserve(2);
    this.#pool[this.#poolEnd + 1] = rule * 2 + 1;
    const id = this.#find(1);
    this.#byDecider[rule] = id + 1;
    return id;
  }

  /** Writes the rules of the boxes behind the pool; returns how many. */
  #write(matched: Uint32Array, count: number): number {
    this.#reserve(count + 1);
    const pool = this.#pool;
    const start = this.#poolEnd + 1;
    let end = start;
    let rule = -1;
    for (let i = 0; i < count; i++) {
      const box = matched[i] as number;
      // The first box of a rule says the most: certain boxes stand in front.
      if (this.#rule[box] === rule) continue;
      rule = this.#rule[box] as number;
      const certain = this.#certain[box] as number;
      pool[end++] = rule * 2 + certain;
      if (certain === 1 && this.#isFirstMatch) break;
    }
    return end - start;
  }

  /** The id of the set that stands behind the pool, which becomes part of the pool when it is new. */
  #find(length: number): number {
    const pool = this.#pool;
    const start = this.#poolEnd + 1;
    const mask = this.#slots.length - 1;
    let slot = hashOf(pool, start, length) & mask;
    for (;;) {
      const id = this.#slots[slot] as number;
      if (id === EMPTY) break;
      if (this.#isEqual(this.#starts[id] as number, length)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#add(slot, length);
  }

  #isEqual(known: number, length: number): boolean {
    const pool = this.#pool;
    if (pool[known] !== length) return false;
    const start = this.#poolEnd + 1;
    for (let i = 0; i < length; i++) {
      if (pool[known + 1 + i] !== pool[start + i]) return false;
    }
    return true;
  }

  #add(slot: number, length: number): number {
    const id = this.sets.length;
    if (id === this.#starts.length) this.#starts = grown(this.#starts);
    this.#starts[id] = this.#poolEnd;
    this.#pool[this.#poolEnd] = length;
    this.#slots[slot] = id;
    this.sets.push(this.#toSet(this.#poolEnd + 1, length));
    this.#poolEnd += length + 1;
    if (this.sets.length * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #toSet(start: number, length: number): ResultSet {
    const certain: number[] = [];
    const possible: number[] = [];
    for (let i = start; i < start + length; i++) {
      const member = this.#pool[i] as number;
      (member % 2 === 1 ? certain : possible).push(Math.floor(member / 2));
    }
    return { certain, possible, decider: this.#isFirstMatch ? (certain[0] ?? -1) : -1 };
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2).fill(EMPTY);
    const mask = slots.length - 1;
    for (let id = 0; id < this.sets.length; id++) {
      const start = (this.#starts[id] as number) + 1;
      const length = this.#pool[start - 1] as number;
      let slot = hashOf(this.#pool, start, length) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }

  #reserve(more: number): void {
    while (this.#poolEnd + more > this.#pool.length) this.#pool = grown(this.#pool);
  }
}

function hashOf(pool: Uint32Array, start: number, length: number): number {
  let hash = length;
  for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ (pool[i] as number), 0x9e3779b1) + (hash >>> 15);
  return hash ^ (hash >>> 16);
}

function grown(array: Uint32Array): Uint32Array {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
