import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '../../../src/model/rule.ts';
import { planOf, removedRules } from '../../support/plan-of.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';
import { ALSHAER, HOLE, MUTUAL, OPPOSITE, PERMIT_AND_DENY, UNION } from '../../support/published-tables.ts';

const why = ({ plan }: ReturnType<typeof planOf>): string[][] => plan.notProposed.map(({ rule, reason }) => [rule, reason]);

describe('the published tables', () => {
  test('T-ALSHAER: 8, 9 and 12 go, the shadowed 4 and 7 are questions', () => {
    const planned = planOf([policyOf(ALSHAER)]);
    expect(removedRules(planned)).toEqual(['12', '9', '8']);
    expect(why(planned)).toEqual([
      ['4', 'SHADOWED'],
      ['7', 'SHADOWED'],
    ]);
    expect(planned.plan).toMatchObject({
      bound: 3,
      alternatives: [],
      simplification: [{ policy: 'fw', rules: 12, couldBe: 9, removals: 3 }],
    });
  });

  test('T-ALSHAER with a permitting default keeps 8 and 12, for then they decide', () => {
    const planned = planOf([policyOf(['deny tcp any -> any', 'deny udp any -> any'], { defaultAction: 'permit' })]);
    expect(removedRules(planned)).toEqual([]);
  });

  test('T-UNION: both halves go, the whole is the alternative', () => {
    const planned = planOf([policyOf(UNION)]);
    expect(removedRules(planned)).toEqual(['2', '1']);
    expect(planned.plan.removals.map(({ coveredBy }) => coveredBy)).toEqual([[{ policy: 'fw', rule: '3' }], [{ policy: 'fw', rule: '3' }]]);
    expect(planned.plan.alternatives).toEqual([{ policy: 'fw', removeInstead: ['3'], insteadOf: ['1', '2'] }]);
    expect(planned.plan.bound).toBe(2);
    expect(why(planned)).toEqual([['3', 'ALTERNATIVE_CHOSEN']]);
  });

  test('T-HOLE: the shadowed deny is a question, and while it stands the permit above it stays', () => {
    const planned = planOf([policyOf(HOLE)]);
    expect(removedRules(planned)).toEqual([]);
    expect(why(planned)).toEqual([['2', 'SHADOWED']]);
  });

  test('T-BF2 and EM-OPPOSITE: a rule that never decides but was meant to is never proposed', () => {
    const mixed = planOf([policyOf(PERMIT_AND_DENY)]);
    expect(why(mixed)).toContainEqual(['3', 'SHADOWED']);
    expect(removedRules(mixed)).not.toContain('3');
    const opposite = planOf([policyOf(OPPOSITE)]);
    expect([removedRules(opposite), why(opposite)]).toEqual([[], [['2', 'SHADOWED']]]);
  });

  test('SG-MUTUAL: of two equal rules one goes', () => {
    const planned = planOf([policyOf(MUTUAL, { evaluation: 'any-permit' })]);
    expect(removedRules(planned)).toEqual(['2']);
    expect(planned.plan.removals[0]?.coveredBy).toEqual([{ policy: 'fw', rule: '1' }]);
  });
});

