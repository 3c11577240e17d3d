import { describe, expect, test } from 'vitest';
import { SOME_TIME_LATER, traceHistory } from '../../src/ingest/history.ts';
import { formatAddressRange } from '../../src/model/address.ts';
import { awsDocument, codesOf, group, networkInterface, policyOf, readAws, ruleAt, tcp } from '../support/aws-documents.ts';

const [JANUARY, FEBRUARY, MARCH] = ['2026-01-01', '2026-02-01', '2026-03-01'] as const;
const seconds = (date: string): number => Date.parse(date) / 1000;

function exportOf(at: string | null, ...groups: readonly object[]) {
  return awsDocument({ SecurityGroups: groups }, `${at ?? 'undated'}.json`, at);
}

describe('rules through dated exports', () => {
  test('a rule is known since the first export of its unbroken run', () => {
    const result = readAws(
      exportOf(MARCH, group('sg-1', [tcp(22, '10.0.0.0/8'), tcp(443, '0.0.0.0/0')])),
      exportOf(JANUARY, group('sg-1', [tcp(22, '10.0.0.0/8')])),
      exportOf(FEBRUARY, group('sg-1', [tcp(22, '10.0.0.0/8')])),
    );
    expect(ruleAt(result, 'sg-1:in/1').presence).toEqual({
      absentAt: null,
      knownFrom: seconds(JANUARY),
      retiredAt: null,
      source: 'export',
    });
    expect(ruleAt(result, 'sg-1:in/2').presence).toEqual({
      absentAt: seconds(FEBRUARY),
      knownFrom: seconds(MARCH),
      retiredAt: null,
      source: 'export',
    });
    expect(policyOf(result, 'sg-1:in').snapshots).toEqual([JANUARY, FEBRUARY, MARCH].map(seconds));
  });

  test('a rule that only older exports hold explains old flows and appears in no result', () => {
    const result = readAws(
      exportOf(JANUARY, group('sg-1', [tcp(22, '10.0.0.0/8')])),
      exportOf(FEBRUARY, group('sg-1', [tcp(22, '10.0.0.0/8'), tcp(80, '0.0.0.0/0')])),
      exportOf(MARCH, group('sg-1', [tcp(80, '0.0.0.0/0')])),
    );
    const policy = policyOf(result, 'sg-1:in');
    expect(policy.rules.map(({ asWritten }) => asWritten)).toEqual(['in tcp/80 from 0.0.0.0/0']);
    expect(policy.retiredRules.map(({ asWritten, presence }) => [asWritten, presence])).toEqual([
      ['in tcp/22 from 10.0.0.0/8', { absentAt: null, knownFrom: seconds(JANUARY), retiredAt: seconds(MARCH), source: 'export' }],
    ]);
    expect(result.documents.map(({ accepted, skippedByReason }) => [accepted, skippedByReason])).toEqual([
      [0, { SUPERSEDED_EXPORT: 1 }],
      [1, { SUPERSEDED_EXPORT: 1 }],
      [1, {}],
    ]);
  });

  test('the id of a rule that only older exports hold is superseded with it', () => {
    const ids = awsDocument(
      {
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: 'sgr-a',
            GroupId: 'sg-1',
            IsEgress: false,
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            CidrIpv4: '10.0.0.0/8',
          },
        ],
      },
      'ids.json',
      JANUARY,
    );
    const result = readAws(ids, exportOf(JANUARY, group('sg-1', [tcp(22, '10.0.0.0/8')])), exportOf(MARCH, group('sg-1', [])));
    expect(policyOf(result, 'sg-1:in').retiredRules.map(({ nativeId }) => nativeId)).toEqual(['sgr-a']);
    expect(result.documents.map(({ records, skippedByReason }) => [records, skippedByReason])).toEqual([
      [1, { SUPERSEDED_EXPORT: 1 }],
      [1, { SUPERSEDED_EXPORT: 1 }],
      [0, {}],
    ]);
  });

  test('a rule that was away for a while is two rules', () => {
    const versions = [1, 2, 3, null].map((at) => ({ at, items: at === 2 ? [] : ['a'] }));
    const history = traceHistory(versions, (item) => item);
    expect(history.presenceOf('a')).toEqual({ absentAt: 2, knownFrom: 3, retiredAt: null, source: 'export' });
    expect(history.retired).toEqual([{ item: 'a', presence: { absentAt: null, knownFrom: 1, retiredAt: 2, source: 'export' } }]);
  });

  test('what an undated export lacks went at a time that nobody knows', () => {
    const history = traceHistory(
      [
        { at: null, items: ['b'] },
        { at: 5, items: ['a'] },
      ],
      (item) => item,
    );
    expect(history.retired[0]?.presence.retiredAt).toBe(SOME_TIME_LATER);
    expect(history.presenceOf('b')).toEqual({ absentAt: 5, knownFrom: null, retiredAt: null, source: null });
  });

  test('one undated export says nothing about age', () => {
    const result = readAws(exportOf(null, group('sg-1', [tcp(22, '10.0.0.0/8')])));
    expect(ruleAt(result, 'sg-1:in/1').presence).toEqual({ absentAt: null, knownFrom: null, retiredAt: null, source: null });
    expect(policyOf(result, 'sg-1:in').snapshots).toEqual([]);
  });

  test('an undated export beside dated ones is taken as the newest, with a diagnostic', () => {
    const result = readAws(
      exportOf(null, group('sg-1', [tcp(443, '0.0.0.0/0')])),
      exportOf(JANUARY, group('sg-1', [tcp(22, '10.0.0.0/8')])),
    );
    expect(policyOf(result, 'sg-1:in').rules.map(({ asWritten }) => asWritten)).toEqual(['in tcp/443 from 0.0.0.0/0']);
    expect(codesOf(result)).toContain('UNDATED_EXPORT');
  });

  test('another description is the same rule', () => {
    const described = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'new words' }] };
    const result = readAws(exportOf(JANUARY, group('sg-1', [tcp(22, '10.0.0.0/8')])), exportOf(FEBRUARY, group('sg-1', [described])));
    expect(ruleAt(result, 'sg-1:in/1').presence.knownFrom).toBe(seconds(JANUARY));
  });

  test('two undated exports that disagree have to be dated', () => {
    const disagreeing = () =>
      readAws(exportOf(null, group('sg-1', [tcp(22, '10.0.0.0/8')])), awsDocument({ SecurityGroups: [group('sg-1', [])] }, 'other.json'));
    expect(disagreeing).toThrow(
      /^other\.json#\/SecurityGroups\/0: two undated exports state different rules for sg-1, the other one is undated\.json; date them/,
    );
  });

  test('two undated exports that agree are one', () => {
    const result = readAws(
      exportOf(null, group('sg-1', [tcp(22, '10.0.0.0/8')])),
      awsDocument({ SecurityGroups: [group('sg-1', [tcp(22, '10.0.0.0/8')])] }, 'copy.json'),
    );
    expect(policyOf(result, 'sg-1:in').rules.map(({ id }) => id)).toEqual(['1']);
    expect(result.documents.map(({ records, accepted }) => [records, accepted])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  test('a group that a newer export of its VPC lacks is gone', () => {
    const result = readAws(
      exportOf(JANUARY, group('sg-1', []), group('sg-old', [tcp(22, '10.0.0.0/8')])),
      exportOf(FEBRUARY, group('sg-1', [])),
    );
    expect(result.policies.map(({ id }) => id)).toEqual(['sg-1:in', 'sg-1:out']);
    expect(codesOf(result)).toContain('POLICY_RETIRED');
    expect(result.documents[0]).toMatchObject({ records: 1, accepted: 0, skippedByReason: { SUPERSEDED_EXPORT: 1 } });
  });

  test('a group in a VPC that newer exports do not speak about is audited as it was last seen', () => {
    const result = readAws(
      exportOf(JANUARY, { ...group('sg-far', [tcp(22, '10.0.0.0/8')]), VpcId: 'vpc-2' }),
      exportOf(FEBRUARY, group('sg-1', [])),
    );
    expect(ruleAt(result, 'sg-far:in/1').presence.knownFrom).toBe(seconds(JANUARY));
  });

  test('a group that is gone keeps its old rules where an old interface carried it', () => {
    const inventory = awsDocument(
      { NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', ['sg-1']), networkInterface('eni-old', '10.0.1.9', ['sg-old'])] },
      'eni.json',
      JANUARY,
    );
    const result = readAws(
      inventory,
      exportOf(JANUARY, group('sg-1', []), group('sg-old', [tcp(22, '10.0.0.0/8')])),
      exportOf(FEBRUARY, group('sg-1', [])),
    );
    expect(policyOf(result, 'sg-old:in').rules).toEqual([]);
    expect(policyOf(result, 'sg-old:in').retiredRules.map(({ presence }) => presence.retiredAt)).toEqual([seconds(FEBRUARY)]);
  });

  test('entries of a network ACL that are gone keep their place among the others', () => {
    const acl = (at: string, numbers: readonly number[]) =>
      awsDocument(
        {
          NetworkAcls: [
            {
              NetworkAclId: 'acl-1',
              VpcId: 'vpc-1',
              Associations: [],
              Entries: numbers.map((RuleNumber) => ({
                RuleNumber,
                Protocol: '-1',
                RuleAction: 'allow',
                Egress: false,
                CidrBlock: '10.0.0.0/8',
              })),
            },
          ],
        },
        `${at}.json`,
        at,
      );
    const policy = policyOf(readAws(acl(JANUARY, [100, 150, 200]), acl(FEBRUARY, [100, 200])), 'acl-1:in');
    expect(policy.retiredRules.map(({ nativeId, rank }) => [nativeId, rank])).toEqual([['150', 0.5]]);
    expect(policy.rules.map(({ nativeId, rank }) => [nativeId, rank])).toEqual([
      ['100', 0],
      ['200', 1],
    ]);
  });
});

describe('interfaces through dated inventories', () => {
  const inventory = (at: string, ...interfaces: readonly object[]) => awsDocument({ NetworkInterfaces: interfaces }, `eni-${at}.json`, at);
  const rules = exportOf(null, group('sg-1', [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-1' }] }]));

  test('members are those that every inventory holds', () => {
    const result = readAws(
      rules,
      inventory(JANUARY, networkInterface('eni-1', '10.0.1.1', ['sg-1']), networkInterface('eni-2', '10.0.1.2', ['sg-1'])),
      inventory(FEBRUARY, networkInterface('eni-1', '10.0.1.1', ['sg-1']), networkInterface('eni-3', '10.0.1.3', ['sg-1'])),
    );
    expect(ruleAt(result, 'sg-1:in/1').match.products[0]?.source.membership?.members?.map(formatAddressRange)).toEqual(['10.0.1.1']);
  });

  test('an inventory of another VPC takes nobody out', () => {
    const result = readAws(
      rules,
      inventory(JANUARY, networkInterface('eni-1', '10.0.1.1', ['sg-1'])),
      inventory(FEBRUARY, networkInterface('eni-9', '10.9.1.1', [], { VpcId: 'vpc-9' })),
    );
    expect(ruleAt(result, 'sg-1:in/1').match.products[0]?.source.membership?.members?.map(formatAddressRange)).toEqual(['10.0.1.1']);
  });

  test('an interface that is gone stays known for old flows, and is no attachment any more', () => {
    const result = readAws(
      rules,
      inventory(JANUARY, networkInterface('eni-1', '10.0.1.1', ['sg-1'])),
      inventory(FEBRUARY, networkInterface('eni-2', '10.0.1.2', [])),
    );
    expect(result.attachments.map(({ id }) => id)).toEqual(['eni-1', 'eni-2']);
    expect(policyOf(result, 'sg-1:in').attachments).toEqual([]);
  });
});
