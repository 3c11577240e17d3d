import type { CheckKind } from '../../model/check-result.ts';
import type { Severity } from '../../model/finding.ts';
import type { Region } from '../../model/region-notation.ts';
import { DEFAULT_RULE } from '../../model/rule.ts';
import { type JudgedClause, judgeClauses } from '../ask/judge-clauses.ts';
import { ruleKey } from '../findings/rule-key.ts';
import { type ChangedPolicy, causeOf } from './changed-policy.ts';
import type { IntroducedDraft } from './draft.ts';
import { type WidenedRule, whereItStands } from './widened-rules.ts';

/** A clause of the guardrails, as far as a check needs it. Of a list the first clause that holds a packet decides it. */
export interface CheckedClause extends JudgedClause {
  readonly id: string;
  readonly title: string;
  readonly kind: CheckKind | 'exception' | 'standard-request';
  /** Null: from the list that rulesweep has. */
  readonly line: number | null;
  readonly severity: Severity;
  readonly reason: string;
}

/** Regions that one question about clauses may take up. */
const BUDGET = 1_000_000;

/**
 * Newly permitted packets that a clause denies: one item for each rule and clause.
 *
 * @param lists each list is judged by itself
 * @returns null in place of an answer that takes more than the budget is told by `unknown`, rules by id
 */
export function findViolations(
  changed: ChangedPolicy,
  widened: readonly WidenedRule[],
  lists: readonly (readonly CheckedClause[])[],
): { readonly drafts: readonly IntroducedDraft[]; readonly unknown: readonly string[] } {
  const drafts: IntroducedDraft[] = [];
  const unknown = new Set<string>();
  for (const rule of widened) {
    const regions = whereItStands(changed, rule);
    if (regions.length === 0) continue;
    for (const clauses of lists) {
      const found = violationsOf(changed, rule, regions, clauses);
      if (found === null) unknown.add(rule.rule?.id ?? DEFAULT_RULE);
      else drafts.push(...found);
    }
  }
  return { drafts, unknown: [...unknown] };
}

function violationsOf(
  changed: ChangedPolicy,
  { policy, rule }: WidenedRule,
  regions: readonly Region[],
  clauses: readonly CheckedClause[],
): IntroducedDraft[] | null {
  const shares = clauses.length === 0 ? [] : judgeClauses(clauses, regions, BUDGET);
  if (shares === null) return null;
  return shares.flatMap(({ clause: index, packets }): IntroducedDraft[] => {
    const clause = clauses[index];
    if (clause === undefined || clause.verdict !== 'deny' || clause.kind === 'exception' || clause.kind === 'standard-request') return [];
    const because = clause.reason === '' ? '' : ` (${clause.reason})`;
    return [
      {
        kind: clause.kind,
        severity: clause.severity,
        policy: policy.id,
        rule: rule?.id ?? DEFAULT_RULE,
        ruleKey: rule === null ? null : ruleKey(rule),
        asWritten: rule?.asWritten ?? '',
        sourceRef: rule?.sourceRef ?? policy.sourceRef,
        cause: rule === null ? 'other rules changed' : causeOf(changed, rule),
        message: `Newly permits what the guardrails do not: ${clause.title}${because}. Narrow the rule, or ask for an exception with an owner and an end.`,
        clause: { id: clause.id, title: clause.title, line: clause.line },
        packets,
        finding: null,
      },
    ];
  });
}
