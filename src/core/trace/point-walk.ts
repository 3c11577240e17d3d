import type { Region } from './region-stack.ts';
import { PACKET_AXES } from './trace-axes.ts';
import { CONTROL_CONTINUE, CONTROL_DECIDE, CONTROL_GOTO, CONTROL_RETURN, type TraceProgram, type TraceSpace } from './trace-space.ts';
import { witnessRanks } from './witness.ts';

/** The way of one point through a program. */
export interface PointWalk {
  /** Entries that were come to and matched, in order; a chain that lets the point through is walked once, however often it is called. */
  readonly matched: readonly number[];
  /** -1 for the default. */
  readonly decider: number;
}

/** Walks the point of a region that its witness names; unknowns that the region leaves open answer no. One entry after the other, without any index: this is what a device does. */
export function walkPoint(space: TraceSpace, program: TraceProgram, region: Region): PointWalk {
  const ranks = witnessRanks(space, region);
  const values = new Map(region.extra.map(({ axis, first }) => [axis, first]));
  const valueOn = (axis: number): number => (axis < PACKET_AXES ? ranks[axis]! : (values.get(axis) ?? 0));
  const matched: number[] = [];
  const letThrough = new Set<number>();
  // Places to go on from: behind the entry that called. Without recursion, as chains may be deep.
  const returnTo: { readonly chain: number; readonly next: number }[] = [];
  let chain = program.root;
  let entry = space.chains[chain]!.firstEntry;
  for (;;) {
    while (entry < space.chains[chain]!.endEntry && !entryHolds(space, entry, valueOn)) entry++;
    const isEnd = entry >= space.chains[chain]!.endEntry;
    const control = isEnd ? CONTROL_RETURN : space.controlOf[entry]!;
    if (!isEnd) matched.push(entry);
    if (control === CONTROL_DECIDE) return { matched, decider: entry };
    if (control === CONTROL_CONTINUE) {
      entry++;
    } else if (control === CONTROL_RETURN) {
      letThrough.add(chain);
      const back = returnTo.pop();
      if (back === undefined) return { matched, decider: -1 };
      chain = back.chain;
      entry = back.next;
    } else {
      const target = space.targetOf[entry]!;
      if (letThrough.has(target)) {
        entry = control === CONTROL_GOTO ? space.chains[chain]!.endEntry : entry + 1;
        continue;
      }
      if (control !== CONTROL_GOTO) returnTo.push({ chain, next: entry + 1 });
      chain = target;
      entry = space.chains[chain]!.firstEntry;
    }
  }
}

function entryHolds({ firstBox, boxes }: TraceSpace, entry: number, valueOn: (axis: number) => number): boolean {
  for (let box = firstBox[entry]!; box < firstBox[entry + 1]!; box++) {
    let holds = true;
    for (let axis = 0; axis < PACKET_AXES && holds; axis++) {
      const at = (box * PACKET_AXES + axis) * 2;
      holds = boxes.bounds[at]! <= valueOn(axis) && valueOn(axis) <= boxes.bounds[at + 1]!;
    }
    for (let i = boxes.setStart[box]!; i < boxes.setStart[box + 1]! && holds; i++) {
      const value = valueOn(boxes.setAxis[i]!);
      let isIn = false;
      for (let r = boxes.rangeStart[boxes.setId[i]!]!; r < boxes.rangeStart[boxes.setId[i]! + 1]!; r++) {
        if (boxes.rangeFirst[r]! <= value && value <= boxes.rangeLast[r]!) isIn = true;
      }
      holds = isIn;
    }
    if (holds) return true;
  }
  return false;
}
