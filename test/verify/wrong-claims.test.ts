import { describe, expect, test } from 'vitest';
import { type CheckableProof, checkProof } from '../../src/core/verify/check-proof.ts';
import { toCheckedPolicy } from '../../src/core/verify/checked-policy.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { PartitionClaim, ProofPart, ProofProduct } from '../../src/model/proof.ts';
import type { Rule } from '../../src/model/rule.ts';
import { policyOf, ruleOf } from '../support/policies.ts';

// Claims that other tools make and that are wrong, each with the best proof somebody could write for it.

const TCP = { family: 4, destination: ['0.0.0.0/0'], protocol: '6' } as const;

function from(source: string, more: Partial<ProofProduct> = {}): ProofProduct {
  return { ...TCP, destination: [...TCP.destination], source: [source], ...more };
}

function refuse(policy: Policy, rule: string, claim: PartitionClaim, parts: ProofPart[], gone: readonly string[] = []): string | null {
  const proof: CheckableProof = { type: 'partition', finding: 'F-0', policy: policy.id, rule, claim, parts };
  return checkProof(toCheckedPolicy(policy), proof, { copies: new Set(gone), removedBefore: new Set() });
}

function when(text: string, unknown: string): Rule {
  const rule = ruleOf(text);
  return { ...rule, match: { products: rule.match.products.map((product) => ({ ...product, unknowns: [unknown] })) } };
}

