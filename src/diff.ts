import type { AuditRequest } from './audit-request.ts';
import { notesOnPairs } from './core/ask/pair-notes.ts';
import { isSameToTheLetter, pairPolicies } from './core/ask/pair-policies.ts';
import { comparePolicyPair, DIFFERENCE_BUDGET } from './core/ask/policy-difference.ts';
import type { PolicyDiff, PolicyDifference } from './model/policy-diff.ts';
import { notesOnReading, readRuleBase, whyNoRules } from './rule-base.ts';
import { version } from './version.ts';

/** What `diff` is asked. Sources are written as on the command line. */
export interface DiffRequest extends Pick<AuditRequest, 'inventory' | 'defaultAction' | 'onProgress' | 'signal'> {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Which packets change verdict or effect between two states of the rules, and which textual changes have no effect. The inventory is read with both.
 *
 * @throws {InputError} when a source cannot be used
 */
export async function diff(request: DiffRequest): Promise<PolicyDiff> {
  const before = await readRuleBase({ ...request, rules: request.before });
  const after = await readRuleBase({ ...request, rules: request.after });
  const pairs = pairPolicies(before.ruleBase.policies, after.ruleBase.policies);
  const changed = pairs.filter((pair) => !isSameToTheLetter(pair));
  const policies = changed.map((pair) => comparePolicyPair(pair.before, pair.after, DIFFERENCE_BUDGET).difference);
  const incompleteBecause = [
    // Policies are compared, not the places where they stand: an inventory that is missing takes nothing away.
    ...whyNoRules(before.ruleBase).map((reason) => `Before: ${reason}`),
    ...whyNoRules(after.ruleBase).map((reason) => `After: ${reason}`),
    ...policies.filter(({ complete }) => !complete).map(whyUnknown),
  ];
  return {
    schemaVersion: 1,
    tool: { name: 'rulesweep', version },
    equal: equalOf(policies),
    complete: incompleteBecause.length === 0,
    incompleteBecause,
    policies,
    unchangedPolicies: pairs.length - changed.length,
    notes: [
      ...notesOnPairs(policies),
      ...notesOnReading(before.ruleBase).map((note) => `Before: ${note}`),
      ...notesOnReading(after.ruleBase).map((note) => `After: ${note}`),
    ],
    inputs: [
      ...before.inputs.map((input) => ({ side: 'before' as const, input })),
      ...after.inputs.map((input) => ({ side: 'after' as const, input })),
    ],
  };
}

export function whyUnknown({ before, after }: PolicyDifference): string {
  return `Comparing ${after ?? before} takes more than the budget; not all that changes in it is known.`;
}

function equalOf(policies: readonly PolicyDifference[]): PolicyDiff['equal'] {
  if (policies.some(({ equal }) => equal === false)) return false;
  return policies.some(({ equal }) => equal === 'unknown') ? 'unknown' : true;
}
