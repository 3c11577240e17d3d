import type { ChangedPolicy } from './core/check/changed-policy.ts';
import { type CheckedClause, findViolations } from './core/check/clause-violations.ts';
import type { IntroducedDraft } from './core/check/draft.ts';
import type { WidenedRule } from './core/check/widened-rules.ts';
import { ruleKey } from './core/findings/rule-key.ts';
import { type Clause, toClauses } from './governance/clauses.ts';
import { isExpired } from './governance/expiry.ts';
import { isProtected } from './governance/protected-rules.ts';
import type { Guardrails } from './model/guardrails.ts';

export interface GuardrailAnswer {
  readonly drafts: readonly IntroducedDraft[];
  readonly incompleteBecause: readonly string[];
}

/**
 * What a change of a policy does against the guardrails: newly permitted packets that a clause denies, protected rules that were touched, and
 * exceptions that would excuse some of it, had they not expired.
 *
 * @param asOf epoch seconds; null: no exception holds
 */
export function checkGuardrails(
  guardrails: Guardrails,
  changed: ChangedPolicy,
  widened: readonly WidenedRule[],
  asOf: number | null,
): GuardrailAnswer {
  const { obligations, insecure, risky } = toClauses(guardrails, asOf);
  const { drafts, unknown } = findViolations(
    changed,
    widened,
    [obligations, insecure, risky].map((list) => list.map(toChecked)),
  );
  const violating = new Set(drafts.map(({ rule }) => rule));
  return {
    drafts: [
      ...drafts,
      ...expiredExcuses(
        guardrails,
        changed,
        widened.filter(({ rule }) => violating.has(rule?.id ?? null)),
        asOf,
      ),
      ...touchedProtected(guardrails, changed),
    ],
    incompleteBecause: unknown.map(
      (rule) => `Judging what ${changed.pair.after?.id ?? ''}/${rule} newly permits by the guardrails takes more than the budget.`,
    ),
  };
}

function toChecked({ id, title, kind, verdict, regions, line, severity, reason }: Clause): CheckedClause {
  return { id, title, kind, verdict, regions, line, severity, reason };
}

/** Before the first day that anything can expire on. */
const LONG_AGO = 0;

function expiredExcuses(
  guardrails: Guardrails,
  changed: ChangedPolicy,
  widened: readonly WidenedRule[],
  asOf: number | null,
): readonly IntroducedDraft[] {
  const expired = guardrails.exceptions.filter(({ expires }) => asOf !== null && isExpired(expires, asOf));
  if (expired.length === 0 || widened.length === 0) return [];
  const lists = Object.values(toClauses({ ...guardrails, exceptions: expired }, LONG_AGO)).flat();
  return expired.flatMap((exception) => {
    const excuses = lists.filter(({ kind, id }) => kind === 'exception' && id === exception.id);
    const [first] = excuses;
    if (first === undefined) return [];
    const regions = excuses.flatMap((clause) => clause.regions);
    const asDenial: CheckedClause = { ...toChecked(first), regions, kind: 'expired-exception', verdict: 'deny', severity: 'medium' };
    const message = `The exception ${exception.id} of ${exception.owner} would excuse some of what the rule newly permits, but it expired on ${exception.expires}. Renew it with a new reason, or narrow the rule.`;
    return findViolations(changed, widened, [[asDenial]]).drafts.map((draft) => ({ ...draft, message }));
  });
}

function touchedProtected(guardrails: Guardrails, { pair, traced }: ChangedPolicy): IntroducedDraft[] {
  return traced.rules.flatMap(({ change, before, after }): IntroducedDraft[] => {
    if (before === null || pair.before === null || (change !== 'removed' && change !== 'edited')) return [];
    const { id, nativeId, name, description, metadata } = before;
    const shown = after ?? before;
    const entry = isProtected(guardrails, {
      policy: pair.before.id,
      rule: id,
      nativeId,
      ruleKey: ruleKey(before),
      name,
      description,
      owner: metadata.owner,
    });
    if (entry === null) return [];
    return [
      {
        kind: 'protected-rule',
        severity: 'high',
        policy: pair.after?.id ?? pair.before.id,
        rule: shown.id,
        // Of what it says now: who accepts one edit has not accepted the next.
        ruleKey: ruleKey(shown),
        asWritten: shown.asWritten,
        sourceRef: shown.sourceRef,
        cause: `rule ${change}`,
        message: `${after === null ? 'The rule was removed' : `The rule was edited; before it was "${before.asWritten}"`}. The guardrails protect it (${entry.reason}). Put it back, or let its owners decide.`,
        clause: { id: 'protectedRules', title: `protected rule: ${entry.reason}`, line: entry.line },
        packets: null,
        finding: null,
      },
    ];
  });
}
