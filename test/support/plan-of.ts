import { detectFindings } from '../../src/core/findings/detect-findings.ts';
import type { PolicyFacts } from '../../src/core/findings/detector.ts';
import { type PlanOptions, planRemovals, type RemovalPlan } from '../../src/core/plan/removal-plan.ts';
import { analyseStructure } from '../../src/core/structure/analyse-structure.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Policy } from '../../src/model/policy.ts';

export interface Planned extends RemovalPlan {
  readonly findings: readonly Finding[];
}

/** What configuration alone finds in the policies, and the plan made of it; `decide` changes findings as a decisions file would. */
export function planOf(
  policies: readonly Policy[],
  options: Partial<PlanOptions> = {},
  decide: (finding: Finding) => Finding = (finding) => finding,
): Planned {
  const facts = factsOf(policies);
  const findings = detectFindings({ policies: facts, attachments: [], opposed: new Map(), windowDays: null, logsShowAnswers: false }).map(
    ({ finding }) => decide(finding),
  );
  return { findings, ...planRemovals(findings, facts, { complete: true, toolVersion: '0.0.0', budget: 100_000, ...options }) };
}

/** Without traffic. */
export function factsOf(policies: readonly Policy[]): PolicyFacts[] {
  return policies.map((policy) => ({
    policy,
    analysis: analyseStructure(policy, () => 0),
    rules: policy.rules.map((rule) => ({ policy, rule, usage: null, graded: null, exposure: null })),
  }));
}

export function removedRules({ plan }: RemovalPlan): string[] {
  return plan.removals.map(({ rule }) => rule);
}
