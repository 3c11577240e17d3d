import { describe, expect, test } from 'vitest';
import { analysePolicy, analyseSource, type PolicyAnalysis, type RuleVerdict } from '../../../src/core/trace/analyse-policy.ts';
import { formatWitness } from '../../../src/core/trace/witness.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { policyOf, ruleOf, underUnknown } from '../../support/policies.ts';
import { ALSHAER, HOLE, MUTUAL, OPPOSITE, PERMIT_AND_DENY, UNION } from '../../support/published-tables.ts';

// findings.md §8 and the structural cases of tricky-cases.yaml.

const analyse = (rules: readonly (string | Rule)[], overrides: Partial<Policy> = {}): PolicyAnalysis =>
  analysePolicy(policyOf(rules, overrides), { budget: 100_000 });

/** `4 shadowed mixed`, and nothing about rules that are live or partly shadowed. */
function findings(analysis: PolicyAnalysis): string[] {
  const text = ({ rule, kind, by, relation, keptCopy }: RuleVerdict): string =>
    [rule, kind, by, relation, keptCopy].filter((part) => part !== undefined).join(' ');
  return analysis.verdicts.filter(({ kind }) => kind !== 'live' && kind !== 'partly-shadowed').map(text);
}

/** Who decides the rule's packets, most first, as shares of 256. */
function shares(analysis: PolicyAnalysis, rule: string): string[] {
  const coverage = analysis.deciders(rule);
  const total = (coverage?.total.ipv4 ?? 0n) + (coverage?.total.ipv6 ?? 0n);
  return (coverage?.deciders ?? []).map(
    ({ rule: decider, packets }) => `${decider}: ${(256n * (packets.ipv4 + packets.ipv6)) / total}/256`,
  );
}

describe('T-ALSHAER', () => {
  const analysis = analyse(ALSHAER);

  test('rules 4 and 7 are shadowed by rules of both actions; 8, 9 and 12 are redundant by later', () => {
    expect(findings(analysis)).toEqual([
      '4 shadowed mixed',
      '7 shadowed mixed',
      '8 redundant later',
      '9 redundant later',
      '12 redundant later',
    ]);
  });

  test('rule 4 is decided by rule 2 for 255 of 256 and by rule 1 for one', () => {
    expect(shares(analysis, '4')).toEqual(['2: 255/256', '1: 1/256']);
    expect(shares(analysis, '7')).toEqual(['6: 255/256', '5: 1/256']);
    expect(shares(analysis, '2')).toEqual(['2: 255/256', '1: 1/256']);
  });

  test('with default permit the final denies are needed', () => {
    expect(findings(analyse(ALSHAER, { defaultAction: 'permit' }))).toEqual(['4 shadowed mixed', '7 shadowed mixed', '9 redundant later']);
  });

  test('4, 7, 8, 9 and 12 may go together, whatever is taken out of them', () => {
    expect(analysis.removalIsSafe(new Set(['4', '7', '8', '9', '12'])).safe).toBe(true);
    expect(analysis.removalIsSafe(new Set(['10'])).safe).toBe(false);
  });
});

describe('T-UNION', () => {
  const analysis = analyse(UNION);

  test('each half is redundant by the whole, and the whole by both halves', () => {
    expect(findings(analysis)).toEqual(['1 redundant later', '2 redundant later', '3 redundant earlier']);
    expect(analysis.irredundantCover('3')).toEqual(['1', '2']);
    expect(analysis.decidersWithout('1')?.deciders.map(({ rule }) => rule)).toEqual(['3']);
  });

  test('both halves may go, or the whole, but never all', () => {
    expect(analysis.removalIsSafe(new Set(['1', '2'])).safe).toBe(true);
    expect(analysis.removalIsSafe(new Set(['3'])).safe).toBe(true);
    expect(analysis.removalIsSafe(new Set(['1', '3'])).safe).toBe(false);
    const growing = analysis.startRemoval();
    expect(['1', '2', '3'].map((rule) => growing.tryAdd(rule).safe)).toEqual([true, true, false]);
  });
});

test('T-HOLE: a rule is not redundant while a deny stands in its place behind it', () => {
  expect(findings(analyse(HOLE))).toEqual(['2 shadowed opposite']);
  const twoFields = ['permit tcp 10.0.0.0/24 -> any 80', 'deny tcp 10.0.0.0/25 -> 192.0.2.0/24 80', 'permit tcp 10.0.0.0/24 -> any'];
  expect(findings(analyse(twoFields))).toEqual(['2 shadowed opposite']);
});

