import { LONG } from './candidate-lists.ts';
import type { PointBoxes } from './point-boxes.ts';
import type { ResultSets } from './result-sets.ts';
import type { ServiceAxes } from './service-axes.ts';
import { sortBoxes } from './sort-boxes.ts';

/** So many uses make it worth writing a list out (measured: bench/README.md, "classify"). */
const OFTEN = 32;

/**
 * Lists of many boxes that hold the addresses of a point, as the words of their bits that are not 0. To ask them all is to intersect each
 * word with the words of the point's protocol and ports.
 */
export class LongLists {
  readonly #results: ResultSets;
  readonly #axes: ServiceAxes;
  readonly #boxOfBit: Uint32Array;
  /** First-match without possible boxes: the lowest box is all there is to know. */
  readonly #needsLowestOnly: boolean;
  /** Every list: number of words, how often it was asked, then place and bits of each word. */
  #lists: Int32Array = new Int32Array(1024);
  #end = 0;
  readonly #matched: Uint32Array;
  /** The points of a chunk that have a long list: the list, the place in `out`, protocol and ports. */
  readonly #list: Uint32Array;
  readonly #point: Uint32Array;
  readonly #protocol: Uint32Array;
  readonly #sourcePort: Uint32Array;
  readonly #destinationPort: Uint32Array;
  readonly #due: number[] = [];

  constructor(boxes: PointBoxes, boxOfBit: Uint32Array, axes: ServiceAxes, results: ResultSets, isFirstMatch: boolean, chunk: number) {
    this.#results = results;
    this.#axes = axes;
    this.#boxOfBit = boxOfBit;
    this.#needsLowestOnly = isFirstMatch && !boxes.certain.includes(0);
    this.#matched = new Uint32Array(boxes.count);
    this.#list = new Uint32Array(chunk);
    this.#point = new Uint32Array(chunk);
    this.#protocol = new Uint32Array(chunk);
    this.#sourcePort = new Uint32Array(chunk);
    this.#destinationPort = new Uint32Array(chunk);
  }

  get memoryBytes(): number {
    return this.#axes.memoryBytes + this.#lists.byteLength + this.#matched.byteLength;
  }

  /** Returns the place of the list. */
  add(words: Uint32Array, bits: Uint32Array, count: number): number {
    const list = this.#end;
    this.#end += 2 + 2 * count;
    if (this.#end > this.#lists.length) {
      const larger = new Int32Array(Math.max(this.#end, this.#lists.length * 2));
      larger.set(this.#lists);
      this.#lists = larger;
    }
    this.#lists[list] = count;
    for (let i = 0; i < count; i++) {
      this.#lists[list + 2 + 2 * i] = words[i] as number;
      this.#lists[list + 3 + 2 * i] = bits[i] as number;
    }
    return list;
  }

  /** Writes the boxes of the list in ascending order; returns how many there are. */
  boxesOf(list: number, boxes: Uint32Array): number {
    let count = 0;
    const end = list + 2 + 2 * (this.#lists[list] as number);
    for (let at = list + 2; at < end; at += 2) {
      const word = this.#lists[at] as number;
      for (let bits = this.#lists[at + 1] as number; bits !== 0; bits &= bits - 1) {
        boxes[count++] = this.#boxOfBit[(word << 5) + 31 - Math.clz32(bits & -bits)] as number;
      }
    }
    sortBoxes(boxes, count);
    return count;
  }

  /**
   * Writes the result ids of those of `count` points that have a long list; their lists are given, their other columns begin at `from`.
   * Returns which of them met a list that was asked often, once for each list.
   */
  decide(
    lists: Uint32Array,
    from: number,
    count: number,
    protocol: Uint32Array,
    sourcePort: Uint32Array,
    destinationPort: Uint32Array,
    out: Uint32Array,
  ): readonly number[] {
    const asked = this.#gather(lists, from, count, protocol, sourcePort, destinationPort);
    this.#answer(asked, out);
    return this.#due;
  }

  #gather(
    lists: Uint32Array,
    from: number,
    count: number,
    protocol: Uint32Array,
    sourcePort: Uint32Array,
    destinationPort: Uint32Array,
  ): number {
    this.#due.length = 0;
    let asked = 0;
    for (let i = 0; i < count; i++) {
      const id = lists[i] as number;
      if ((id & 3) !== LONG) continue;
      const list = id >>> 2;
      this.#list[asked] = list;
      this.#point[asked] = from + i;
      this.#protocol[asked] = protocol[from + i] as number;
      this.#sourcePort[asked] = sourcePort[from + i] as number;
      this.#destinationPort[asked] = destinationPort[from + i] as number;
      asked++;
      const uses = (this.#lists[list + 1] as number) + 1;
      this.#lists[list + 1] = uses;
      if (uses === OFTEN) this.#due.push(i);
    }
    return asked;
  }

  #answer(count: number, out: Uint32Array): void {
    const axes = this.#axes;
    // Each class takes the place of its value.
    axes.protocol.locate(this.#protocol, 0, count, this.#protocol);
    axes.sourcePort.locate(this.#sourcePort, 0, count, this.#sourcePort);
    axes.destinationPort.locate(this.#destinationPort, 0, count, this.#destinationPort);
    const wordCount = axes.protocol.wordCount;
    const protocolBits = axes.protocol.bits;
    const sourcePortBits = axes.sourcePort.bits;
    const destinationPortBits = axes.destinationPort.bits;
    const pool = this.#lists;
    const boxOfBit = this.#boxOfBit;
    const matched = this.#matched;
    const needsLowestOnly = this.#needsLowestOnly;
    for (let i = 0; i < count; i++) {
      const ofProtocol = (this.#protocol[i] as number) * wordCount;
      const ofSourcePort = (this.#sourcePort[i] as number) * wordCount;
      const ofDestinationPort = (this.#destinationPort[i] as number) * wordCount;
      const list = this.#list[i] as number;
      const end = list + 2 + 2 * (pool[list] as number);
      let matches = 0;
      let lowest = 0x7fffffff;
      for (let at = list + 2; at < end; at += 2) {
        const word = pool[at] as number;
        let bits =
          (pool[at + 1] as number) &
          (destinationPortBits[ofDestinationPort + word] as number) &
          (sourcePortBits[ofSourcePort + word] as number) &
          (protocolBits[ofProtocol + word] as number);
        if (needsLowestOnly) {
          // Boxes ascend inside a word.
          if (bits !== 0) lowest = Math.min(lowest, boxOfBit[(word << 5) + 31 - Math.clz32(bits & -bits)] as number);
          continue;
        }
        for (; bits !== 0; bits &= bits - 1) matched[matches++] = boxOfBit[(word << 5) + 31 - Math.clz32(bits & -bits)] as number;
      }
      if (lowest < 0x7fffffff) matched[matches++] = lowest;
      if (matches > 1) sortBoxes(matched, matches);
      out[this.#point[i] as number] = this.#results.intern(matched, matches);
    }
  }
}
