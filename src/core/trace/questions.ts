import { BAD, GOOD } from './chain-search.ts';
import type { ExtraInterval, Region } from './region-stack.ts';
import { LEAF_DEFAULT } from './split-tree.ts';
import { type Answer, askBoxes, regionOfBox, type TraceContext } from './trace-context.ts';
import type { TraceEffect } from './trace-source.ts';
import { CONTROL_CONTINUE, CONTROL_DECIDE } from './trace-space.ts';

/** In a question, an entry that does not exist. */
export const SKIP = 2;

/** A value of an unknown axis that a question is asked under. */
export type Assumption = ExtraInterval;

/** Whether a point that an entry takes is one that is looked for ({@link BAD}) or not ({@link GOOD}); {@link SKIP}: it takes nothing. */
interface ListQuestion {
  readonly from: number;
  readonly to: number;
  colourOf(entry: number): number;
  readonly fallbackIsBad: boolean;
  /** The first box that takes the whole ends the list: of all boxes (true), or of those that stand before the entry. */
  readonly endsAtTaker: boolean | 'before';
  readonly assumptions: readonly Assumption[];
}

/** Does any point of the rule get past the rules before it? `found` is a region of such points, `none` the proof that R(i) is empty. */
export function askReach(context: TraceContext, entry: number): Answer {
  if (context.program.isFlat) {
    return askList(context, entry, {
      ...earlierThan(context, entry),
      colourOf: (other) => (context.space.controlOf[other] === CONTROL_CONTINUE ? SKIP : GOOD),
      fallbackIsBad: true,
      endsAtTaker: true,
      assumptions: [],
    });
  }
  return askChains(context, entry, (other) => (other === entry ? BAD : GOOD), GOOD, []);
}

/** Does any point of the rule end elsewhere before it reaches the rule? Only `found` and `none` matter; there is no proof. */
export function askTakenBefore(context: TraceContext, entry: number, assumptions: readonly Assumption[] = []): Answer {
  return askDecided(context, entry, 'before', () => BAD, assumptions);
}

/**
 * Is any point of the rule finally decided with a verdict that `isWanted`? `before` looks only at points that do not reach the rule.
 */
export function askVerdict(
  context: TraceContext,
  entry: number,
  where: 'everywhere' | 'before',
  isWanted: (verdict: TraceEffect['verdict']) => boolean,
  assumptions: readonly Assumption[],
): Answer {
  const { space } = context;
  return askDecided(context, entry, where, (effect) => (isWanted(space.effects[effect]?.verdict ?? null) ? BAD : GOOD), assumptions);
}

function askDecided(
  context: TraceContext,
  entry: number,
  where: 'everywhere' | 'before',
  colourOfEffect: (effect: number) => number,
  assumptions: readonly Assumption[],
): Answer {
  const { space, program } = context;
  const ofDefault = colourOfEffect(program.defaultEffect);
  if (program.isFlat) {
    const isBefore = where === 'before';
    return askList(context, entry, {
      from: program.firstBox,
      to: isBefore ? space.firstBox[entry]! : program.endBox,
      colourOf: (other) => (space.controlOf[other] === CONTROL_CONTINUE ? SKIP : colourOfEffect(space.effectOf[other]!)),
      fallbackIsBad: !isBefore && ofDefault === BAD,
      endsAtTaker: true,
      assumptions,
    });
  }
  const colourOf = (other: number): number => {
    if (where === 'before' && other === entry) return GOOD;
    return space.controlOf[other] === CONTROL_DECIDE ? colourOfEffect(space.effectOf[other]!) : -1;
  };
  return askChains(context, entry, colourOf, ofDefault, assumptions);
}

/**
 * Lists only: once the entry is gone, together with every entry for which `isGone`, does any point it decided get another effect? Entries
 * before it take what they take either way; behind it the first one that stays decides, and must have the same effect.
 */
export function askWithout(context: TraceContext, entry: number, isGone: (entry: number) => boolean): Answer {
  const { space, program } = context;
  const effect = space.effectOf[entry]!;
  return askList(context, entry, {
    from: program.firstBox,
    to: program.endBox,
    colourOf: (other) => {
      if (other === entry) return SKIP;
      if (other < entry) return space.controlOf[other] === CONTROL_CONTINUE ? SKIP : GOOD;
      if (isGone(other)) return SKIP;
      return space.controlOf[other] === CONTROL_DECIDE && space.effectOf[other] === effect ? GOOD : BAD;
    },
    fallbackIsBad: program.defaultEffect !== effect,
    endsAtTaker: 'before',
    assumptions: [],
  });
}

/**
 * Lists only, for points that an entry decides: does one of them get another effect once the entry is gone? Looks at one point, so that `false` says
 * nothing. Boxes with sets are left to {@link askWithout}.
 */
export function losesAtOnce(context: TraceContext, entry: number, reached: Region): boolean {
  const { space, program, finder, excluded, takes } = context;
  const bounds = reached.bounds.map((_, k, all) => all[k & ~1]!);
  finder.collect(bounds, space.firstBox[entry + 1]!, program.endBox, takes);
  for (let i = 0; i < finder.count; i++) {
    const box = finder.found[i]!;
    const other = space.boxes.entryOf[box]!;
    if (excluded[other] === 1) continue;
    if (space.boxes.setStart[box] !== space.boxes.setStart[box + 1]) return false;
    return space.controlOf[other] !== CONTROL_DECIDE || space.effectOf[other] !== space.effectOf[entry];
  }
  return program.defaultEffect !== space.effectOf[entry];
}

