import type { Action } from '../../model/rule.ts';
import { type Assumption, askTakenBefore, askVerdict, hasPoints } from './questions.ts';
import type { Region } from './region-stack.ts';
import { PACKET_AXES } from './trace-axes.ts';
import type { Answer, Proof, TraceContext } from './trace-context.ts';

export type Relation = 'same' | 'opposite' | 'mixed' | 'unknown';

export type RelationAnswer =
  | { readonly relation: 'same' | 'opposite'; readonly proof: Proof }
  /** Points of which one is decided as the rule says, and one otherwise. */
  | { readonly relation: 'mixed' | 'unknown'; readonly same: Region; readonly opposite: Region }
  | { readonly relation: 'budget' };

/**
 * Compares the verdict of a rule with what is finally decided over all its points (`everywhere`, for a rule that takes none) or over those
 * that do not reach it (`before`). `mixed` holds for every value of the unknowns, else the answer is `unknown`.
 */
export function relationOf(context: TraceContext, entry: number, where: 'everywhere' | 'before'): RelationAnswer {
  const verdict = context.space.effects[context.space.effectOf[entry]!]!.verdict as Action;
  const ask = (isSame: boolean, assumptions: readonly Assumption[]): Answer =>
    askVerdict(context, entry, where, (other) => (other === verdict) === isSame, assumptions);
  const otherwise = ask(false, []);
  if (otherwise.kind === 'budget') return { relation: 'budget' };
  if (otherwise.kind === 'none') return { relation: 'same', proof: otherwise.proof };
  const alike = ask(true, []);
  if (alike.kind === 'budget') return { relation: 'budget' };
  if (alike.kind === 'none') return { relation: 'opposite', proof: alike.proof };
  const points = { same: alike.region, opposite: otherwise.region };
  const always = isMixedAlways(context, entry, where, ask, alike.region, otherwise.region);
  return always === 'budget' ? { relation: 'budget' } : { relation: always ? 'mixed' : 'unknown', ...points };
}

/**
 * Whether both verdicts occur for every value of the unknowns under which there are points at all. Values are fixed one unknown at a time, and
 * only of those on which the points found so far lean.
 */
function isMixedAlways(
  context: TraceContext,
  entry: number,
  where: 'everywhere' | 'before',
  ask: (isSame: boolean, assumptions: readonly Assumption[]) => Answer,
  same: Region,
  opposite: Region,
): boolean | 'budget' {
  const pending: { readonly assumptions: readonly Assumption[]; readonly leansOn: readonly Assumption[] }[] = [];
  const leansOn = (...regions: readonly Region[]): Assumption[] =>
    regions.flatMap(({ extra }) => extra.filter(({ axis }) => isUnknown(context, axis)));
  pending.push({ assumptions: [], leansOn: leansOn(same, opposite) });
  let asked = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { assumptions } = next;
    const open = next.leansOn.find(({ axis }) => !assumptions.some((fixed) => fixed.axis === axis));
    if (open === undefined) continue;
    for (const value of [0, 1]) {
      const fixed = [...assumptions, { axis: open.axis, first: value, last: value }];
      if (!hasPoints(context, entry, fixed)) continue;
      if (++asked > MOST_VALUATIONS) return 'budget';
      if (where === 'before') {
        const any = askTakenBefore(context, entry, fixed);
        if (any.kind === 'budget') return 'budget';
        if (any.kind === 'none') continue;
      }
      const alike = ask(true, fixed);
      const otherwise = ask(false, fixed);
      if (alike.kind === 'budget' || otherwise.kind === 'budget') return 'budget';
      if (alike.kind === 'none' || otherwise.kind === 'none') return false;
      pending.push({ assumptions: fixed, leansOn: leansOn(alike.region, otherwise.region) });
    }
  }
  return true;
}

const MOST_VALUATIONS = 10_000;

function isUnknown({ space }: TraceContext, axis: number): boolean {
  return space.axes.extra[axis - PACKET_AXES]?.kind === 'unknown';
}
