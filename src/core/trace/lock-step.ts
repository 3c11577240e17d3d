import { STRIDE } from './box-table.ts';
import { calleesFirst } from './chain-outcomes.ts';
import { OverlapFinder } from './overlap-finder.ts';
import { CONTAINED, DISJOINT, type Region, RegionStack } from './region-stack.ts';
import { LEAF_EVALUATE, LEAF_OUTSIDE } from './split-tree.ts';
import { type Answer, type BoxTree, regionOfBox } from './trace-context.ts';
import { CONTROL_CONTINUE, CONTROL_DECIDE, CONTROL_GOTO, CONTROL_RETURN, type TraceProgram, type TraceSpace } from './trace-space.ts';

/** One of two programs that are compared: entries with a 1 in `removed` are not there. */
export interface Side {
  readonly program: TraceProgram;
  readonly removed: Uint8Array;
}

/**
 * Whether two programs of one space have the same effect on every point of the boxes given, the logging and marking met on the way included.
 * Both are evaluated over the same region, every unknown having one value on both sides, and the region is cut until each side has one outcome.
 *
 * @param boxes where they may differ: everywhere else the caller knows that they agree
 * @returns `none` with one tree per box, or a region where they differ
 */
export function compareOn(space: TraceSpace, before: Side, after: Side, boxes: readonly number[], budget: number): Answer {
  const result = compareBoxes(space, before, after, boxes, budget, 1);
  if (result === 'budget') return { kind: 'budget' };
  const [first] = result.differences;
  return first === undefined ? { kind: 'none', proof: { trees: result.trees } } : { kind: 'found', region: first };
}

/**
 * The regions where they differ, disjoint as long as the boxes are; at most `most` of them. `complete` when there are no others.
 */
export function differencesOn(
  space: TraceSpace,
  before: Side,
  after: Side,
  boxes: readonly number[],
  budget: number,
  most: number,
): { readonly differences: readonly Region[]; readonly complete: boolean } | 'budget' {
  const result = compareBoxes(space, before, after, boxes, budget, most);
  return result === 'budget' ? result : { differences: result.differences, complete: result.differences.length < most };
}

function compareBoxes(
  space: TraceSpace,
  before: Side,
  after: Side,
  boxes: readonly number[],
  budget: number,
  most: number,
): { readonly differences: readonly Region[]; readonly trees: readonly BoxTree[] } | 'budget' {
  const trails = new Trails();
  const sides = before.program === after.program ? [before] : [before, after];
  const finders = sides.map(({ program }) => new OverlapFinder(space, program));
  const stack = new RegionStack(space);
  const evaluators = [new Evaluator(space, before, trails), new Evaluator(space, after, trails)] as const;
  const trees: BoxTree[] = [];
  const differences: Region[] = [];
  let left = budget;
  for (const [place, box] of boxes.entries()) {
    if (differences.length >= most) break;
    const region = regionOfBox(space, box);
    let count = 0;
    finders.forEach((finder, i) => {
      const { program } = sides[i] as Side;
      finder.collect(region.bounds, program.firstBox, program.endBox, null);
      stack.reserve(count, finder.count);
      for (let k = 0; k < finder.count; k++) stack.list[count++] = finder.found[k]! * 2;
    });
    // What lies in an earlier box was looked at with it; this matters only where all differences are listed.
    const earlier = most > 1 ? boxes.slice(0, place) : [];
    if (!compareRegion(stack, evaluators, region, box, earlier, count, left, space, differences, most)) return 'budget';
    left -= stack.nodeCount;
    trees.push({ box, tree: stack.tree.toTree() });
  }
  return { differences, trees };
}

function compareRegion(
  stack: RegionStack,
  [before, after]: readonly [Evaluator, Evaluator],
  region: Region,
  domain: number,
  earlier: readonly number[],
  count: number,
  budget: number,
  space: TraceSpace,
  differences: Region[],
  most: number,
): boolean {
  stack.begin(region, count, 0);
  while (stack.next()) {
    if (stack.nodeCount > budget) return false;
    const inDomain = stack.relate(domain);
    if (inDomain === DISJOINT) {
      stack.settle(LEAF_OUTSIDE);
      continue;
    }
    const end = filterOverlaps(stack, space);
    const begin = stack.listEnd;
    const old = before.evaluate(stack.list, begin, end);
    const now = after.evaluate(stack.list, begin, end);
    if (old === TOO_LONG || now === TOO_LONG) return false;
    if (old >= 0 && old === now) {
      stack.settle(LEAF_EVALUATE);
      continue;
    }
    stack.listStart = begin;
    stack.listEnd = end;
    if (old < 0 || now < 0) {
      stack.splitAlong(old < 0 ? before.blockedBy : after.blockedBy);
      continue;
    }
    if (inDomain !== CONTAINED) {
      stack.splitAlong(domain);
      continue;
    }
    const cut = earlierToCut(stack, space, earlier);
    if (cut >= 0) {
      stack.splitAlong(cut);
      continue;
    }
    stack.settle(LEAF_EVALUATE);
    if (cut === LOOKED_AT) continue;
    differences.push(stack.toRegion());
    if (differences.length >= most) return true;
  }
  return true;
}

const LOOKED_AT = -2;

