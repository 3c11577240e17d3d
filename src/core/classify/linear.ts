import { type PointBoxes, SERVICE_STRIDE } from './point-boxes.ts';
import type { ResultSets } from './result-sets.ts';

/** Asks every box about every point: nothing to build, and the fastest there is for a handful of boxes. */
export class LinearClassifier {
  readonly memoryBytes = 0;
  readonly #boxes: PointBoxes;
  readonly #results: ResultSets;
  readonly #matched: Uint32Array;
  readonly #stopsAtCertain: boolean;

  constructor(boxes: PointBoxes, results: ResultSets, stopsAtCertain: boolean) {
    this.#boxes = boxes;
    this.#results = results;
    this.#matched = new Uint32Array(boxes.count);
    this.#stopsAtCertain = stopsAtCertain;
  }

  classifyBatch(
    count: number,
    source: Uint32Array,
    destination: Uint32Array,
    protocol: Uint32Array,
    sourcePort: Uint32Array,
    destinationPort: Uint32Array,
    out: Uint32Array,
  ): void {
    const { count: boxCount, certain, sourceFirst, sourceLast, destinationFirst, destinationLast, service, services } = this.#boxes;
    const matched = this.#matched;
    const stops = this.#stopsAtCertain ? 1 : 2;
    for (let i = 0; i < count; i++) {
      const s = source[i] as number;
      const d = destination[i] as number;
      const p = protocol[i] as number;
      const sp = sourcePort[i] as number;
      const dp = destinationPort[i] as number;
      let matches = 0;
      for (let box = 0; box < boxCount; box++) {
        if (s < (sourceFirst[box] as number) || s > (sourceLast[box] as number)) continue;
        if (d < (destinationFirst[box] as number) || d > (destinationLast[box] as number)) continue;
        const o = (service[box] as number) * SERVICE_STRIDE;
        if (dp < (services[o + 4] as number) || dp > (services[o + 5] as number)) continue;
        if (p < (services[o] as number) || p > (services[o + 1] as number)) continue;
        if (sp < (services[o + 2] as number) || sp > (services[o + 3] as number)) continue;
        matched[matches++] = box;
        if (certain[box] === stops) break;
      }
      out[i] = this.#results.intern(matched, matches);
    }
  }
}
