import { describe, expect, test } from 'vitest';
import { detectFindings } from '../../../src/core/findings/detect-findings.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { contextOf } from '../../support/detection.ts';
import { policyOf, ruleOf, underUnknown } from '../../support/policies.ts';
import { ALSHAER, HOLE, OPPOSITE, PERMIT_AND_DENY, UNION } from '../../support/published-tables.ts';

const COVERING = ['unmatchable', 'duplicate', 'shadowed', 'redundant'];

function find(policy: Policy): Finding[] {
  return detectFindings(contextOf([policy]))
    .map(({ finding }) => finding)
    .filter(({ kind }) => COVERING.includes(kind));
}

/** `3 shadowed opposite by 1 2`, the coverers in the order of the finding. */
function inWords(finding: Finding): string {
  const { rule, kind, relation, by, coveredBy } = finding;
  return [rule, kind, relation ?? by, ...(coveredBy.length === 0 ? [] : ['by', ...coveredBy.map((coverer) => coverer.rule)])]
    .filter((part) => part !== undefined)
    .join(' ');
}

function kindsIn(rules: readonly (string | Rule)[], overrides: Partial<Policy> = {}): string[] {
  return find(policyOf(rules, overrides)).map(inWords);
}

describe('published tables', () => {
  test('T-ALSHAER: the deciding rules name the kind, not the containing rule', () => {
    expect(kindsIn(ALSHAER)).toEqual([
      '4 shadowed mixed by 2 1',
      '7 shadowed mixed by 6 5',
      '8 redundant later by default',
      '9 redundant later by 10',
      '12 redundant later by default',
    ]);
  });

  test('T-ALSHAER: the shares are exact, and rounded down', () => {
    const shadowed = find(policyOf(ALSHAER)).find(({ rule }) => rule === '4');
    expect(shadowed?.coveredBy.map(({ packets, share }) => [packets, share])).toEqual([
      [String(255 * 65536), '0.996093'],
      [String(65536), '0.003906'],
    ]);
  });

  test('T-ALSHAER: with another default the clean-up rules are needed', () => {
    expect(kindsIn(ALSHAER, { defaultAction: 'permit' })).toEqual([
      '4 shadowed mixed by 2 1',
      '7 shadowed mixed by 6 5',
      '9 redundant later by 10',
    ]);
  });

  test('T-UNION: two halves cover the whole, and the whole stands for each half', () => {
    expect(kindsIn(UNION)).toEqual(['1 redundant later by 3', '2 redundant later by 3', '3 redundant earlier by 1 2']);
  });

  test('T-HOLE: a rule below which another one still decides something is not redundant', () => {
    expect(kindsIn(HOLE)).toEqual(['2 shadowed opposite by 1']);
    expect(kindsIn(['permit tcp any -> 10.0.0.5', 'deny tcp any -> 10.0.0.0/24', 'permit tcp any -> 10.0.0.0/8'])).toEqual([]);
  });

  test('T-BF2 and EM-OPPOSITE', () => {
    const union = PERMIT_AND_DENY;
    expect(kindsIn(union).filter((text) => text.startsWith('3'))).toEqual(['3 shadowed mixed by 1 2']);
    expect(kindsIn(OPPOSITE)).toEqual(['2 shadowed opposite by 1']);
  });
});

describe('kinds that exclude each other', () => {
  test('a copy is a copy, even when a third rule covers both; the kept one is judged without it', () => {
    expect(kindsIn(['permit tcp any -> any', 'deny tcp any -> any 22', 'deny tcp any -> any 22'])).toEqual([
      '2 shadowed opposite by 1',
      '3 duplicate by 2',
    ]);
    // Without the copy between them, what stays stands for the first rule: the flagged copy is never named as its cover.
    expect(kindsIn(['permit tcp 10.1.0.0/16 -> any', 'permit tcp 10.1.0.0/16 -> any', 'permit tcp 10.0.0.0/8 -> any'])).toEqual([
      '1 redundant later by 3',
      '2 duplicate by 1',
    ]);
  });

  test('a copy is found however its sets are written', () => {
    const halves = ruleOf('permit tcp 10.0.0.0/9 -> any 80');
    const other = ruleOf('permit tcp 10.128.0.0/9 -> any 80');
    const split = { ...halves, match: { products: [...halves.match.products, ...other.match.products] } };
    expect(kindsIn(['permit tcp 10.0.0.0/8 -> any 80', split])).toEqual(['2 duplicate by 1']);
  });

  test('a rule whose conditions contradict each other matches nothing', () => {
    const nowhere: Rule = { ...ruleOf('permit tcp any -> any 22'), match: { products: [] } };
    expect(kindsIn([nowhere])).toEqual(['1 unmatchable']);
  });

  test('a deny below a wider deny is redundant, not shadowed', () => {
    expect(kindsIn(['deny tcp 10.0.0.0/8 -> any', 'deny tcp 10.1.0.0/16 -> any 22'], { defaultAction: 'permit' })).toEqual([
      '2 redundant earlier by 1',
    ]);
  });

  test('the effect is more than the verdict', () => {
    const logged = ruleOf('permit tcp 10.1.0.0/16 -> any', { effect: { verdict: 'permit', attributes: { log: 'yes' } } });
    expect(kindsIn([logged, 'permit tcp 10.0.0.0/8 -> any'])).toEqual([]);
    expect(kindsIn(['permit tcp 10.0.0.0/8 -> any', logged])).toEqual(['2 redundant earlier by 1']);
  });

  test('in a group nothing is shadowed; what the others permit together is redundant', () => {
    const rules = ['permit tcp 10.0.0.0/9 -> any 22', 'permit tcp 10.128.0.0/9 -> any 22', 'permit tcp 10.0.0.0/8 -> any 22'];
    expect(kindsIn(rules, { evaluation: 'any-permit' })).toEqual([
      '1 redundant others by 3',
      '2 redundant others by 3',
      '3 redundant others by 1 2',
    ]);
  });
});

