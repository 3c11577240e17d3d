import type { AuditRequest } from './audit-request.ts';
import { assembleResult } from './core/assemble-result.ts';
import { assessRules } from './core/evidence/assess-rules.ts';
import { backtestUnused } from './core/evidence/backtest.ts';
import { detectFindings } from './core/findings/detect-findings.ts';
import { forecastMisses } from './core/plan/forecast-misses.ts';
import { planRemovals } from './core/plan/removal-plan.ts';
import { proveFindings } from './core/proof/prove-findings.ts';
import { proveRemovals } from './core/proof/prove-removals.ts';
import { analyseOrdered, REGION_BUDGET } from './core/structure/analyse-structure.ts';
import { rulesToWatch } from './core/structure/rules-to-watch.ts';
import { applyDecisionsFile } from './decisions-file.ts';
import { expiredExceptions } from './governance/expired-exceptions.ts';
import { listZones } from './governance/zone-list.ts';
import { readGuardrailsFile } from './guardrails-file.ts';
import type { AuditResult } from './model/audit-result.ts';
import { observeTraffic } from './observe-traffic.ts';
import { toPlanGuardrails } from './plan-guardrails.ts';
import { readRuleBase, whyRulesAreIncomplete } from './rule-base.ts';
import { version } from './version.ts';

/**
 * The whole audit: rules and traffic in, one result out. Nothing is written. Without flows no usage is judged; what keeps an answer from being
 * complete stands in `incompleteBecause`.
 *
 * @throws {InputError} when a rules, inventory, guardrails or decisions file cannot be used, or a flows argument matches no file
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
  const guarded = request.guardrails === null ? null : await readGuardrailsFile(request.guardrails);
  const { ruleBase, inputs } = await readRuleBase(request);
  const ordered = analyseOrdered(ruleBase.policies);
  const zones = guarded === null ? [] : listZones(guarded.guardrails);
  const seen = await observeTraffic(request, ruleBase, rulesToWatch(ruleBase.policies, ordered), zones);

  request.onProgress({ stage: 'findings', detail: 'judging rules', fraction: null });
  const policies = assessRules(ruleBase, seen?.observed ?? null, ordered);
  const keyed = detectFindings({
    policies,
    attachments: ruleBase.attachments,
    opposed: seen?.observed?.opposed ?? new Map(),
    windowDays: seen?.windowDays ?? null,
    logsShowAnswers: seen?.logsShowAnswers ?? false,
  });
  const asOf = request.asOf ?? seen?.observed?.window.end ?? null;
  const { findings: decided, diagnostics, inputs: decisionInputs } = await applyDecisionsFile(request.decisions, keyed, asOf);
  const incompleteBecause = [...whyRulesAreIncomplete(ruleBase), ...(seen?.incompleteBecause ?? [])];
  const { findings, lines: proofs } = proveFindings(decided, policies, REGION_BUDGET);
  const planned = planRemovals(findings, policies, {
    complete: incompleteBecause.length === 0,
    toolVersion: version,
    budget: REGION_BUDGET,
    ...(guarded === null ? {} : { guardrails: toPlanGuardrails(guarded) }),
  });
  const { plan, lines: steps } = proveRemovals(planned.plan, policies, REGION_BUDGET);
  const backtest = seen?.observed == null ? null : backtestUnused(ruleBase, seen.observed, findings);
  const guardrailDiagnostics = guarded === null ? [] : [...guarded.diagnostics, ...expiredExceptions(guarded.guardrails, asOf)];
  const result = assembleResult({
    toolVersion: version,
    asOf: request.asOf,
    incompleteBecause,
    inputs: [...inputs, ...(guarded === null ? [] : [guarded.input]), ...decisionInputs, ...(seen?.inputs ?? [])],
    ruleBase,
    policies,
    observed: seen?.observed ?? null,
    traffic: seen?.traffic == null || backtest === null ? null : { ...seen.traffic, backtest },
    findings,
    plan: backtest === null ? plan : { ...plan, missForecast: forecastMisses(plan, findings, backtest) },
    calendar: guarded?.guardrails.calendar ?? [],
    diagnostics: [...ruleBase.diagnostics, ...guardrailDiagnostics, ...diagnostics, ...(seen?.diagnostics ?? []), ...planned.diagnostics],
  });
  return { result, proofs: [...proofs, ...steps] };
}
