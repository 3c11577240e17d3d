import type { AuditRequest } from './audit-request.ts';
import { assembleResult } from './core/assemble-result.ts';
import { assessRules } from './core/evidence/assess-rules.ts';
import { detectFindings } from './core/findings/detect-findings.ts';
import { planRemovals } from './core/plan-removals.ts';
import { applyDecisionsFile } from './decisions-file.ts';
import { ruleFormats } from './ingest/formats/index.ts';
import { readRuleSources } from './ingest/rules.ts';
import { expandSources } from './ingest/sources.ts';
import type { AuditResult } from './model/audit-result.ts';
import { observeTraffic } from './observe-traffic.ts';
import { version } from './version.ts';

/**
 * The whole audit: rules and traffic in, one result out. Nothing is written. Without flows no usage is judged; what keeps an answer from being
 * complete stands in `incompleteBecause`.
 *
 * @throws {InputError} when a rules, inventory or decisions file cannot be used, or a flows argument matches no file
 * @throws {InterruptedError} when the signal aborts
 */
export async function audit(request: AuditRequest): Promise<AuditResult> {
  request.onProgress({ stage: 'rules', detail: 'reading rules and inventories', fraction: null });
  const { ruleBase, inputs } = await readRuleSources(
    await expandSources(
      [...request.rules, ...request.inventory],
      ruleFormats.map((format) => format.name),
    ),
    {
      defaultAction: request.defaultAction,
    },
  );
  const seen = await observeTraffic(request, ruleBase);

  request.onProgress({ stage: 'findings', detail: 'judging rules', fraction: null });
  const policies = assessRules(ruleBase, seen?.observed ?? null);
  const keyed = detectFindings({ policies, windowDays: seen?.windowDays ?? null, logsShowAnswers: seen?.logsShowAnswers ?? false });
  const {
    findings,
    diagnostics,
    inputs: decisionInputs,
  } = await applyDecisionsFile(request.decisions, keyed, request.asOf ?? seen?.observed?.window.end ?? null);
  const incompleteBecause = [...whyRulesAreIncomplete(ruleBase), ...(seen?.incompleteBecause ?? [])];
  return assembleResult({
    toolVersion: version,
    asOf: request.asOf,
    incompleteBecause,
    inputs: [...inputs, ...decisionInputs, ...(seen?.inputs ?? [])],
    ruleBase,
    policies,
    observed: seen?.observed ?? null,
    traffic: seen?.traffic ?? null,
    findings,
    plan: planRemovals(findings, { complete: incompleteBecause.length === 0, toolVersion: version }),
    diagnostics: [...ruleBase.diagnostics, ...diagnostics, ...(seen?.diagnostics ?? [])],
  });
}

function whyRulesAreIncomplete(ruleBase: Parameters<typeof assessRules>[0]): string[] {
  const because: string[] = [];
  if (ruleBase.policies.every((policy) => policy.rules.length === 0)) {
    because.push('The rule sources hold no rule at all; check that the right files were exported.');
  }
  if (!ruleBase.hasInventory && ruleBase.policies.some((policy) => policy.interfaceBound && policy.rules.length > 0)) {
    because.push(
      'The rules belong to interfaces and no inventory of interfaces was given; add it with --inventory (see "rulesweep formats").',
    );
  }
  return because;
}
