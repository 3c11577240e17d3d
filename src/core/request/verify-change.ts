import type { PacketSet } from '../../model/packet-area.ts';
import type { Policy } from '../../model/policy.ts';
import { type Region, toMatchProducts } from '../../model/region-notation.ts';
import { groupPieces, toPacketSet } from '../ask/areas.ts';
import { asInventoried } from '../ask/as-inventoried.ts';
import { boxesOf } from '../ask/compiled-point.ts';
import { restrictPolicy } from '../ask/restrict-policy.ts';
import { divide, type Piece } from '../trace/divide.ts';
import { NO_PACKETS } from '../trace/packet-count.ts';
import type { PacketCount } from '../trace/packets.ts';
import { POINT_PERMITS, PointJudge } from '../trace/point-judge.ts';
import { ProgramEvaluator, Trails } from '../trace/program-evaluator.ts';
import { toTraceSource } from '../trace/trace-source.ts';
import { compileTrace, type TraceProgram } from '../trace/trace-space.ts';
import { type AskedLayer, changeLayer, findDenied } from './asked-layers.ts';
import type { Candidate } from './candidate.ts';
import { toProductSource } from './packet-regions.ts';

/** What a change can be judged by. */
export type Change = Pick<Candidate, 'policies' | 'touched' | 'kept' | 'change'>;

/** What the comparison of one change may take. */
export interface VerifyBudget {
  readonly regions: number;
  /** Rules near the change: before and after, of all policies. */
  readonly rules: number;
}

export interface VerifiedChange {
  /** Packets that change beside those of the request that are granted: outside of it, or inside with another effect than before. Null: none. */
  readonly others: PacketSet | null;
  readonly otherPackets: PacketCount;
}

/**
 * What a change does, compared packet by packet before and after, for every value of the unknowns.
 *
 * @returns null for a change that is no answer to the request: the layers do not surely permit all of it, something is denied that was permitted, or
 *   packets outside of the request keep their verdict and get another effect; and beyond the budget
 */
export function verifyChange(change: Change, layers: readonly AskedLayer[], request: Region, budget: VerifyBudget): VerifiedChange | null {
  if (!grantsAll(change, layers, budget.regions)) return null;
  return compareTouched(change, request, budget);
}

/**
 * Changes with the rules alone that matter to any of them: large policies are gone through once, not for each. And the layers they are to satisfy, of which
 * only the rules near the request are known so far, with the rules that the changes need.
 *
 * @param policies whole, those of the layers among them
 */
export function bringNear<One extends Change>(
  changes: readonly One[],
  layers: readonly AskedLayer[],
  policies: readonly Policy[],
): { readonly changes: readonly One[]; readonly layers: readonly AskedLayer[] } {
  const kept = new Set(changes.flatMap((change) => [...change.kept]));
  const touched = changes.flatMap((change) => change.touched);
  const near = new Map<Policy, Policy>();
  const toNear = (policy: Policy): Policy => {
    const known = near.get(policy) ?? restrictPolicy(policy, touched, kept);
    near.set(policy, known);
    return known;
  };
  const whole = new Map(policies.map((policy) => [policy.id, policy]));
  const withKept = (policy: Policy): Policy => {
    const own = new Set(policy.rules);
    const rules = (whole.get(policy.id) ?? policy).rules;
    return { ...policy, rules: rules.filter((rule) => own.has(rule) || kept.has(rule.id)) };
  };
  return {
    changes: changes.map((change) => ({ ...change, policies: change.policies.map(toNear) })),
    layers: kept.size === 0 ? layers : layers.map((asked) => changeLayer(asked, withKept)),
  };
}

/** Whether the layers, changed, permit everything of the request that meets them. */
export function grantsAll({ change }: Pick<Change, 'change'>, layers: readonly AskedLayer[], budget: number): boolean {
  return layers.every((asked) => findDenied(changeLayer(asked, change), budget)?.length === 0);
}

function compareTouched({ policies, touched, kept, change }: Change, request: Region, budget: VerifyBudget): VerifiedChange | null {
  const sources = policies.flatMap((policy, i) => {
    const before = restrictPolicy(policy, touched, kept);
    return [
      { ...toTraceSource(asInventoried(before)), name: `before ${i}` },
      { ...toTraceSource(asInventoried(change(before))), name: `after ${i}` },
    ];
  });
  if (sources.reduce((sum, { chains }) => sum + (chains[0]?.entries.length ?? 0), 0) > budget.rules) return null;
  const space = compileTrace([...sources, toProductSource('(request)', toMatchProducts(request)), toProductSource('(touched)', touched)]);
  const trails = new Trails();
  const removed = new Uint8Array(space.entries.length);
  const sides = space.programs.slice(0, sources.length);
  const [asked, domain] = space.programs.slice(sources.length) as unknown as readonly [TraceProgram, TraceProgram];
  const judges = sides.map(
    (program) => new ProgramEvaluator(space, program, trails, { labelOf: space.effectOf, ofDefault: program.defaultEffect, removed }),
  );
  const pieces = divide(space, [...judges, new PointJudge(space, [[asked]])], {
    domain: boxesOf(domain),
    budget: budget.regions,
    isWanted: (outcomes) => changesOf(outcomes).length > 0,
  });
  if (pieces === null) return null;
  const verdictOf = (outcome: number): string => space.effects[trails.labelOf(outcome)]?.verdict ?? 'deny';
  const others: Piece[] = [];
  for (const piece of pieces) {
    const inRequest = piece.cases[0]?.outcomes.at(-1) === POINT_PERMITS;
    const kinds = new Set(
      piece.cases.flatMap(({ outcomes }) => changesOf(outcomes)).map(([old, now]) => kindOf(verdictOf(old), verdictOf(now))),
    );
    if (kinds.has('narrowed') || (kinds.has('effect') && !inRequest)) return null;
    if (!inRequest || kinds.has('effect')) others.push({ ...piece, cases: [] });
  }
  const [group] = groupPieces(space, others, () => []);
  return group === undefined
    ? { others: null, otherPackets: NO_PACKETS }
    : { others: toPacketSet(space, group), otherPackets: group.packets };
}

/** Pairs of outcomes that differ; the last outcome says whether the request holds the packets. */
function changesOf(outcomes: readonly number[]): (readonly [number, number])[] {
  const changes: (readonly [number, number])[] = [];
  for (let i = 0; i + 2 < outcomes.length; i += 2) {
    const [old, now] = [outcomes[i] as number, outcomes[i + 1] as number];
    if (old !== now) changes.push([old, now]);
  }
  return changes;
}

function kindOf(old: string, now: string): 'widened' | 'narrowed' | 'effect' {
  if (old === now) return 'effect';
  return now === 'permit' ? 'widened' : 'narrowed';
}
