import { describe, expect, test } from 'vitest';
import type { FindingDraft } from '../../../src/core/findings/detector.ts';
import { redundantAcrossPolicies } from '../../../src/core/findings/redundant-across-policies.ts';
import type { Attachment, Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { contextOf } from '../../support/detection.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';
import { compareAcross } from '../../support/trace/across-disagreements.ts';
import { seededRandom } from '../../support/trace/random-policies.ts';

function group(id: string, attachments: readonly string[] | null, ...rules: readonly (string | Rule)[]): Policy {
  return policyOf(rules, { id, evaluation: 'any-permit', direction: 'in', interfaceBound: true, attachments });
}

function on(id: string, ...policies: readonly string[]): Attachment {
  return { id, localAddresses: [], in: [{ policies, exceptRemote: [] }], out: [], note: '' };
}

function find(policies: readonly Policy[], attachments: readonly Attachment[]): readonly FindingDraft[] {
  return redundantAcrossPolicies.detect(contextOf(policies, attachments));
}

function covered(policies: readonly Policy[], attachments: readonly Attachment[]): string[] {
  return find(policies, attachments).map(({ policy, rule }) => `${policy}/${rule}`);
}

const wide = 'permit tcp 10.0.0.0/8 -> any 443';
const narrow = 'permit tcp 10.1.0.0/16 -> any 443';

describe('what another group permits as well', () => {
  test('is redundant where both groups stand', () => {
    const policies = [group('x', ['eni-1'], wide), group('y', ['eni-1'], narrow)];
    const [finding, ...others] = find(policies, [on('eni-1', 'x', 'y')]);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'redundant',
      by: 'others',
      policy: 'y',
      rule: '1',
      coveredBy: [{ policy: 'x', rule: '1', packets: String(2n ** 16n * 2n ** 32n * 2n ** 16n), share: '1' }],
      evidence: { grade: 'C', reasons: ['INVENTORY_BOUND'] },
      explanation:
        'On every interface that carries it (eni-1), rule x/1 permits everything that it permits. On another interface it may be needed.',
    });
  });

  test('T-05: is needed while one interface carries only the one group', () => {
    const policies = [group('x', ['eni-1'], wide), group('y', ['eni-1', 'eni-2'], narrow)];
    expect(covered(policies, [on('eni-1', 'x', 'y'), on('eni-2', 'y')])).toEqual([]);
  });

  test('is covered by another group on every interface, without shares, for they differ', () => {
    const policies = [group('w', ['eni-2'], wide), group('x', ['eni-1'], wide), group('y', ['eni-1', 'eni-2'], narrow)];
    const [finding] = find(policies, [on('eni-1', 'x', 'y'), on('eni-2', 'w', 'y')]);
    expect(finding?.coveredBy).toEqual([
      { policy: 'x', rule: '1', packets: null, share: null },
      { policy: 'w', rule: '1', packets: null, share: null },
    ]);
    expect(finding?.explanation).toBe(
      'On every interface that carries it (eni-1, eni-2), rules x/1 and w/1 permit everything that it permits. On another interface it may be needed.',
    );
  });

  test('is covered by the groups together, its own included', () => {
    const own = group('y', ['eni-1'], 'permit tcp 10.0.0.0/8 -> any 80-90', 'permit tcp 10.0.0.0/8 -> any 90-99');
    expect(covered([own, group('x', ['eni-1'], 'permit tcp 10.0.0.0/8 -> any 91-99')], [on('eni-1', 'x', 'y')])).toEqual(['y/2', 'x/1']);
  });

  test('of two rules that rely on each other the explanation says so', () => {
    const findings = find([group('x', ['eni-1'], wide), group('y', ['eni-1'], wide)], [on('eni-1', 'x', 'y')]);
    expect(findings.map(({ explanation }) => explanation)).toEqual([
      'On every interface that carries it (eni-1), rule y/1 permits everything that it permits. On another interface it may be needed. The same is said of y/1: take one away at a time, for the next may then be needed.',
      'On every interface that carries it (eni-1), rule x/1 permits everything that it permits. On another interface it may be needed. The same is said of x/1: take one away at a time, for the next may then be needed.',
    ]);
  });
});

describe('what is not said', () => {
  test('without an inventory, on no interface, or when an interface is not known', () => {
    const x = group('x', ['eni-1'], wide);
    for (const attachments of [null, [], ['eni-1', 'eni-9']]) {
      expect(covered([x, group('y', attachments, narrow)], [on('eni-1', 'x', 'y')])).toEqual([]);
    }
  });

  test('of a rule that its own group does without: there it is proven, without an inventory', () => {
    const copies = [group('x', ['eni-1'], wide), group('y', ['eni-1'], wide, narrow, wide)];
    expect(covered(copies, [on('eni-1', 'x', 'y')])).toEqual(['x/1', 'y/1']);
  });

  test('of a rule with another effect, and of one that could not be read', () => {
    const logged = ruleOf(narrow, { effect: { verdict: 'permit', attributes: { log: 'yes' } } });
    const unread = ruleOf(narrow, { evaluable: 'no' });
    for (const rule of [logged, unread]) {
      expect(covered([group('x', ['eni-1'], wide), group('y', ['eni-1'], rule)], [on('eni-1', 'x', 'y')])).toEqual([]);
    }
  });

  test('of what only the group in front of it permits: layers do not stand in for each other', () => {
    const layers: Attachment = { ...on('eni-1', 'y'), in: ['x', 'y'].map((policy) => ({ policies: [policy], exceptRemote: [] })) };
    expect(covered([group('x', ['eni-1'], wide), group('y', ['eni-1'], narrow)], [layers])).toEqual([]);
  });
});

test('random groups on random interfaces: exactly the rules of the enumeration, with its shares', () => {
  let findings = 0;
  let partly = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const sample = compareAcross(seededRandom(seed));
    expect({ seed, disagreements: sample.disagreements }).toEqual({ seed, disagreements: [] });
    findings += sample.findings;
    partly += sample.partly;
  }
  expect(findings).toBeGreaterThan(80);
  expect(partly).toBeGreaterThan(30);
});