/** Any order: is any point of the rule in none of the others with its effect, those for which `isGone` left out? */
export function askOthers(context: TraceContext, entry: number, isGone: (entry: number) => boolean): Answer {
  const { space, program } = context;
  const effect = space.effectOf[entry]!;
  return askList(context, entry, {
    from: program.firstBox,
    to: program.endBox,
    colourOf: (other) => (other === entry || space.effectOf[other] !== effect || isGone(other) ? SKIP : GOOD),
    fallbackIsBad: true,
    endsAtTaker: false,
    assumptions: [],
  });
}

/** Is any point of `inner` outside of `outer`? */
export function askOutside(context: TraceContext, inner: number, outer: number): Answer {
  const { space } = context;
  return askList(context, inner, {
    from: space.firstBox[outer]!,
    to: space.firstBox[outer + 1]!,
    colourOf: () => GOOD,
    fallbackIsBad: true,
    endsAtTaker: false,
    assumptions: [],
  });
}

function earlierThan({ space, program }: TraceContext, entry: number): Pick<ListQuestion, 'from' | 'to'> {
  return { from: program.firstBox, to: space.firstBox[entry]! };
}

/** A question about every box of an entry, over a list of candidates. */
export function askList(context: TraceContext, entry: number, question: ListQuestion): Answer {
  const { space, flat, finder, excluded, takes } = context;
  const { entryOf } = space.boxes;
  return askBoxes(context, entry, (box, hull, budget) => {
    const region = assume(hull, question.assumptions);
    if (region === null) return { end: 'none', nodes: 0, found: null, toTree: () => EMPTY_TREE };
    flat.clear();
    const add = (from: number, to: number, takers: Uint8Array | null): void => {
      finder.collect(region.bounds, from, to, takers);
      for (let i = 0; i < finder.count; i++) {
        const candidate = finder.found[i]!;
        const other = entryOf[candidate]!;
        if (excluded[other] === 1) continue;
        const colour = question.colourOf(other);
        if (colour !== SKIP) flat.add(candidate, colour === BAD);
      }
    };
    if (question.endsAtTaker === 'before') {
      const own = space.firstBox[entry]!;
      add(question.from, own, takes);
      if (!finder.isTaken) add(own, question.to, null);
    } else {
      add(question.from, question.to, question.endsAtTaker ? takes : null);
    }
    const end = flat.run(region, box, LEAF_DEFAULT, question.fallbackIsBad, budget);
    return { end, nodes: flat.nodeCount, found: flat.found, toTree: () => flat.tree.toTree() };
  });
}

/**
 * A question about every box of an entry, over all chains of its program.
 *
 * @param colourOf for each entry {@link GOOD}, {@link BAD} or -1: what its control does with the point is followed
 */
export function askChains(
  context: TraceContext,
  entry: number,
  colourOf: (entry: number) => number,
  ofDefault: number,
  assumptions: readonly Assumption[],
): Answer {
  const { space, program, chains, finder, excluded } = context;
  const colours = new Int32Array(space.entries.length).fill(-1);
  for (let other = program.firstEntry; other < program.endEntry; other++) {
    const colour = colourOf(other);
    const follows = space.controlOf[other] !== CONTROL_DECIDE && other !== entry;
    colours[other] = follows ? -1 : colour;
  }
  return askBoxes(context, entry, (box, hull, budget) => {
    const region = assume(hull, assumptions);
    if (region === null) return { end: 'none', nodes: 0, found: null, toTree: () => EMPTY_TREE };
    chains.clear();
    finder.collect(region.bounds, program.firstBox, program.endBox, null);
    for (let i = 0; i < finder.count; i++) {
      const candidate = finder.found[i]!;
      if (excluded[space.boxes.entryOf[candidate]!] === 0) chains.add(candidate);
    }
    const end = chains.run(region, box, colours, ofDefault, budget);
    return { end, nodes: chains.nodeCount, found: chains.found, toTree: () => chains.tree.toTree() };
  });
}

const EMPTY_TREE = { axis: new Int32Array(1), cut: new Int32Array(1), children: Int32Array.of(~LEAF_DEFAULT, 0) };

/** The region under assumptions; null when they leave nothing of it. */
function assume(region: Region, assumptions: readonly Assumption[]): Region | null {
  if (assumptions.length === 0) return region;
  const extra = new Map(region.extra.map((interval) => [interval.axis, interval]));
  for (const { axis, first, last } of assumptions) {
    const before = extra.get(axis);
    const joined = { axis, first: Math.max(first, before?.first ?? first), last: Math.min(last, before?.last ?? last) };
    if (joined.first > joined.last) return null;
    extra.set(axis, joined);
  }
  return { bounds: region.bounds, extra: [...extra.values()] };
}

/** Whether an entry has any point under the assumptions. */
export function hasPoints({ space }: TraceContext, entry: number, assumptions: readonly Assumption[]): boolean {
  for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) {
    if (assume(regionOfBox(space, box), assumptions) !== null) return true;
  }
  return false;
}
