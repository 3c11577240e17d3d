import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import type { PolicyAnalysis, RuleVerdict } from '../trace/analyse-policy.ts';

/**
 * Rules that the device counted hits on although the configuration proves that they take no packet. One is enough: our model of the policy, or the
 * counter, is wrong, and nobody knows which, so that nothing is proven about the policy. Null when there is none.
 */
export function whyProofsAreVoid(policy: Policy, analysis: PolicyAnalysis): Diagnostic | null {
  const counted = policy.rules.filter((rule) => (rule.nativeHits ?? 0) > 0 && takesNothing(policy, analysis.verdictOf(rule.id)));
  const [first] = counted;
  return first === undefined ? null : toDiagnostic(policy, first, counted.length, analysis.verdictOf(first.id));
}

/** Where rules have no order, a redundant rule or a copy matches what others match as well, and may be counted. */
function takesNothing(policy: Policy, verdict: RuleVerdict | null): boolean {
  switch (verdict?.kind) {
    case 'unmatchable':
    case 'shadowed':
      return true;
    case 'redundant':
      return verdict.by === 'earlier';
    case 'duplicate':
      return policy.evaluation === 'first-match';
    default:
      return false;
  }
}

function toDiagnostic(policy: Policy, rule: Rule, count: number, verdict: RuleVerdict | null): Diagnostic {
  const others = count === 1 ? '' : ` (and on ${count - 1} more such rules)`;
  return {
    severity: 'warning',
    code: 'PROOFS_VOID',
    message:
      `policy ${policy.id}: the device counted ${rule.nativeHits} hits on rule ${rule.id}${others}, which the export proves to take no packet ` +
      `(${verdict?.kind}); nothing is proposed for this policy. Make sure that counter and export are of the same rules, then audit again.`,
    path: rule.sourceRef.path,
    ...(rule.sourceRef.line === undefined ? {} : { line: rule.sourceRef.line }),
  };
}