/** A box that holds a part of the region only, {@link LOOKED_AT} when one holds all of it, else -1. */
function earlierToCut(stack: RegionStack, { boxes }: TraceSpace, earlier: readonly number[]): number {
  let cut = -1;
  for (const box of earlier) {
    let holds = true;
    let meets = true;
    for (let k = 0; k < STRIDE && meets; k += 2) {
      const first = boxes.bounds[box * STRIDE + k]!;
      const last = boxes.bounds[box * STRIDE + k + 1]!;
      if (first > stack.bounds[k + 1]! || last < stack.bounds[k]!) meets = false;
      else if (first > stack.bounds[k]! || last < stack.bounds[k + 1]!) holds = false;
    }
    if (!meets) continue;
    const relation = stack.relate(box);
    if (relation === DISJOINT) continue;
    if (holds && relation === CONTAINED) return LOOKED_AT;
    cut = box;
  }
  return cut;
}

/** Candidates that overlap, `box * 2 + holds`, behind the list. */
function filterOverlaps(stack: RegionStack, { boxes }: TraceSpace): number {
  const begin = stack.listStart;
  const end = stack.listEnd;
  stack.reserve(end, end - begin);
  const { list, bounds: region } = stack;
  let out = end;
  for (let i = begin; i < end; i++) {
    const box = list[i]! >> 1;
    const o = box * STRIDE;
    let holds = 1;
    for (let k = 0; k < STRIDE && holds >= 0; k += 2) {
      const first = boxes.bounds[o + k]!;
      const last = boxes.bounds[o + k + 1]!;
      if (first > region[k + 1]! || last < region[k]!) holds = -1;
      else if (first > region[k]! || last < region[k + 1]!) holds = 0;
    }
    if (holds < 0) continue;
    const relation = stack.relate(box);
    if (relation === DISJOINT) continue;
    list[out++] = box * 2 + (relation === CONTAINED ? holds : 0);
  }
  return out;
}

const UNSETTLED = -1;
const TOO_LONG = -2;
const FALLS = -3;

/** Evaluates one side over a region, chain by chain, those first that others lead to. */
class Evaluator {
  /** Where the region has to be cut before the side has one outcome. */
  blockedBy = -1;
  readonly #space: TraceSpace;
  readonly #side: Side;
  readonly #trails: Trails;
  readonly #order: Int32Array;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  /** The effect decided, {@link FALLS}, {@link UNSETTLED} or {@link TOO_LONG}; what was noted on the way; the box that blocks. */
  readonly #result: Int32Array;
  readonly #trail: Int32Array;
  readonly #block: Int32Array;

  constructor(space: TraceSpace, side: Side, trails: Trails) {
    const count = side.program.endChain - side.program.firstChain;
    this.#space = space;
    this.#side = side;
    this.#trails = trails;
    this.#order = calleesFirst(space, side.program);
    this.#start = new Int32Array(count);
    this.#end = new Int32Array(count);
    this.#result = new Int32Array(count);
    this.#trail = new Int32Array(count);
    this.#block = new Int32Array(count);
  }

  /** A number that stands for the outcome (effect and trail), the same for both sides; or negative. */
  evaluate(list: Int32Array, begin: number, end: number): number {
    const { program } = this.#side;
    if (program.evaluation === 'any-permit') return this.#evaluateSet(list, begin, end);
    this.#locateChains(list, begin, end);
    for (const chain of this.#order) this.#evaluateChain(list, chain);
    const root = program.root - program.firstChain;
    const result = this.#result[root]!;
    if (result === UNSETTLED || result === TOO_LONG) {
      this.blockedBy = this.#block[root]!;
      return result;
    }
    return this.#trails.outcome(this.#trail[root]!, result === FALLS ? program.defaultEffect : result);
  }

  /** Without order, the effects of all that match are in force. */
  #evaluateSet(list: Int32Array, begin: number, end: number): number {
    const { boxes, effectOf } = this.#space;
    const { program, removed } = this.#side;
    const effects = new Set<number>();
    let open = -1;
    for (const wanted of [1, 0]) {
      for (let i = begin; i < end; i++) {
        const box = list[i]! >> 1;
        const entry = boxes.entryOf[box]!;
        if ((list[i]! & 1) !== wanted || box < program.firstBox || box >= program.endBox || removed[entry] === 1) continue;
        if (wanted === 1) effects.add(effectOf[entry]!);
        else if (!effects.has(effectOf[entry]!)) open = box;
      }
    }
    this.blockedBy = open;
    if (open >= 0) return UNSETTLED;
    let trail = 0;
    const sorted = [...effects].sort((a, b) => a - b);
    for (const effect of sorted.slice(1)) trail = this.#trails.append(trail, effect);
    return this.#trails.outcome(trail, sorted[0] ?? program.defaultEffect);
  }

  #locateChains(list: Int32Array, begin: number, end: number): void {
    const { boxes, entries } = this.#space;
    const { program } = this.#side;
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
    const { program, removed } = this.#side;
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
      if ((list[i]! & 1) === 0) {
        const outcome = control === CONTROL_DECIDE ? trails.outcome(trail, effectOf[entry]!) : UNSETTLED;
        if (outcome < 0 || (partly !== UNSETTLED && partly !== outcome)) return finish(UNSETTLED, box);
        partly = outcome;
        if (partlyBlock < 0) partlyBlock = box;
        continue;
      }
      matched = entry;
      if (control === CONTROL_DECIDE) return finish(effectOf[entry]!, -1);
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
      partly === trails.outcome(trail, program.defaultEffect)
    ) {
      this.#result[chain] = FALLS;
    }
  }
}

/** Longer sequences of effects that only note a packet are not followed. */
const LONGEST_TRAIL = 4096;

/** Sequences of effects, each with a number; 0 is the empty one. */
class Trails {
  readonly #parent = [0];
  readonly #effect = [-1];
  readonly #length = [0];
  readonly #ids = new Map<string, number>();
  readonly #outcomes = new Map<string, number>();

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
    return this.#outcomes.size - 1;
  }
}
