import type { NotProposed, Plan, Removal } from '../../model/audit-result.ts';
import { PolicyProofs, type ProvablePolicy } from './policy-proofs.ts';
import { toProofLine } from './proof-line.ts';

/** A plan of which every step is proved, and the lines that prove it. */
export interface ProvedPlan {
  readonly plan: Plan;
  /** Policy by policy, in the order of the plan: the set, then its steps. Without line ends. */
  readonly lines: readonly string[];
}

/**
 * Proves the removals without effect one by one, each with those before it gone, so that every prefix of the plan is safe. A removal that cannot be
 * proved is taken out of the plan: `BUDGET` when the work exceeds the budget, else `CHANGES_DECISIONS`.
 *
 * @param policies those of the plan; the others have no part in it
 */
export function proveRemovals(plan: Plan, policies: readonly ProvablePolicy[], budget: number): ProvedPlan {
  const planned = new Map<string, Removal[]>();
  for (const removal of plan.removals) {
    if (removal.effect === 'none') planned.set(removal.policy, [...(planned.get(removal.policy) ?? []), removal]);
  }
  const refused = new Map<Removal, NotProposed['reason']>();
  const lines: string[] = [];
  for (const provable of policies) {
    const removals = planned.get(provable.policy.id);
    if (removals === undefined) continue;
    const steps = proveSteps(provable, removals, refused, budget);
    const rules = removals.filter((removal) => !refused.has(removal)).map(({ rule }) => rule);
    if (rules.length > 0) lines.push(toProofLine({ type: 'removal-set', policy: provable.policy.id, rules }).text, ...steps);
  }
  if (refused.size === 0) return { plan, lines };
  return {
    plan: {
      ...plan,
      removals: plan.removals.filter((removal) => !refused.has(removal)),
      notProposed: [...plan.notProposed, ...[...refused].map(([removal, reason]) => toNotProposed(removal, reason))],
    },
    lines,
  };
}

function proveSteps(
  provable: ProvablePolicy,
  removals: readonly Removal[],
  refused: Map<Removal, NotProposed['reason']>,
  budget: number,
): string[] {
  const proofs = new PolicyProofs(provable, [], budget);
  const steps: string[] = [];
  for (const removal of removals) {
    const { policy, rule } = removal;
    // A rule without a part in the policy takes nothing with it.
    const answer = proofs.has(rule) ? proofs.removableNow(rule) : ({ kind: 'none', parts: [] } as const);
    if (answer.kind !== 'none') {
      refused.set(removal, answer.kind === 'budget' ? 'BUDGET' : 'CHANGES_DECISIONS');
      continue;
    }
    steps.push(toProofLine({ type: 'removal', policy, rule, claim: 'removable', parts: [...answer.parts] }).text);
    if (proofs.has(rule)) proofs.remove(rule);
  }
  return steps;
}

function toNotProposed({ policy, rule, because }: Removal, reason: NotProposed['reason']): NotProposed {
  const detail =
    reason === 'BUDGET'
      ? 'The proof of this step took more than its budget, so nothing is proposed.'
      : 'With the removals before it gone, a packet would be decided differently.';
  return { policy, rule, because, reason, detail };
}