test('T-BF2: covered by a permit and a deny is shadowed, mixed', () => {
  const analysis = analyse(PERMIT_AND_DENY);
  // The deny of the second half is needed only in front of the third rule, which stays.
  expect(analysis.verdictOf('3')).toMatchObject({ kind: 'shadowed', relation: 'mixed' });
  expect(shares(analysis, '3')).toEqual(['1: 128/256', '2: 128/256']);
});

test('EM-OPPOSITE: the same match with the other action is shadowed, opposite', () => {
  expect(findings(analyse(OPPOSITE))).toEqual(['2 shadowed opposite']);
});

test('SG-MUTUAL: two equal rules of a group are one duplicate, and the one that stays is needed', () => {
  const group = MUTUAL;
  expect(findings(analyse(group, { evaluation: 'any-permit' }))).toEqual(['2 duplicate 1']);
  const described = ruleOf('permit tcp 10.0.0.0/8 -> any 22', { description: 'ssh from the office' });
  expect(findings(analyse([group[0] as string, described], { evaluation: 'any-permit' }))).toEqual(['1 duplicate 2']);
});

test('T-19: below permit any a permit is redundant, a deny shadowed', () => {
  const analysis = analyse(['permit any any -> any', 'permit tcp any -> 10.0.0.5 443', 'deny tcp any -> any 23']);
  expect(findings(analysis)).toEqual(['2 redundant earlier', '3 shadowed opposite']);
  expect(analysis.removalIsSafe(new Set(['2'])).safe).toBe(true);
});

describe('T-23: last match wins, compiled to 4 5 3 2 1', () => {
  const rules = {
    one: ruleOf('deny any any -> any', { id: 'r1' }),
    two: ruleOf('permit tcp any -> any 22', { id: 'r2' }),
    three: ruleOf('deny tcp 192.0.2.0/24 -> any 22', { id: 'r3' }),
    four: ruleOf('permit tcp 10.0.0.0/8 -> any 22', { id: 'r4' }),
    five: ruleOf('deny tcp 10.0.0.0/8 -> any 22', { id: 'r5' }),
  };

  test('the block below the quick pass is shadowed', () => {
    // Under the default deny the first rule of the file repeats the default.
    const compiled = [rules.four, rules.five, rules.three, rules.two, rules.one];
    expect(findings(analyse(compiled, { defaultAction: 'permit' }))).toEqual(['r5 shadowed opposite']);
  });

  test('an appended pass overrides the rules in front of it', () => {
    const six = ruleOf('permit tcp any -> any 22', { id: 'r6' });
    const compiled = [rules.four, six, rules.five, rules.three, rules.two, rules.one];
    expect(findings(analyse(compiled, { defaultAction: 'permit' }))).toEqual([
      'r4 redundant later',
      'r5 shadowed opposite',
      'r3 shadowed opposite',
      'r2 duplicate r6',
    ]);
  });
});

describe('T-24: an application is an unknown axis named by its text', () => {
  test('a rule for one application covers no other packet', () => {
    expect(findings(analyse([underUnknown('app web-browsing', 'permit any any -> any'), 'permit tcp any -> any 80']))).toEqual([]);
  });

  test('a rule for any application covers one for a single application', () => {
    expect(findings(analyse(['permit tcp any -> any 80', underUnknown('app web-browsing', 'permit tcp any -> any 80')]))).toEqual([
      '2 redundant earlier',
    ]);
  });

  test('equal texts are one axis, different texts are not', () => {
    const wide = underUnknown('app web-browsing', 'permit any any -> any');
    expect(findings(analyse([wide, underUnknown('app web-browsing', 'permit tcp any -> any 80')]))).toEqual(['2 redundant earlier']);
    expect(findings(analyse([wide, underUnknown('app ssl', 'permit tcp any -> any 80')]))).toEqual([]);
  });

  test('where an unknown decides between shadowed and redundant, the relation is unknown', () => {
    const analysis = analyse([
      underUnknown('app web-browsing', 'deny tcp any -> any 80'),
      'permit tcp any -> any 80',
      'permit tcp 10.0.0.0/8 -> any 80',
    ]);
    expect(findings(analysis)).toEqual(['3 shadowed unknown']);
    const { disagreement } = analysis.verdictOf('3') as RuleVerdict;
    expect(formatWitness(disagreement?.opposite as never)).toBe('tcp 10.0.0.0:0 -> 0.0.0.0:80, if "app web-browsing" holds');
    expect(formatWitness(disagreement?.same as never)).toBe('tcp 10.0.0.0:0 -> 0.0.0.0:80, if "app web-browsing" does not hold');
  });

  test('packets that only an unknown decides are counted apart', () => {
    const analysis = analyse([underUnknown('app web-browsing', 'deny tcp 10.0.0.0/9 -> any 80'), 'permit tcp 10.0.0.0/8 -> any 80']);
    const coverage = analysis.deciders('2');
    expect(coverage?.undecided).toEqual({ ipv4: (coverage?.total.ipv4 ?? 0n) / 2n, ipv6: 0n });
    expect(coverage?.deciders.map(({ rule }) => rule)).toEqual(['2']);
  });
});

