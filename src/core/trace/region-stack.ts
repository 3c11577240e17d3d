import { STRIDE } from './box-table.ts';
import { TreeRecorder } from './split-tree.ts';
import { DESTINATION, DESTINATION_PORT, PACKET_AXES, PROTOCOL, SOURCE, SOURCE_PORT } from './trace-axes.ts';
import type { TraceSpace } from './trace-space.ts';

/** A region: an interval of ranks on every axis. Finite and unknown axes that are not listed are whole. */
export interface Region {
  readonly bounds: Int32Array;
  readonly extra: readonly ExtraInterval[];
}

export interface ExtraInterval {
  readonly axis: number;
  readonly first: number;
  readonly last: number;
}

export const DISJOINT = -1;
export const PARTIAL = 0;
export const CONTAINED = 1;

/** The protocol is cut first: ports are cut only where there is one protocol. */
const CUT_ORDER = [PROTOCOL, DESTINATION, SOURCE, DESTINATION_PORT, SOURCE_PORT] as const;

/**
 * The regions that a search has still to look at, as a stack in typed arrays, with the candidates of each and its place in the tree; and the
 * one it looks at now. Lists of candidates lie one behind the other: a region's list is gone when a region below it on the stack is taken up.
 */
export class RegionStack {
  readonly tree = new TreeRecorder();
  /** Regions taken up so far. */
  nodeCount = 0;

  // The region being looked at.
  readonly bounds = new Int32Array(STRIDE);
  extra = -1;
  slot = 0;
  listStart = 0;
  listEnd = 0;
  /** What decides where no candidate does. */
  fallback = 0;

  /** Candidates of all regions on the stack. */
  list = new Int32Array(1024);

  /** Of the candidates whose bounds hold a part of the region only, the one that holds most; -1 when there is none. */
  widest = -1;

  /** How much of a partly overlapping set lies in the region, after {@link relate}. */
  share = 1;

  protected readonly space: TraceSpace;
  readonly #axisCount: Int32Array;
  #depth = 0;
  #frameBounds = new Int32Array(64 * STRIDE);
  /** Extra, slot, list start, list end, fallback of each frame. */
  #frames = new Int32Array(64 * 5);

  // Restrictions on finite and unknown axes, as lists that share their tails.
  #extraAxis = new Int32Array(64);
  #extraFirst = new Int32Array(64);
  #extraLast = new Int32Array(64);
  #extraNext = new Int32Array(64);
  #extraCount = 0;

  constructor(space: TraceSpace) {
    this.space = space;
    this.#axisCount = Int32Array.from(space.axes.extra, (axis) => axis.count);
  }

  /** Empties the stack and puts the whole of `region` on it, with the candidates list[0..listEnd). */
  begin(region: Region, listEnd: number, fallback: number): void {
    this.#depth = 0;
    this.#extraCount = 0;
    this.nodeCount = 0;
    this.tree.reset();
    this.bounds.set(region.bounds);
    this.extra = -1;
    for (const { axis, first, last } of region.extra) this.#restrict(axis, first, last);
    this.slot = 0;
    this.listStart = 0;
    this.listEnd = listEnd;
    this.fallback = fallback;
    this.#push();
  }

