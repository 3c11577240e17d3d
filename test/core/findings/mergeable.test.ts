import { expect, test } from 'vitest';
import type { Policy } from '../../../src/model/policy.ts';
import { planOf } from '../../support/plan-of.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';

const merges = (policy: Policy) => planOf([policy]).findings.filter(({ kind }) => kind === 'mergeable');

test('one finding on the later rule names the earlier one, the field and what both are together', () => {
  const found = merges(policyOf(['permit tcp any -> 10.0.0.0/25 80', 'permit tcp any -> 10.0.0.128/25 80']));
  expect(found).toMatchObject([{ rule: '2', mergeWith: [{ policy: 'fw', rule: '1' }], severity: 'info', evidence: { grade: 'P' } }]);
  expect(found[0]?.explanation).toContain('rule 1 with destination 10.0.0.0/24');
});

test('where order matters a rule of another effect in between keeps two rules apart, and in a group nothing does', () => {
  const permits = ['permit tcp any -> 10.0.0.0/25 80', 'permit tcp any -> 10.0.0.128/25 80'] as const;
  expect(merges(policyOf([permits[0], 'deny tcp 10.0.0.0/8 -> any', permits[1]]))).toEqual([]);
  expect(merges(policyOf([permits[0], 'deny tcp 10.0.0.0/8 -> 10.0.0.5', permits[1]]))).toHaveLength(1);
  expect(merges(policyOf([permits[0], 'permit udp any -> any', permits[1]], { evaluation: 'any-permit' }))).toHaveLength(1);
});

test('other effects, two differing fields, a gap, unaligned blocks and types of ICMP are not mergeable', () => {
  for (const pair of [
    ['permit tcp any -> 10.0.0.0/25 80', 'permit tcp any -> 10.0.0.128/25 81'],
    ['permit tcp any -> 10.0.0.0/25 80', 'permit tcp any -> 10.0.1.0/25 80'],
    ['permit tcp any -> 10.0.0.128/25 80', 'permit tcp any -> 10.0.1.0/25 80'],
    ['permit tcp any -> 10.0.0.1 80', 'permit tcp any -> 10.0.0.1 82'],
    ['permit tcp any -> 10.0.0.1', 'permit 7 any -> 10.0.0.1'],
  ]) {
    expect(merges(policyOf(pair))).toEqual([]);
  }
  const logged = ruleOf('permit tcp any -> 10.0.0.128/25 80', { id: 'b', effect: { verdict: 'permit', attributes: { log: 'yes' } } });
  expect(merges(policyOf([ruleOf('permit tcp any -> 10.0.0.0/25 80', { id: 'a' }), logged]))).toEqual([]);
});

test('rules that may go, or never decide, are not offered for merging', () => {
  const halves = ['permit tcp any -> 10.0.0.0/25 80', 'permit tcp any -> 10.0.0.128/25 80'];
  expect(merges(policyOf(['permit tcp any -> 10.0.0.0/24 80', ...halves]))).toEqual([]);
  expect(merges(policyOf(['deny tcp any -> 10.0.0.0/24', ...halves]))).toEqual([]);
});
