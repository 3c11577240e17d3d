import { STRIDE } from './box-table.ts';
import { OverlapFinder } from './overlap-finder.ts';
import { relatePacket } from './packet-count.ts';
import { filterOverlaps, type Judge } from './program-evaluator.ts';
import { CONTAINED, DISJOINT, type ExtraInterval, RegionStack } from './region-stack.ts';
import type { TraceProgram, TraceSpace } from './trace-space.ts';

/** Packets that all judges treat alike: an interval of ranks on each packet axis, and what is decided under which conditions. */
export interface Piece {
  readonly bounds: Int32Array;
  /** They exclude each other and leave nothing out. A single one has no conditions. */
  readonly cases: readonly PieceCase[];
}

export interface PieceCase {
  /** Values of finite and unknown axes; axes that are not listed do not matter. By axis. */
  readonly conditions: readonly ExtraInterval[];
  /** One for each judge. */
  readonly outcomes: readonly number[];
}

/** What to divide: the packets of boxes of the space, whatever else the boxes ask for. */
export interface DivideOptions {
  /** Boxes of the space; where they overlap, packets are in the pieces of the first. */
  readonly domain: readonly number[];
  /** Regions that may be taken up, for all boxes and for each of them. */
  readonly budget: number;
  readonly budgetPerBox?: number;
  /** Which outcomes are of interest; packets with no such case are left out. */
  isWanted(outcomes: readonly number[]): boolean;
}

/**
 * Divides packets by what the judges say about them, for every value of the other axes. Pieces are disjoint, in no order that means anything.
 *
 * @returns null when the budget is spent
 */
export function divide(space: TraceSpace, judges: readonly Judge[], options: DivideOptions): Piece[] | null {
  const { pieces, unfinished } = divideWithin(space, judges, options);
  return unfinished.length === 0 ? pieces : null;
}

/** The same as far as the budget goes: every piece is right, and boxes whose packets are not all in pieces are named. */
export function divideWithin(
  space: TraceSpace,
  judges: readonly Judge[],
  options: DivideOptions,
): { readonly pieces: Piece[]; readonly unfinished: readonly number[] } {
  return new Division(space, judges, options).run();
}

class Division {
  readonly #space: TraceSpace;
  readonly #judges: readonly Judge[];
  readonly #options: DivideOptions;
  readonly #finders: readonly { readonly program: TraceProgram; readonly finder: OverlapFinder }[];
  readonly #outer: RegionStack;
  readonly #inner: RegionStack;
  readonly #outcomes: number[];
  readonly #pieces: Piece[] = [];
  #left = 0;

  constructor(space: TraceSpace, judges: readonly Judge[], options: DivideOptions) {
    this.#space = space;
    this.#judges = judges;
    this.#options = options;
    const programs = [...new Set(judges.flatMap((judge) => judge.programs))].sort((a, b) => a.index - b.index);
    this.#finders = programs.map((program) => ({ program, finder: new OverlapFinder(space, program) }));
    this.#outer = new RegionStack(space);
    this.#inner = new RegionStack(space);
    this.#outcomes = judges.map(() => 0);
  }

