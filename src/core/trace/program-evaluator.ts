import { STRIDE } from './box-table.ts';
import { calleesFirst } from './chain-outcomes.ts';
import { CONTAINED, DISJOINT, type RegionStack } from './region-stack.ts';
import { CONTROL_CONTINUE, CONTROL_DECIDE, CONTROL_GOTO, CONTROL_RETURN, type TraceProgram, type TraceSpace } from './trace-space.ts';

/**
 * Candidates that overlap, `box * 2 + holds`, behind the list; returns their end.
 *
 * @param endsAtTaker whether, in a list without chains, what stands behind an entry that takes the whole region is left out; not where entries are
 *   held to be gone
 */
export function filterOverlaps(stack: RegionStack, space: TraceSpace, endsAtTaker: boolean): number {
  const { boxes, entries, programs, controlOf } = space;
  const begin = stack.listStart;
  const end = stack.listEnd;
  stack.reserve(end, end - begin);
  const { list, bounds: region } = stack;
  let out = end;
  let skipped = 0;
  let best = 0;
  stack.widest = -1;
  for (let i = begin; i < end; i++) {
    const box = list[i]! >> 1;
    if (box < skipped) continue;
    const o = box * STRIDE;
    let holds = 1;
    let share = 1;
    for (let k = 0; k < STRIDE && holds >= 0; k += 2) {
      const first = boxes.bounds[o + k]!;
      const last = boxes.bounds[o + k + 1]!;
      const from = region[k]!;
      const to = region[k + 1]!;
      if (first > to || last < from) holds = -1;
      else if (first > from || last < to) {
        holds = 0;
        share *= ((last < to ? last : to) - (first > from ? first : from) + 1) / (to - from + 1);
      }
    }
    if (holds < 0) continue;
    const relation = stack.relate(box);
    if (relation === DISJOINT) continue;
    if (holds === 0 && share > best) {
      best = share;
      stack.widest = box;
    }
    if (relation !== CONTAINED) holds = 0;
    list[out++] = box * 2 + holds;
    if (holds === 1 && endsAtTaker && controlOf[boxes.entryOf[box]!] === CONTROL_DECIDE) {
      const program = programs[entries[boxes.entryOf[box]!]!.program]!;
      if (program.isFlat && program.evaluation === 'first-match') skipped = program.endBox;
    }
  }
  return out;
}

/** Something that says what becomes of a region: a program, or the layers of an enforcement point. */
export interface Judge {
  readonly programs: readonly TraceProgram[];
  /** After an answer below zero: the box along which the region has to be cut. */
  readonly blockedBy: number;
  /** @param list candidates `box * 2 + holds`, by box; returns an outcome, or a negative number where there are several */
  evaluate(list: Int32Array, begin: number, end: number): number;
}

const UNSETTLED = -1;
export const TOO_LONG = -2;
const FALLS = -3;

/** What an evaluation tells apart. */
export interface Labels {
  /** For each entry of the space that decides: its effect, or itself. */
  readonly labelOf: Int32Array;
  readonly ofDefault: number;
  /** For each entry of the space: 1 where it is not there. */
  readonly removed: Uint8Array;
}

/** Evaluates a program over a region, chain by chain, those first that others lead to. */
export class ProgramEvaluator implements Judge {
  /** Where the region has to be cut before the side has one outcome. */
  blockedBy = -1;
  readonly program: TraceProgram;
  readonly programs: readonly TraceProgram[];
  readonly #space: TraceSpace;
  readonly #labels: Labels;
  readonly #trails: Trails;
  readonly #order: Int32Array;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  /** The effect decided, {@link FALLS}, {@link UNSETTLED} or {@link TOO_LONG}; what was noted on the way; the box that blocks. */
  readonly #result: Int32Array;
  readonly #trail: Int32Array;
  readonly #block: Int32Array;

