import { matchEverything } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import { DEFAULT_RULE } from '../../model/rule.ts';
import { type ContentReader, readContents } from './equal-contents.ts';
import { differencesOn } from './lock-step.ts';
import { countRegion } from './packet-count.ts';
import type { PacketCount } from './packets.ts';
import { walkPoint } from './point-walk.ts';
import type { Region } from './region-stack.ts';
import { DECIDE, type TraceEffect, type TraceEntry, type TraceSource, toTraceSource } from './trace-source.ts';
import { compileTrace, type TraceProgram, type TraceSpace } from './trace-space.ts';
import { toWitness, type Witness } from './witness.ts';

/** Packets that two policies treat differently: regions that do not overlap, each with one effect on either side. */
export interface PolicyDifference {
  readonly witness: Witness;
  readonly before: SideOutcome;
  readonly after: SideOutcome;
  /** Packets of the region, for the values of the other axes that the witness names. */
  readonly packets: PacketCount;
}

export interface SideOutcome {
  /** The rule that decides the witness, or `default`. */
  readonly rule: string;
  readonly effect: TraceEffect;
}

export type Comparison =
  | { readonly equal: true }
  /** `complete`: every difference is listed. */
  | { readonly equal: false; readonly differences: readonly PolicyDifference[]; readonly complete: boolean }
  | { readonly equal: 'unknown'; readonly reason: 'budget' };

export interface CompareOptions {
  readonly budget: number;
  /** Differences to list at most; 1 answers whether there is any. */
  readonly mostDifferences: number;
}

/** Which packets two policies treat differently, every unknown having one value on both sides; logging and marking on the way count. */
export function comparePolicies(before: Policy, after: Policy, options: CompareOptions): Comparison {
  return compareSources(toTraceSource(before), toTraceSource(after), options);
}

export function compareSources(before: TraceSource, after: TraceSource, { budget, mostDifferences }: CompareOptions): Comparison {
  const { space, before: old, after: now, boxes } = compileComparison(before, after);
  const none = new Uint8Array(space.entries.length);
  const found = differencesOn(space, { program: old, removed: none }, { program: now, removed: none }, boxes, budget, mostDifferences);
  if (found === 'budget') return { equal: 'unknown', reason: 'budget' };
  if (found.differences.length === 0) return { equal: true };
  return { equal: false, differences: found.differences.map((region) => toDifference(space, region, old, now)), complete: found.complete };
}

/** Whether packets that meet the same entries in the same order are treated alike. */
function meetAlike(old: TraceProgram, now: TraceProgram): boolean {
  return old.defaultEffect === now.defaultEffect && old.evaluation === now.evaluation;
}

function boxesOf({ firstBox, endBox }: TraceProgram): number[] {
  return Array.from({ length: endBox - firstBox }, (_, i) => firstBox + i);
}

/** Two sources over common axes, with the boxes of which alone the packets may be treated differently. */
export interface ComparedSources {
  readonly space: TraceSpace;
  readonly before: TraceProgram;
  readonly after: TraceProgram;
  readonly boxes: readonly number[];
}

/** @throws {InputError} as {@link compileTrace} */
export function compileComparison(before: TraceSource, after: TraceSource): ComparedSources {
  const space = compileTrace([{ ...before, name: 'before' }, { ...after, name: 'after' }, EVERYTHING]);
  const [old, now, everything] = space.programs as unknown as readonly [TraceProgram, TraceProgram, TraceProgram];
  const boxes = meetAlike(old, now) ? changedBoxes(space, before, after, old, now) : boxesOf(everything);
  return { space, before: old, after: now, boxes };
}

const EVERYTHING: TraceSource = {
  name: 'everything',
  evaluation: 'any-permit',
  defaultEffect: { verdict: 'deny', attributes: {} },
  chains: [
    {
      name: 'everything',
      entries: [{ id: 'everything', match: matchEverything(), effect: { verdict: 'permit', attributes: {} }, control: DECIDE }],
    },
  ],
};

/**
 * Boxes of the entries that do not stand on both sides in the same order. Where none of them matches, both sides meet the same entries in the
 * same order, and so do the same.
 */
function changedBoxes(space: TraceSpace, before: TraceSource, after: TraceSource, old: TraceProgram, now: TraceProgram): number[] {
  const kept = new Uint8Array(space.entries.length);
  const chainsAfter = new Map(after.chains.map((chain, i) => [i === 0 ? 0 : chain.name, i] as const));
  before.chains.forEach((chain, i) => {
    const other = chainsAfter.get(i === 0 ? 0 : chain.name);
    if (other === undefined) return;
    const firstOld = space.chains[old.firstChain + i]!.firstEntry;
    const firstNew = space.chains[now.firstChain + other]!.firstEntry;
    const [textsBefore, textsAfter] = readContents(chain.entries, after.chains[other]!.entries, ENTRIES);
    for (const [a, b] of commonOrder(textsBefore, textsAfter)) {
      kept[firstOld + a] = 1;
      kept[firstNew + b] = 1;
    }
  });
  const boxes: number[] = [];
  for (const program of [old, now]) {
    for (let entry = program.firstEntry; entry < program.endEntry; entry++) {
      if (kept[entry] === 1) continue;
      for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) boxes.push(box);
    }
  }
  return boxes;
}

const ENTRIES: ContentReader<TraceEntry> = {
  idOf: ({ id }) => id,
  contentOf: ({ match, effect, control }) => ({ match, effect, control }),
  textOf,
};

/**
 * Equal texts mean equal entries. The match is taken as it stands: the canonical form of a rule's key will not do, because there a reference is
 * its name alone, while here it also matters which addresses it may hold.
 */
function textOf({ match, effect, control }: TraceEntry): string {
  const attributes = Object.entries(effect.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([match, effect.verdict, attributes, control], (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** Pairs of equal texts that stand in the same order in both lists: the longest rising sequence when the k-th of one is paired with the k-th of the other. */
export function commonOrder(before: readonly string[], after: readonly string[]): [number, number][] {
  const places = new Map<string, number[]>();
  after.forEach((text, i) => {
    const known = places.get(text);
    if (known === undefined) places.set(text, [i]);
    else known.push(i);
  });
  const seen = new Map<string, number>();
  const pairs: [number, number][] = [];
  before.forEach((text, i) => {
    const k = seen.get(text) ?? 0;
    seen.set(text, k + 1);
    const place = places.get(text)?.[k];
    if (place !== undefined) pairs.push([i, place]);
  });
  return longestRising(pairs);
}

function longestRising(pairs: readonly [number, number][]): [number, number][] {
  // ends[l]: the pair with which the best rising sequence of length l + 1 ends.
  const ends: number[] = [];
  const before = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(([, place], i) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pairs[ends[middle]!]![1] < place) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[i] = ends[low - 1]!;
    ends[low] = i;
  });
  const chosen: [number, number][] = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i]!) chosen.push(pairs[i]!);
  return chosen.reverse();
}

function toDifference(space: TraceSpace, region: Region, old: TraceProgram, now: TraceProgram): PolicyDifference {
  const side = (program: TraceProgram): SideOutcome => {
    const { decider } = walkPoint(space, program, region);
    return decider < 0
      ? { rule: DEFAULT_RULE, effect: space.effects[program.defaultEffect]! }
      : { rule: space.entries[decider]!.id, effect: space.effects[space.effectOf[decider]!]! };
  };
  return { witness: toWitness(space, region), before: side(old), after: side(now), packets: countRegion(space, region.bounds) };
}