describe('the checker refuses', () => {
  test('"redundant by a wider rule below" while a deny stands between them', () => {
    const policy = policyOf([
      'permit tcp 10.0.0.0/24 -> 0.0.0.0/0',
      'deny tcp 10.0.0.5 -> 0.0.0.0/0',
      'permit tcp 10.0.0.0/16 -> 0.0.0.0/0',
    ]);
    expect(refuse(policy, '1', 'removable', [{ product: from('10.0.0.0/24'), tree: [{ rule: '3' }] }])).toMatch(
      /^leaf 1 \(source 10\.0\.0\.0\/24, .*\) meets rule 2 first, which has another effect$/,
    );
  });

  test('the same when the rule between depends on an unknown: it counts with everything it might match', () => {
    const policy = policyOf([
      'permit tcp 10.0.0.0/24 -> 0.0.0.0/0',
      when('deny tcp 10.0.0.5 -> 0.0.0.0/0', 'app web'),
      'permit tcp 10.0.0.0/16 -> 0.0.0.0/0',
    ]);
    expect(refuse(policy, '1', 'removable', [{ product: from('10.0.0.0/24'), tree: [{ rule: '3' }] }])).toContain('meets rule 2 first');
  });

  test('"covered" by a rule that matches only if an unknown holds', () => {
    const policy = policyOf([when('permit tcp 10.0.0.0/8 -> 0.0.0.0/0', 'app web'), 'permit tcp 10.1.0.0/16 -> 0.0.0.0/0']);
    expect(refuse(policy, '2', 'decided-alike', [{ product: from('10.1.0.0/16'), tree: [{ rule: '1' }] }])).toContain(
      'is not inside rule 1',
    );
    expect(
      refuse(policy, '2', 'covered', [
        { product: from('10.1.0.0/16', { unknowns: [{ axis: 'app web', holds: true }] }), tree: [{ rule: '1' }] },
      ]),
    ).toBe('leaves out packets of the rule: source 10.1.0.0/16, destination 0.0.0.0/0, protocol 6, unknown app web does not hold');
  });

  test('"redundant" by the rule that contains it, when a deny above both takes a part', () => {
    // Rules 5 to 7 of Al-Shaer and Hamed.
    const policy = policyOf([
      'deny tcp 140.192.37.30 -> 0.0.0.0/0 21',
      'permit tcp 140.192.37.0/24 -> 0.0.0.0/0 21',
      'permit tcp 140.192.37.0/24 -> 161.120.33.40 21',
    ]);
    const product = from('140.192.37.0/24', { destination: ['161.120.33.40'], destinationPorts: ['21'] });
    expect(refuse(policy, '3', 'decided-alike', [{ product, tree: [{ rule: '2' }] }])).toContain('meets rule 1 first, which says deny');
    expect(refuse(policy, '3', 'covered', [{ product, tree: [{ rule: '2' }] }])).toBeNull();
  });

  test('equal verdicts where the effects differ', () => {
    const logged = { ...ruleOf('permit tcp 10.0.0.0/24 -> 0.0.0.0/0'), effect: { verdict: 'permit', attributes: { log: 'yes' } } as const };
    const policy = policyOf([logged, 'permit tcp 10.0.0.0/8 -> 0.0.0.0/0']);
    expect(refuse(policy, '1', 'removable', [{ product: from('10.0.0.0/24'), tree: [{ rule: '2' }] }])).toContain(
      'is left to rule 2, which has another effect',
    );
    const denied = policyOf([{ ...logged, effect: { verdict: 'deny', attributes: { log: 'yes' } } }]);
    expect(refuse(denied, '1', 'removable', [{ product: from('10.0.0.0/24'), tree: [{ default: true }] }])).toContain(
      'is left to the default, which has another effect',
    );
  });

  test('two rules going in favour of each other', () => {
    for (const evaluation of ['first-match', 'any-permit'] as const) {
      const policy = policyOf(['permit tcp 10.0.0.0/8 -> 0.0.0.0/0', 'permit tcp 10.0.0.0/8 -> 0.0.0.0/0'], { evaluation });
      const tree = (rule: string): ProofPart[] => [{ product: from('10.0.0.0/8'), tree: [{ rule }] }];
      expect(refuse(policy, '1', 'removable', tree('2'))).toBeNull();
      expect(refuse(policy, '2', 'removable', tree('1'), ['1'])).toMatch(/is left to rule 1, which is gone$/);
    }
  });

  test('a rule that is switched off, as somebody who decides', () => {
    const policy = policyOf([{ ...ruleOf('permit tcp 10.0.0.0/8 -> 0.0.0.0/0'), enabled: false }, 'permit tcp 10.1.0.0/16 -> 0.0.0.0/0']);
    expect(refuse(policy, '2', 'decided-alike', [{ product: from('10.1.0.0/16'), tree: [{ rule: '1' }] }])).toContain(
      'names rule 1, which has no part in the policy',
    );
  });

  test('an order of evaluation where there is none', () => {
    const policy = policyOf(['permit tcp 10.0.0.0/8 -> 0.0.0.0/0', 'permit tcp 10.1.0.0/16 -> 0.0.0.0/0'], { evaluation: 'any-permit' });
    expect(refuse(policy, '2', 'decided-alike', [{ product: from('10.1.0.0/16'), tree: [{ rule: '1' }] }])).toBe(
      'claims an order of rules, and the policy has none',
    );
    expect(refuse(policy, '2', 'removable', [{ product: from('10.1.0.0/16'), tree: [{ default: true }] }])).toContain(
      'expected another rule with the effect',
    );
  });

  test('"matches nothing" of a rule that matches something', () => {
    const policy = policyOf(['permit tcp 10.0.0.0/8 -> 0.0.0.0/0']);
    expect(refuse(policy, '1', 'matches-nothing', [])).toContain('leaves out packets of the rule: source 10.0.0.0/8');
    expect(refuse(policy, '1', 'matches-nothing', [{ product: from('10.0.0.0/8'), tree: [{ outside: true }] }])).toContain(
      'is said to match none',
    );
  });

  test('a family that is forgotten', () => {
    const policy = policyOf(['permit tcp any -> any', 'permit tcp any -> any 443']);
    const parts = [{ product: from('0.0.0.0/0', { destinationPorts: ['443'] }), tree: [{ rule: '1' }] }];
    expect(refuse(policy, '2', 'decided-alike', parts)).toMatch(/^leaves out packets of the rule: source ::\/0/);
  });

  test('a mixed relation of which some value of the unknowns leaves one verdict only', () => {
    const policy = policyOf([
      when('deny tcp 10.0.0.0/8 -> 0.0.0.0/0', 'app web'),
      'permit tcp 10.0.0.0/8 -> 0.0.0.0/0',
      'permit tcp 10.1.0.0/16 -> 0.0.0.0/0',
    ]);
    const packet = {
      family: 4 as const,
      source: '10.1.0.0',
      destination: '0.0.0.0',
      protocol: 6,
      sourcePort: 0,
      destinationPort: 0,
      icmpType: null,
      icmpCode: null,
      finite: [],
    };
    const proof: CheckableProof = {
      type: 'partition',
      finding: 'F-0',
      policy: 'fw',
      rule: '3',
      claim: 'covered',
      parts: [{ product: from('10.1.0.0/16'), tree: [{ rule: '2' }] }],
      disagreement: {
        relation: 'mixed',
        same: [{ ...packet, unknowns: [{ axis: 'app web', holds: false }] }],
        opposite: [{ ...packet, unknowns: [{ axis: 'app web', holds: true }] }],
      },
    };
    expect(checkProof(toCheckedPolicy(policy), proof, { copies: new Set(), removedBefore: new Set() })).toBe(
      'shows no packet that is decided with permit where unknown app web holds',
    );
  });
});
