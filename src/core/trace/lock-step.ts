import { STRIDE } from './box-table.ts';
import { OverlapFinder } from './overlap-finder.ts';
import { filterOverlaps, ProgramEvaluator, TOO_LONG, Trails } from './program-evaluator.ts';
import { CONTAINED, DISJOINT, type Region, RegionStack } from './region-stack.ts';
import { LEAF_EVALUATE, LEAF_OUTSIDE } from './split-tree.ts';
import { type Answer, type BoxTree, regionOfBox } from './trace-context.ts';
import type { TraceProgram, TraceSpace } from './trace-space.ts';

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
  const evaluators = [before, after].map(
    ({ program, removed }) =>
      new ProgramEvaluator(space, program, trails, { removed, labelOf: space.effectOf, ofDefault: program.defaultEffect }),
  ) as unknown as readonly [ProgramEvaluator, ProgramEvaluator];
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
  [before, after]: readonly [ProgramEvaluator, ProgramEvaluator],
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
    const end = filterOverlaps(stack, space, false);
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
