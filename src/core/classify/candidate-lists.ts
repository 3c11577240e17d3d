import { UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../model/flow.ts';
import { MaskResults } from './mask-results.ts';
import { type PointBoxes, SERVICE_STRIDE, type ServiceTable } from './point-boxes.ts';
import type { ResultSets } from './result-sets.ts';

/** Longer lists are better asked word by word (`LongLists`), at least at first (measured: bench/README.md, "classify"). */
const MOST_CANDIDATES_BY_MASK = 24;
const MOST_CANDIDATES_BY_FIRST = 64;
/** Up to so many services, every combination of answers has a place of its own. */
const MOST_DIRECT_TESTS = 4;
/** What the two lowest bits of a list id say: 0 is a list with services to ask for. */
export const CONSTANT = 1;
export const LONG = 2;
/** How a list finds its answer: by the first service that fits, by the combination of those that fit, or by hashing combinations. */
const BY_FIRST = 0;
const BY_MASK = 1;
const BY_HASH = 2;

/**
 * Lists of boxes that hold the addresses of a point; which of them it is really in depends on its protocol and ports. A list asks each of its
 * different services once and remembers, for the answers it has met, which rules they lead to. Equal lists are one list.
 */
export class CandidateLists {
  /** Lists up to this length are worth writing out at once. Longer ones are only taken where the first box decides. */
  readonly mostCandidates: number;
  /** First-match, and no box is only possible. */
  readonly firstBoxDecides: boolean;
  readonly #boxes: PointBoxes;
  readonly #results: ResultSets;
  readonly #isFirstMatch: boolean;
  readonly #isAnyService: Uint8Array;
  /** Every list: count and boxes. */
  #candidates: Uint32Array = new Uint32Array(256);
  #candidatesEnd = 0;
  /** Every list: kind + 4 * number of tests, place of its candidates, tests (offsets into the services), places for result id + 1. */
  #blocks: Int32Array = new Int32Array(512);
  #blocksEnd = 1;
  /** Blocks by their candidates, open addressing; 0 is free. */
  #known: Uint32Array = new Uint32Array(64);
  #knownCount = 0;
  readonly #maskResults = new MaskResults();
  /** The last list in which a service was seen, by service; lists are numbered as they are looked at. */
  readonly #seenIn: Float64Array;
  #listNumber = 0;
  readonly #tests: Int32Array;
  readonly #matched: Uint32Array;

  constructor(boxes: PointBoxes, results: ResultSets, isFirstMatch: boolean) {
    this.#boxes = boxes;
    this.#results = results;
    this.#isFirstMatch = isFirstMatch;
    this.firstBoxDecides = isFirstMatch && !boxes.certain.includes(0);
    this.mostCandidates = this.firstBoxDecides ? MOST_CANDIDATES_BY_FIRST : MOST_CANDIDATES_BY_MASK;
    this.#matched = new Uint32Array(boxes.count);
    const serviceCount = boxes.services.length / SERVICE_STRIDE;
    this.#isAnyService = Uint8Array.from({ length: serviceCount }, (_, service) => (isAnyService(boxes.services, service) ? 1 : 0));
    this.#seenIn = new Float64Array(serviceCount);
    this.#tests = new Int32Array(serviceCount);
  }

  get memoryBytes(): number {
    return (
      this.#candidates.byteLength +
      this.#blocks.byteLength +
      this.#known.byteLength +
      this.#maskResults.memoryBytes +
      this.#matched.byteLength
    );
  }

  /**
   * The id of a list of boxes in ascending order; never 0. Boxes that can decide nothing are taken out of `boxes`. When the two lowest bits of
   * the id are {@link CONSTANT}, protocol and ports make no difference: the other bits are the result.
   */
  idOf(boxes: Uint32Array, count: number): number {
    const length = this.#prune(boxes, count);
    const mask = this.#known.length - 1;
    let slot = hashOf(boxes, 0, length) & mask;
    for (;;) {
      const block = this.#known[slot] as number;
      if (block === 0) break;
      if (this.#isEqual(block, boxes, length)) return block * 4;
      slot = (slot + 1) & mask;
    }
    const testCount = this.#findTests(boxes, length);
    if (testCount === 0) return this.#results.intern(boxes, length) * 4 + CONSTANT;
    const block = this.#writeBlock(boxes, length, testCount);
    this.#known[slot] = block;
    if (++this.#knownCount * 2 > this.#known.length) this.#rehash();
    return block * 4;
  }

  /** Writes the result ids of those of `count` points that have no long list. Their lists are given, their other columns begin at `from`. */
  decide(
    lists: Uint32Array,
    from: number,
    count: number,
    protocol: Uint32Array,
    sourcePort: Uint32Array,
    destinationPort: Uint32Array,
    out: Uint32Array,
  ): void {
    const services = this.#boxes.services;
    const blocks = this.#blocks;
    for (let i = 0; i < count; i++) {
      const list = lists[i] as number;
      const point = from + i;
      if ((list & 3) !== 0) {
        if ((list & 3) === CONSTANT) out[point] = list >>> 2;
        continue;
      }
      const block = list >>> 2;
      const p = protocol[point] as number;
      const sp = sourcePort[point] as number;
      const dp = destinationPort[point] as number;
      const head = blocks[block] as number;
      const kind = head & 3;
      const tests = block + 2;
      const results = tests + (head >> 2);
      let answer = results;
      if (kind === BY_MASK) {
        for (let test = tests; test < results; test++) answer += fits(services, blocks[test] as number, p, sp, dp) << (test - tests);
      } else if (kind === BY_FIRST) {
        for (let test = tests; test < results && fits(services, blocks[test] as number, p, sp, dp) === 0; test++) answer++;
      } else {
        out[point] = this.#decideByHash(block, p, sp, dp);
        continue;
      }
      const result = blocks[answer] as number;
      out[point] = (result === 0 ? this.#decideNew(block, answer, p, sp, dp) : result) - 1;
    }
  }

  #decideNew(block: number, answer: number, p: number, sp: number, dp: number): number {
    const result = this.#match(block, p, sp, dp) + 1;
    this.#blocks[answer] = result;
    return result;
  }

  #decideByHash(block: number, p: number, sp: number, dp: number): number {
    const services = this.#boxes.services;
    const blocks = this.#blocks;
    const tests = block + 2;
    const end = tests + ((blocks[block] as number) >> 2);
    let mask = 0;
    for (let test = tests; test < end; test++) mask |= fits(services, blocks[test] as number, p, sp, dp) << (test - tests);
    const known = this.#maskResults.get(block, mask);
    if (known !== 0) return known - 1;
    const result = this.#match(block, p, sp, dp);
    this.#maskResults.add(block, mask, result + 1);
    return result;
  }

  /** Asks every candidate, and interns the answer. */
  #match(block: number, p: number, sp: number, dp: number): number {
    const { certain, service, services } = this.#boxes;
    const start = this.#blocks[block + 1] as number;
    const end = start + 1 + (this.#candidates[start] as number);
    let matches = 0;
    for (let at = start + 1; at < end; at++) {
      const box = this.#candidates[at] as number;
      if (fits(services, (service[box] as number) * SERVICE_STRIDE, p, sp, dp) === 0) continue;
      this.#matched[matches++] = box;
      if (this.#isFirstMatch && certain[box] === 1) break;
    }
    return this.#results.intern(this.#matched, matches);
  }

  /**
   * Takes out what can decide nothing in a first-match policy: boxes behind one that surely holds every service, or behind one that surely
   * holds the same service. Returns how many are left.
   */
  #prune(boxes: Uint32Array, count: number): number {
    if (!this.#isFirstMatch) return count;
    const { certain, service } = this.#boxes;
    const list = ++this.#listNumber;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const box = boxes[i] as number;
      const id = service[box] as number;
      if (this.#seenIn[id] === list) continue;
      boxes[kept++] = box;
      if (certain[box] === 0) continue;
      if (this.#isAnyService[id] === 1) break;
      this.#seenIn[id] = list;
    }
    return kept;
  }

  #isEqual(block: number, boxes: Uint32Array, length: number): boolean {
    const start = this.#blocks[block + 1] as number;
    if (this.#candidates[start] !== length) return false;
    for (let i = 0; i < length; i++) {
      if (this.#candidates[start + 1 + i] !== boxes[i]) return false;
    }
    return true;
  }

  /** Gathers the different services to ask for, in the order of the boxes; returns how many. */
  #findTests(boxes: Uint32Array, length: number): number {
    const { service } = this.#boxes;
    const list = ++this.#listNumber;
    let count = 0;
    for (let i = 0; i < length; i++) {
      const id = service[boxes[i] as number] as number;
      if (this.#isAnyService[id] === 1 || this.#seenIn[id] === list) continue;
      this.#seenIn[id] = list;
      this.#tests[count++] = id * SERVICE_STRIDE;
    }
    return count;
  }

  #writeBlock(boxes: Uint32Array, length: number, testCount: number): number {
    const kind = testCount <= MOST_DIRECT_TESTS ? BY_MASK : this.firstBoxDecides ? BY_FIRST : BY_HASH;
    const answerCount = kind === BY_MASK ? 2 ** testCount : kind === BY_FIRST ? testCount + 1 : 0;
    const block = this.#blocksEnd;
    this.#blocksEnd += 2 + testCount + answerCount;
    if (this.#blocksEnd > this.#blocks.length) this.#blocks = grownInt32(this.#blocks, this.#blocksEnd);
    this.#blocks[block] = kind + testCount * 4;
    this.#blocks[block + 1] = this.#candidatesEnd;
    this.#blocks.set(this.#tests.subarray(0, testCount), block + 2);

    const start = this.#candidatesEnd;
    this.#candidatesEnd += 1 + length;
    if (this.#candidatesEnd > this.#candidates.length) this.#candidates = grownUint32(this.#candidates, this.#candidatesEnd);
    this.#candidates[start] = length;
    this.#candidates.set(boxes.subarray(0, length), start + 1);
    return block;
  }

  #rehash(): void {
    const known = new Uint32Array(this.#known.length * 2);
    const mask = known.length - 1;
    for (const block of this.#known) {
      if (block === 0) continue;
      const start = this.#blocks[block + 1] as number;
      let slot = hashOf(this.#candidates, start + 1, this.#candidates[start] as number) & mask;
      while (known[slot] !== 0) slot = (slot + 1) & mask;
      known[slot] = block;
    }
    this.#known = known;
  }
}

/** 1 when the service at the offset has the protocol and both ports, 0 otherwise: six differences, none of which may be negative. */
function fits(services: ServiceTable, o: number, p: number, sp: number, dp: number): number {
  const missed =
    (dp - (services[o + 4] as number)) |
    ((services[o + 5] as number) - dp) |
    (sp - (services[o + 2] as number)) |
    ((services[o + 3] as number) - sp) |
    (p - (services[o] as number)) |
    ((services[o + 1] as number) - p);
  return (missed >>> 31) ^ 1;
}

function isAnyService(services: ServiceTable, service: number): boolean {
  const o = service * SERVICE_STRIDE;
  const [p0, p1, sp0, sp1, dp0, dp1] = services.subarray(o, o + 6);
  return p0 === 0 && p1 === UNSEEN_PROTOCOL && sp0 === 0 && sp1 === UNSEEN_PORT && dp0 === 0 && dp1 === UNSEEN_PORT;
}

function hashOf(values: Uint32Array, start: number, length: number): number {
  let hash = length;
  for (let i = start; i < start + length; i++) hash = Math.imul(hash ^ (values[i] as number), 0x9e3779b1) + (hash >>> 15);
  return hash ^ (hash >>> 16);
}

function grownUint32(array: Uint32Array, atLeast: number): Uint32Array {
  const larger = new Uint32Array(Math.max(array.length * 2, atLeast));
  larger.set(array);
  return larger;
}

function grownInt32(array: Int32Array, atLeast: number): Int32Array {
  const larger = new Int32Array(Math.max(array.length * 2, atLeast));
  larger.set(array);
  return larger;
}
