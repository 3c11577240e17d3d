import type { AuditedPolicy, AuditResult } from '../../model/audit-result.ts';
import type { PlanFacts, PolicyFacts } from '../../model/explanation.ts';
import { DEFAULT_RULE, type RuleRef } from '../../model/rule.ts';

/** What an audit holds about one rule, for every explanation of it. */
export function auditFactsOf(result: AuditResult, policy: AuditedPolicy, ref: RuleRef) {
  return {
    schemaVersion: 1 as const,
    tool: result.tool,
    window: result.window,
    policy: toPolicyFacts(policy),
    rule: policy.rules.find((rule) => rule.id === ref.rule) ?? null,
    plan: planFactsOf(result, ref),
    incompleteBecause: result.incompleteBecause,
  };
}

function toPolicyFacts(policy: AuditedPolicy): PolicyFacts {
  const { id, name, format, evaluation, stateful, defaultAction, direction, nativeId, attachments, attachmentsKnown } = policy;
  return {
    id,
    name,
    format,
    evaluation,
    stateful,
    defaultAction,
    direction,
    nativeId,
    attachments,
    attachmentsKnown,
    ruleCount: policy.rules.length,
  };
}

function planFactsOf({ plan }: AuditResult, ref: RuleRef): PlanFacts {
  const isMeant = (each: RuleRef): boolean => each.policy === ref.policy && each.rule === ref.rule;
  return { removals: plan.removals.filter(isMeant), notProposed: plan.notProposed.filter(isMeant) };
}

/** Usage of a rule or of the default; null without traffic. */
export function usageOf(policy: AuditedPolicy, ref: RuleRef): AuditedPolicy['defaultUsage'] {
  return ref.rule === DEFAULT_RULE && policy.rules.every(({ id }) => id !== DEFAULT_RULE)
    ? policy.defaultUsage
    : (policy.rules.find((rule) => rule.id === ref.rule)?.usage ?? null);
}
