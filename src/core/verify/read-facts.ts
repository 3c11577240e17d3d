import type { Finding } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import { formatRuleRef } from '../../model/rule.ts';

export interface CheckedFacts {
  /** How many findings state what the rules themselves say, and are true. */
  readonly facts: number;
  /** Those that are not, as sentences. */
  readonly problems: readonly string[];
}

/** Findings that need no proof, because the rules as read say so themselves or do not. */
export function findFalseFacts(findings: readonly Finding[], policies: ReadonlyMap<string, Policy>): CheckedFacts {
  let facts = 0;
  const problems: string[] = [];
  for (const finding of findings) {
    const policy = policies.get(finding.policy);
    const answer = policy === undefined ? null : isTrue(finding, policy);
    if (answer === true) facts += 1;
    if (answer === false)
      problems.push(`${finding.id} says that ${formatRuleRef(finding)} is ${finding.kind}, and the rules as read do not`);
  }
  return { facts, problems };
}

/** Null for a finding that is no such statement. */
function isTrue({ kind, rule: id }: Finding, policy: Policy): boolean | null {
  const rule = (): Policy['rules'][number] | undefined => policy.rules.find((each) => each.id === id);
  if (kind === 'disabled') return rule()?.enabled === false;
  if (kind === 'stale-reference') return (rule()?.staleReference ?? null) !== null;
  if (kind === 'unattached') return policy.attachments?.length === 0;
  return null;
}
