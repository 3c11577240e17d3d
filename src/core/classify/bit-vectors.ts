import type { AddressAxes } from './address-axes.ts';
import type { AxisClasses } from './axis-classes.ts';
import type { PointBoxes } from './point-boxes.ts';
import type { ResultSets } from './result-sets.ts';
import type { ServiceAxes } from './service-axes.ts';
import { sortBoxes } from './sort-boxes.ts';

/** Points handled in one go: their classes stay in the first-level cache. */
const CHUNK = 1024;

/**
 * Five class look-ups and the intersection of the five sets of boxes. Holds the same memory from the first point to the last, and has no
 * point that is much dearer than others.
 */
export class BitVectorClassifier {
  readonly memoryBytes: number;
  readonly #boxes: PointBoxes;
  readonly #results: ResultSets;
  readonly #boxOfBit: Uint32Array;
  readonly #source: AxisClasses;
  readonly #destination: AxisClasses;
  readonly #protocol: AxisClasses;
  readonly #sourcePort: AxisClasses;
  readonly #destinationPort: AxisClasses;
  /** First-match without possible boxes: the lowest box is all there is to know. */
  readonly #needsLowestOnly: boolean;
  readonly #matched: Uint32Array;
  readonly #classes = Array.from({ length: 5 }, () => new Uint32Array(CHUNK)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];

  constructor(boxes: PointBoxes, addresses: AddressAxes, services: ServiceAxes, results: ResultSets, isFirstMatch: boolean) {
    this.#boxes = boxes;
    this.#results = results;
    this.#boxOfBit = addresses.boxOfBit;
    this.#source = addresses.source;
    this.#destination = addresses.destination;
    this.#protocol = services.protocol;
    this.#sourcePort = services.sourcePort;
    this.#destinationPort = services.destinationPort;
    this.#needsLowestOnly = isFirstMatch && !boxes.certain.includes(0);
    this.#matched = new Uint32Array(boxes.count);
    this.memoryBytes = addresses.memoryBytes + services.memoryBytes + this.#matched.byteLength;
  }

  classifyBatch(
    count: number,
    source: Uint32Array,
    destination: Uint32Array,
    protocol: Uint32Array,
    sourcePort: Uint32Array,
    destinationPort: Uint32Array,
    out: Uint32Array,
    start: number,
  ): void {
    const [c0, c1, c2, c3, c4] = this.#classes;
    for (let from = start; from < count; from += CHUNK) {
      const length = Math.min(CHUNK, count - from);
      this.#source.locate(source, from, length, c0);
      this.#destination.locate(destination, from, length, c1);
      this.#protocol.locate(protocol, from, length, c2);
      this.#sourcePort.locate(sourcePort, from, length, c3);
      this.#destinationPort.locate(destinationPort, from, length, c4);
      this.#intersect(length, out, from);
    }
  }

  #intersect(length: number, out: Uint32Array, from: number): void {
    const [c0, c1, c2, c3, c4] = this.#classes;
    const { wordCount: W, summaryCount: S, bits: b0, summary: s0 } = this.#source;
    const { bits: b1, summary: s1 } = this.#destination;
    const { bits: b2, summary: s2 } = this.#protocol;
    const { bits: b3, summary: s3 } = this.#sourcePort;
    const { bits: b4, summary: s4 } = this.#destinationPort;
    const boxOfBit = this.#boxOfBit;
    const needsLowestOnly = this.#needsLowestOnly;
    const matched = this.#matched;
    const none = this.#boxes.count;
    for (let i = 0; i < length; i++) {
      const i0 = c0[i] as number;
      const i1 = c1[i] as number;
      const i2 = c2[i] as number;
      const i3 = c3[i] as number;
      const i4 = c4[i] as number;
      let matches = 0;
      let lowest = none;
      for (let w = 0; w < S; w++) {
        let words =
          (s0[i0 * S + w] as number) &
          (s1[i1 * S + w] as number) &
          (s2[i2 * S + w] as number) &
          (s3[i3 * S + w] as number) &
          (s4[i4 * S + w] as number);
        while (words !== 0) {
          const word = (w << 5) + 31 - Math.clz32(words & -words);
          words &= words - 1;
          let bits =
            (b0[i0 * W + word] as number) &
            (b1[i1 * W + word] as number) &
            (b2[i2 * W + word] as number) &
            (b3[i3 * W + word] as number) &
            (b4[i4 * W + word] as number);
          if (needsLowestOnly) {
            // Boxes ascend inside a word.
            if (bits !== 0) lowest = Math.min(lowest, boxOfBit[(word << 5) + 31 - Math.clz32(bits & -bits)] as number);
            continue;
          }
          for (; bits !== 0; bits &= bits - 1) matched[matches++] = boxOfBit[(word << 5) + 31 - Math.clz32(bits & -bits)] as number;
        }
      }
      if (needsLowestOnly && lowest < none) matched[matches++] = lowest;
      if (matches > 1) sortBoxes(matched, matches);
      out[from + i] = this.#results.intern(matched, matches);
    }
  }
}
