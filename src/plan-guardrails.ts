import { ruleKey } from './core/findings/rule-key.ts';
import type { PlanGuardrails } from './core/plan/protection.ts';
import { isProtected } from './governance/protected-rules.ts';
import type { GuardrailsFile } from './guardrails-file.ts';

/** What the guardrails say about a plan: which rules it must leave alone, and why. */
export function toPlanGuardrails({ guardrails, input }: GuardrailsFile): PlanGuardrails {
  return {
    version: `${input.path} (sha256 ${input.sha256.slice(0, 12)})`,
    protects: (policy, rule) => {
      if (guardrails.protectedRules.length === 0) return null;
      const entry = isProtected(guardrails, {
        policy: policy.id,
        rule: rule.id,
        nativeId: rule.nativeId,
        ruleKey: ruleKey(rule),
        name: rule.name,
        description: rule.description,
        owner: rule.metadata.owner,
      });
      return entry === null ? null : `protectedRules, ${guardrails.path}:${entry.line}: ${entry.reason}. Its owners decide.`;
    },
  };
}
