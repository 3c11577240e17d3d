import { expect, test } from 'vitest';
import { planExtent } from '../../src/report/plan-extent.ts';
import { planOf } from '../support/plan-of.ts';
import { policyOf } from '../support/policies.ts';

const extentOf = (...texts: string[]): string[] => planExtent(planOf([policyOf(texts)]).plan);

test('a plan says that it is the largest, what could go instead, and how many rules would do', () => {
  expect(extentOf('permit tcp any -> 1.2.3.0/25', 'permit tcp any -> 1.2.3.128/25', 'permit tcp any -> 1.2.3.0/24')).toEqual([
    'No larger set of rules could go without effect.',
    'In fw, rule 3 could go instead of rules 1, 2.',
    '3 rules of 1 policy could be 1, with the same effect on every packet.',
  ]);
});

test('a plan that is not known to be the largest says how many could go at most', () => {
  const { plan } = planOf([policyOf(['permit tcp any -> any', 'permit tcp any -> 10.0.0.0/8'])]);
  expect(planExtent({ ...plan, bound: 4 })[0]).toBe('At most 4 rules could go without effect; this set holds 1.');
});

test('merges are counted with the rules that would do, and a policy with nothing to gain is not mentioned', () => {
  expect(extentOf('permit tcp any -> 10.0.0.0/25 80', 'permit tcp any -> 10.0.0.128/25 80')).toEqual([
    '2 rules of 1 policy could be 1, counting 1 merge, with the same effect on every packet.',
  ]);
  expect(extentOf('permit tcp any -> 10.0.0.0/25 80')).toEqual([]);
});
