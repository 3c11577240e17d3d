import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddressRange } from '../../src/model/address.ts';
import type { Rule } from '../../src/model/rule.ts';
import { awsDocument, codesOf, group, networkInterface, policyOf, readAws, readAwsContent, ruleAt, tcp } from '../support/aws-documents.ts';

describe('permissions', () => {
  test('one rule per permission and peer, one policy per direction', () => {
    const permission = {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'office' }, { CidrIp: '192.0.2.0/24' }],
      Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
      PrefixListIds: [{ PrefixListId: 'pl-1' }],
      UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '111122223333' }],
    };
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [permission], [tcp(25, '0.0.0.0/0')])] });
    expect(result.policies.map(({ id }) => id)).toEqual(['sg-1:in', 'sg-1:out']);
    const policy = policyOf(result, 'sg-1:in');
    expect(policy).toMatchObject({
      evaluation: 'any-permit',
      stateful: true,
      defaultAction: 'deny',
      interfaceBound: true,
      format: 'aws-security-group',
      direction: 'in',
    });
    expect(policy.rules.map(({ id, asWritten }) => `${id}: ${asWritten}`)).toEqual([
      '1: in tcp/443 from 10.0.0.0/8',
      '2: in tcp/443 from 192.0.2.0/24',
      '3: in tcp/443 from 2001:db8::/32',
      '4: in tcp/443 from pl-1',
      '5: in tcp/443 from sg-2',
    ]);
    expect(policy.rules[0]?.description).toBe('office');
    expect(policyOf(result, 'sg-1:out').rules.map(({ asWritten }) => asWritten)).toEqual(['out tcp/25 to 0.0.0.0/0']);
    expect(result.documents).toEqual([{ path: 'export.json', role: 'rules', at: null, records: 6, accepted: 6, skippedByReason: {} }]);
  });

  test('what a change emitter needs is the one peer as exported, with its description', () => {
    const permission = {
      IpProtocol: '6',
      FromPort: 22,
      ToPort: 22,
      IpRanges: [
        { CidrIp: '10.0.0.0/8', Description: 'jump' },
        { CidrIp: '10.9.0.0/16', Description: null },
      ],
    };
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [permission])] });
    expect(ruleAt(result, 'sg-1:in/1').native).toEqual({
      groupId: 'sg-1',
      direction: 'in',
      ipPermission: { IpProtocol: '6', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'jump' }] },
    });
    expect(ruleAt(result, 'sg-1:in/2').native['ipPermission']).toEqual({
      IpProtocol: '6',
      FromPort: 22,
      ToPort: 22,
      IpRanges: [{ CidrIp: '10.9.0.0/16' }],
    });
  });

  test.each([
    ['a protocol number is the same as its name', { IpProtocol: '6', FromPort: 80, ToPort: 80 }, 'tcp/80'],
    ['-1 is every protocol, whatever the ports say', { IpProtocol: '-1', FromPort: 22, ToPort: 22 }, 'any'],
    ['-1 without ports', { IpProtocol: '-1' }, 'any'],
    ['-1 with ports that are null', { IpProtocol: '-1', FromPort: null, ToPort: null }, 'any'],
    ['missing ports are all ports', { IpProtocol: 'udp' }, 'udp/any'],
    ['ports of -1 are all ports', { IpProtocol: 'udp', FromPort: -1, ToPort: -1 }, 'udp/any'],
    ['a protocol without ports ignores them', { IpProtocol: '50', FromPort: 22, ToPort: 22 }, 'esp/any'],
    [
      'even one that has ports elsewhere: EC2 knows ports for TCP and UDP only',
      { IpProtocol: '132', FromPort: 22, ToPort: 22 },
      'sctp/any',
    ],
    ['ICMP has type and code, not a range: 8 to 0 is echo', { IpProtocol: 'icmp', FromPort: 8, ToPort: 0 }, 'icmp/8/0'],
    ['T-04: 3 to 4 is fragmentation needed, not types 3 and 4', { IpProtocol: 'icmp', FromPort: 3, ToPort: 4 }, 'icmp/3/4'],
    ['-1 is any code', { IpProtocol: 'icmp', FromPort: 3, ToPort: -1 }, 'icmp/3'],
    ['-1 is any type', { IpProtocol: '1', FromPort: -1, ToPort: -1 }, 'icmp/any'],
    ['ICMPv6 has types of its own', { IpProtocol: '58', FromPort: 128, ToPort: 0 }, 'icmpv6/128/0'],
  ])('%s', (_, permission, service) => {
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [{ ...permission, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }])] });
    expect(ruleAt(result, 'sg-1:in/1').written.services).toEqual([service]);
    expect(ruleAt(result, 'sg-1:in/1').evaluable).toBe('full');
  });

  test.each([
    [
      'a port range upside down',
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 80 },
      { CidrIp: '0.0.0.0/0' },
      'port range 443-80 is upside down',
    ],
    ['a port above 65535', { IpProtocol: 'tcp', FromPort: 1, ToPort: 70000 }, { CidrIp: '0.0.0.0/0' }, '1-70000 are not between'],
    ['half a range', { IpProtocol: 'tcp', FromPort: 1 }, { CidrIp: '0.0.0.0/0' }, 'only one end'],
    ['a port that is a word', { IpProtocol: 'tcp', FromPort: 'http', ToPort: 'http' }, { CidrIp: '0.0.0.0/0' }, 'no integers'],
    ['a protocol nobody knows', { IpProtocol: 'quic', FromPort: 1, ToPort: 2 }, { CidrIp: '0.0.0.0/0' }, '"quic" is no protocol'],
    ['an ICMP code without a type', { IpProtocol: 'icmp', FromPort: -1, ToPort: 0 }, { CidrIp: '0.0.0.0/0' }, 'without a type'],
    ['an address that is none', { IpProtocol: 'tcp', FromPort: 1, ToPort: 2 }, { CidrIp: '10.0.0.0/33' }, 'prefix length 33'],
    ['a peer without an address', { IpProtocol: 'tcp', FromPort: 1, ToPort: 2 }, { Description: 'x' }, 'without CidrIp'],
  ])('%s makes the rule not evaluable and keeps it', (_, permission, peer, reason) => {
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [{ ...permission, IpRanges: [peer] }, tcp(22, '10.0.0.0/8')])] });
    const rule = ruleAt(result, 'sg-1:in/1');
    expect(rule.evaluable).toBe('no');
    expect(rule.match.products.map(({ family, unknowns }) => [family, unknowns.length])).toEqual([
      [4, 1],
      [6, 1],
    ]);
    expect(result.diagnostics.map(({ message }) => message).join()).toContain(reason);
    expect(result.documents[0]).toMatchObject({ records: 2, accepted: 2 });
  });

  test('two unreadable rules have unknowns of their own', () => {
    const broken = { IpProtocol: 'tcp', FromPort: 9, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '10.0.0.0/8' }] };
    const { rules } = policyOf(readAwsContent({ SecurityGroups: [group('sg-1', [broken])] }), 'sg-1:in');
    expect(new Set(rules.flatMap(({ match }) => match.products.flatMap(({ unknowns }) => unknowns))).size).toBe(2);
  });

  test('a peer of a kind that is not known yet is kept as a rule that cannot be evaluated', () => {
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [{ IpProtocol: '-1', DomainNames: [{ Name: 'example.com' }] }])] });
    expect(ruleAt(result, 'sg-1:in/1').evaluable).toBe('no');
    expect(result.diagnostics[0]?.message).toContain('unknown kind "DomainNames"');
  });

  test('bits below the prefix length are ignored with a diagnostic', () => {
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [tcp(22, '10.1.2.3/16')])] });
    expect(ruleAt(result, 'sg-1:in/1').match.products[0]?.source.ranges.map(formatAddressRange)).toEqual(['10.1.0.0/16']);
    expect(codesOf(result)).toContain('HOST_BITS_MASKED');
  });

  test('a rule for every IPv4 address matches no IPv6', () => {
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }])] });
    expect(ruleAt(result, 'sg-1:in/1').match.products.map(({ family }) => family)).toEqual([4]);
  });

  test('incoming rules name the source, outgoing rules the destination', () => {
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [tcp(22, '10.0.0.0/8')], [tcp(22, '10.0.0.0/8')])] });
    const sides = (ref: string) =>
      ruleAt(result, ref).match.products.map(({ source, destination }) =>
        [source, destination].map((side) => side.ranges.map(formatAddressRange).join()),
      );
    expect(sides('sg-1:in/1')).toEqual([['10.0.0.0/8', '0.0.0.0/0']]);
    expect(sides('sg-1:out/1')).toEqual([['0.0.0.0/0', '10.0.0.0/8']]);
  });

  test('a permission without any peer matches nothing, and is counted as skipped', () => {
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 2, IpRanges: [] }])] });
    expect(policyOf(result, 'sg-1:in').rules).toEqual([]);
    expect(result.documents[0]).toMatchObject({ records: 1, accepted: 0, skippedByReason: { NO_PEER: 1 } });
  });

  test('the order of permissions and peers does not change what the rules are', () => {
    const permissions = fc.shuffledSubarray(
      [
        tcp(22, '10.0.0.0/8'),
        tcp(443, '0.0.0.0/0'),
        tcp(53, '192.0.2.0/24'),
        { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-1' }] },
      ],
      { minLength: 4 },
    );
    const contents = (list: readonly object[]) => {
      const { rules } = policyOf(readAwsContent({ SecurityGroups: [group('sg-1', list)] }), 'sg-1:in');
      return rules
        .map(({ id: _, rank: _rank, sourceRef: _ref, match, ...rest }: Rule) =>
          JSON.stringify({ ...rest, match }, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
        )
        .sort();
    };
    const expected = contents([
      tcp(22, '10.0.0.0/8'),
      tcp(443, '0.0.0.0/0'),
      tcp(53, '192.0.2.0/24'),
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-1' }] },
    ]);
    fc.assert(
      fc.property(permissions, (list) => {
        expect(contents(list)).toEqual(expected);
      }),
      { numRuns: 24 },
    );
  });
});