  run(): { readonly pieces: Piece[]; readonly unfinished: readonly number[] } {
    const { domain, budget, budgetPerBox = budget } = this.#options;
    let left = budget;
    const unfinished: number[] = [];
    for (const [place, box] of domain.entries()) {
      this.#left = Math.min(left, budgetPerBox);
      const granted = this.#left;
      if (!this.#divideBox(place)) unfinished.push(box);
      left -= granted - Math.max(0, this.#left);
    }
    return { pieces: this.#pieces, unfinished };
  }

  #divideBox(place: number): boolean {
    const { boxes } = this.#space;
    const { domain } = this.#options;
    const own = domain[place]!;
    const bounds = boxes.bounds.slice(own * STRIDE, (own + 1) * STRIDE);
    const earlier = overlapping(this.#space, domain, place);
    const stack = this.#outer;
    let count = 0;
    for (const { program, finder } of this.#finders) {
      finder.collect(bounds, program.firstBox, program.endBox, null);
      stack.reserve(count, finder.count);
      for (let i = 0; i < finder.count; i++) stack.list[count++] = finder.found[i]! * 2;
    }
    stack.begin({ bounds, extra: [] }, count, 0);
    while (stack.next()) {
      if (--this.#left < 0) return false;
      const inDomain = relatePacket(this.#space, stack, own);
      if (inDomain === DISJOINT) continue;
      const end = filterOverlaps(stack, this.#space, true);
      const begin = stack.listEnd;
      const cut = this.#judge(begin, end, inDomain === CONTAINED ? -1 : own, earlier);
      if (this.#left < 0) return false;
      if (cut < 0) continue;
      stack.listStart = begin;
      stack.listEnd = end;
      stack.splitAlongPacket(cut);
    }
    return true;
  }

  /** Settles the region the outer stack looks at (-1), or says along which box to cut its packets. */
  #judge(begin: number, end: number, ownToCut: number, earlier: readonly number[]): number {
    const stack = this.#outer;
    const blocked = this.#evaluate(stack.list, begin, end);
    let cases: readonly PieceCase[];
    if (blocked < 0) {
      cases = [{ conditions: [], outcomes: [...this.#outcomes] }];
    } else {
      if (relatePacket(this.#space, stack, blocked) !== CONTAINED) {
        // Cutting along what holds most of the region leaves far fewer pieces than cutting along what comes first.
        return stack.widest >= 0 ? stack.widest : blocked;
      }
      const found = this.#divideConditions(begin, end);
      if (typeof found === 'number') return found;
      cases = found;
    }
    if (!cases.some(({ outcomes }) => this.#options.isWanted(outcomes))) return -1;
    if (ownToCut >= 0) return ownToCut;
    const cut = earlierToCut(this.#space, stack, earlier);
    if (cut >= 0) return cut;
    if (cut !== LOOKED_AT) this.#pieces.push({ bounds: stack.bounds.slice(), cases });
    return -1;
  }

  /** The box that keeps some judge from having one outcome; -1 when each has one. */
  #evaluate(list: Int32Array, begin: number, end: number): number {
    for (let i = 0; i < this.#judges.length; i++) {
      const judge = this.#judges[i]!;
      const outcome = judge.evaluate(list, begin, end);
      if (outcome < 0) {
        // Too long a trail: nothing that a cut would mend.
        if (judge.blockedBy < 0) this.#left = -1;
        return judge.blockedBy < 0 ? 0 : judge.blockedBy;
      }
      this.#outcomes[i] = outcome;
    }
    return -1;
  }

  /** The cases of packets that no box on the way cuts; or a box that does. */
  #divideConditions(begin: number, end: number): PieceCase[] | number {
    const outer = this.#outer;
    const inner = this.#inner;
    inner.reserve(0, end - begin);
    for (let i = begin; i < end; i++) inner.list[i - begin] = outer.list[i]!;
    inner.begin({ bounds: outer.bounds, extra: [] }, end - begin, 0);
    const cases: PieceCase[] = [];
    while (inner.next()) {
      if (--this.#left < 0) return -1;
      const last = filterOverlaps(inner, this.#space, true);
      const first = inner.listEnd;
      const blocked = this.#evaluate(inner.list, first, last);
      if (this.#left < 0) return -1;
      if (blocked < 0) {
        cases.push({ conditions: inner.toRegion().extra, outcomes: [...this.#outcomes] });
        continue;
      }
      if (relatePacket(this.#space, inner, blocked) !== CONTAINED) return blocked;
      inner.listStart = first;
      inner.listEnd = last;
      inner.splitAlong(blocked);
    }
    return joinCases(this.#space, cases);
  }
}

/** Boxes before the place whose bounds meet those of the box there. */
function overlapping({ boxes: { bounds } }: TraceSpace, domain: readonly number[], place: number): number[] {
  const own = domain[place]! * STRIDE;
  const meeting: number[] = [];
  for (let i = 0; i < place; i++) {
    const other = domain[i]! * STRIDE;
    let meets = true;
    for (let k = 0; k < STRIDE && meets; k += 2)
      meets = bounds[other + k]! <= bounds[own + k + 1]! && bounds[other + k + 1]! >= bounds[own + k]!;
    if (meets) meeting.push(domain[i]!);
  }
  return meeting;
}

const LOOKED_AT = -2;

function earlierToCut(space: TraceSpace, stack: RegionStack, earlier: readonly number[]): number {
  let cut = -1;
  for (const box of earlier) {
    const relation = relatePacket(space, stack, box);
    if (relation === CONTAINED) return LOOKED_AT;
    if (relation !== DISJOINT) cut = box;
  }
  return cut;
}

/** Joins cases with equal outcomes that differ on one axis and touch there, until none are left; a whole axis is no condition. */
function joinCases({ axes }: TraceSpace, cases: readonly PieceCase[]): PieceCase[] {
  let joined = [...cases];
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < joined.length && !changed; i++) {
      for (let k = i + 1; k < joined.length && !changed; k++) {
        const both = joinTwo(joined[i]!, joined[k]!, (axis) => axes.extra[axis - STRIDE / 2]!.count);
        if (both === null) continue;
        joined = [...joined.slice(0, i), both, ...joined.slice(i + 1, k), ...joined.slice(k + 1)];
        changed = true;
      }
    }
  }
  return joined.sort((a, b) => compareConditions(a.conditions, b.conditions));
}

function joinTwo(a: PieceCase, b: PieceCase, countOf: (axis: number) => number): PieceCase | null {
  if (a.outcomes.some((outcome, i) => outcome !== b.outcomes[i])) return null;
  const conditions = new Map(a.conditions.map((interval) => [interval.axis, interval]));
  if (a.conditions.length !== b.conditions.length) return null;
  let apart: ExtraInterval | null = null;
  for (const interval of b.conditions) {
    const own = conditions.get(interval.axis);
    if (own === undefined) return null;
    if (own.first === interval.first && own.last === interval.last) continue;
    const touches = own.last + 1 === interval.first || interval.last + 1 === own.first;
    if (apart !== null || !touches) return null;
    apart = { axis: own.axis, first: Math.min(own.first, interval.first), last: Math.max(own.last, interval.last) };
  }
  if (apart === null) return null;
  if (apart.first === 0 && apart.last === countOf(apart.axis) - 1) conditions.delete(apart.axis);
  else conditions.set(apart.axis, apart);
  return { conditions: [...conditions.values()], outcomes: a.outcomes };
}

function compareConditions(a: readonly ExtraInterval[], b: readonly ExtraInterval[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i]!, b[i]!];
    const order = left.axis - right.axis || right.first - left.first || left.last - right.last;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