  /** @param trails shared by evaluators whose outcomes are to be compared */
  constructor(space: TraceSpace, program: TraceProgram, trails: Trails, labels: Labels) {
    const count = program.endChain - program.firstChain;
    this.program = program;
    this.programs = [program];
    this.#space = space;
    this.#labels = labels;
    this.#trails = trails;
    this.#order = calleesFirst(space, program);
    this.#start = new Int32Array(count);
    this.#end = new Int32Array(count);
    this.#result = new Int32Array(count);
    this.#trail = new Int32Array(count);
    this.#block = new Int32Array(count);
  }

  /** A number that stands for the outcome (effect and trail), the same for both sides; or negative. */
  evaluate(list: Int32Array, begin: number, end: number): number {
    const { program } = this;
    if (program.evaluation === 'any-permit') return this.#evaluateSet(list, begin, end);
    this.#locateChains(list, begin, end);
    for (const chain of this.#order) this.#evaluateChain(list, chain);
    const root = program.root - program.firstChain;
    const result = this.#result[root]!;
    if (result === UNSETTLED || result === TOO_LONG) {
      this.blockedBy = this.#block[root]!;
      return result;
    }
    return this.#trails.outcome(this.#trail[root]!, result === FALLS ? this.#labels.ofDefault : result);
  }

  /** Without order, the effects of all that match are in force. */
  #evaluateSet(list: Int32Array, begin: number, end: number): number {
    const { boxes } = this.#space;
    const { program } = this;
    const { labelOf, removed } = this.#labels;
    const effects = new Set<number>();
    let open = -1;
    for (const wanted of [1, 0]) {
      for (let i = begin; i < end; i++) {
        const box = list[i]! >> 1;
        const entry = boxes.entryOf[box]!;
        if ((list[i]! & 1) !== wanted || box < program.firstBox || box >= program.endBox || removed[entry] === 1) continue;
        if (wanted === 1) effects.add(labelOf[entry]!);
        else if (!effects.has(labelOf[entry]!)) open = box;
      }
    }
    this.blockedBy = open;
    if (open >= 0) return UNSETTLED;
    let trail = 0;
    const sorted = [...effects].sort((a, b) => a - b);
    for (const effect of sorted.slice(1)) trail = this.#trails.append(trail, effect);
    return this.#trails.outcome(trail, sorted[0] ?? this.#labels.ofDefault);
  }

  #locateChains(list: Int32Array, begin: number, end: number): void {
    const { boxes, entries } = this.#space;
    const { program } = this;
    this.#start.fill(0);
    this.#end.fill(0);
    for (let i = begin; i < end; i++) {
      const box = list[i]! >> 1;
      if (box < program.firstBox || box >= program.endBox) continue;
      const chain = entries[boxes.entryOf[box]!]!.chain - program.firstChain;
      if (this.#end[chain] === 0) this.#start[chain] = i;
      this.#end[chain] = i + 1;
    }
  }

