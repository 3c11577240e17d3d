import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectFindings } from '../../../src/core/findings/detect-findings.ts';
import { canonicalMatch } from '../../../src/core/findings/rule-content.ts';
import { ruleKey } from '../../../src/core/findings/rule-key.ts';
import { planRemovals } from '../../../src/core/plan-removals.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { serviceOf } from '../../../src/model/service.ts';
import { attribute } from '../../support/attribute-conversations.ts';
import { policyOf, ruleBaseOf, ruleOf } from '../../support/policies.ts';

const OPTIONS = { complete: true, toolVersion: '0.0.0' };

function find(...policies: Policy[]) {
  const context = {
    policies: policies.map((policy) => ({
      policy,
      rules: policy.rules.map((rule) => ({ policy, rule, usage: null, graded: null, exposure: null })),
    })),
    windowDays: null,
    logsShowAnswers: false,
  };
  return detectFindings(context).map(({ finding }) => finding);
}

describe('duplicates', () => {
  test('two identical rules of a group are one finding, and one of them is kept', () => {
    const group = policyOf(['permit tcp 10.0.0.0/8 -> any 22', 'permit tcp 10.0.0.0/8 -> any 22'], { id: 'sg', evaluation: 'any-permit' });
    expect(find(group)).toMatchObject([
      { kind: 'duplicate', rule: '2', coveredBy: [{ policy: 'sg', rule: '1' }], evidence: { grade: 'P' } },
    ]);
  });

  test('in an ordered list the first copy is kept, in a group the one with a description', () => {
    const rules = [ruleOf('permit tcp 10.0.0.0/8 -> any 22'), ruleOf('permit tcp 10.0.0.0/8 -> any 22', { description: 'admins' })];
    expect(find(policyOf(rules))[0]?.rule).toBe('2');
    expect(find(policyOf(rules, { evaluation: 'any-permit' }))[0]?.rule).toBe('1');
  });

  test('another action, another port, another family, or a switched-off copy is no duplicate', () => {
    const rules = [
      'permit tcp 10.0.0.0/8 -> any 22',
      'deny tcp 10.0.0.0/8 -> any 22',
      'permit tcp 10.0.0.0/8 -> any 23',
      'permit tcp ::/0 -> any 22',
      'permit tcp 0.0.0.0/0 -> any 22',
    ];
    expect(find(policyOf([...rules, ruleOf('permit tcp 10.0.0.0/8 -> any 22', { enabled: false })])).map(({ kind }) => kind)).toEqual([
      'disabled',
    ]);
  });

  test('rules that could not be read are never equal to anything', () => {
    const unread = ruleOf('permit any any -> any', { evaluable: 'no' });
    expect(find(policyOf([unread, unread])).map(({ kind }) => kind)).toEqual(['not-evaluable', 'not-evaluable']);
  });

  test('how the sets are written does not matter', () => {
    const rule = ruleOf('permit tcp 10.0.0.0/8 -> any 80-443');
    const [product] = rule.match.products;
    if (product === undefined) throw new Error('the rule has a product');
    const split = [serviceOf(6, { first: 200, last: 443 }), serviceOf(6, { first: 80, last: 199 })];
    const halves = product.source.ranges.flatMap(({ family, first, last }) => {
      const middle = (first + last) / 2n;
      return [
        { family, first: middle + 1n, last },
        { family, first, last: middle },
      ];
    });
    const written = { products: [{ ...product, services: split, source: { ranges: halves, membership: null } }] };
    expect(canonicalMatch(written)).toBe(canonicalMatch(rule.match));
  });
});

test('a copy that never decides is reported as a copy, not as unused', () => {
  const policy = policyOf(['permit tcp 10.0.0.0/8 -> any 22', 'permit tcp 10.0.0.0/8 -> any 22']);
  const exposure = { hours: 90 * 24, coverage: 1, effectiveDays: 90, emptyHourCells: [], hasSkippedRecords: false, silentAttachments: 0 };
  const usage = attribute(ruleBaseOf([policy]), [{ flow: 'eni-1 - tcp 10.0.0.1:5000 -> 192.0.2.1:23', action: 'reject' }]);
  const rules = policy.rules.map((rule) => ({
    policy,
    rule,
    usage: usage.of(`fw/${rule.id}`),
    graded: { grade: 'B' as const, reasons: [] },
    exposure,
  }));
  const found = detectFindings({ policies: [{ policy, rules }], windowDays: 90, logsShowAnswers: true }).map(({ finding }) => [
    finding.rule,
    finding.kind,
  ]);
  expect(found).toEqual([
    ['1', 'unused'],
    ['2', 'duplicate'],
  ]);
});

describe('finding ids', () => {
  test('do not depend on the place of the rule or on other rules', () => {
    const copy = (id: string): Rule => ruleOf('permit tcp 10.0.0.0/8 -> any 22', { id });
    const [alone] = find(policyOf([copy('a'), copy('b')]));
    const [crowded] = find(policyOf([ruleOf('permit udp any -> any 53', { id: 'c' }), copy('a'), copy('b')]));
    expect(crowded?.id).toBe(alone?.id);
  });

  test('change with the content of the rule', () => {
    expect(ruleKey(ruleOf('permit tcp 10.0.0.0/8 -> any 22'))).not.toBe(ruleKey(ruleOf('permit tcp 10.0.0.0/8 -> any 23')));
  });
});

describe('plan', () => {
  test('of any number of copies all but one go, whatever the order', () => {
    const text = fc.constantFrom('permit tcp 10.0.0.0/8 -> any 22', 'permit tcp 10.1.0.0/16 -> any 22', 'permit udp any -> any 53');
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 12 }),
        fc.constantFrom('first-match' as const, 'any-permit' as const),
        (texts, evaluation) => {
          const policy = policyOf(texts, { evaluation });
          const gone = new Set(planRemovals(find(policy), OPTIONS).removals.map(({ rule }) => rule));
          const left = policy.rules.filter((rule) => !gone.has(rule.id)).map((rule) => rule.asWritten);
          expect(left.length).toBe(new Set(texts).size);
          expect(new Set(left)).toEqual(new Set(texts));
        },
      ),
    );
  });

  test('a stale reference may go; what cannot be judged, or is on no interface, may not', () => {
    const stale = ruleOf('permit tcp any -> any 22', { id: 'st', staleReference: 'the peering connection pcx-1 is deleted' });
    const unresolved = ruleOf('permit tcp any -> any 22', { id: 'un', unresolvedReferences: ['sg-0other'], evaluable: 'partial' });
    const plan = planRemovals(find(policyOf([stale, unresolved], { attachments: [] })), OPTIONS);
    expect(plan.removals).toMatchObject([{ rule: 'st', effect: 'none', flowsAffected: 0 }]);
    expect(plan.notProposed.map(({ rule, reason }) => [rule, reason])).toEqual([
      ['*', 'POLICY_UNATTACHED'],
      ['un', 'NOT_EVALUABLE'],
    ]);
  });

  test('an incomplete audit proposes nothing', () => {
    const findings = find(policyOf(['permit tcp 10.0.0.0/8 -> any 22', 'permit tcp 10.0.0.0/8 -> any 22']));
    const plan = planRemovals(findings, { ...OPTIONS, complete: false });
    expect(plan.removals).toEqual([]);
    expect(plan.notProposed).toMatchObject([{ rule: '2', reason: 'INCOMPLETE_INPUT' }]);
  });
});
