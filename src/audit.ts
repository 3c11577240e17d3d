import type { AuditRequest } from './audit-request.ts';
import { assembleResult } from './core/assemble-result.ts';
import { assessRules } from './core/evidence/assess-rules.ts';
import { detectFindings } from './core/findings/detect-findings.ts';
import { planRemovals } from './core/plan/removal-plan.ts';
import { proveFindings } from './core/proof/prove-findings.ts';
import { proveRemovals } from './core/proof/prove-removals.ts';
import { analyseOrdered, REGION_BUDGET } from './core/structure/analyse-structure.ts';
import { rulesToWatch } from './core/structure/rules-to-watch.ts';
import { applyDecisionsFile } from './decisions-file.ts';
import type { AuditResult } from './model/audit-result.ts';
import { observeTraffic } from './observe-traffic.ts';
import { readRuleBase, whyRulesAreIncomplete } from './rule-base.ts';
import { version } from './version.ts';

/**
 * The whole audit: rules and traffic in, one result out. Nothing is written. Without flows no usage is judged; what keeps an answer from being
 * complete stands in `incompleteBecause`.
 *
 * @throws {InputError} when a rules, inventory or decisions file cannot be used, or a flows argument matches no file
 * @throws {InterruptedError} when the signal aborts
 */
export async function audit(request: AuditRequest): Promise<AuditResult> {
  return (await auditWithProofs(request)).result;
}

/** A result and the lines of its `proofs.jsonl`, without line ends. */
export interface ProvenAudit {
  readonly result: AuditResult;
  readonly proofs: readonly string[];
}

/** As {@link audit}, with the proofs that the findings and the plan of the result name. */
export async function auditWithProofs(request: AuditRequest): Promise<ProvenAudit> {
  const { ruleBase, inputs } = await readRuleBase(request);
  const ordered = analyseOrdered(ruleBase.policies);
  const seen = await observeTraffic(request, ruleBase, rulesToWatch(ruleBase.policies, ordered));

  request.onProgress({ stage: 'findings', detail: 'judging rules', fraction: null });
  const policies = assessRules(ruleBase, seen?.observed ?? null, ordered);
  const keyed = detectFindings({
    policies,
    attachments: ruleBase.attachments,
    opposed: seen?.observed?.opposed ?? new Map(),
    windowDays: seen?.windowDays ?? null,
    logsShowAnswers: seen?.logsShowAnswers ?? false,
  });
  const {
    findings: decided,
    diagnostics,
    inputs: decisionInputs,
  } = await applyDecisionsFile(request.decisions, keyed, request.asOf ?? seen?.observed?.window.end ?? null);
  const incompleteBecause = [...whyRulesAreIncomplete(ruleBase), ...(seen?.incompleteBecause ?? [])];
  const { findings, lines: proofs } = proveFindings(decided, policies, REGION_BUDGET);
  const planned = planRemovals(findings, policies, {
    complete: incompleteBecause.length === 0,
    toolVersion: version,
    budget: REGION_BUDGET,
  });
  const { plan, lines: steps } = proveRemovals(planned.plan, policies, REGION_BUDGET);
  const result = assembleResult({
    toolVersion: version,
    asOf: request.asOf,
    incompleteBecause,
    inputs: [...inputs, ...decisionInputs, ...(seen?.inputs ?? [])],
    ruleBase,
    policies,
    observed: seen?.observed ?? null,
    traffic: seen?.traffic ?? null,
    findings,
    plan,
    diagnostics: [...ruleBase.diagnostics, ...diagnostics, ...(seen?.diagnostics ?? []), ...planned.diagnostics],
  });
  return { result, proofs: [...proofs, ...steps] };
}
