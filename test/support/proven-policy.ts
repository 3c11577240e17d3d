import { assembleResult } from '../../src/core/assemble-result.ts';
import { detectFindings } from '../../src/core/findings/detect-findings.ts';
import { planRemovals } from '../../src/core/plan/removal-plan.ts';
import { proveFindings } from '../../src/core/proof/prove-findings.ts';
import { proveRemovals } from '../../src/core/proof/prove-removals.ts';
import type { AuditResult } from '../../src/model/audit-result.ts';
import type { Policy } from '../../src/model/policy.ts';
import { contextOf } from './detection.ts';
import { ruleBaseOf } from './policies.ts';

/** The audit of some policies without traffic, and its proofs, as `audit` puts them together. */
export function auditPolicies(
  policies: readonly Policy[],
  budget = 3_000_000,
): { readonly result: AuditResult; readonly lines: readonly string[] } {
  const ruleBase = ruleBaseOf(policies);
  const context = contextOf(policies, ruleBase.attachments);
  const facts = context.policies;
  const keyed = detectFindings(context);
  const proved = proveFindings(
    keyed.map(({ finding }) => finding),
    facts,
    budget,
  );
  const planned = planRemovals(proved.findings, facts, { complete: true, toolVersion: 'test', budget });
  const { plan, lines } = proveRemovals(planned.plan, facts, budget);
  const result = assembleResult({
    toolVersion: 'test',
    asOf: null,
    incompleteBecause: [],
    inputs: [],
    ruleBase,
    policies: facts,
    observed: null,
    traffic: null,
    findings: proved.findings,
    plan,
    diagnostics: planned.diagnostics,
  });
  return { result, lines: [...proved.lines, ...lines] };
}
