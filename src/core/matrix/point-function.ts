import type { TraceProgram, TraceSpace } from '../trace/trace-space.ts';
import { DENIED, type Diagrams, PERMITTED } from './diagrams.ts';
import { ListTable } from './list-table.ts';
import { lowerBound, ProgramVerdict } from './program-verdict.ts';

/**
 * What layers permit between two classes of addresses, as a diagram over everything else: every layer has to permit, and a layer permits where one of
 * its programs does. No layer at all permits everything, a layer without programs nothing.
 */
export class PointFunction {
  readonly #diagrams: Diagrams;
  readonly #layers: readonly (readonly ProgramVerdict[])[];
  readonly #lists = new ListTable();
  /** By list of boxes. */
  readonly #functions: number[] = [];

  constructor(space: TraceSpace, layers: readonly (readonly TraceProgram[])[], diagrams: Diagrams, guards: Int32Array) {
    this.#diagrams = diagrams;
    const verdicts = new Map(layers.flat().map((program) => [program, new ProgramVerdict(space, program, diagrams, guards)]));
    this.#layers = layers.map((layer) => [...new Set(layer)].map((program) => verdicts.get(program)!));
  }

  /** @param list boxes that hold both addresses, ascending, as list[0..count) */
  of(list: Int32Array, count: number): number {
    const id = this.#lists.idOf(list, 0, count);
    const known = this.#functions[id];
    if (known !== undefined) return known;
    let permitted = PERMITTED;
    for (const layer of this.#layers) {
      if (permitted === DENIED) break;
      let byLayer = DENIED;
      for (const verdict of layer) {
        if (byLayer === PERMITTED) break;
        const { firstBox, endBox } = verdict.program;
        const begin = lowerBound(list, 0, count, firstBox);
        byLayer = this.#diagrams.either(byLayer, verdict.of(list, begin, lowerBound(list, begin, count, endBox)));
      }
      permitted = this.#diagrams.both(permitted, byLayer);
    }
    this.#functions[id] = permitted;
    return permitted;
  }
}
