import { ChainOutcomes, SEVERAL } from './chain-outcomes.ts';
import { OverlapFinder } from './overlap-finder.ts';
import { CONTAINED, DISJOINT, type Region, RegionStack } from './region-stack.ts';
import { LEAF_EVALUATE, LEAF_OUTSIDE } from './split-tree.ts';
import { type Answer, type BoxTree, regionOfBox } from './trace-context.ts';
import { CONTROL_DECIDE, type TraceProgram, type TraceSpace } from './trace-space.ts';

/** Programs that permit together: a point passes when one of them permits it. */
export type ProgramLayer = readonly TraceProgram[];

const DENIES = 0;
const PERMITS = 1;

/**
 * Does any point that a permitting entry decides pass all of the layers given? `none` proves that whatever the entry permits is denied by
 * one of them, for every value of the unknowns.
 */
export function askPasses(space: TraceSpace, own: TraceProgram, entry: number, layers: readonly ProgramLayer[], budget: number): Answer {
  // In any order every matching rule permits; in a list only what gets to the entry is its doing.
  const judges = [
    ...(own.evaluation === 'any-permit' ? [] : [[new ProgramJudge(space, own, (other) => (other === entry ? PERMITS : DENIES), DENIES)]]),
    ...layers.map((layer) => layer.map((program) => judgeOfVerdicts(space, program))),
  ];
  const programs = judges.flat().sort((a, b) => a.program.index - b.program.index);
  const stack = new RegionStack(space);
  const trees: BoxTree[] = [];
  let left = budget;
  for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) {
    const end = searchBox(space, stack, box, judges, programs, left);
    if (end === 'budget') return { kind: 'budget' };
    if (end !== null) return { kind: 'found', region: end };
    left -= stack.nodeCount;
    trees.push({ box, tree: stack.tree.toTree() });
  }
  return { kind: 'none', proof: { trees } };
}

function judgeOfVerdicts(space: TraceSpace, program: TraceProgram): ProgramJudge {
  const colour = (effect: number): number => (space.effects[effect]?.verdict === 'permit' ? PERMITS : DENIES);
  const colourOf = (entry: number): number => (space.controlOf[entry] === CONTROL_DECIDE ? colour(space.effectOf[entry]!) : -1);
  return new ProgramJudge(space, program, colourOf, colour(program.defaultEffect));
}

function searchBox(
  space: TraceSpace,
  stack: RegionStack,
  box: number,
  judges: readonly (readonly ProgramJudge[])[],
  programs: readonly ProgramJudge[],
  budget: number,
): Region | 'budget' | null {
  const region = regionOfBox(space, box);
  let count = 0;
  let before = -1;
  for (const judge of programs) {
    if (judge.program.index === before) continue;
    before = judge.program.index;
    count = judge.collect(stack, region, count);
  }
  stack.begin(region, count, 0);
  while (stack.next()) {
    if (stack.nodeCount > budget) return 'budget';
    const inDomain = stack.relate(box);
    if (inDomain === DISJOINT) {
      stack.settle(LEAF_OUTSIDE);
      continue;
    }
    const begin = stack.listStart;
    const end = stack.listEnd;
    const outcome = judgeLayers(stack, judges, end);
    if (outcome === DENIES) {
      stack.settle(LEAF_EVALUATE);
      continue;
    }
    if (outcome === PERMITS && inDomain === CONTAINED) return stack.toRegion();
    // The list is kept as it is: each program has filtered a copy of its own part.
    stack.listStart = begin;
    stack.listEnd = end;
    stack.splitAlong(outcome === PERMITS ? box : ~outcome);
  }
  return null;
}

/** What all layers say: {@link DENIES} when one denies all, {@link PERMITS} when each permits all, else ~box to cut along. */
function judgeLayers(stack: RegionStack, judges: readonly (readonly ProgramJudge[])[], end: number): number {
  let split = -1;
  for (const layer of judges) {
    let outcome = DENIES;
    let open = -1;
    for (const judge of layer) {
      const one = judge.judge(stack, end);
      if (one === PERMITS) outcome = PERMITS;
      else if (one === SEVERAL) open = judge.splitBox;
      if (outcome === PERMITS) break;
    }
    if (outcome === PERMITS) continue;
    if (open < 0) return DENIES;
    if (split < 0) split = open;
  }
  return split < 0 ? PERMITS : ~split;
}

/** One program, asked what becomes of a region. */
class ProgramJudge {
  readonly program: TraceProgram;
  readonly #outcomes: ChainOutcomes;
  readonly #finder: OverlapFinder;
  readonly #colours: Int32Array;
  readonly #ofDefault: number;

  constructor(space: TraceSpace, program: TraceProgram, colourOf: (entry: number) => number, ofDefault: number) {
    this.program = program;
    this.#outcomes = new ChainOutcomes(space, program);
    this.#finder = new OverlapFinder(space, program);
    this.#colours = new Int32Array(space.entries.length).fill(-1);
    for (let entry = program.firstEntry; entry < program.endEntry; entry++) {
      this.#colours[entry] = space.controlOf[entry] === CONTROL_DECIDE ? colourOf(entry) : -1;
    }
    this.#ofDefault = ofDefault;
  }

  get splitBox(): number {
    return this.#outcomes.splitBox;
  }

  collect(stack: RegionStack, region: Region, count: number): number {
    this.#finder.collect(region.bounds, this.program.firstBox, this.program.endBox, null);
    stack.reserve(count, this.#finder.count);
    for (let i = 0; i < this.#finder.count; i++) stack.list[count + i] = this.#finder.found[i]! * 4;
    return count + this.#finder.count;
  }

  judge(stack: RegionStack, base: number): number {
    const begin = lowerBound(stack.list, stack.listStart, stack.listEnd, this.program.firstBox * 4);
    const end = lowerBound(stack.list, begin, stack.listEnd, this.program.endBox * 4);
    this.#outcomes.filter(stack, this.#colours, begin, end, base);
    return this.#outcomes.judge(stack, this.#colours, this.#ofDefault);
  }
}

function lowerBound(list: Int32Array, begin: number, end: number, limit: number): number {
  let low = begin;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
