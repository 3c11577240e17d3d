import type { AuditedPolicy, AuditResult } from '../../model/audit-result.ts';
import type { Finding } from '../../model/finding.ts';
import { nearestNames } from '../../model/nearest-names.ts';
import { DEFAULT_RULE, formatRuleRef, type RuleRef } from '../../model/rule.ts';

/** What a text names in an audit. */
export type Subject =
  | { readonly kind: 'rule'; readonly policy: AuditedPolicy; readonly ref: RuleRef }
  | { readonly kind: 'finding'; readonly policy: AuditedPolicy; readonly finding: Finding }
  /** Nothing, or several things; the names that come closest, at most 5. */
  | { readonly kind: 'unclear'; readonly count: number; readonly nearest: readonly string[] };

const MOST_NAMED = 5;

/** Finds a finding by its id or the beginning of it (`F-` and 4 digits at least), a rule by `POLICY/RULE`, or by its own id where that is unique. */
export function findSubject(result: AuditResult, text: string): Subject {
  const wanted = text.trim();
  const findings = /^F-[0-9a-f]{4,16}$/i.test(wanted)
    ? result.findings.filter(({ id }) => id.startsWith(`F-${wanted.slice(2).toLowerCase()}`))
    : [];
  const [finding] = findings;
  const findingPolicy = result.policies.find(({ id }) => id === finding?.policy);
  if (findings.length === 1 && finding !== undefined && findingPolicy !== undefined)
    return { kind: 'finding', policy: findingPolicy, finding };
  if (findings.length > 1) return unclear(findings.map(({ id }) => id));

  const rules = [...rulesOf(result)];
  const exact = rules.find(({ ref }) => formatRuleRef(ref) === wanted);
  if (exact !== undefined) return { kind: 'rule', ...exact };
  const byId = rules.filter(({ ref, policy }) => ref.rule !== DEFAULT_RULE && (ref.rule === wanted || isNativeId(policy, ref, wanted)));
  const [only] = byId;
  if (byId.length === 1 && only !== undefined) return { kind: 'rule', ...only };
  if (byId.length > 1) return unclear(byId.map(({ ref }) => formatRuleRef(ref)));
  const names = /^F-/i.test(wanted) ? result.findings.map(({ id }) => id) : rules.map(({ ref }) => formatRuleRef(ref));
  return { kind: 'unclear', count: 0, nearest: nearestNames(wanted, names) };
}

function unclear(names: readonly string[]): Subject {
  return { kind: 'unclear', count: names.length, nearest: names.slice(0, MOST_NAMED) };
}

function* rulesOf({ policies }: AuditResult): Iterable<{ readonly policy: AuditedPolicy; readonly ref: RuleRef }> {
  for (const policy of policies) {
    for (const { id } of policy.rules) yield { policy, ref: { policy: policy.id, rule: id } };
    if (policy.rules.every(({ id }) => id !== DEFAULT_RULE)) yield { policy, ref: { policy: policy.id, rule: DEFAULT_RULE } };
  }
}

function isNativeId(policy: AuditedPolicy, ref: RuleRef, wanted: string): boolean {
  return policy.rules.find(({ id }) => id === ref.rule)?.nativeId === wanted;
}
