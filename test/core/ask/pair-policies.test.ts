import { describe, expect, test } from 'vitest';
import { isSameToTheLetter, pairPolicies } from '../../../src/core/ask/pair-policies.ts';
import type { Policy } from '../../../src/model/policy.ts';
import { policyOf } from '../../support/policies.ts';

describe('which policies of two rule bases are the same one', () => {
  test('those with the same id, in any order', () => {
    expect(pair(['b', 'a'], ['a', 'b'])).toEqual(['a = a', 'b = b']);
  });

  test('the only one left on each side for a direction, under whatever names', () => {
    expect(pair(['asa-outside', 'same'], ['edge', 'same'])).toEqual(['asa-outside = edge', 'same = same']);
  });

  test('none of several that are left: nobody can say which became which', () => {
    expect(pair(['a', 'b'], ['c'])).toEqual(['a = nothing', 'b = nothing', 'nothing = c']);
    expect(pair(['a'], ['b', 'c'])).toEqual(['a = nothing', 'nothing = b', 'nothing = c']);
  });

  test('what enters is never paired with what leaves', () => {
    const enters = policyOf([], { id: 'old', direction: 'in' });
    const leaves = policyOf([], { id: 'new', direction: 'out' });
    expect(texts(pairPolicies([enters], [leaves]))).toEqual(['nothing = new', 'old = nothing']);
    expect(texts(pairPolicies([enters, { ...leaves, id: 'old:out' }], [leaves, { ...enters, id: 'new:in' }]))).toEqual([
      'old:out = new',
      'old = new:in',
    ]);
  });

  test('an empty side leaves every policy of the other new or gone', () => {
    expect(pair([], ['a', 'b'])).toEqual(['nothing = a', 'nothing = b']);
    expect(pair(['a'], [])).toEqual(['a = nothing']);
  });
});

describe('the same to the letter', () => {
  const policy = policyOf(['permit tcp 10.0.0.0/8 -> any 443', 'deny any any -> any']);

  test('a policy and its copy', () => {
    expect(isSameToTheLetter({ before: policy, after: structuredClone(policy) })).toBe(true);
  });

  test.each<readonly [string, Partial<Policy>]>([
    ['default', { defaultAction: 'permit' }],
    ['evaluation', { evaluation: 'any-permit' }],
    ['state', { stateful: false }],
    ['interfaces', { attachments: ['eni-1'] }],
    ['name', { id: 'other' }],
    ['order', { rules: [...policy.rules].reverse() }],
    ['number of rules', { rules: policy.rules.slice(1) }],
    ['description of a rule', { rules: policy.rules.map((rule) => ({ ...rule, description: 'changed' })) }],
    ['effect of a rule', { rules: policy.rules.map((rule) => ({ ...rule, effect: { ...rule.effect, attributes: { log: 'all' } } })) }],
    ['switch of a rule', { rules: policy.rules.map((rule) => ({ ...rule, enabled: false })) }],
  ])('not where the %s differs', (_, change) => {
    expect(isSameToTheLetter({ before: policy, after: { ...policy, ...change } })).toBe(false);
  });

  test('not where one side is not there', () => {
    expect(isSameToTheLetter({ before: policy, after: null })).toBe(false);
    expect(isSameToTheLetter({ before: null, after: policy })).toBe(false);
  });

  test('not where a reference holds other addresses than before', () => {
    const holding = (first: bigint): Policy => ({
      ...policy,
      rules: policy.rules.map((rule) => ({
        ...rule,
        match: {
          products: rule.match.products.map((product) => ({
            ...product,
            source: { ...product.source, membership: { axis: 'member of sg-1', members: [{ family: 4, first, last: 9n }] } },
          })),
        },
      })),
    });
    expect(isSameToTheLetter({ before: holding(5n), after: holding(6n) })).toBe(false);
  });
});

function pair(before: readonly string[], after: readonly string[]): string[] {
  const policies = (ids: readonly string[]): Policy[] => ids.map((id) => policyOf([], { id }));
  return texts(pairPolicies(policies(before), policies(after)));
}

function texts(pairs: ReturnType<typeof pairPolicies>): string[] {
  return pairs.map(({ before, after }) => `${before?.id ?? 'nothing'} = ${after?.id ?? 'nothing'}`);
}
