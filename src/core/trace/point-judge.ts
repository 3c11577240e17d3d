import { OverlapFinder } from './overlap-finder.ts';
import { filterOverlaps, type Judge, type Labels, ProgramEvaluator, Trails } from './program-evaluator.ts';
import { type Region, RegionStack } from './region-stack.ts';
import type { TraceProgram, TraceSpace } from './trace-space.ts';

/** Outcomes of a {@link PointJudge}. */
export const POINT_DENIES = 0;
export const POINT_PERMITS = 1;

const BLOCKED = -1;

/** Programs that permit together, for each layer of an enforcement point. */
export type PointLayers = readonly (readonly TraceProgram[])[];

/** Judges by verdict alone: every layer must permit, and one of its programs is enough. What is only noted on the way does not count. */
export class PointJudge implements Judge {
  readonly programs: readonly TraceProgram[];
  blockedBy = -1;
  readonly #layers: readonly (readonly ProgramEvaluator[])[];
  readonly #trails = new Trails({ keepsNotes: false });

  constructor(space: TraceSpace, layers: PointLayers) {
    this.programs = layers.flat();
    const labels = verdictLabels(space);
    this.#layers = layers.map((layer) =>
      layer.map(
        (program) => new ProgramEvaluator(space, program, this.#trails, { ...labels, ofDefault: verdictOf(space, program.defaultEffect) }),
      ),
    );
  }

  evaluate(list: Int32Array, begin: number, end: number): number {
    let open = -1;
    for (const layer of this.#layers) {
      const outcome = this.#judgeLayer(layer, list, begin, end);
      if (outcome === POINT_DENIES) return POINT_DENIES;
      if (outcome === BLOCKED && open < 0) open = this.blockedBy;
    }
    this.blockedBy = open;
    return open < 0 ? POINT_PERMITS : BLOCKED;
  }

  #judgeLayer(layer: readonly ProgramEvaluator[], list: Int32Array, begin: number, end: number): number {
    let open = -1;
    for (const program of layer) {
      const outcome = program.evaluate(list, begin, end);
      if (outcome < 0 && open < 0) open = program.blockedBy;
      if (outcome >= 0 && this.#trails.labelOf(outcome) === POINT_PERMITS) return POINT_PERMITS;
    }
    this.blockedBy = open;
    return open < 0 ? POINT_DENIES : BLOCKED;
  }
}

function verdictLabels(space: TraceSpace): Omit<Labels, 'ofDefault'> {
  return {
    labelOf: Int32Array.from(space.effectOf, (effect) => verdictOf(space, effect)),
    removed: new Uint8Array(space.entries.length),
  };
}

function verdictOf(space: TraceSpace, effect: number): number {
  return space.effects[effect]?.verdict === 'permit' ? POINT_PERMITS : POINT_DENIES;
}

/** Who decides in a region: entries of the space, `-1 - program` for the default of a program; in evaluation order. */
export interface Deciders {
  readonly permitting: ReadonlySet<number>;
  readonly denying: ReadonlySet<number>;
  /** Regions taken up. */
  readonly spent: number;
  readonly complete: boolean;
}