  /** Takes up the next region; false when there is none left. */
  next(): boolean {
    if (this.#depth === 0) return false;
    this.#depth--;
    this.nodeCount++;
    const at = this.#depth * STRIDE;
    const stored = this.#frameBounds;
    const bounds = this.bounds;
    for (let k = 0; k < STRIDE; k++) bounds[k] = stored[at + k]!;
    const frame = this.#depth * 5;
    this.extra = this.#frames[frame]!;
    this.slot = this.#frames[frame + 1]!;
    this.listStart = this.#frames[frame + 2]!;
    this.listEnd = this.#frames[frame + 3]!;
    this.fallback = this.#frames[frame + 4]!;
    return true;
  }

  /** Makes room for `count` candidates from `end` on. */
  reserve(end: number, count: number): void {
    if (end + count <= this.list.length) return;
    const larger = new Int32Array(Math.max(end + count, this.list.length * 2));
    larger.set(this.list);
    this.list = larger;
  }

  /** Settles the region. */
  settle(leaf: number): void {
    this.tree.setLeaf(this.slot, leaf);
  }

  /**
   * Cuts the region along the faces of a box that overlaps it and puts the pieces on the stack, the one inside the box on top. Each has the
   * candidates and the fallback that stand in the registers.
   */
  splitAlong(box: number): void {
    const { bounds: boxBounds, setStart } = this.space.boxes;
    const at = box * STRIDE;
    for (const axis of CUT_ORDER) this.#clip(axis, boxBounds[at + 2 * axis]!, boxBounds[at + 2 * axis + 1]!);
    for (let i = setStart[box]!; i < setStart[box + 1]!; i++) this.#clipToSet(i);
    this.#push();
  }

  /** As {@link splitAlong}, on the packet axes only. */
  splitAlongPacket(box: number): void {
    const { bounds: boxBounds, setStart, setAxis } = this.space.boxes;
    const at = box * STRIDE;
    for (const axis of CUT_ORDER) this.#clip(axis, boxBounds[at + 2 * axis]!, boxBounds[at + 2 * axis + 1]!);
    for (let i = setStart[box]!; i < setStart[box + 1]!; i++) if (setAxis[i]! < PACKET_AXES) this.#clipToSet(i);
    this.#push();
  }

  /** How the sets of a box lie to the region; where PARTIAL, {@link share} estimates the part inside. Its bounds are not looked at. */
  relate(box: number): typeof DISJOINT | typeof PARTIAL | typeof CONTAINED {
    const { setStart } = this.space.boxes;
    let relation: typeof PARTIAL | typeof CONTAINED = CONTAINED;
    let share = 1;
    for (let i = setStart[box]!; i < setStart[box + 1]!; i++) {
      const one = this.relateSet(i);
      if (one === DISJOINT) return DISJOINT;
      if (one === PARTIAL) {
        relation = PARTIAL;
        share *= this.share;
      }
    }
    this.share = share;
    return relation;
  }

  /** How one set (an index into the columns of sets) lies to the region. */
  relateSet(i: number): typeof DISJOINT | typeof PARTIAL | typeof CONTAINED {
    const { setAxis, setId, rangeStart, rangeFirst, rangeLast } = this.space.boxes;
    const axis = setAxis[i]!;
    const first = this.firstOn(axis);
    const last = this.lastOn(axis);
    const begin = rangeStart[setId[i]!]!;
    const end = rangeStart[setId[i]! + 1]!;
    const index = reaching(rangeLast, begin, end, first);
    if (index === end || rangeFirst[index]! > last) return DISJOINT;
    if (rangeFirst[index]! <= first && rangeLast[index]! >= last) return CONTAINED;
    this.share = end - begin > 8 ? 0.5 : shareOf(rangeFirst, rangeLast, index, end, first, last);
    return PARTIAL;
  }

  firstOn(axis: number): number {
    if (axis < PACKET_AXES) return this.bounds[2 * axis]!;
    for (let e = this.extra; e >= 0; e = this.#extraNext[e]!) if (this.#extraAxis[e] === axis) return this.#extraFirst[e]!;
    return 0;
  }

  lastOn(axis: number): number {
    if (axis < PACKET_AXES) return this.bounds[2 * axis + 1]!;
    for (let e = this.extra; e >= 0; e = this.#extraNext[e]!) if (this.#extraAxis[e] === axis) return this.#extraLast[e]!;
    return this.#axisCount[axis - PACKET_AXES]! - 1;
  }

  /** Narrows the region to a box that overlaps it, to the first stretch of each of its sets. */
  narrowTo(box: number): void {
    const { bounds: boxBounds, setStart, setAxis, setId, rangeStart, rangeFirst, rangeLast } = this.space.boxes;
    const at = box * STRIDE;
    for (let axis = 0; axis < PACKET_AXES; axis++) this.#narrow(axis, boxBounds[at + 2 * axis]!, boxBounds[at + 2 * axis + 1]!);
    for (let i = setStart[box]!; i < setStart[box + 1]!; i++) {
      const axis = setAxis[i]!;
      const end = rangeStart[setId[i]! + 1]!;
      const index = reaching(rangeLast, rangeStart[setId[i]!]!, end, this.firstOn(axis));
      this.#narrow(axis, rangeFirst[index]!, rangeLast[index]!);
    }
  }

  /** A copy of the region. */
  toRegion(): Region {
    const extra: ExtraInterval[] = [];
    for (let e = this.extra; e >= 0; e = this.#extraNext[e]!) {
      const axis = this.#extraAxis[e]!;
      if (!extra.some((known) => known.axis === axis)) extra.push({ axis, first: this.#extraFirst[e]!, last: this.#extraLast[e]! });
    }
    return { bounds: this.bounds.slice(), extra: extra.sort((a, b) => a.axis - b.axis) };
  }

  #clip(axis: number, first: number, last: number): void {
    if (first > this.bounds[2 * axis]!) this.#cut(axis, first, first, this.bounds[2 * axis + 1]!, false);
    if (last < this.bounds[2 * axis + 1]!) this.#cut(axis, last + 1, this.bounds[2 * axis]!, last, true);
  }

  /** To one stretch of a set: of several in the region the middle one, so that long lists are halved. */
  #clipToSet(i: number): void {
    const { setAxis, setId, rangeStart, rangeFirst, rangeLast } = this.space.boxes;
    const axis = setAxis[i]!;
    const first = this.firstOn(axis);
    const last = this.lastOn(axis);
    const end = rangeStart[setId[i]! + 1]!;
    const lowest = reaching(rangeLast, rangeStart[setId[i]!]!, end, first);
    let highest = lowest;
    let above = end;
    while (above - highest > 1) {
      const middle = (highest + above) >>> 1;
      if (rangeFirst[middle]! <= last) highest = middle;
      else above = middle;
    }
    const chosen = (lowest + highest) >>> 1;
    const from = Math.max(first, rangeFirst[chosen]!);
    const to = Math.min(last, rangeLast[chosen]!);
    if (from > first) this.#cut(axis, from, from, last, false);
    if (to < last) this.#cut(axis, to + 1, from, to, true);
  }

  /** Puts the other side of a cut on the stack; the region becomes `first..last` on the axis. */
  #cut(axis: number, cut: number, first: number, last: number, keepsLow: boolean): void {
    const node = this.tree.addNode(this.slot, axis, cut);
    const before = this.extra;
    const wasFirst = this.firstOn(axis);
    const wasLast = this.lastOn(axis);
    if (keepsLow) this.#restrict(axis, cut, wasLast);
    else this.#restrict(axis, wasFirst, cut - 1);
    this.slot = keepsLow ? 2 * node + 1 : 2 * node;
    this.#push();
    this.extra = before;
    this.slot = keepsLow ? 2 * node : 2 * node + 1;
    this.#restrict(axis, first, last);
  }

  #narrow(axis: number, first: number, last: number): void {
    const from = Math.max(first, this.firstOn(axis));
    const to = Math.min(last, this.lastOn(axis));
    if (from !== this.firstOn(axis) || to !== this.lastOn(axis)) this.#restrict(axis, from, to);
  }

  #restrict(axis: number, first: number, last: number): void {
    if (axis < PACKET_AXES) {
      this.bounds[2 * axis] = first;
      this.bounds[2 * axis + 1] = last;
      return;
    }
    if (this.#extraCount === this.#extraAxis.length) this.#growExtra();
    const e = this.#extraCount++;
    this.#extraAxis[e] = axis;
    this.#extraFirst[e] = first;
    this.#extraLast[e] = last;
    this.#extraNext[e] = this.extra;
    this.extra = e;
  }

  #growExtra(): void {
    this.#extraAxis = grown(this.#extraAxis);
    this.#extraFirst = grown(this.#extraFirst);
    this.#extraLast = grown(this.#extraLast);
    this.#extraNext = grown(this.#extraNext);
  }