  #evaluateChain(list: Int32Array, chain: number): void {
    const { boxes, controlOf, effectOf, targetOf } = this.#space;
    const { program } = this;
    const { labelOf, removed } = this.#labels;
    const trails = this.#trails;
    let trail = 0;
    let matched = -1;
    // What boxes that hold a part only would decide: nothing is lost as long as the rest of the region is decided alike.
    let partly = UNSETTLED;
    let partlyBlock = -1;
    const finish = (result: number, block: number): void => {
      const differs = partly !== UNSETTLED && (result < 0 || partly !== trails.outcome(trail, result));
      this.#result[chain] = differs && result !== TOO_LONG ? UNSETTLED : result;
      this.#block[chain] = differs ? partlyBlock : block;
      this.#trail[chain] = trail;
    };
    for (let i = this.#start[chain]!; i < this.#end[chain]!; i++) {
      const box = list[i]! >> 1;
      const entry = boxes.entryOf[box]!;
      if (removed[entry] === 1 || entry === matched) continue;
      const control = controlOf[entry]!;
      if (control === CONTROL_CONTINUE && !trails.keepsNotes) continue;
      if ((list[i]! & 1) === 0) {
        const outcome = control === CONTROL_DECIDE ? trails.outcome(trail, labelOf[entry]!) : UNSETTLED;
        if (outcome < 0 || (partly !== UNSETTLED && partly !== outcome)) return finish(UNSETTLED, box);
        partly = outcome;
        if (partlyBlock < 0) partlyBlock = box;
        continue;
      }
      matched = entry;
      if (control === CONTROL_DECIDE) return finish(labelOf[entry]!, -1);
      if (control === CONTROL_RETURN) return finish(FALLS, -1);
      if (control === CONTROL_CONTINUE) {
        trail = trails.append(trail, effectOf[entry]!);
        if (trail < 0) return finish(TOO_LONG, -1);
        continue;
      }
      const target = targetOf[entry]! - program.firstChain;
      const result = this.#result[target]!;
      if (result === UNSETTLED || result === TOO_LONG) return finish(result, this.#block[target]!);
      trail = trails.join(trail, this.#trail[target]!);
      if (trail < 0) return finish(TOO_LONG, -1);
      if (result !== FALLS || control === CONTROL_GOTO) return finish(result, -1);
    }
    finish(FALLS, -1);
    // In the first chain, what falls is decided by the default, perhaps as what was met only partly.
    if (
      this.#result[chain] === UNSETTLED &&
      chain === program.root - program.firstChain &&
      partly === trails.outcome(trail, this.#labels.ofDefault)
    ) {
      this.#result[chain] = FALLS;
    }
  }
}

/** Longer sequences of effects that only note a packet are not followed. */
const LONGEST_TRAIL = 4096;

/** Sequences of effects, each with a number; 0 is the empty one. */
export class Trails {
  /** Whether what entries only note on the way (logging, marking) tells outcomes apart. */
  readonly keepsNotes: boolean;
  readonly #parent = [0];
  readonly #effect = [-1];
  readonly #length = [0];
  readonly #ids = new Map<string, number>();
  readonly #outcomes = new Map<string, number>();
  readonly #labels: number[] = [];
  readonly #trailOf: number[] = [];

  constructor({ keepsNotes = true }: { readonly keepsNotes?: boolean } = {}) {
    this.keepsNotes = keepsNotes;
  }

  /** -1 when it gets too long. */
  append(trail: number, effect: number): number {
    const key = `${trail},${effect}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const length = this.#length[trail]! + 1;
    if (length > LONGEST_TRAIL) return -1;
    const id = this.#parent.length;
    this.#parent.push(trail);
    this.#effect.push(effect);
    this.#length.push(length);
    this.#ids.set(key, id);
    return id;
  }

  join(first: number, second: number): number {
    const effects: number[] = [];
    for (let trail = second; trail > 0; trail = this.#parent[trail]!) effects.push(this.#effect[trail]!);
    let joined = first;
    for (let i = effects.length - 1; i >= 0 && joined >= 0; i--) joined = this.append(joined, effects[i]!);
    return joined;
  }

  outcome(trail: number, effect: number): number {
    const key = `${trail},${effect}`;
    const known = this.#outcomes.get(key);
    if (known !== undefined) return known;
    this.#outcomes.set(key, this.#outcomes.size);
    this.#labels.push(effect);
    this.#trailOf.push(trail);
    return this.#outcomes.size - 1;
  }

  /** What was noted on the way to an outcome, in order; in a set, the other effects in force. */
  notesOf(outcome: number): number[] {
    const notes: number[] = [];
    for (let trail = this.#trailOf[outcome]!; trail > 0; trail = this.#parent[trail]!) notes.push(this.#effect[trail]!);
    return notes.reverse();
  }

  /** The label that an outcome ends with. */
  labelOf(outcome: number): number {
    return this.#labels[outcome]!;
  }
}