describe('unknown conditions', () => {
  test('the same condition covers itself, another one does not', () => {
    expect(kindsIn([underUnknown('app web', 'permit tcp any -> any'), underUnknown('app web', 'permit tcp any -> any 80')])).toEqual([
      '2 redundant earlier by 1',
    ]);
    expect(kindsIn([underUnknown('app web', 'permit tcp any -> any'), underUnknown('app mail', 'permit tcp any -> any 80')])).toEqual([]);
  });

  test('where the condition decides between two fates, the relation is unknown, and nobody is credited with the packets', () => {
    const policy = policyOf([underUnknown('app web', 'permit tcp any -> any 80'), 'deny tcp any -> any', 'permit tcp any -> any 80']);
    const [finding] = find(policy).filter(({ rule }) => rule === '3');
    expect(finding).toMatchObject({ kind: 'shadowed', relation: 'unknown', undecided: { share: '1' } });
    expect(finding?.coveredBy.map(({ rule, packets }) => [rule, packets])).toContainEqual(['2', '0']);
  });

  test('a rule that could not be read is no subject, and covers nothing', () => {
    const unread = { ...underUnknown('line 1', 'permit any any -> any'), evaluable: 'no' as const };
    expect(kindsIn([unread, 'deny tcp any -> any 22'], { defaultAction: 'permit' })).toEqual([]);
    expect(kindsIn(['deny any any -> any', unread], { defaultAction: 'permit' })).toEqual([]);
  });
});

describe('numbers', () => {
  test('the packets of the coverers and the undecided ones are those of the rule', () => {
    const policy = policyOf([
      underUnknown('app web', 'permit tcp 10.0.0.0/24 -> any 80'),
      'deny tcp 10.0.0.0/16 -> any',
      'permit tcp 10.0.0.0/16 -> any 80-81',
    ]);
    const [finding] = find(policy).filter(({ rule }) => rule === '3');
    const sum = (finding?.coveredBy ?? []).reduce(
      (total, { packets }) => total + BigInt(packets ?? 0),
      BigInt(finding?.undecided?.packets ?? 0),
    );
    expect(sum).toBe(65536n * 2n ** 32n * 65536n * 2n);
  });

  test('at most 100 coverers are named, the rest is counted with its packets', () => {
    const parts = Array.from({ length: 128 }, (_, index) => `permit tcp 10.0.${index}.0/24 -> any`);
    const finding = find(policyOf([...parts, 'deny tcp 10.0.0.0/17 -> any'])).find(({ kind }) => kind === 'shadowed');
    expect(finding?.coveredBy).toHaveLength(100);
    expect(finding?.coveredByOmitted).toEqual({ count: 28, packets: (28n * 256n * 2n ** 32n * 2n ** 32n).toString() });
    expect(finding?.explanation).toBe(
      'Rules 1, 2, 3 and 125 more together take all of its packets and permit them; its deny never happens.',
    );
  });

  test('packets of both families are counted apart, and their shares weigh alike', () => {
    const finding = find(policyOf(['permit tcp 0.0.0.0/0 -> any 22', 'permit tcp ::/0 -> any 22', 'deny tcp any -> any 22'])).find(
      ({ rule }) => rule === '3',
    );
    expect(finding?.coveredBy.map(({ share }) => share)).toEqual(['0.5', '0.5']);
    expect(finding?.coveredBy.map(({ packetsByFamily }) => packetsByFamily?.ipv6 === '0')).toEqual([true, false]);
  });
});
