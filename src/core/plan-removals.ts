import type { NotProposed, Plan, Rationale, Removal } from '../model/audit-result.ts';
import type { Finding, FindingKind } from '../model/finding.ts';

/** What removing nothing changes, and why it may be done without asking the traffic. */
const SIGNALS: Partial<Record<FindingKind, string>> = {
  duplicate: 'Another rule of the same policy has the same match and the same effect and stays.',
  'stale-reference': 'The export states that what the rule refers to is gone, so that it matches nothing.',
  disabled: 'The rule is switched off in the configuration.',
};

/** Kinds that are candidates for a change, and why this release does not propose it. */
const REASONS: Partial<Record<FindingKind, { readonly reason: NotProposed['reason']; readonly detail: string }>> = {
  'partly-unused': { reason: 'NARROWING', detail: 'Narrowing a rule changes decisions; it needs the owner and a staged change.' },
  unanswered: {
    reason: 'NEEDS_OWNER',
    detail: 'Probes are neither use nor proof of no use; the owner decides whether anything should listen.',
  },
  unattached: { reason: 'POLICY_UNATTACHED', detail: 'Listed, not removed: consumers outside the inventory are not known.' },
  'not-evaluable': { reason: 'NOT_EVALUABLE', detail: 'What cannot be judged is not removed.' },
  'counter-disagreement': { reason: 'WEAK_EVIDENCE', detail: 'Device counter and log contradict each other; repair the data first.' },
};

export interface PlanOptions {
  /** False: nothing is proposed, because something that was asked for could not be read. */
  readonly complete: boolean;
  readonly toolVersion: string;
}

/**
 * Plans what may go: rules whose removal changes no effect, whatever the unknowns are. One sequence, and every prefix of it is safe: a kept copy is never
 * itself in the plan as a copy, and a rule that matches nothing is needed by nobody. Every other candidate stands in `notProposed` with its reason.
 *
 * @param findings in the order of the report
 */
export function planRemovals(findings: readonly Finding[], options: PlanOptions): Plan {
  const removals = new Map<string, Removal>();
  const notProposed = new Map<string, NotProposed>();
  for (const finding of findings) {
    const signal = SIGNALS[finding.kind];
    const refusal = signal === undefined ? whyNot(finding) : whyWithheld(finding, options);
    const key = JSON.stringify([finding.policy, finding.rule]);
    if (refusal === null && signal !== undefined) {
      const before = removals.get(key);
      removals.set(key, {
        policy: finding.policy,
        rule: finding.rule,
        because: [...(before?.because ?? []), finding.id],
        effect: 'none',
        flowsAffected: 0,
        rationale: before?.rationale ?? rationaleFor(finding, signal, options),
      });
    } else if (refusal !== null) {
      const before = notProposed.get(key);
      notProposed.set(key, {
        policy: finding.policy,
        rule: finding.rule,
        because: [...(before?.because ?? []), finding.id],
        reason: before?.reason ?? refusal.reason,
        detail: before?.detail ?? refusal.detail,
      });
    }
  }
  for (const key of removals.keys()) notProposed.delete(key);
  return { removals: [...removals.values()], merges: [], alternatives: [], notProposed: [...notProposed.values()] };
}

type Refusal = Pick<NotProposed, 'reason' | 'detail'>;

function whyWithheld(finding: Finding, { complete }: PlanOptions): Refusal | null {
  if (finding.status === 'accepted') return { reason: 'DECISION_ACCEPTED', detail: 'A decision on file keeps the rule as it is.' };
  if (!complete) return { reason: 'INCOMPLETE_INPUT', detail: 'The audit is incomplete; complete the input and run it again.' };
  return null;
}

function whyNot(finding: Finding): Refusal | null {
  if (finding.kind !== 'unused') return REASONS[finding.kind] ?? null;
  if (finding.status === 'accepted') return { reason: 'DECISION_ACCEPTED', detail: 'A decision on file keeps the rule as it is.' };
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

function rationaleFor(finding: Finding, signal: string, { toolVersion }: PlanOptions): Rationale {
  return {
    change: `Remove rule ${finding.rule} of policy ${finding.policy}; no packet is decided differently.`,
    signal: `${finding.id} (${finding.kind}): ${signal}`,
    confidence: `Grade ${finding.evidence.grade}: proven by the configuration alone, for every packet and every value of the unknowns.`,
    authority: `Proposed by rulesweep ${toolVersion}, detector ${finding.kind}/1; no guardrails were given, so a person has to approve it.`,
  };
}