  #push(): void {
    if ((this.#depth + 1) * STRIDE > this.#frameBounds.length) {
      this.#frameBounds = grown(this.#frameBounds);
      this.#frames = grown(this.#frames);
    }
    const at = this.#depth * STRIDE;
    const stored = this.#frameBounds;
    for (let k = 0; k < STRIDE; k++) stored[at + k] = this.bounds[k]!;
    const frame = this.#depth * 5;
    this.#frames[frame] = this.extra;
    this.#frames[frame + 1] = this.slot;
    this.#frames[frame + 2] = this.listStart;
    this.#frames[frame + 3] = this.listEnd;
    this.#frames[frame + 4] = this.fallback;
    this.#depth++;
  }
}

/** The first of the sorted stretches begin..end that ends at `first` or behind it; `end` when there is none. */
function reaching(rangeLast: Int32Array, begin: number, end: number, first: number): number {
  let low = begin;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rangeLast[middle]! < first) low = middle + 1;
    else high = middle;
  }
  return low;
}

function shareOf(rangeFirst: Int32Array, rangeLast: Int32Array, begin: number, end: number, first: number, last: number): number {
  let inside = 0;
  for (let i = begin; i < end && rangeFirst[i]! <= last; i++) inside += Math.min(last, rangeLast[i]!) - Math.max(first, rangeFirst[i]!) + 1;
  return inside / (last - first + 1);
}

function grown(old: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(old.length * 2);
  larger.set(old);
  return larger;
}
