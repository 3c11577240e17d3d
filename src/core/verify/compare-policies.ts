import type { AuditedPolicy, AuditResult } from '../../model/audit-result.ts';
import type { Policy } from '../../model/policy.ts';

/** Where audit.json says something else about the rules than the rules as read: one sentence per policy, its first difference. */
export function comparePolicies(result: AuditResult, policies: readonly Policy[]): string[] {
  const read = new Map(policies.map((policy) => [policy.id, policy]));
  const audited = new Set(result.policies.map(({ id }) => id));
  return [
    ...result.policies.flatMap((policy) => {
      const found = read.get(policy.id);
      return found === undefined
        ? [`policy ${policy.id} is in audit.json and not in the rules as read`]
        : differences(policy, found).slice(0, 1);
    }),
    ...policies.filter(({ id }) => !audited.has(id)).map(({ id }) => `policy ${id} is in the rules as read and not in audit.json`),
  ];
}

function differences(audited: AuditedPolicy, read: Policy): string[] {
  const { id } = audited;
  if (audited.defaultAction !== read.defaultAction) {
    return [
      `policy ${id}: audit.json says that its default is ${audited.defaultAction}, the rules as read say ${read.defaultAction}; give the --default-action of the audit`,
    ];
  }
  if (audited.evaluation !== read.evaluation)
    return [`policy ${id}: audit.json says ${audited.evaluation}, the rules as read ${read.evaluation}`];
  if (audited.rules.length !== read.rules.length) {
    return [`policy ${id}: audit.json has ${audited.rules.length} rules, the rules as read ${read.rules.length}`];
  }
  return audited.rules.flatMap((rule, rank) => {
    const found = read.rules[rank] as Policy['rules'][number];
    const where = `policy ${id}, rank ${rank}`;
    if (rule.id !== found.id) return [`${where}: audit.json has rule ${rule.id}, the rules as read ${found.id}`];
    if (rule.action !== found.effect.verdict)
      return [`${where}: audit.json says that rule ${rule.id} is ${rule.action}, the rules as read ${found.effect.verdict}`];
    if (rule.enabled !== found.enabled)
      return [`${where}: audit.json says that rule ${rule.id} is ${rule.enabled ? 'on' : 'off'}, the rules as read the contrary`];
    if (rule.deviceHits !== found.nativeHits)
      return [`${where}: audit.json has ${rule.deviceHits} device hits of rule ${rule.id}, the rules as read ${found.nativeHits}`];
    return [];
  });
}
