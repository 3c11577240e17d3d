import { buildIntervalIndex, type IntervalIndex } from '../interval-index.ts';
import { type PointBoxes, SERVICE_STRIDE } from './point-boxes.ts';
import type { ResultSets } from './result-sets.ts';

/**
 * Finds the boxes that hold a point's destination in an interval tree and asks them for the rest. Needs the least memory of all, and is slow
 * where many boxes hold any destination: for policies whose sets of boxes do not fit the memory given.
 */
export class IntervalTreeClassifier {
  readonly memoryBytes: number;
  readonly #boxes: PointBoxes;
  readonly #results: ResultSets;
  readonly #isFirstMatch: boolean;
  readonly #index: IntervalIndex;
  readonly #matched: Uint32Array;

  constructor(boxes: PointBoxes, results: ResultSets, isFirstMatch: boolean) {
    this.#boxes = boxes;
    this.#results = results;
    this.#isFirstMatch = isFirstMatch;
    this.#index = buildIntervalIndex(boxes.destinationFirst, boxes.destinationLast);
    this.#matched = new Uint32Array(boxes.count);
    this.memoryBytes = this.#index.memoryBytes + this.#matched.byteLength;
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
    const { certain, sourceFirst, sourceLast, service, services } = this.#boxes;
    const matched = this.#matched;
    const candidates: number[] = [];
    for (let i = start; i < count; i++) {
      const s = source[i] as number;
      const p = protocol[i] as number;
      const sp = sourcePort[i] as number;
      const dp = destinationPort[i] as number;
      candidates.length = 0;
      this.#index.stab(destination[i] as number, candidates);
      let matches = 0;
      for (const box of candidates) {
        if (s < (sourceFirst[box] as number) || s > (sourceLast[box] as number)) continue;
        const o = (service[box] as number) * SERVICE_STRIDE;
        if (dp < (services[o + 4] as number) || dp > (services[o + 5] as number)) continue;
        if (p < (services[o] as number) || p > (services[o + 1] as number)) continue;
        if (sp < (services[o + 2] as number) || sp > (services[o + 3] as number)) continue;
        matched[matches++] = box;
        if (this.#isFirstMatch && certain[box] === 1) break;
      }
      out[i] = this.#results.intern(matched, matches);
    }
  }
}
