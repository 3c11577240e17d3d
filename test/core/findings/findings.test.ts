import { describe, expect, test } from 'vitest';
import { detectFindings } from '../../../src/core/findings/detect-findings.ts';
import { canonicalMatch } from '../../../src/core/findings/rule-content.ts';
import { ruleKey } from '../../../src/core/findings/rule-key.ts';
import { analyseStructure } from '../../../src/core/structure/analyse-structure.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { serviceOf } from '../../../src/model/service.ts';
import { attribute } from '../../support/attribute-conversations.ts';
import { contextOf } from '../../support/detection.ts';
import { policyOf, ruleBaseOf, ruleOf } from '../../support/policies.ts';

function find(...policies: Policy[]) {
  return detectFindings(contextOf(policies)).map(({ finding }) => finding);
}

function copiesIn(policy: Policy) {
  return find(policy).filter(({ kind }) => kind === 'duplicate');
}

describe('duplicates', () => {
  test('two identical rules of a group are one finding, and one of them is kept', () => {
    const group = policyOf(['permit tcp 10.0.0.0/8 -> any 22', 'permit tcp 10.0.0.0/8 -> any 22'], { id: 'sg', evaluation: 'any-permit' });
    expect(copiesIn(group)).toMatchObject([
      { kind: 'duplicate', rule: '2', coveredBy: [{ policy: 'sg', rule: '1' }], evidence: { grade: 'P' } },
    ]);
  });

  test('in an ordered list the first copy is kept, in a group the one with a description', () => {
    const rules = [ruleOf('permit tcp 10.0.0.0/8 -> any 22'), ruleOf('permit tcp 10.0.0.0/8 -> any 22', { description: 'admins' })];
    expect(copiesIn(policyOf(rules))[0]?.rule).toBe('2');
    expect(copiesIn(policyOf(rules, { evaluation: 'any-permit' }))[0]?.rule).toBe('1');
  });

  test('another action, another port, another family, or a switched-off copy is no duplicate', () => {
    const rules = [
      'permit tcp 10.0.0.0/8 -> any 22',
      'deny tcp 10.0.0.0/8 -> any 22',
      'permit tcp 10.0.0.0/8 -> any 23',
      'permit tcp ::/0 -> any 22',
      'permit tcp 0.0.0.0/0 -> any 22',
    ];
    const policy = policyOf([...rules, ruleOf('permit tcp 10.0.0.0/8 -> any 22', { enabled: false })]);
    expect(copiesIn(policy)).toEqual([]);
    expect(find(policy)).toContainEqual(expect.objectContaining({ kind: 'disabled', rule: '6' }));
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
  const exposure = {
    hours: 90 * 24,
    coverage: 1,
    effectiveDays: 90,
    emptyHourCells: [],
    hasSkippedRecords: false,
    hasUnknownGap: false,
    silentAttachments: 0,
    caughtHours: [],
  };
  const usage = attribute(ruleBaseOf([policy]), [{ flow: 'eni-1 - tcp 10.0.0.1:5000 -> 192.0.2.1:23', action: 'reject' }]);
  const rules = policy.rules.map((rule) => ({
    policy,
    rule,
    usage: usage.of(`fw/${rule.id}`),
    graded: { grade: 'B' as const, reasons: [] },
    exposure,
  }));
  const found = detectFindings({
    policies: [{ policy, analysis: analyseStructure(policy, () => 0), rules }],
    attachments: [],
    opposed: new Map(),
    windowDays: 90,
    logsShowAnswers: true,
  }).map(({ finding }) => [finding.rule, finding.kind]);
  expect(found).toContainEqual(['1', 'unused']);
  expect(found.filter(([rule]) => rule === '2')).toEqual([['2', 'duplicate']]);
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