test('T-29: address families never meet', () => {
  expect(
    findings(
      analyse(['permit tcp 0.0.0.0/0 -> any 443', 'deny tcp ::/0 -> any 443', 'permit tcp ::/0 -> any 443'], { defaultAction: 'permit' }),
    ),
  ).toEqual(['1 redundant later', '3 shadowed opposite']);
});

test('T-32: shadowed only by the union of two rules', () => {
  const analysis = analyse(['permit tcp 10.0.0.0/25 -> any', 'permit tcp 10.0.0.128/25 -> any', 'deny tcp 10.0.0.0/24 -> any 23']);
  expect(findings(analysis)).toEqual(['3 shadowed opposite']);
  expect(analysis.irredundantCover('3')).toEqual(['1', '2']);
});

describe('T-50: a rule equal to one that nobody can remove', () => {
  const fixed = new Set(['65000', '65500']);
  const user = ruleOf('permit any 10.0.0.0/8 -> 10.0.0.0/8', { id: 'u' });
  const platform = [ruleOf('permit any 10.0.0.0/8 -> 10.0.0.0/8', { id: '65000' }), ruleOf('deny any any -> any', { id: '65500' })];
  const judged = (rules: readonly Rule[]): PolicyAnalysis => analysePolicy(policyOf(rules), { budget: 1000, fixed });

  test('is redundant by later, not a duplicate', () => {
    const analysis = judged([user, ...platform]);
    expect(analysis.verdictOf('u')).toMatchObject({ kind: 'redundant', by: 'later' });
    expect(analysis.decidersWithout('u')?.deciders.map(({ rule }) => rule)).toEqual(['65000']);
  });

  test('is needed when a deny stands between', () => {
    const analysis = judged([user, ruleOf('deny any any -> any', { id: 'denyall' }), ...platform]);
    expect(analysis.verdictOf('u')?.kind).toBe('live');
  });
});

test('T-56: a chain that ends in a drop consumes what is led to it', () => {
  const lab = ruleOf('permit any 10.0.0.0/8 -> any').match;
  const deny = { verdict: 'deny', attributes: {} } as const;
  const permit = { verdict: 'permit', attributes: {} } as const;
  const decide = { kind: 'decide' } as const;
  const analysis = analyseSource(
    {
      name: 'layer',
      evaluation: 'first-match',
      defaultEffect: deny,
      chains: [
        {
          name: 'layer',
          entries: [
            { id: '2', match: lab, effect: { verdict: null, attributes: {} }, control: { kind: 'jump', chain: 'sub' } },
            { id: '3', match: ruleOf('permit tcp 10.0.0.0/8 -> any 22').match, effect: permit, control: decide },
          ],
        },
        {
          name: 'sub',
          entries: [
            { id: '2.1', match: ruleOf('permit tcp any -> any 80').match, effect: permit, control: decide },
            { id: '2.cleanup', match: ruleOf('deny any any -> any').match, effect: deny, control: decide },
          ],
        },
      ],
    },
    { budget: 1000 },
  );
  expect(analysis.verdictOf('3')).toMatchObject({ kind: 'shadowed', relation: 'opposite' });
  expect(analysis.deciders('3')?.deciders.map(({ rule }) => rule)).toEqual(['2.cleanup']);
});
