import { describe, expect, test } from 'vitest';
import { findSubject } from '../../../src/core/explain/find-subject.ts';
import { formatRuleRef } from '../../../src/model/rule.ts';
import { auditResultFixture } from '../../support/audit-result-fixture.ts';

const result = auditResultFixture();

describe('the subject of an explanation', () => {
  test('every rule, and the default of every policy, is found by POLICY/RULE', () => {
    for (const policy of result.policies) {
      for (const rule of [...policy.rules.map(({ id }) => id), 'default']) {
        const ref = { policy: policy.id, rule };
        expect(findSubject(result, formatRuleRef(ref))).toMatchObject({ kind: 'rule', ref });
      }
    }
  });

  test('every finding is found by its id, in any case', () => {
    for (const { id } of result.findings) {
      for (const text of [id, id.toUpperCase(), ` ${id} `])
        expect(findSubject(result, text)).toMatchObject({ kind: 'finding', finding: { id } });
    }
  });

  test('a rule id alone names a rule where no other policy has it', () => {
    const ids = result.policies.flatMap(({ rules }) => rules.map(({ id }) => id));
    for (const id of new Set(ids)) {
      const count = ids.filter((each) => each === id).length;
      expect(findSubject(result, id)).toMatchObject(count === 1 ? { kind: 'rule', ref: { rule: id } } : { kind: 'unclear', count });
    }
  });

  test('what is none of them is answered with the nearest names', () => {
    const { id } = result.policies[0] ?? { id: '' };
    const rule = result.policies[0]?.rules[0]?.id ?? '';
    expect(findSubject(result, `${id}/${rule}x`)).toMatchObject({
      kind: 'unclear',
      count: 0,
      nearest: expect.arrayContaining([`${id}/${rule}`]),
    });
    expect(findSubject(result, 'nothing of the kind at all')).toEqual({ kind: 'unclear', count: 0, nearest: [] });
  });
});
