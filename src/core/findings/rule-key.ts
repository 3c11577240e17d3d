import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import { canonicalRule } from './rule-content.ts';

/** Identifies what a rule says and does, wherever it stands and whatever it is called: an edited rule gets another key, a moved one keeps it. */
export function ruleKey(rule: Rule): string {
  return `v1:${sha256(canonicalRule(rule)).slice(0, 32)}`;
}

/** Identifies the content of all rules of a policy together, in evaluation order. */
export function policyKey(policy: Policy): string {
  const keys = policy.rules.map(ruleKey);
  return `v1:${sha256(JSON.stringify(policy.evaluation === 'any-permit' ? keys.sort() : keys)).slice(0, 32)}`;
}

/** `F-` and 16 hex digits over kind, policy, rule and content, and nothing else: stable across runs and reordering. */
export function findingId(kind: string, policy: string, rule: string, contentKey: string): string {
  return `F-${sha256(canonicalize({ kind, policy, rule, content: contentKey }) ?? '').slice(0, 16)}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
