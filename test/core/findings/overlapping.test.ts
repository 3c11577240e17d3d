import { describe, expect, test } from 'vitest';
import { detectFindings } from '../../../src/core/findings/detect-findings.ts';
import { analyseOrdered, analyseStructure } from '../../../src/core/structure/analyse-structure.ts';
import { rulesToWatch } from '../../../src/core/structure/rules-to-watch.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Policy } from '../../../src/model/policy.ts';
import { attribute } from '../../support/attribute-conversations.ts';
import type { Conversation } from '../../support/conversations.ts';
import { policyOf, ruleBaseOf, underUnknown } from '../../support/policies.ts';
import { HOLE } from '../../support/published-tables.ts';

/** What is found in a list after the given traffic, of the kinds that speak of overlapping rules. */
function findAfter(policy: Policy, conversations: readonly Conversation[]): Finding[] {
  const watched = rulesToWatch([policy], analyseOrdered([policy]));
  const seen = conversations.length === 0 ? null : attribute(ruleBaseOf([policy]), conversations, watched);
  const facts = {
    policy,
    analysis: analyseStructure(policy, () => 0),
    rules: policy.rules.map((rule) => ({ policy, rule, usage: seen?.of(`fw/${rule.id}`) ?? null, graded: null, exposure: null })),
  };
  const context = { policies: [facts], attachments: [], opposed: seen?.opposed ?? new Map(), windowDays: 90, logsShowAnswers: true };
  const kinds = ['broken-intent', 'partly-shadowed', 'generalization', 'correlation'];
  return detectFindings(context)
    .map(({ finding }) => finding)
    .filter(({ kind }) => kinds.includes(kind));
}

function inWords({ rule, kind, coveredBy }: Finding): string {
  return `${rule} ${kind} by ${coveredBy.map((coverer) => coverer.rule).join(' ')}`;
}

const EXCEPTION = ['deny tcp 10.0.0.5 -> any', 'permit tcp 10.0.0.0/24 -> any'];
const CROSSING = ['deny tcp 10.0.0.0/24 -> any 80-100', 'permit tcp 10.0.0.128-10.0.2.255 -> any 80'];

describe('columns', () => {
  test('a rule that holds an exception generalizes it; one that overlaps it in part correlates with it', () => {
    const opposing = (rules: readonly string[]) => analyseStructure(policyOf(rules), () => 0).overlapOf('2')?.opposing;
    expect(opposing(EXCEPTION)).toMatchObject([{ rule: '1', kind: 'generalization' }]);
    expect(opposing(CROSSING)).toMatchObject([{ rule: '1', kind: 'correlation' }]);
  });

  test('a pair of which another rule decides the overlap is none', () => {
    // T-HOLE: rule 2 decides nothing, so rule 3 generalizes nobody.
    expect(analyseStructure(policyOf(HOLE), () => 0).overlapOf('3')).toMatchObject({ relation: 'same', opposing: [] });
  });

  test('an exception under an unknown condition is one, although it surely takes nothing', () => {
    const policy = policyOf([underUnknown('user bob', 'deny tcp 10.0.0.5 -> any'), 'permit tcp 10.0.0.0/24 -> any']);
    const overlap = analyseStructure(policy, () => 0).overlapOf('2');
    expect(overlap?.opposing).toEqual([{ rule: '1', kind: 'generalization', packets: { ipv4: 0n, ipv6: 0n } }]);
  });
});

describe('findings', () => {
  const refused: Conversation = { flow: 'eni-1 - tcp 10.0.0.5:5000 -> 192.0.2.1:443', action: 'reject' };

  test('a small exception is a finding only when traffic met it', () => {
    expect(findAfter(policyOf(EXCEPTION), []).map(inWords)).toEqual([]);
    const used = findAfter(policyOf(EXCEPTION), [refused]);
    expect(used.map(inWords)).toEqual(['2 generalization by 1']);
    expect(used[0]?.explanation).toContain('1 connection inside it was decided the other way');
  });

  test('traffic that the earlier rule decided outside of the overlap does not count', () => {
    const outside: Conversation = { flow: 'eni-1 - tcp 10.0.0.9:5000 -> 192.0.2.1:90', action: 'reject' };
    const inside: Conversation = { flow: 'eni-1 - tcp 10.0.0.200:5000 -> 192.0.2.1:80', action: 'reject' };
    expect(findAfter(policyOf(CROSSING), [outside]).map(inWords)).toEqual([]);
    expect(findAfter(policyOf(CROSSING), [outside, inside]).map(inWords)).toEqual(['2 correlation by 1']);
  });

  test('half of the packets lost is a finding without any traffic', () => {
    const found = findAfter(policyOf(['deny tcp 10.0.0.0/25 -> any', 'permit tcp 10.0.0.0/24 -> any']), []);
    expect(found.map(inWords)).toEqual(['2 partly-shadowed by 1']);
    expect(found[0]).toMatchObject({ relation: 'opposite', coveredBy: [{ share: '0.5' }] });
  });

  test('clean-up rules are there to be overlapped', () => {
    expect(findAfter(policyOf(['permit tcp any -> any 0-40000', 'deny tcp any -> any']), []).map(inWords)).toEqual([]);
    expect(findAfter(policyOf(['deny any 0.0.0.0/1 -> any', 'permit any any -> any']), []).map(inWords)).toEqual([]);
  });

  test('flows that a shadowed permit would have let through are refused, and those that a shadowed deny would have stopped pass', () => {
    const permit = findAfter(policyOf(['deny tcp 10.0.0.0/8 -> any', 'permit tcp 10.0.0.0/24 -> any 443']), [refused]);
    expect(permit).toMatchObject([{ rule: '2', kind: 'broken-intent', severity: 'high', coveredBy: [{ rule: '1' }] }]);
    expect(permit[0]?.explanation).toBe(
      '1 connection that this rule permits was refused, because rule 1 decides first. Either the order is wrong or the rule is.',
    );
    const passing: Conversation = { flow: 'eni-1 - tcp 10.0.0.5:5000 -> 192.0.2.1:23', action: 'accept' };
    const deny = findAfter(policyOf(['permit tcp 10.0.0.0/8 -> any', 'deny tcp any -> any 23', 'deny tcp 10.0.0.0/8 -> any 23']), [
      passing,
    ]);
    expect(deny.map(inWords)).toContainEqual('3 broken-intent by 1');
    expect(deny.find(({ kind }) => kind === 'broken-intent')?.severity).toBe('critical');
  });

  test('flows outside of a shadowed rule, or decided as it says, break no intent', () => {
    const policy = policyOf(['deny tcp 10.0.0.0/8 -> any', 'permit tcp 10.0.0.0/24 -> any 80', 'permit tcp any -> any 443']);
    expect(findAfter(policy, [refused, { flow: 'eni-1 - tcp 11.0.0.5:5000 -> 192.0.2.1:443', action: 'accept' }]).map(inWords)).toEqual([
      '3 correlation by 1',
    ]);
  });
});
