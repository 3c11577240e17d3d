import type { AuditedRule, AuditResult } from '../../model/audit-result.ts';
import type { QueryPoint, QueryRule } from '../../model/query-answer.ts';
import { DEFAULT_RULE } from '../../model/rule.ts';
import { ruleKey } from '../findings/rule-key.ts';
import type { EnforcementPoint } from './enforcement-points.ts';

/** The answer with what an audit counted for its rules; nothing for a rule that the audit does not hold with this very content. */
export function addUsage(answer: QueryPoint, point: EnforcementPoint, audit: AuditResult): QueryPoint {
  const policies = new Map(audit.policies.map((policy) => [policy.id, policy]));
  const keys = new Map(
    point.layers.flatMap(({ policies: own }) =>
      own.flatMap((policy) => policy.rules.map((rule) => [JSON.stringify([policy.id, rule.id]), ruleKey(rule)] as const)),
    ),
  );
  const usageOf = ({ policy: id, rule }: QueryRule): QueryRule['usage'] => {
    const policy = policies.get(id);
    if (policy === undefined) return null;
    if (rule === DEFAULT_RULE) return policy.defaultUsage;
    const audited = policy.rules.find((each: AuditedRule) => each.id === rule);
    return audited !== undefined && audited.ruleKey === keys.get(JSON.stringify([id, rule])) ? audited.usage : null;
  };
  return { ...answer, rules: answer.rules.map((rule) => ({ ...rule, usage: usageOf(rule) })) };
}