/** Finds who has a part in what a point decides. */
export class DeciderFinder {
  readonly #space: TraceSpace;
  readonly #layers: readonly (readonly {
    readonly program: TraceProgram;
    readonly evaluator: ProgramEvaluator;
    readonly finder: OverlapFinder;
  }[])[];
  readonly #trails = new Trails({ keepsNotes: false });
  readonly #stack: RegionStack;
  readonly #exceptions: ReadonlySet<number>;

  /** @param exceptions programs that say which packets their layer does not look at: there its others decide nothing */
  constructor(space: TraceSpace, layers: PointLayers, exceptions: ReadonlySet<number> = new Set()) {
    this.#space = space;
    this.#exceptions = exceptions;
    this.#stack = new RegionStack(space);
    const byEntry = Int32Array.from({ length: space.entries.length }, (_, entry) => entry);
    const byVerdict = verdictLabels(space);
    this.#layers = layers.map((layer) =>
      layer.map((program) => {
        const labels: Labels =
          program.evaluation === 'any-permit'
            ? { ...byVerdict, ofDefault: verdictOf(space, program.defaultEffect) }
            : { ...byVerdict, labelOf: byEntry, ofDefault: -1 - program.index };
        return {
          program,
          evaluator: new ProgramEvaluator(space, program, this.#trails, labels),
          finder: new OverlapFinder(space, program),
        };
      }),
    );
  }

  /**
   * Who permits the packets of a region that the point permits: in each layer the rules of the programs that do. And who denies the others: in the
   * layers that deny, the rules of all programs. Without order every rule that matches some of it permits.
   */
  find(region: Region, budget: number): Deciders {
    const stack = this.#stack;
    const permitting = new Set<number>();
    const denying = new Set<number>();
    const programs = this.#layers.flat().sort((a, b) => a.program.index - b.program.index);
    let count = 0;
    let before = -1;
    for (const { program, finder } of programs) {
      if (program.index === before) continue;
      before = program.index;
      finder.collect(region.bounds, program.firstBox, program.endBox, null);
      stack.reserve(count, finder.count);
      for (let i = 0; i < finder.count; i++) stack.list[count++] = finder.found[i]! * 2;
    }
    stack.begin(region, count, 0);
    let complete = true;
    while (complete && stack.next()) {
      if (stack.nodeCount > budget) complete = false;
      const end = filterOverlaps(stack, this.#space, true);
      const begin = stack.listEnd;
      const blocked = this.#settle(begin, end, permitting, denying);
      if (blocked < 0) continue;
      stack.listStart = begin;
      stack.listEnd = end;
      stack.splitAlong(blocked);
    }
    return { permitting, denying, spent: stack.nodeCount, complete };
  }

  /** Notes who decides the region the stack looks at; or says along which box to cut it. */
  #settle(begin: number, end: number, permitting: Set<number>, denying: Set<number>): number {
    const { list } = this.#stack;
    const outcomes: number[][] = [];
    for (const layer of this.#layers) {
      const labels: number[] = [];
      for (const { evaluator } of layer) {
        const outcome = evaluator.evaluate(list, begin, end);
        if (outcome < 0) return evaluator.blockedBy;
        labels.push(this.#trails.labelOf(outcome));
      }
      outcomes.push(labels);
    }
    const permits = this.#layers.map((layer, l) => layer.map(({ program }, p) => this.#permits(program, outcomes[l]![p]!)));
    const isPermitted = permits.every((layer) => layer.some(Boolean));
    this.#layers.forEach((layer, l) => {
      if (!isPermitted && permits[l]!.some(Boolean)) return;
      if (layer.some(({ program }, p) => permits[l]![p] && this.#exceptions.has(program.index))) return;
      layer.forEach(({ program }, p) => {
        if (permits[l]![p] !== isPermitted) return;
        const into = isPermitted ? permitting : denying;
        if (program.evaluation !== 'any-permit') into.add(outcomes[l]![p]!);
        else if (!isPermitted) into.add(-1 - program.index);
        else for (const entry of this.#matching(program, begin, end)) into.add(entry);
      });
    });
    return -1;
  }

  #permits(program: TraceProgram, label: number): boolean {
    if (program.evaluation === 'any-permit') return label === POINT_PERMITS;
    return verdictOf(this.#space, label < 0 ? program.defaultEffect : this.#space.effectOf[label]!) === POINT_PERMITS;
  }

  #matching(program: TraceProgram, begin: number, end: number): number[] {
    const { list } = this.#stack;
    const entries: number[] = [];
    for (let i = begin; i < end; i++) {
      const box = list[i]! >> 1;
      if (box >= program.firstBox && box < program.endBox) entries.push(this.#space.boxes.entryOf[box]!);
    }
    return entries.length === 0 ? [-1 - program.index] : entries;
  }
}