describe('a plan', () => {
  test('of any number of copies all but one go, whatever the order', () => {
    const text = fc.constantFrom('permit tcp 10.0.0.0/8 -> any 22', 'permit tcp 10.1.0.0/16 -> any 23', 'permit udp any -> any 53');
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 12 }),
        fc.constantFrom('first-match' as const, 'any-permit' as const),
        (texts, evaluation) => {
          const policy = policyOf(texts, { evaluation });
          const gone = new Set(removedRules(planOf([policy])));
          const left = policy.rules.filter((rule) => !gone.has(rule.id)).map((rule) => rule.asWritten);
          expect(left.length).toBe(new Set(texts).size);
          expect(new Set(left)).toEqual(new Set(texts));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('removes the other copy rather than the designated one, although either would do', () => {
    const described = (id: string, text: string): Rule => ruleOf(text, { id, description: 'kept for the auditors' });
    const rules = [
      ruleOf('permit tcp 10.0.0.0/24 -> any', { id: 'copy' }),
      described('kept', 'permit tcp 10.0.0.0/24 -> any'),
      ruleOf('permit tcp 10.0.0.0/25 -> any', { id: 'low' }),
      ruleOf('permit tcp 10.0.0.128/25 -> any', { id: 'high' }),
    ];
    const planned = planOf([policyOf(rules, { evaluation: 'any-permit' })]);
    expect(removedRules(planned)).toEqual(['copy', 'low', 'high']);
    expect(planned.plan.alternatives).toEqual([{ policy: 'fw', removeInstead: ['kept'], insteadOf: ['copy'] }]);
  });

  test('names who decides afterwards, through rules that go themselves', () => {
    const planned = planOf([
      policyOf([
        'permit tcp any -> 10.0.0.0/26',
        'permit tcp any -> 10.0.0.0/25',
        'permit tcp any -> 10.0.0.0/27',
        'permit tcp any -> 10.0.0.0/24',
      ]),
    ]);
    expect(planned.plan.removals.map(({ rule, coveredBy }) => [rule, coveredBy.map((each) => each.rule)])).toEqual([
      ['3', ['4']],
      ['2', ['4']],
      ['1', ['4']],
    ]);
  });

  test('a stale reference may go; what cannot be judged, or is on no interface, may not', () => {
    const stale = ruleOf('permit tcp any -> any 22', { id: 'st', staleReference: 'the peering connection pcx-1 is deleted' });
    const unresolved = ruleOf('permit tcp any -> any 22', { id: 'un', unresolvedReferences: ['sg-0other'], evaluable: 'partial' });
    const planned = planOf([policyOf([stale, unresolved], { attachments: [] })]);
    expect(planned.plan.removals).toMatchObject([{ rule: 'st', effect: 'none', flowsAffected: 0, coveredBy: [] }]);
    expect(why(planned)).toEqual([
      ['*', 'POLICY_UNATTACHED'],
      ['un', 'NOT_EVALUABLE'],
    ]);
  });

  test('a rule that could not be read is never proposed, even above a deny of everything', () => {
    const unread = ruleOf('deny any any -> any', { evaluable: 'no' });
    const planned = planOf([policyOf([unread, ruleOf('permit tcp any -> any 80', { enabled: false, id: 'off' })])]);
    expect(removedRules(planned)).toEqual(['off']);
    expect(why(planned)).toEqual([['1', 'NOT_EVALUABLE']]);
  });

  test('what only the groups of today’s interfaces make redundant stays, whatever its own group could do without', () => {
    const group = (id: string, ...rules: string[]) =>
      policyOf(rules, { id, evaluation: 'any-permit', direction: 'in', interfaceBound: true, attachments: ['eni-1'] });
    const policies = [group('x', 'permit tcp 10.0.0.0/8 -> any 22'), group('y', ...MUTUAL)];
    const layer = { policies: ['x', 'y'], exceptRemote: [] };
    const planned = planOf(policies, {}, (finding) => finding, [{ id: 'eni-1', localAddresses: [], in: [layer], out: [], note: '' }]);
    expect(planned.plan.removals.map(({ policy, rule }) => `${policy}/${rule}`)).toEqual(['y/2']);
    expect(planned.plan.notProposed.map(({ policy, rule, reason }) => `${policy}/${rule} ${reason}`)).toEqual([
      'x/1 INVENTORY_BOUND',
      'y/1 INVENTORY_BOUND',
    ]);
    expect(planned.plan.bound).toBe(1);
  });

  test('a finding that the budget did not let prove says so, and not that it needs an inventory', () => {
    const planned = planOf([policyOf(['permit tcp any -> any', 'permit tcp any -> any 22'])], {}, (finding) => ({
      ...finding,
      evidence: { grade: 'I', reasons: ['ANALYSIS_BUDGET'] },
    }));
    expect(why(planned)).toEqual([['2', 'BUDGET']]);
  });

  test('an incomplete audit proposes nothing', () => {
    const planned = planOf([policyOf(MUTUAL)], { complete: false });
    expect(planned.plan).toMatchObject({ removals: [], bound: 0, simplification: [] });
    expect(why(planned)).toEqual([['2', 'INCOMPLETE_INPUT']]);
  });

  test('a decision on file keeps a rule, and what relies on it may go', () => {
    const planned = planOf([policyOf(UNION)], {}, (finding) => (finding.rule === '1' ? { ...finding, status: 'accepted' } : finding));
    expect(removedRules(planned)).toHaveLength(1);
    expect(why(planned)).toContainEqual(['1', 'DECISION_ACCEPTED']);
  });

  test('a question that takes more than its budget is a reason, not a removal', () => {
    const planned = planOf([policyOf(UNION)], { budget: 0 });
    expect(removedRules(planned)).toEqual([]);
    expect(new Set(planned.plan.notProposed.map(({ reason }) => reason))).toEqual(new Set(['BUDGET']));
  });

  test('hits on a rule proven to take none void all proofs of its policy, and of no other', () => {
    const rules = [
      ruleOf('permit tcp 10.0.0.0/8 -> any', { id: 'wide' }),
      ruleOf('permit tcp 10.1.0.0/16 -> any', { id: 'dead', nativeHits: 7, sourceRef: { path: 'fw.csv', line: 3 } }),
      ruleOf('permit tcp 10.0.0.0/8 -> any', { id: 'copy' }),
      ruleOf('permit udp any -> any', { id: 'off', enabled: false }),
    ];
    const planned = planOf([
      policyOf(rules, { id: 'a' }),
      policyOf(
        rules.map((rule) => ({ ...rule, nativeHits: 0 })),
        { id: 'b' },
      ),
    ]);
    expect(planned.plan.removals.map(({ policy, rule }) => `${policy}/${rule}`)).toEqual(['a/off', 'b/off', 'b/copy', 'b/dead']);
    expect(planned.plan.notProposed.map(({ policy, rule, reason }) => `${policy}/${rule} ${reason}`)).toEqual([
      'a/dead PROOFS_VOID',
      'a/copy PROOFS_VOID',
    ]);
    expect(planned.diagnostics).toMatchObject([{ severity: 'warning', code: 'PROOFS_VOID', path: 'fw.csv', line: 3 }]);
    expect(planned.diagnostics[0]?.message).toContain('7 hits on rule dead');
  });

  test('hits on a rule that is redundant only by later ones are what it should have', () => {
    const rules = [
      ruleOf('permit tcp 10.1.0.0/16 -> any', { id: 'narrow', nativeHits: 7 }),
      ruleOf('permit tcp 10.0.0.0/8 -> any', { id: 'wide' }),
    ];
    const planned = planOf([policyOf(rules)]);
    expect([removedRules(planned), planned.diagnostics]).toEqual([['narrow'], []]);
  });
});

describe('merges', () => {
  test('two halves that nothing separates are one rule, listed and counted but not removed', () => {
    const texts = [
      'permit tcp any -> 10.0.0.0/25 80',
      'deny udp any -> any',
      'permit tcp any -> 10.0.0.128/25 80',
      'permit tcp any -> 10.9.0.0/16 80',
    ];
    const planned = planOf([policyOf(texts)]);
    expect(planned.plan.merges).toMatchObject([{ rule: '3', into: '1', field: 'destination', value: '10.0.0.0/24' }]);
    expect(removedRules(planned)).toEqual(['2']);
    expect(planned.plan.simplification).toEqual([{ policy: 'fw', rules: 4, couldBe: 2, removals: 1, merges: 1 }]);
  });

  test('a deny in between that takes part of the later rule keeps them apart', () => {
    const texts = ['permit tcp any -> 10.0.0.0/25 80', 'deny tcp 10.0.0.0/8 -> any', 'permit tcp any -> 10.0.0.128/25 80'];
    expect(planOf([policyOf(texts)]).plan.merges).toEqual([]);
  });

  test('neighbouring ports make a range of any number of rules; blocks make a block only when they are aligned', () => {
    const ports = planOf([
      policyOf(['permit tcp any -> 10.0.0.1 80', 'permit tcp any -> 10.0.0.1 81', 'permit tcp any -> 10.0.0.1 82-90']),
    ]);
    expect(ports.plan.merges.map(({ value }) => value).sort()).toEqual(['80-81', '81-90']);
    expect(ports.plan.simplification).toEqual([{ policy: 'fw', rules: 3, couldBe: 1, removals: 0, merges: 2 }]);
    const blocks = planOf([policyOf(['permit tcp any -> 10.0.0.128/25', 'permit tcp any -> 10.0.1.0/25'])]);
    expect(blocks.plan.merges).toEqual([]);
  });

  test('a merge that a decision refuses, or of a rule that goes, is not listed', () => {
    const texts = ['permit tcp any -> 10.0.0.0/25 80', 'permit tcp any -> 10.0.0.128/25 80'];
    const refuse = planOf([policyOf(texts)], {}, (finding) => ({ ...finding, status: 'accepted' }));
    expect(refuse.plan.merges).toEqual([]);
    const covered = planOf([policyOf([...texts, 'permit tcp any -> 10.0.0.0/24 80'])]);
    expect(covered.plan.merges).toEqual([]);
  });
});
