import type { NotProposed } from '../../model/audit-result.ts';
import type { Finding, FindingKind } from '../../model/finding.ts';
import type { Rule } from '../../model/rule.ts';

/** Why a candidate is not in the plan. */
export type Refusal = Pick<NotProposed, 'reason' | 'detail'>;

/** Findings that ask for a change which this release does not plan, and why. */
const REFUSED: Partial<Record<FindingKind, Refusal>> = {
  shadowed: {
    reason: 'SHADOWED',
    detail: 'Taking the rule out changes no decision, but somebody meant it to decide otherwise: reorder it, or delete it knowingly.',
  },
  'denied-by-next-layer': {
    reason: 'INVENTORY_BOUND',
    detail: 'It holds for the interfaces of this inventory; on another one the rule may decide.',
  },
  'partly-unused': { reason: 'NARROWING', detail: 'Narrowing a rule changes decisions; it needs the owner and a staged change.' },
  unanswered: {
    reason: 'NEEDS_OWNER',
    detail: 'Probes are neither use nor proof of no use; the owner decides whether anything should listen.',
  },
  unattached: { reason: 'POLICY_UNATTACHED', detail: 'Listed, not removed: consumers outside the inventory are not known.' },
  'not-evaluable': { reason: 'NOT_EVALUABLE', detail: 'What cannot be judged is not removed.' },
  'counter-disagreement': { reason: 'WEAK_EVIDENCE', detail: 'Device counter and log contradict each other; repair the data first.' },
};

const ACCEPTED: Refusal = { reason: 'DECISION_ACCEPTED', detail: 'A decision on file keeps the rule as it is.' };

/** For a finding that is no ground for a removal without effect; null when it asks for no change at all. */
export function whyNotPlanned(finding: Finding): Refusal | null {
  if (finding.kind !== 'unused') return REFUSED[finding.kind] ?? null;
  if (finding.status === 'accepted') return ACCEPTED;
  const { grade, reasons } = finding.evidence;
  if (grade !== 'C')
    return {
      reason: 'NEEDS_STAGED_CHANGE',
      detail: `Unused at grade ${grade}: park or disable it first, observe, then delete, with the owner's approval.`,
    };
  const onlyAge = reasons.length === 1 && reasons[0] === 'AGE_UNKNOWN';
  if (onlyAge) {
    return {
      reason: 'AGE_UNKNOWN',
      detail:
        'Nobody knows since when the rule exists; give an older dated export (--rules PATH@T) to raise the grade. A reversible stage may be approved.',
    };
  }
  return {
    reason: 'WEAK_EVIDENCE',
    detail: `Grade C because of ${reasons.join(', ') || 'the length of the window'}: collect more data or ask the owner.`,
  };
}

/** What stands in the way of a removal without effect before the rules that stay are even looked at; null when nothing does. */
export function whyWithheld(
  finding: Finding,
  rule: Rule | undefined,
  { complete, isVoid }: { complete: boolean; isVoid: boolean },
): Refusal | null {
  if (finding.status === 'accepted') return ACCEPTED;
  if (!complete) return { reason: 'INCOMPLETE_INPUT', detail: 'The audit is incomplete; complete the input and run it again.' };
  if (finding.kind === 'disabled') return null;
  if (isVoid) {
    return {
      reason: 'PROOFS_VOID',
      detail:
        'The device counted hits on a rule of this policy that the export proves to take none, so nothing is proven about the policy.',
    };
  }
  if (finding.evidence.reasons.includes('ANALYSIS_BUDGET')) return whyLeft('budget');
  if (finding.evidence.grade !== 'P') {
    return { reason: 'INVENTORY_BOUND', detail: 'It holds for the interfaces of this inventory; on another one the rule may decide.' };
  }
  if (rule?.evaluable === 'no')
    return { reason: 'NOT_EVALUABLE', detail: 'The rule could not be read; what cannot be judged is not removed.' };
  return null;
}

/** Why a candidate is left when all were looked at together. */
export function whyLeft(why: 'alternative' | 'changes' | 'budget'): Refusal {
  switch (why) {
    case 'alternative':
      return {
        reason: 'ALTERNATIVE_CHOSEN',
        detail: 'It could go alone, but rules that the plan removes rely on it; taking those instead removes at least as many.',
      };
    case 'changes':
      return { reason: 'CHANGES_DECISIONS', detail: 'The exact check found a packet that is decided differently without the rule.' };
    case 'budget':
      return { reason: 'BUDGET', detail: 'The exact check took more than its budget, so nothing is claimed about the rule.' };
  }
}
