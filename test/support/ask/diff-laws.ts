import type { Policy } from '../../../src/model/policy.ts';
import type { ChangeKind, PolicyDifference } from '../../../src/model/policy-diff.ts';
import { planOf } from '../plan-of.ts';
import type { Compare, PolicyPairCase } from './diff-oracle.ts';
import { rewrittenPolicy } from './random-edits.ts';

/**
 * Nothing differs from itself, nor from the same packets written otherwise; the way back is the mirror of the way there; and what a plan announces
 * as changing nothing changes nothing.
 */
export function findDiffLawBreaks({ before, after }: PolicyPairCase, compare: Compare, random: () => number): string[] {
  const policy = before ?? after;
  if (policy === null) return [];
  return [
    ...expectEmpty('the policy and itself', compare(policy, policy)),
    ...expectEmpty('the policy written otherwise', compare(policy, rewrittenPolicy(random, policy)), { rulesMayDiffer: true }),
    ...expectMirror(compare(before, after), compare(after, before)),
    ...expectEmpty('the policy without what a plan removes', compare(policy, withoutPlanned(policy)), { rulesMayDiffer: true }),
  ];
}

function expectEmpty(what: string, found: PolicyDifference, { rulesMayDiffer = false } = {}): string[] {
  const isEmpty = found.equal === true && found.areas.length === 0 && (rulesMayDiffer || found.rules.length === 0);
  const isStill = found.rules.every(({ changesPackets }) => changesPackets === false);
  return isEmpty && isStill
    ? []
    : [`${what} differ: ${found.areas.map(({ change, regions }) => `${change} ${regions.join(' | ')}`).join('; ')}`];
}

const MIRRORED: Readonly<Record<ChangeKind, ChangeKind>> = { widened: 'narrowed', narrowed: 'widened', mixed: 'mixed', effect: 'effect' };

/** Which pieces form an area depends on the order of the sides; how many packets change how does not. */
function expectMirror(there: PolicyDifference, back: PolicyDifference): string[] {
  const sums = ({ areas }: PolicyDifference, named: (kind: ChangeKind) => ChangeKind): string =>
    (['widened', 'narrowed', 'mixed', 'effect'] as const)
      .map((kind) => areas.filter(({ change }) => named(change) === kind).reduce((sum, { count }) => sum + BigInt(count.packets), 0n))
      .join();
  const isCut = there.areasOmitted !== null || back.areasOmitted !== null;
  const isMirror =
    there.equal === back.equal &&
    there.widened.packets === back.narrowed.packets &&
    there.narrowed.packets === back.widened.packets &&
    there.otherwise.packets === back.otherwise.packets;
  if (!isMirror) return ['the way back is not the mirror of the way there'];
  return isCut || sums(there, (kind) => kind) === sums(back, (kind) => MIRRORED[kind]) ? [] : ['the areas of the way back are others'];
}

function withoutPlanned(policy: Policy): Policy {
  const { plan } = planOf([policy]);
  const removed = new Set(plan.removals.filter(({ effect }) => effect === 'none').map(({ rule }) => rule));
  return { ...policy, rules: policy.rules.filter(({ id }) => !removed.has(id)).map((rule, rank) => ({ ...rule, rank })) };
}
