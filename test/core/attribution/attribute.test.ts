import { describe, expect, test } from 'vitest';
import { type AddressRange, parseAddressRange } from '../../../src/model/address.ts';
import { REVERSE_ACCEPTED } from '../../../src/model/flow.ts';
import type { Attachment, Policy } from '../../../src/model/policy.ts';
import { PRESENCE_UNKNOWN } from '../../../src/model/rule.ts';
import { attribute } from '../../support/attribute-conversations.ts';
import { DAY } from '../../support/conversations.ts';
import { policyOf, ruleBaseOf, ruleOf } from '../../support/policies.ts';

/** In force since long before any flow, so that elimination may count as certain. */
const DATED = { snapshots: [0] };
const BOUND = { interfaceBound: true, attachments: ['eni-1'] };

describe('an ordered policy that sees every flow', () => {
  const rules = ['permit tcp 10.0.0.0/8 -> any 443', 'deny tcp any -> any 443', 'permit any any -> any'];

  test('the first rule that matches an accepted connection is credited, and no later one', () => {
    const seen = attribute(ruleBaseOf([policyOf(rules)]), [{ flow: 'eni-1 - tcp 10.0.0.1:5000 -> 192.0.2.1:443', answered: true }]);
    expect([seen.hits('fw/1'), seen.hits('fw/2'), seen.hits('fw/3'), seen.hits('fw/default')]).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(seen.of('fw/1')).toMatchObject({
      answered: 1,
      soleMin: 1,
      soleMax: 1,
      records: 2,
      packets: 9,
      bytes: 900,
      activeDays: 1,
      attachmentsUsed: 1,
    });
  });

  test('a refused connection is credited to the deny rule that decided', () => {
    const seen = attribute(ruleBaseOf([policyOf(rules)]), [{ flow: 'eni-1 - tcp 172.16.0.1:5000 -> 192.0.2.1:443', action: 'reject' }]);
    expect([seen.hits('fw/1'), seen.hits('fw/2'), seen.hits('fw/3')]).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
  });

  test('a flow that the deciding rule contradicts is unexplained, and possible for every rule of the logged action that matches it', () => {
    const seen = attribute(ruleBaseOf([policyOf(rules)]), [{ flow: 'eni-1 - tcp 172.16.0.1:5000 -> 192.0.2.1:443', action: 'accept' }]);
    expect([seen.hits('fw/1'), seen.hits('fw/2'), seen.hits('fw/3')]).toEqual([
      [0, 0],
      [0, 0],
      [0, 1],
    ]);
    expect(seen.totals.unexplained).toBe(1);
    expect(seen.totals.unexplainedFlows[0]).toMatchObject({ flow: 'tcp 172.16.0.1 -> 192.0.2.1:443', connections: 1 });
  });

  test('an earlier rule that might match takes certainty from the one that does', () => {
    const unknown = ruleOf('permit tcp any -> any 443', { match: withUnknown('permit tcp any -> any 443'), evaluable: 'partial' });
    const seen = attribute(ruleBaseOf([policyOf([unknown, 'permit tcp any -> any'])]), [
      { flow: 'eni-1 - tcp 10.0.0.1:5000 -> 192.0.2.1:443' },
    ]);
    expect([seen.hits('fw/1'), seen.hits('fw/2')]).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  test('elimination is certain only when a dated export was in force', () => {
    const unknown = ruleOf('permit tcp any -> any 443', { match: withUnknown('permit tcp any -> any 443'), evaluable: 'partial' });
    const flow = { flow: 'eni-1 - tcp 10.0.0.1:5000 -> 192.0.2.1:443' };
    expect(attribute(ruleBaseOf([policyOf([unknown])]), [flow]).hits('fw/1')).toEqual([0, 1]);
    expect(attribute(ruleBaseOf([policyOf([unknown], DATED)]), [flow]).hits('fw/1')).toEqual([1, 1]);
  });

  test('a record without a verdict adds to possible only', () => {
    const seen = attribute(ruleBaseOf([policyOf(rules)]), [{ flow: 'eni-1 - tcp 10.0.0.1:5000 -> 192.0.2.1:443', action: 'none' }]);
    expect(seen.hits('fw/1')).toEqual([0, 1]);
  });

  test('a rule counts nothing on days before it existed, and only possibly between its first export and the one before', () => {
    const rule = ruleOf('permit tcp any -> any 443', {
      presence: { ...PRESENCE_UNKNOWN, absentAt: DAY * 86_400, knownFrom: (DAY + 2) * 86_400, source: 'export' },
    });
    const seen = attribute(
      ruleBaseOf([policyOf([rule])]),
      [-1, 0, 1, 2, 3].map((offset) => ({ flow: 'eni-1 - tcp 10.0.0.1:5000 -> 192.0.2.1:443', day: DAY + offset })),
    );
    expect(seen.hits('fw/1')).toEqual([2, 4]);
  });
});

describe('groups on one interface', () => {
  const group = (id: string, rules: string[], overrides: Partial<Policy> = {}): Policy =>
    policyOf(rules, { id, evaluation: 'any-permit', direction: id.endsWith(':out') ? 'out' : 'in', ...BOUND, ...overrides });
  const attachment = (layers: { in?: Attachment['in']; out?: Attachment['out'] }): Attachment => ({
    id: 'eni-1',
    localAddresses: [range('10.0.0.5/32')],
    in: layers.in ?? [],
    out: layers.out ?? [],
    note: '',
  });
  const layer = (...policies: string[]) => ({ policies, exceptRemote: [] });

  test('every rule that permits is credited, and none of them is the sole one', () => {
    const base = ruleBaseOf(
      [group('a:in', ['permit tcp 10.0.0.0/8 -> any 443']), group('b:in', ['permit tcp 10.1.0.0/16 -> any 443'])],
      [attachment({ in: [layer('a:in', 'b:in')] })],
    );
    const seen = attribute(base, [{ flow: 'eni-1 in tcp 10.1.2.3:5000 -> 10.0.0.5:443' }]);
    expect([seen.hits('a:in/1'), seen.hits('b:in/1'), seen.of('a:in/1').soleMax, seen.of('b:in/1').soleMax]).toEqual([
      [1, 1],
      [1, 1],
      0,
      0,
    ]);
    expect(seen.conservation).toEqual([
      expect.objectContaining({ attachment: 'eni-1', direction: 'in', connections: 1, sole: 0, shared: 1 }),
    ]);
  });

  test('a reply touches no rule of the other direction', () => {
    const base = ruleBaseOf(
      [group('s:in', ['permit tcp any -> any 443']), group('s:out', ['permit tcp any -> any 1024-65535'])],
      [attachment({ in: [layer('s:in')], out: [layer('s:out')] })],
    );
    const seen = attribute(base, [{ flow: 'eni-1 in tcp 198.51.100.7:43416 -> 10.0.0.5:443', answered: true }]);
    expect([seen.hits('s:in/1'), seen.hits('s:out/1')]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  test('who opened is read from the rules when nothing else tells, and is certain only with a dated export', () => {
    const base = (overrides: Partial<Policy>) =>
      ruleBaseOf(
        [group('s:in', ['permit tcp any -> any 443'], overrides), group('s:out', ['permit tcp any -> any 5432'], overrides)],
        [attachment({ in: [layer('s:in')], out: [layer('s:out')] })],
      );
    const flow = { flow: 'eni-1 in tcp 198.51.100.7:43416 -> 10.0.0.5:443', opener: 'unknown' as const, answered: true };
    expect(attribute(base({}), [flow]).hits('s:in/1')).toEqual([0, 1]);
    expect(attribute(base(DATED), [flow]).hits('s:in/1')).toEqual([1, 1]);
  });

  test('with both openers admissible both directions stay possible', () => {
    const base = ruleBaseOf(
      [group('s:in', ['permit any any -> any'], DATED), group('s:out', ['permit any any -> any'], DATED)],
      [attachment({ in: [layer('s:in')], out: [layer('s:out')] })],
    );
    const seen = attribute(base, [{ flow: 'eni-1 in icmp 198.51.100.7 -> 10.0.0.5', opener: 'unknown', answered: true }]);
    expect([seen.hits('s:in/1'), seen.hits('s:out/1')]).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  test('only the reply was logged: the rule that admitted the opener stays possible', () => {
    const base = ruleBaseOf([group('s:in', ['permit tcp any -> any 443'])], [attachment({ in: [layer('s:in')] })]);
    const seen = attribute(base, [{ flow: 'eni-1 in tcp 198.51.100.7:43416 -> 10.0.0.5:443', request: false }]);
    expect(seen.hits('s:in/1')).toEqual([0, 1]);
  });

  describe('behind a network ACL', () => {
    const acl = (rules: string[]): Policy => policyOf(rules, { id: 'acl:in', stateful: false, direction: 'in', ...BOUND });
    const behind = (aclRules: string[], groupRules: string[], exceptRemote: AddressRange[] = []) =>
      ruleBaseOf([acl(aclRules), group('s:in', groupRules)], [attachment({ in: [{ policies: ['acl:in'], exceptRemote }, layer('s:in')] })]);
    const refused = { flow: 'eni-1 in tcp 10.9.1.1:5000 -> 10.0.0.5:22', action: 'reject' as const };

    test('what the group permits and the ACL denies was refused by the ACL', () => {
      const seen = attribute(behind(['deny tcp 10.9.0.0/16 -> any 22', 'permit any any -> any'], ['permit tcp 10.0.0.0/8 -> any 22']), [
        refused,
      ]);
      expect([seen.hits('acl:in/1'), seen.hits('acl:in/2'), seen.hits('s:in/1'), seen.hits('s:in/default')]).toEqual([
        [1, 1],
        [0, 0],
        [0, 0],
        [0, 0],
      ]);
      expect(seen.conservation).toContainEqual(expect.objectContaining({ policies: ['s:in'], decidedElsewhere: 1, connections: 0 }));
    });

    test('what both could have refused stays possible for both', () => {
      const seen = attribute(behind(['deny any any -> any'], ['permit tcp 10.0.0.0/8 -> any 443']), [refused]);
      expect([seen.hits('acl:in/1'), seen.hits('s:in/default')]).toEqual([
        [0, 1],
        [0, 1],
      ]);
    });

    test('what neither refuses contradicts the rules', () => {
      const seen = attribute(behind(['permit any any -> any', 'deny any any -> any'], ['permit tcp 10.0.0.0/8 -> any 22']), [refused]);
      expect(seen.totals.unexplained).toBe(2);
      expect([seen.hits('acl:in/1'), seen.hits('acl:in/2'), seen.hits('s:in/default')]).toEqual([
        [0, 0],
        [0, 1],
        [0, 1],
      ]);
    });

    test('a refused reply was refused by the ACL, whatever the group says', () => {
      const seen = attribute(behind(['deny any any -> any'], ['permit tcp 10.0.0.0/8 -> any 443']), [
        { ...refused, opener: 'unknown', flags: REVERSE_ACCEPTED },
      ]);
      expect([seen.hits('acl:in/1'), seen.hits('s:in/default')]).toEqual([
        [1, 1],
        [0, 0],
      ]);
    });

    test('traffic inside the subnet never meets the ACL', () => {
      const seen = attribute(behind(['deny any any -> any'], ['permit tcp 10.0.0.0/8 -> any 22'], [range('10.9.0.0/16')]), [
        { ...refused, action: 'accept' },
      ]);
      expect([seen.hits('acl:in/1'), seen.hits('s:in/1')]).toEqual([
        [0, 0],
        [1, 1],
      ]);
    });

    test('replies are credited to the ACL entry they pass, and marked as replies', () => {
      const base = ruleBaseOf(
        [policyOf(['permit tcp any -> any 1024-65535'], { id: 'acl:out', stateful: false, direction: 'out', ...BOUND })],
        [attachment({ out: [layer('acl:out')] })],
      );
      const seen = attribute(base, [{ flow: 'eni-1 in tcp 198.51.100.7:43416 -> 10.0.0.5:443', answered: true }]);
      expect(seen.of('acl:out/1')).toMatchObject({ certain: 1, asResponse: 1 });
    });
  });

  test('a rule that only an older export holds explains early flows and takes them from nobody else', () => {
    const retired = ruleOf('permit tcp any -> any 443', { id: 'old', presence: { ...PRESENCE_UNKNOWN, retiredAt: (DAY + 1) * 86_400 } });
    const base = ruleBaseOf(
      [group('s:in', ['permit tcp any -> any 22'], { retiredRules: [retired] })],
      [attachment({ in: [layer('s:in')] })],
    );
    const flow = 'eni-1 in tcp 198.51.100.7:43416 -> 10.0.0.5:443';
    const seen = attribute(base, [{ flow }, { flow, day: DAY + 1 }]);
    // Established connections outlive the rule that admitted them, so the day after is no contradiction either.
    expect([seen.totals.unexplained, seen.hits('s:in/1')]).toEqual([0, [0, 0]]);
    expect(seen.conservation[0]).toMatchObject({ earlierRules: 2, connections: 0 });
  });
});

function range(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.range;
}

function withUnknown(text: string) {
  return { products: ruleOf(text).match.products.map((product) => ({ ...product, unknowns: ['app=web'] })) };
}
