import { STRIDE } from './box-table.ts';
import { ChainOutcomes } from './chain-outcomes.ts';
import { ChainSearch } from './chain-search.ts';
import { FlatDivision } from './flat-division.ts';
import { FlatSearch } from './flat-search.ts';
import { OverlapFinder } from './overlap-finder.ts';
import { type ExtraInterval, type Region, RegionStack } from './region-stack.ts';
import type { SplitTree } from './split-tree.ts';
import { PACKET_AXES } from './trace-axes.ts';
import { CONTROL_DECIDE, type TraceProgram, type TraceSpace } from './trace-space.ts';

/** What the questions about one program work with. Not to be shared between questions that run at the same time. */
export interface TraceContext {
  readonly space: TraceSpace;
  readonly program: TraceProgram;
  readonly finder: OverlapFinder;
  readonly flat: FlatSearch;
  readonly chains: ChainSearch;
  /** Regions a single question may take up. */
  readonly budget: number;
  /** For each entry of the space: 1 where it is left out, as copies of a kept rule are. */
  readonly excluded: Uint8Array;
  /** Room for dividing the packets of a rule among their deciders. */
  readonly division: DivisionRoom;
  /** For each box: 1 where it takes whatever is inside its bounds. */
  readonly takes: Uint8Array;
}

export interface DivisionRoom {
  readonly flat: FlatDivision;
  readonly outer: RegionStack;
  readonly inner: RegionStack;
  readonly outcomes: ChainOutcomes;
  /** For each entry of the space: itself where it decides, else -1. */
  readonly deciders: Int32Array;
}

/** An answer: nobody (with one tree per box of the entry), somebody (with a region of such points), or none for want of budget. */
export type Answer =
  | { readonly kind: 'none'; readonly proof: Proof }
  | { readonly kind: 'found'; readonly region: Region }
  | { readonly kind: 'budget' };

/** One tree for each box of the rule that was asked about, in the order of the boxes. */
export interface Proof {
  readonly trees: readonly BoxTree[];
}

export interface BoxTree {
  /** The box of the space whose hull the tree divides. */
  readonly box: number;
  readonly tree: SplitTree;
}

export function createTraceContext(space: TraceSpace, program: TraceProgram, budget: number): TraceContext {
  const { count, setStart, entryOf } = space.boxes;
  const takes = new Uint8Array(count);
  for (let box = 0; box < count; box++) {
    takes[box] = setStart[box] === setStart[box + 1] && space.controlOf[entryOf[box] as number] === CONTROL_DECIDE ? 1 : 0;
  }
  return {
    space,
    program,
    finder: new OverlapFinder(space, program),
    flat: new FlatSearch(space),
    chains: new ChainSearch(space, program),
    budget,
    excluded: new Uint8Array(space.entries.length),
    division: {
      flat: new FlatDivision(space),
      outer: new RegionStack(space),
      inner: new RegionStack(space),
      outcomes: new ChainOutcomes(space, program),
      deciders: Int32Array.from(space.controlOf, (control, entry) => (control === CONTROL_DECIDE ? entry : -1)),
    },
    takes,
  };
}

/** Leaves entries out of every later question. */
export function excludeEntry(context: TraceContext, entry: number, isExcluded = true): void {
  const { space, excluded, takes } = context;
  excluded[entry] = isExcluded ? 1 : 0;
  for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) {
    const hasSets = space.boxes.setStart[box] !== space.boxes.setStart[box + 1];
    takes[box] = !isExcluded && !hasSets && space.controlOf[entry] === CONTROL_DECIDE ? 1 : 0;
  }
}

/** The hull of a box as a region: conditions on finite and unknown axes that allow one stretch are in it, the others are the box's domain. */
export function regionOfBox({ boxes }: TraceSpace, box: number): Region {
  const extra: ExtraInterval[] = [];
  for (let i = boxes.setStart[box]!; i < boxes.setStart[box + 1]!; i++) {
    const axis = boxes.setAxis[i]!;
    const begin = boxes.rangeStart[boxes.setId[i]!]!;
    const end = boxes.rangeStart[boxes.setId[i]! + 1]!;
    if (axis >= PACKET_AXES) extra.push({ axis, first: boxes.rangeFirst[begin]!, last: boxes.rangeLast[end - 1]! });
  }
  return { bounds: boxes.bounds.slice(box * STRIDE, (box + 1) * STRIDE), extra };
}

/** Asks about every box of an entry, until one gives a counter-example or the budget of the whole question is spent. */
export function askBoxes(
  context: TraceContext,
  entry: number,
  ask: (
    box: number,
    region: Region,
    budget: number,
  ) => { readonly end: 'none' | 'found' | 'budget'; readonly nodes: number; readonly found: Region | null; toTree(): SplitTree },
): Answer {
  const { space, budget } = context;
  const trees: BoxTree[] = [];
  let left = budget;
  for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) {
    const result = ask(box, regionOfBox(space, box), left);
    if (result.end === 'budget') return { kind: 'budget' };
    if (result.end === 'found') return { kind: 'found', region: result.found as Region };
    left -= result.nodes;
    trees.push({ box, tree: result.toTree() });
  }
  return { kind: 'none', proof: { trees } };
}