describe('rule ids', () => {
  const record = (id: string, more: object): object => ({
    SecurityGroupRuleId: id,
    GroupId: 'sg-1',
    GroupOwnerId: '111122223333',
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    ...more,
  });
  const groups = awsDocument({
    SecurityGroups: [
      group('sg-1', [
        { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '192.0.2.0/24' }] },
        { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-9', UserId: '1' }] },
      ]),
    ],
  });

  test('describe-security-group-rules gives the rules their ids and tags', () => {
    const rules = awsDocument(
      {
        SecurityGroupRules: [
          record('sgr-c', { IpProtocol: '-1', FromPort: -1, ToPort: -1, ReferencedGroupInfo: { GroupId: 'sg-9', UserId: '1' } }),
          record('sgr-b', { CidrIpv4: '192.0.2.0/24', Tags: [{ Key: 'owner', Value: 'net' }] }),
          record('sgr-a', { CidrIpv4: '10.0.0.0/8' }),
        ],
      },
      'rules.json',
    );
    const result = readAws(groups, rules);
    expect(policyOf(result, 'sg-1:in').rules.map(({ id, asWritten }) => `${id} ${asWritten}`)).toEqual([
      'sgr-a in tcp/22 from 10.0.0.0/8',
      'sgr-b in tcp/22 from 192.0.2.0/24',
      'sgr-c in any from sg-9',
    ]);
    expect(ruleAt(result, 'sg-1:in/sgr-b').native).toMatchObject({ securityGroupRuleId: 'sgr-b', tags: [{ Key: 'owner', Value: 'net' }] });
    expect(result.documents.map(({ records, accepted }) => [records, accepted])).toEqual([
      [3, 3],
      [3, 3],
    ]);
  });

  test('without the groups the rules still make policies', () => {
    const result = readAwsContent({
      SecurityGroupRules: [
        record('sgr-a', { CidrIpv4: '10.0.0.0/8' }),
        record('sgr-e', { IsEgress: true, PrefixListId: 'pl-1', Description: 'to S3' }),
      ],
    });
    expect(ruleAt(result, 'sg-1:in/sgr-a').asWritten).toBe('in tcp/22 from 10.0.0.0/8');
    expect(ruleAt(result, 'sg-1:out/sgr-e').description).toBe('to S3');
    expect(ruleAt(result, 'sg-1:out/sgr-e').native['ipPermission']).toEqual({
      IpProtocol: 'tcp',
      FromPort: 22,
      ToPort: 22,
      PrefixListIds: [{ PrefixListId: 'pl-1', Description: 'to S3' }],
    });
  });

  test('a rule that only the list of rules holds is audited too, with a diagnostic', () => {
    const result = readAws(groups, awsDocument({ SecurityGroupRules: [record('sgr-x', { CidrIpv4: '203.0.113.0/24' })] }, 'rules.json'));
    expect(policyOf(result, 'sg-1:in').rules.map(({ id }) => id)).toEqual(['1', '2', '3', 'sgr-x']);
    expect(codesOf(result)).toContain('EXPORTS_DISAGREE');
  });

  test('the same permission twice gives two rules with ids of their own', () => {
    const result = readAws(
      awsDocument({ SecurityGroups: [group('sg-1', [tcp(22, '10.0.0.0/8'), { ...tcp(22, '10.0.0.0/8'), IpProtocol: '6' }])] }),
      awsDocument({ SecurityGroupRules: [record('sgr-a', { CidrIpv4: '10.0.0.0/8' })] }, 'rules.json'),
    );
    expect(policyOf(result, 'sg-1:in').rules.map(({ id }) => id)).toEqual(['sgr-a', '2']);
  });

  test('a copy of an id gets a number', () => {
    const result = readAwsContent({
      SecurityGroupRules: [record('sgr-a', { CidrIpv4: '10.0.0.0/8' }), record('sgr-a', { CidrIpv4: '10.9.0.0/16' })],
    });
    expect(policyOf(result, 'sg-1:in').rules.map(({ id }) => id)).toEqual(['sgr-a', 'sgr-a#2']);
  });
});

