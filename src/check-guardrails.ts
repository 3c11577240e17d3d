import type { ChangedPolicy } from './core/check/changed-policy.ts';
import { type CheckedClause, findViolations } from './core/check/clause-violations.ts';
import type { IntroducedDraft } from './core/check/draft.ts';
import type { WidenedRule } from './core/check/widened-rules.ts';
import { ruleKey } from './core/findings/rule-key.ts';
import { type Clause, toClauses } from './governance/clauses.ts';
import { isExpired } from './governance/expiry.ts';
import { isProtected } from './governance/protected-rules.ts';
import type { GuardrailException, Guardrails } from './model/guardrails.ts';
import { DEFAULT_RULE } from './model/rule.ts';

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
  const { drafts, unknown } = violationsOf(guardrails, changed, widened, asOf);
  return {
    drafts: [...drafts, ...expiredExcuses(guardrails, changed, widened, asOf, drafts), ...touchedProtected(guardrails, changed)],
    incompleteBecause: unknown.map(
      (rule) => `Judging what ${changed.pair.after?.id ?? ''}/${rule} newly permits by the guardrails takes more than the budget.`,
    ),
  };
}

function violationsOf(
  guardrails: Guardrails,
  changed: ChangedPolicy,
  widened: readonly WidenedRule[],
  asOf: number | null,
): ReturnType<typeof findViolations> {
  const { obligations, insecure, risky } = toClauses(guardrails, asOf);
  return findViolations(
    changed,
    widened,
    [obligations, insecure, risky].map((list) => list.map(toChecked)),
  );
}

function toChecked({ id, title, kind, verdict, regions, line, severity, reason }: Clause): CheckedClause {
  return { id, title, kind, verdict, regions, line, severity, reason };
}

/** Before the first day that anything can expire on. */
const LONG_AGO = 0;

/** @param violations what is denied now */
function expiredExcuses(
  guardrails: Guardrails,
  changed: ChangedPolicy,
  widened: readonly WidenedRule[],
  asOf: number | null,
  violations: readonly IntroducedDraft[],
): readonly IntroducedDraft[] {
  if (violations.length === 0) return [];
  const isOver = ({ expires }: GuardrailException): boolean => asOf !== null && isExpired(expires, asOf);
  const valid = guardrails.exceptions.filter((exception) => !isOver(exception));
  const denied = countDenied(violations);
  return guardrails.exceptions.filter(isOver).flatMap((exception) => {
    const revived = { ...guardrails, exceptions: [...valid, exception] };
    const stillDenied = countDenied(violationsOf(revived, changed, widened, LONG_AGO).drafts);
    const excused = widened.filter(({ rule }) => {
      const id = rule?.id ?? DEFAULT_RULE;
      return (stillDenied.get(id) ?? 0n) < (denied.get(id) ?? 0n);
    });
    const clauses = Object.values(toClauses(revived, LONG_AGO))
      .flat()
      .filter(({ kind, id }) => kind === 'exception' && id === exception.id);
    const [first] = clauses;
    if (first === undefined) return [];
    const regions = clauses.flatMap((clause) => clause.regions);
    const asDenial: CheckedClause = { ...toChecked(first), regions, kind: 'expired-exception', verdict: 'deny', severity: 'medium' };
    const message = `The exception ${exception.id} of ${exception.owner} would excuse some of what the rule newly permits, but it expired on ${exception.expires}. Renew it with a new reason, or narrow the rule.`;
    return findViolations(changed, excused, [[asDenial]]).drafts.map((draft) => ({ ...draft, message }));
  });
}

/** Packets by rule; one that two lists deny counts twice. */
function countDenied(violations: readonly IntroducedDraft[]): Map<string | null, bigint> {
  const counts = new Map<string | null, bigint>();
  for (const { rule, packets } of violations) counts.set(rule, (counts.get(rule) ?? 0n) + BigInt(packets?.count.packets ?? 0));
  return counts;
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
