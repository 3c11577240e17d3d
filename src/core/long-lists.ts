import { sortBoxes } from './address-axes.ts';
import type { PointBoxes } from './point-boxes.ts';
import type { ResultSets } from './result-sets.ts';
import type { ServiceAxes } from './service-axes.ts';

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
  /** Every list: number of words, then place and bits of each. */
  #lists: Int32Array = new Int32Array(1024);
  #end = 0;
  readonly #matched: Uint32Array;
  readonly #protocol: Uint32Array;
  readonly #sourcePort: Uint32Array;
  readonly #destinationPort: Uint32Array;

  constructor(boxes: PointBoxes, boxOfBit: Uint32Array, axes: ServiceAxes, results: ResultSets, isFirstMatch: boolean, chunk: number) {
    this.#results = results;
    this.#axes = axes;
    this.#boxOfBit = boxOfBit;
    this.#needsLowestOnly = isFirstMatch && !boxes.certain.includes(0);
    this.#matched = new Uint32Array(boxes.count);
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
    this.#end += 1 + 2 * count;
    if (this.#end > this.#lists.length) {
      const larger = new Int32Array(Math.max(this.#end, this.#lists.length * 2));
      larger.set(this.#lists);
      this.#lists = larger;
    }
    this.#lists[list] = count;
    for (let i = 0; i < count; i++) {
      this.#lists[list + 1 + 2 * i] = words[i] as number;
      this.#lists[list + 2 + 2 * i] = bits[i] as number;
    }
    return list;
  }

  /** Writes the result ids of `count` points, each named by its list, its place in `out`, its protocol and ports. */
  decide(
    count: number,
    lists: Uint32Array,
    points: Uint32Array,
    protocol: Uint32Array,
    sourcePort: Uint32Array,
    destinationPort: Uint32Array,
    out: Uint32Array,
  ): void {
    const axes = this.#axes;
    axes.protocol.locate(protocol, 0, count, this.#protocol);
    axes.sourcePort.locate(sourcePort, 0, count, this.#sourcePort);
    axes.destinationPort.locate(destinationPort, 0, count, this.#destinationPort);
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
      const list = lists[i] as number;
      const end = list + 1 + 2 * (pool[list] as number);
      let matches = 0;
      let lowest = 0x7fffffff;
      for (let at = list + 1; at < end; at += 2) {
        const word = pool[at] as number;
        let bits =
          (pool[at + 1] as number) &
          (destinationPortBits[ofDestinationPort + word] as number) &
          (sourcePortBits[ofSourcePort + word] as number) &
          (protocolBits[ofProtocol + word] as number);
        while (bits !== 0) {
          const box = boxOfBit[(word << 5) + 31 - Math.clz32(bits & -bits)] as number;
          bits &= bits - 1;
          if (needsLowestOnly) {
            if (box < lowest) lowest = box;
          } else {
            matched[matches++] = box;
          }
        }
      }
      if (lowest < 0x7fffffff) matched[matches++] = lowest;
      if (matches > 1) sortBoxes(matched, matches);
      out[points[i] as number] = this.#results.intern(matched, matches);
    }
  }
}