describe('references', () => {
  const refersTo = (id: string, more: object = {}): object => ({
    IpProtocol: 'tcp',
    FromPort: 5432,
    ToPort: 5432,
    UserIdGroupPairs: [{ GroupId: id, UserId: '111122223333', ...more }],
  });
  const members = (rule: Rule, family: 4 | 6) =>
    rule.match.products.find((product) => product.family === family)?.source.membership?.members?.map(formatAddressRange) ?? null;

  test('a group stands for all addresses of the interfaces that carry it', () => {
    const result = readAwsContent({
      SecurityGroups: [group('sg-db', [refersTo('sg-web')]), group('sg-web', [])],
      NetworkInterfaces: [
        networkInterface('eni-1', '10.0.1.10', ['sg-web'], {
          PrivateIpAddresses: [
            { PrivateIpAddress: '10.0.1.10', Primary: true },
            { PrivateIpAddress: '10.0.1.99', Association: { PublicIp: '198.51.100.7' } },
          ],
          Ipv6Addresses: [{ Ipv6Address: '2001:db8::10' }],
          Ipv4Prefixes: [{ Ipv4Prefix: '10.0.7.16/28' }],
        }),
        networkInterface('eni-2', '10.0.1.11', ['sg-db']),
      ],
    });
    const rule = ruleAt(result, 'sg-db:in/1');
    expect(members(rule, 4)).toEqual(['10.0.1.10', '10.0.1.99', '10.0.7.16/28']);
    expect(members(rule, 6)).toEqual(['2001:db8::10']);
    expect(rule).toMatchObject({ evaluable: 'full', unresolvedReferences: [], asWritten: 'in tcp/5432 from name of sg-web (sg-web)' });
    expect(rule.match.products.map(({ source }) => source.membership?.axis)).toEqual(['member of sg-web', 'member of sg-web']);
    expect(rule.match.products[0]?.source.ranges.map(formatAddressRange)).toEqual([
      '10.0.0.0/8',
      '100.64.0.0/10',
      '172.16.0.0/12',
      '192.168.0.0/16',
    ]);
    expect(rule.match.products[1]?.source.ranges.map(formatAddressRange)).toEqual(['2000::/3', 'fc00::/7']);
  });

  test('a group may also hold addresses of the VPC outside the private space', () => {
    const result = readAwsContent({
      SecurityGroups: [group('sg-1', [refersTo('sg-1')])],
      Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '198.18.0.0/16' }],
      NetworkInterfaces: [networkInterface('eni-1', '198.18.0.9', ['sg-1'])],
    });
    expect(ruleAt(result, 'sg-1:in/1').match.products[0]?.source.ranges.map(formatAddressRange)).toContain('198.18.0.0/16');
  });

  test('a group that no interface carries has no members, and is resolved all the same', () => {
    const result = readAwsContent({
      SecurityGroups: [group('sg-db', [refersTo('sg-web')]), group('sg-web', [])],
      NetworkInterfaces: [networkInterface('eni-2', '10.0.1.11', ['sg-db'])],
    });
    expect(members(ruleAt(result, 'sg-db:in/1'), 4)).toEqual([]);
    expect(ruleAt(result, 'sg-db:in/1').evaluable).toBe('full');
  });

  test('without interfaces nobody knows the members', () => {
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [refersTo('sg-1')])] });
    expect(ruleAt(result, 'sg-1:in/1')).toMatchObject({ evaluable: 'partial', unresolvedReferences: ['sg-1'], staleReference: null });
    expect(members(ruleAt(result, 'sg-1:in/1'), 4)).toBeNull();
    expect(codesOf(result)).toContain('UNRESOLVED_REFERENCE');
  });

  test('T-44: a deleted peering is stale, a group of another account is unresolved', () => {
    const result = readAwsContent({
      SecurityGroups: [
        group('s', [
          refersTo('sg-peer', { PeeringStatus: 'deleted', UserId: '999999999999' }),
          refersTo('sg-0other', { PeeringStatus: 'active', UserId: '999999999999' }),
        ]),
      ],
      NetworkInterfaces: [networkInterface('eni-1', '10.0.0.5', ['s'])],
    });
    expect(ruleAt(result, 's:in/1').staleReference).toContain('peering is deleted');
    expect(ruleAt(result, 's:in/1')).toMatchObject({ unresolvedReferences: [], evaluable: 'full' });
    expect(ruleAt(result, 's:in/2')).toMatchObject({ staleReference: null, unresolvedReferences: ['sg-0other'], evaluable: 'partial' });
  });

  test('a group of another account is resolved by the interfaces of that account', () => {
    const result = readAwsContent({
      SecurityGroups: [group('s', [refersTo('sg-far', { UserId: '999999999999' })])],
      NetworkInterfaces: [
        networkInterface('eni-1', '10.0.0.5', ['s']),
        networkInterface('eni-9', '10.99.0.5', ['sg-far'], { OwnerId: '999999999999', VpcId: 'vpc-9' }),
      ],
    });
    expect(members(ruleAt(result, 's:in/1'), 4)).toEqual(['10.99.0.5']);
  });

  test('EC2 itself says which references are stale', () => {
    const stale = {
      StaleSecurityGroupSet: [
        {
          GroupId: 's',
          VpcId: 'vpc-1',
          StaleIpPermissions: [
            {
              IpProtocol: 'tcp',
              FromPort: 5432,
              ToPort: 5432,
              UserIdGroupPairs: [{ GroupId: 'sg-peer', VpcPeeringConnectionId: 'pcx-1', PeeringStatus: 'active' }],
            },
          ],
          StaleIpPermissionsEgress: [],
        },
      ],
    };
    const result = readAws(
      awsDocument({ SecurityGroups: [group('s', [refersTo('sg-peer'), refersTo('sg-else')])] }),
      awsDocument(stale, 'stale.json'),
    );
    expect(ruleAt(result, 's:in/1').staleReference).toContain('pcx-1');
    expect(ruleAt(result, 's:in/2').staleReference).toBeNull();
    expect(result.documents[1]).toMatchObject({ records: 1, accepted: 1, role: 'inventory' });
  });

  test('only the newest list of stale references counts, also when it is empty', () => {
    const stale = (set: readonly object[]) => ({ StaleSecurityGroupSet: set });
    const one = {
      GroupId: 's',
      StaleIpPermissions: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: 'sg-peer' }] }],
    };
    const result = readAws(
      awsDocument({ SecurityGroups: [group('s', [refersTo('sg-peer')])] }),
      awsDocument(stale([one]), 'old.json', '2026-01-01'),
      awsDocument(stale([]), 'new.json', '2026-02-01'),
    );
    expect(ruleAt(result, 's:in/1').staleReference).toBeNull();
    expect(result.documents[1]).toMatchObject({ records: 1, accepted: 0, skippedByReason: { SUPERSEDED_EXPORT: 1 } });
  });

  test('T-51: a prefix list without entries is unknown, one with entries has members', () => {
    const pl = (id: string) => ({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: id }] });
    const content = {
      SecurityGroups: [group('s', [pl('pl-none'), pl('pl-old'), pl('pl-new')])],
      PrefixLists: [{ PrefixListId: 'pl-old', PrefixListName: 's3', Cidrs: ['52.92.0.0/17', '3.5.0.0/19'] }],
      'pl-new': { Entries: [{ Cidr: '2001:db8::/48' }] },
    };
    const result = readAwsContent(content);
    expect(ruleAt(result, 's:in/1')).toMatchObject({ evaluable: 'partial', unresolvedReferences: ['pl-none'] });
    expect(ruleAt(result, 's:in/1').match.products.map(({ family }) => family)).toEqual([4, 6]);
    expect(members(ruleAt(result, 's:in/2'), 4)).toEqual(['3.5.0.0/19', '52.92.0.0/17']);
    expect(ruleAt(result, 's:in/2').match.products.map(({ source }) => source.ranges.map(formatAddressRange))).toEqual([['0.0.0.0/0']]);
    expect(ruleAt(result, 's:in/2').asWritten).toBe('in tcp/443 from s3 (pl-old)');
    expect(ruleAt(result, 's:in/3').match.products.map(({ family }) => family)).toEqual([6]);
    expect(ruleAt(result, 's:in/3').evaluable).toBe('full');
  });

  test('entries without the id of their list are never guessed to belong to the only list', () => {
    const result = readAws(
      awsDocument({ SecurityGroups: [group('s', [{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] }])] }),
      awsDocument(
        { PrefixLists: [{ PrefixListId: 'pl-1', PrefixListName: 'office', AddressFamily: 'IPv4', MaxEntries: 5 }] },
        'lists.json',
      ),
      awsDocument({ Entries: [{ Cidr: '10.0.0.0/8' }] }, 'entries.json'),
    );
    expect(ruleAt(result, 's:in/1')).toMatchObject({ evaluable: 'partial', unresolvedReferences: ['pl-1'] });
    expect(ruleAt(result, 's:in/1').match.products.map(({ family }) => family)).toEqual([4]);
    expect(result.documents[2]).toMatchObject({ records: 1, accepted: 0, skippedByReason: { PREFIX_LIST_ID_UNKNOWN: 1 } });
  });

  test('the id beside the entries names their list', () => {
    const result = readAwsContent([
      { SecurityGroups: [group('s', [{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] }])] },
      { PrefixListId: 'pl-1', Entries: [{ Cidr: '10.0.0.0/8', Description: 'office' }] },
    ]);
    expect(members(ruleAt(result, 's:in/1'), 4)).toEqual(['10.0.0.0/8']);
  });
});
