import { PACKET_AXES } from '../trace/trace-axes.ts';
import type { TraceSpace } from '../trace/trace-space.ts';
import { LEVEL_CONDITIONS } from './box-guards.ts';

/**
 * The level that asks each finite and unknown axis, by place among the extra axes of the space. Any order gives the same matrix; a good one gives small
 * diagrams. Finite axes come first. An unknown axis stands directly behind a commoner one that some box asks together with it, so that what belongs together
 * (the applications of one user) is asked together; else the commoner first, then in the order of the rules.
 */
export function conditionLevels({ axes, boxes }: TraceSpace): Int32Array {
  const { extra } = axes;
  const boxesOf = extra.map((): number[] => []);
  for (let box = 0; box < boxes.count; box++) for (const axis of extrasOf(boxes, box)) boxesOf[axis]!.push(box);
  const commonness = (axis: number): number => boxesOf[axis]!.length;
  const order = extra
    .map((_, axis) => axis)
    .sort((a, b) => rankOf(extra[a]!) - rankOf(extra[b]!) || commonness(b) - commonness(a) || a - b);
  const levels = new Int32Array(extra.length).fill(-1);
  let next = LEVEL_CONDITIONS;
  const place = (axis: number): void => {
    if (levels[axis] === -1) levels[axis] = next++;
  };
  for (const axis of order) {
    const isNew = levels[axis] === -1;
    place(axis);
    if (!isNew || extra[axis]!.kind === 'finite') continue;
    for (const box of boxesOf[axis]!) {
      for (const other of extrasOf(boxes, box)) if (extra[other]!.kind === 'unknown' && commonness(other) < commonness(axis)) place(other);
    }
  }
  return levels;
}

function rankOf({ kind }: TraceSpace['axes']['extra'][number]): number {
  return kind === 'finite' ? 0 : 1;
}

function extrasOf({ setStart, setAxis }: TraceSpace['boxes'], box: number): number[] {
  const extras: number[] = [];
  for (let i = setStart[box]!; i < setStart[box + 1]!; i++) if (setAxis[i]! >= PACKET_AXES) extras.push(setAxis[i]! - PACKET_AXES);
  return extras;
}
