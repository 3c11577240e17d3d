import { detectFindings } from '../../src/core/findings/detect-findings.ts';
import { type PlanOptions, planRemovals, type RemovalPlan } from '../../src/core/plan/removal-plan.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Attachment, Policy } from '../../src/model/policy.ts';
import { contextOf } from './detection.ts';

export interface Planned extends RemovalPlan {
  readonly findings: readonly Finding[];
}

/** What configuration alone finds in the policies, and the plan made of it; `decide` changes findings as a decisions file would. */
export function planOf(
  policies: readonly Policy[],
  options: Partial<PlanOptions> = {},
  decide: (finding: Finding) => Finding = (finding) => finding,
  attachments: readonly Attachment[] = [],
): Planned {
  const context = contextOf(policies, attachments);
  const findings = detectFindings(context).map(({ finding }) => decide(finding));
  return { findings, ...planRemovals(findings, context.policies, { complete: true, toolVersion: '0.0.0', budget: 100_000, ...options }) };
}

export function removedRules({ plan }: RemovalPlan): string[] {
  return plan.removals.map(({ rule }) => rule);
}
