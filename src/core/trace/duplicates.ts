import { STRIDE } from './box-table.ts';
import { askOutside } from './questions.ts';
import { PACKET_AXES } from './trace-axes.ts';
import type { TraceContext } from './trace-context.ts';
import { CONTROL_CONTINUE, CONTROL_JUMP } from './trace-space.ts';

/**
 * Groups of entries of one chain with equal matches (as sets of points, however they are written) and equal effects, each by rank. Entries that
 * note a packet or jump are in no group: a second time is a second note.
 *
 * @param joins whether the entry may be in a group
 */
export function findDuplicates(context: TraceContext, joins: (entry: number) => boolean): number[][] {
  const { space, program } = context;
  const byHull = new Map<string, number[]>();
  for (let entry = program.firstEntry; entry < program.endEntry; entry++) {
    const control = space.controlOf[entry]!;
    const isEmpty = space.firstBox[entry] === space.firstBox[entry + 1];
    if (isEmpty || control === CONTROL_CONTINUE || control === CONTROL_JUMP || !joins(entry)) continue;
    const key = `${space.entries[entry]!.chain},${control},${space.targetOf[entry]!},${space.effectOf[entry]!};${hullKey(context, entry)}`;
    const group = byHull.get(key);
    if (group === undefined) byHull.set(key, [entry]);
    else group.push(entry);
  }
  return [...byHull.values()]
    .filter((group) => group.length > 1)
    .flatMap((group) => equalGroups(context, group))
    .filter((group) => group.length > 1);
}

/** Equal matches have equal hulls on every axis. */
function hullKey({ space }: TraceContext, entry: number): string {
  const { axes } = space;
  const { bounds, setStart, setAxis, setId, rangeStart, rangeFirst, rangeLast } = space.boxes;
  const first = space.firstBox[entry]!;
  const end = space.firstBox[entry + 1]!;
  const hull = Array.from(bounds.subarray(first * STRIDE, (first + 1) * STRIDE));
  for (let box = first + 1; box < end; box++) {
    for (let k = 0; k < STRIDE; k += 2) {
      hull[k] = Math.min(hull[k]!, bounds[box * STRIDE + k]!);
      hull[k + 1] = Math.max(hull[k + 1]!, bounds[box * STRIDE + k + 1]!);
    }
  }
  // On the other axes only where every box asks for something, and not all of them together for everything.
  const asked = new Map<number, { first: number; last: number; boxes: number }>();
  for (let i = setStart[first]!; i < setStart[end]!; i++) {
    if (setAxis[i]! < PACKET_AXES) continue;
    const low = rangeFirst[rangeStart[setId[i]!]!]!;
    const high = rangeLast[rangeStart[setId[i]! + 1]! - 1]!;
    const before = asked.get(setAxis[i]!) ?? { first: low, last: high, boxes: 0 };
    asked.set(setAxis[i]!, { first: Math.min(before.first, low), last: Math.max(before.last, high), boxes: before.boxes + 1 });
  }
  const isWhole = (axis: number, low: number, high: number): boolean => low === 0 && high === axes.extra[axis - PACKET_AXES]!.count - 1;
  const extra = [...asked]
    .filter(([axis, each]) => each.boxes === end - first && !isWhole(axis, each.first, each.last))
    .sort(([a], [b]) => a - b);
  return `${hull.join()};${extra.map(([axis, each]) => `${axis}:${each.first}-${each.last}`).join()}`;
}

function equalGroups(context: TraceContext, entries: readonly number[]): number[][] {
  const byText = new Map<string, number[]>();
  for (const entry of entries) {
    const key = boxesKey(context, entry);
    const group = byText.get(key);
    if (group === undefined) byText.set(key, [entry]);
    else group.push(entry);
  }
  const groups: number[][] = [];
  for (const group of byText.values()) {
    const equal = groups.find((other) => isEqual(context, other[0]!, group[0]!));
    if (equal === undefined) groups.push([...group]);
    else equal.push(...group);
  }
  return groups.map((group) => group.sort((a, b) => a - b));
}

function boxesKey({ space }: TraceContext, entry: number): string {
  const { bounds, setStart, setAxis, setId } = space.boxes;
  const keys: string[] = [];
  for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) {
    const sets: string[] = [];
    for (let i = setStart[box]!; i < setStart[box + 1]!; i++) sets.push(`${setAxis[i]!}:${setId[i]!}`);
    keys.push(`${bounds.subarray(box * STRIDE, (box + 1) * STRIDE).join()};${sets.sort().join()}`);
  }
  return [...new Set(keys)].sort().join('|');
}

/** A budget that is spent proves nothing: the two then count as different. */
function isEqual(context: TraceContext, a: number, b: number): boolean {
  const { firstBox } = context.space;
  // A single box is written in one way only.
  if (firstBox[a + 1]! - firstBox[a]! === 1 && firstBox[b + 1]! - firstBox[b]! === 1) return false;
  return askOutside(context, a, b).kind === 'none' && askOutside(context, b, a).kind === 'none';
}
