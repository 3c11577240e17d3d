import { STRIDE } from './box-table.ts';
import { BAD, GOOD } from './chain-search.ts';
import { askList, SKIP } from './questions.ts';
import { PACKET_AXES } from './trace-axes.ts';
import type { Answer, TraceContext } from './trace-context.ts';
import { CONTROL_CONTINUE, CONTROL_DECIDE } from './trace-space.ts';

/** Two rules that one could stand for: `later` moves up to `earlier`, whose interval on `axis` becomes that of both. */
export interface MergePair {
  readonly earlier: number;
  readonly later: number;
  /** An axis of the packet. */
  readonly axis: number;
}

/**
 * Pairs of entries of a list with the same effect whose matches differ on one packet axis only, where both together are one interval. Of many
 * that fit, neighbours on that axis are paired. Whether nothing between them interferes is asked with {@link askMerge}.
 */
export function findMergePairs(context: TraceContext, isLeftOut: (entry: number) => boolean): MergePair[] {
  const { space, program } = context;
  const pairs = new Map<string, MergePair>();
  for (let axis = 0; axis < PACKET_AXES; axis++) {
    const groups = new Map<string, number[]>();
    for (let entry = program.firstEntry; entry < program.endEntry; entry++) {
      if (space.controlOf[entry] !== CONTROL_DECIDE || isLeftOut(entry)) continue;
      const key = restKey(context, entry, axis);
      if (key === null) continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [entry]);
      else group.push(entry);
    }
    for (const group of groups.values()) {
      for (const pair of neighbours(context, group, axis)) pairs.set(`${pair.earlier},${pair.later}`, pair);
    }
  }
  return [...pairs.values()].sort((a, b) => a.later - b.later || a.earlier - b.earlier);
}

/** All of an entry but one axis, as text; null when it is not one interval on that axis. */
function restKey({ space }: TraceContext, entry: number, axis: number): string | null {
  const { bounds, setStart, setAxis, setId } = space.boxes;
  const first = space.firstBox[entry]!;
  const end = space.firstBox[entry + 1]!;
  if (first === end) return null;
  const boxes: string[] = [];
  for (let box = first; box < end; box++) {
    const o = box * STRIDE;
    if (bounds[o + 2 * axis] !== bounds[first * STRIDE + 2 * axis] || bounds[o + 2 * axis + 1] !== bounds[first * STRIDE + 2 * axis + 1])
      return null;
    const rest: (number | string)[] = [];
    for (let k = 0; k < STRIDE; k++) if (k >> 1 !== axis) rest.push(bounds[o + k]!);
    const sets: string[] = [];
    for (let i = setStart[box]!; i < setStart[box + 1]!; i++) {
      if (setAxis[i] === axis) return null;
      sets.push(`${setAxis[i]}:${setId[i]}`);
    }
    boxes.push(`${rest.join()};${sets.sort().join()}`);
  }
  return `${space.effectOf[entry]};${boxes.sort().join('|')}`;
}

/** The other address axis is part of the key, so that entries of one group are of one family. */
function neighbours({ space }: TraceContext, entries: readonly number[], axis: number): MergePair[] {
  if (entries.length < 2) return [];
  const { bounds } = space.boxes;
  const first = (entry: number): number => bounds[space.firstBox[entry]! * STRIDE + 2 * axis]!;
  const last = (entry: number): number => bounds[space.firstBox[entry]! * STRIDE + 2 * axis + 1]!;
  const sorted = [...entries].sort((a, b) => first(a) - first(b) || a - b);
  const pairs: MergePair[] = [];
  for (let i = 1; i < sorted.length; i++) {
    const [a, b] = [sorted[i - 1]!, sorted[i]!];
    if (first(b) <= last(a) + 1) pairs.push({ earlier: Math.min(a, b), later: Math.max(a, b), axis });
  }
  return pairs;
}

/** Lists only: is any point that the later rule takes now taken by another effect on the way up to the earlier one? */
export function askMerge(context: TraceContext, { earlier, later }: MergePair): Answer {
  const { space, program } = context;
  const effect = space.effectOf[earlier]!;
  return askList(context, later, {
    from: program.firstBox,
    to: space.firstBox[later]!,
    colourOf: (other) => {
      if (other <= earlier) return space.controlOf[other] === CONTROL_CONTINUE ? SKIP : GOOD;
      return space.controlOf[other] === CONTROL_DECIDE && space.effectOf[other] === effect ? GOOD : BAD;
    },
    fallbackIsBad: false,
    endsAtTaker: false,
    assumptions: [],
  });
}
