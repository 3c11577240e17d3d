import { describe, expect, test } from 'vitest';
import { findChangedRules } from '../../../src/core/ask/changed-rules.ts';
import { canonicalRule } from '../../../src/core/findings/rule-content.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { randomPair } from '../../support/ask/diff-oracle.ts';
import { policyOf, ruleOf } from '../../support/policies.ts';

const WEB = 'permit tcp any -> 10.0.0.1 443';
const SSH = 'permit tcp any -> 10.0.0.2 22';
const DNS = 'permit udp any -> 10.0.0.3 53';

describe('how the rules of a policy changed', () => {
  test('nothing, where they are the same', () => {
    expect(changes([WEB, SSH], [WEB, SSH])).toEqual([]);
  });

  test('a rule is added and a rule is removed where it stood', () => {
    expect(changes(named('a', WEB, 'b', SSH), named('a', WEB, 'c', DNS, 'b', SSH))).toEqual(['added c']);
    expect(changes(named('a', WEB, 'c', DNS, 'b', SSH), named('a', WEB, 'b', SSH))).toEqual(['removed c']);
    expect(changes(named('x', DNS, 'a', WEB), named('a', WEB, 'y', SSH))).toEqual(['removed x', 'added y']);
  });

  test('the same id with another content is edited', () => {
    expect(changes(named('a', WEB, 'b', SSH), named('a', WEB, 'b', DNS))).toEqual(['edited b to b']);
  });

  test('the same content elsewhere in the list moved; another name is a rename, not another rule', () => {
    expect(changes(named('a', WEB, 'b', SSH, 'c', DNS), named('c', DNS, 'a', WEB, 'b', SSH))).toEqual(['moved c to c']);
    expect(changes(named('a', WEB), named('z', WEB))).toEqual(['renamed a to z']);
  });

  test('numbers that shift when a rule is put in front are renames', () => {
    expect(changes([WEB, SSH], [DNS, WEB, SSH])).toEqual(['added 1', 'renamed 1 to 2', 'renamed 2 to 3']);
  });

  test('no rule moves where order means nothing', () => {
    const before = policyOf(named('a', WEB, 'b', SSH), { evaluation: 'any-permit' });
    const after = policyOf(named('b', SSH, 'a', WEB), { evaluation: 'any-permit' });
    expect(texts(before, after)).toEqual([]);
    expect(texts(before, { ...after, evaluation: 'first-match' })).not.toEqual([]);
  });

  test('of two copies one goes and one stays', () => {
    expect(changes(named('a', WEB, 'b', WEB), named('a', WEB))).toEqual(['removed b']);
  });

  test('a switched-off rule is an edited one, a description a renamed one', () => {
    const rule = ruleOf(WEB, { id: 'a' });
    expect(changes([rule], [{ ...rule, enabled: false }])).toEqual(['edited a to a']);
    expect(changes([rule], [{ ...rule, description: 'web' }])).toEqual(['renamed a to a']);
  });
});

test('every rule is in one change at most, and what is in none stands on both sides in the same words and the same order', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { before, after } = randomPair(seed);
    if (before === null || after === null) continue;
    const found = findChangedRules(before, after);
    const [old, now] = (['before', 'after'] as const).map((side) => found.flatMap((change) => change[side] ?? []));
    expect(new Set(old).size + new Set(now).size).toBe((old?.length ?? 0) + (now?.length ?? 0));
    const rest = (rules: readonly Rule[], changed: readonly Rule[] | undefined): string[] =>
      rules.filter((rule) => changed?.includes(rule) !== true).map((rule) => `${rule.id} ${rule.description} ${canonicalRule(rule)}`);
    const sides = [rest(before.rules, old), rest(after.rules, now)];
    if (before.evaluation === 'any-permit' && after.evaluation === 'any-permit') for (const side of sides) side.sort();
    expect(sides[0]).toEqual(sides[1]);
    for (const { change, before: was, after: is } of found) {
      if (was === null || is === null) continue;
      expect(canonicalRule(was) === canonicalRule(is), `${seed} ${change} ${was.id}`).toBe(change !== 'edited');
      if (change === 'edited') expect(was.id).toBe(is.id);
    }
  }
});

/** Rules with ids: `a`, text, `b`, text. */
function named(...parts: readonly string[]): Rule[] {
  return parts.flatMap((text, i) => (i % 2 === 0 ? [] : [ruleOf(text, { id: parts[i - 1] ?? '' })]));
}

function changes(before: readonly (string | Rule)[], after: readonly (string | Rule)[]): string[] {
  return texts(policyOf(before), policyOf(after));
}

function texts(before: Policy, after: Policy): string[] {
  return findChangedRules(before, after).map(({ change, before: was, after: is }) =>
    was !== null && is !== null ? `${change} ${was.id} to ${is.id}` : `${change} ${was?.id ?? is?.id}`,
  );
}
