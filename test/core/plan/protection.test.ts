import { describe, expect, test } from 'vitest';
import type { PlanGuardrails } from '../../../src/core/plan/protection.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { planOf, removedRules } from '../../support/plan-of.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';
import { UNION } from '../../support/published-tables.ts';

const protecting = (...rules: readonly string[]): PlanGuardrails => ({
  version: 'g.yaml (sha256 0123456789ab)',
  protects: (_, { id }) => (rules.includes(id) ? `protectedRules, g.yaml:${id}: the assessor.` : null),
});
const DUPLICATES = policyOf(['permit tcp 10.0.0.0/8 -> any 443', 'permit tcp 10.0.0.0/8 -> any 443']);
const reasonsOf = ({ plan }: ReturnType<typeof planOf>) => plan.notProposed.map(({ rule, reason, detail }) => [rule, reason, detail]);

describe('a protected rule', () => {
  test('is never removed, and the plan names the clause and its line', () => {
    expect(removedRules(planOf([DUPLICATES]))).toEqual(['2']);
    const planned = planOf([DUPLICATES], { guardrails: protecting('2') });
    expect(removedRules(planned)).toEqual([]);
    expect(reasonsOf(planned)).toEqual([['2', 'PROTECTED', 'protectedRules, g.yaml:2: the assessor.']]);
    expect(planned.plan.bound).toBe(0);
  });

  test('stays even where the configuration switches it off', () => {
    const switchedOff = policyOf([ruleOf('permit tcp any -> any 23', { enabled: false }), 'permit tcp any -> any 443']);
    expect(removedRules(planOf([switchedOff]))).toEqual(['1']);
    const guarded = planOf([switchedOff], { guardrails: protecting('1') });
    expect(removedRules(guarded)).toEqual([]);
    expect(guarded.plan.notProposed).toMatchObject([{ rule: '1', reason: 'PROTECTED' }]);
  });

  test('leaves the others what they had: the two halves stay, so the whole goes', () => {
    expect(removedRules(planOf([policyOf(UNION)]))).toEqual(['2', '1']);
    expect(removedRules(planOf([policyOf(UNION)], { guardrails: protecting('1') }))).toEqual(['3']);
  });

  test('stays also when another removal takes its effect away, and nobody found anything about it', () => {
    const rules = ['permit tcp 10.1.0.0/24 -> any 22', 'deny tcp 10.1.0.0/23 -> any 22', 'deny tcp 10.1.1.0/24 -> any 22'];
    const policy = policyOf(rules, { defaultAction: 'permit' });
    expect(removedRules(planOf([policy]))).toEqual(['2', '1']);
    expect(removedRules(planOf([policy], { guardrails: protecting('1') }))).not.toContain('1');
  });

  test('a decision on file comes before it', () => {
    const accepted = (finding: Finding): Finding => ({ ...finding, status: 'accepted' });
    expect(planOf([DUPLICATES], { guardrails: protecting('2') }, accepted).plan.notProposed.map(({ reason }) => reason)).toEqual([
      'DECISION_ACCEPTED',
    ]);
  });

  test('is merged neither into another rule nor with one', () => {
    const neighbours = policyOf(['permit tcp 10.0.0.0/9 -> any 443', 'permit tcp 10.128.0.0/9 -> any 443']);
    expect(planOf([neighbours]).plan.merges).toMatchObject([{ rule: '2', into: '1' }]);
    for (const rule of ['1', '2']) {
      const planned = planOf([neighbours], { guardrails: protecting(rule) });
      expect(planned.plan.merges).toEqual([]);
      expect(planned.plan.simplification).toEqual([]);
      expect(reasonsOf(planned)).toEqual([['2', 'PROTECTED', `protectedRules, g.yaml:${rule}: the assessor.`]]);
    }
  });
});

test('a removal says which guardrails it was held against', () => {
  const [removal] = planOf([DUPLICATES], { guardrails: protecting() }).plan.removals;
  expect(removal?.rationale.authority).toContain(
    'the guardrails g.yaml (sha256 0123456789ab) do not protect the rule, and no clause of them approves a removal, so a person has to approve it.',
  );
  expect(planOf([DUPLICATES]).plan.removals[0]?.rationale.authority).toContain('no guardrails were given, so a person has to approve it.');
});
