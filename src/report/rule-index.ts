import type { AuditedPolicy, AuditedRule, AuditResult, NotProposed, Removal } from '../model/audit-result.ts';
import { type Finding, severitySchema } from '../model/finding.ts';
import { type RuleStanding, toStanding } from './rule-standing.ts';

/** A rule with everything the result says about it. */
export interface RuleView {
  readonly policy: AuditedPolicy;
  readonly rule: AuditedRule;
  /** Current findings on the rule, in the order of the result; accepted and fixed ones included. */
  readonly findings: readonly Finding[];
  readonly removal: Removal | null;
  readonly notProposed: readonly NotProposed[];
  readonly standing: RuleStanding;
}

/** Every rule of the result, by policy and rank as the result orders them. */
export function toRuleViews(result: AuditResult): RuleView[] {
  const findings = groupByRule(result.findings);
  const removals = groupByRule(result.plan.removals);
  const notProposed = groupByRule(result.plan.notProposed);
  return result.policies.flatMap((policy) =>
    policy.rules.map((rule) => {
      const key = keyOf({ policy: policy.id, rule: rule.id });
      const own = findings.get(key) ?? [];
      return {
        policy,
        rule,
        findings: own,
        removal: removals.get(key)?.[0] ?? null,
        notProposed: notProposed.get(key) ?? [],
        standing: toStanding(rule, own),
      };
    }),
  );
}

/** The findings that are about today's rules and that nobody has accepted, highest severity first, else in the order of the result. */
export function openFindings(findings: readonly Finding[]): Finding[] {
  return findings
    .filter((finding) => finding.status !== 'fixed' && finding.status !== 'accepted')
    .sort((a, b) => severityRank(b.severity) - severityRank(a.severity));
}

/** 0 for `info` … 4 for `critical`. */
export function severityRank(severity: Finding['severity']): number {
  return severitySchema.options.indexOf(severity);
}

interface RefersToRule {
  readonly policy: string;
  readonly rule: string;
}

function groupByRule<Item extends RefersToRule>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Two references are equal only when both parts are: a `/` inside an id must not make them collide. */
export function keyOf(ref: RefersToRule): string {
  return JSON.stringify([ref.policy, ref.rule]);
}
