import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddressRange } from '../../src/model/address.ts';
import { awsDocument, codesOf, group, networkInterface, policyOf, readAws, readAwsContent, ruleAt, tcp } from '../support/aws-documents.ts';

function entry(RuleNumber: number, more: object = {}): object {
  return {
    RuleNumber,
    Protocol: '6',
    RuleAction: 'allow',
    Egress: false,
    CidrBlock: '0.0.0.0/0',
    PortRange: { From: 443, To: 443 },
    ...more,
  };
}

const STAR = { Protocol: '-1', RuleAction: 'deny', PortRange: undefined };

function acl(id: string, entries: readonly object[], more: object = {}): object {
  return {
    NetworkAclId: id,
    VpcId: 'vpc-1',
    OwnerId: '111122223333',
    IsDefault: false,
    Associations: [{ SubnetId: 'subnet-1' }],
    Entries: entries,
    ...more,
  };
}

describe('entries', () => {
  test('the lowest number decides first, whatever the order of the export', () => {
    const entries = [entry(200), entry(100, { RuleAction: 'deny' }), entry(32767, STAR), entry(150), entry(100, { Egress: true })];
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (list) => {
        const result = readAwsContent({ NetworkAcls: [acl('acl-1', list)] });
        const policy = policyOf(result, 'acl-1:in');
        expect(policy).toMatchObject({ evaluation: 'first-match', stateful: false, defaultAction: 'deny', format: 'aws-network-acl' });
        expect(policy.rules.map(({ id, rank, effect }) => [id, rank, effect.verdict])).toEqual([
          ['100', 0, 'deny'],
          ['150', 1, 'permit'],
          ['200', 2, 'permit'],
        ]);
        expect(policyOf(result, 'acl-1:out').rules.map(({ id }) => id)).toEqual(['100']);
        expect(result.documents[0]).toMatchObject({ records: 5, accepted: 5, skippedByReason: {} });
      }),
      { numRuns: 30 },
    );
  });

  test('the entries * are the default of the policy and no rules', () => {
    const result = readAwsContent({
      NetworkAcls: [acl('acl-1', [entry(32767, STAR), entry(32768, { ...STAR, CidrBlock: undefined, Ipv6CidrBlock: '::/0' })])],
    });
    expect(policyOf(result, 'acl-1:in').rules).toEqual([]);
    expect(result.documents[0]).toMatchObject({ records: 2, accepted: 2 });
  });

  test.each([
    ['TCP with its ports', { Protocol: '6', PortRange: { From: 1024, To: 65535 } }, 'tcp/1024-65535'],
    ['UDP without ports is all of UDP', { Protocol: '17', PortRange: null }, 'udp/any'],
    ['-1 ignores ports', { Protocol: '-1', PortRange: { From: 22, To: 22 } }, 'any'],
    ['another protocol ignores ports', { Protocol: '47', PortRange: { From: 22, To: 22 } }, 'gre/any'],
    ['ICMP has type and code', { Protocol: '1', PortRange: undefined, IcmpTypeCode: { Type: 3, Code: 4 } }, 'icmp/3/4'],
    ['-1 is any type and any code', { Protocol: '1', PortRange: undefined, IcmpTypeCode: { Type: -1, Code: -1 } }, 'icmp/any'],
    [
      'ICMPv6',
      { Protocol: '58', CidrBlock: undefined, Ipv6CidrBlock: '::/0', PortRange: undefined, IcmpTypeCode: { Type: 128, Code: -1 } },
      'icmpv6/128',
    ],
  ])('%s', (_, more, service) => {
    expect(ruleAt(readAwsContent({ NetworkAcls: [acl('acl-1', [entry(100, more)])] }), 'acl-1:in/100').written.services).toEqual([service]);
  });

  test('IPv4 and IPv6 entries are different families', () => {
    const result = readAwsContent({ NetworkAcls: [acl('acl-1', [entry(100), entry(101, { CidrBlock: null, Ipv6CidrBlock: '::/0' })])] });
    expect(policyOf(result, 'acl-1:in').rules.map(({ match }) => match.products.map(({ family }) => family))).toEqual([[4], [6]]);
  });

  test('outgoing entries match the destination', () => {
    const rule = ruleAt(
      readAwsContent({ NetworkAcls: [acl('acl-1', [entry(100, { Egress: true, CidrBlock: '10.0.0.0/8' })])] }),
      'acl-1:out/100',
    );
    expect(rule.match.products.map(({ destination }) => destination.ranges.map(formatAddressRange))).toEqual([['10.0.0.0/8']]);
    expect(rule.asWritten).toBe('100 allow out tcp/443 to 10.0.0.0/8');
    expect(rule.native).toMatchObject({
      networkAclId: 'acl-1',
      direction: 'out',
      ruleNumber: 100,
      entry: { RuleNumber: 100, Egress: true },
    });
  });

  test.each([
    ['a port range upside down', { PortRange: { From: 443, To: 80 } }],
    ['an entry without an address', { CidrBlock: undefined }],
    ['an action that is neither', { RuleAction: 'maybe' }],
    ['half a port range', { PortRange: { From: 443 } }],
    ['a number that is none', { RuleNumber: 'first' }],
  ])('%s makes the entry not evaluable and keeps it', (_, more) => {
    const result = readAwsContent({ NetworkAcls: [acl('acl-1', [entry(100, more), entry(200)])] });
    expect(policyOf(result, 'acl-1:in').rules.map(({ evaluable }) => evaluable)).toEqual(['no', 'full']);
    expect(codesOf(result)).toContain('RULE_UNREADABLE');
    expect(result.documents[0]).toMatchObject({ records: 2, accepted: 2 });
  });
});

describe('attachments', () => {
  const subnets = [
    { SubnetId: 'subnet-1', VpcId: 'vpc-1', CidrBlock: '10.0.1.0/24', AvailabilityZone: 'eu-west-1a' },
    { SubnetId: 'subnet-2', VpcId: 'vpc-1', CidrBlock: '10.0.2.0/24' },
  ];

  test('incoming packets meet the ACL of the subnet first, outgoing ones the groups first', () => {
    const result = readAwsContent({
      NetworkAcls: [acl('acl-1', [])],
      SecurityGroups: [group('sg-b', []), group('sg-a', [])],
      Subnets: subnets,
      NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', ['sg-b', 'sg-a'])],
    });
    const [attachment] = result.attachments;
    expect(attachment?.in.map(({ policies }) => policies)).toEqual([['acl-1:in'], ['sg-a:in', 'sg-b:in']]);
    expect(attachment?.out.map(({ policies }) => policies)).toEqual([['sg-a:out', 'sg-b:out'], ['acl-1:out']]);
    expect(attachment?.in[0]?.exceptRemote.map(formatAddressRange)).toEqual(['10.0.1.0/24']);
    expect(attachment?.localAddresses.map(formatAddressRange)).toEqual(['10.0.1.5']);
    expect(policyOf(result, 'acl-1:in').attachments).toEqual(['eni-1']);
    expect(policyOf(result, 'sg-a:out').attachments).toEqual(['eni-1']);
  });

  test('a subnet that no ACL names has the default ACL of its VPC', () => {
    const result = readAwsContent({
      NetworkAcls: [
        acl('acl-1', []),
        acl('acl-default', [], { IsDefault: true, Associations: [] }),
        acl('acl-other', [], { IsDefault: true, VpcId: 'vpc-2', Associations: [] }),
      ],
      Subnets: subnets,
      NetworkInterfaces: [networkInterface('eni-2', '10.0.2.5', [], { SubnetId: 'subnet-2' })],
    });
    expect(result.attachments[0]?.in.map(({ policies }) => policies)).toEqual([['acl-default:in']]);
  });

  test('T-07: a NAT gateway has no group layer', () => {
    const result = readAwsContent({
      NetworkAcls: [acl('acl-1', [])],
      NetworkInterfaces: [networkInterface('eni-nat', '10.0.1.220', [], { InterfaceType: 'nat_gateway' })],
    });
    expect(result.attachments[0]).toMatchObject({ note: 'nat_gateway', in: [{ policies: ['acl-1:in'], exceptRemote: [] }] });
  });

  test('an ACL that serves no subnet is proven idle; one whose subnets hold no interface is not', () => {
    const result = readAwsContent({
      NetworkAcls: [
        acl('acl-idle', [], { Associations: [] }),
        acl('acl-empty', [], { Associations: [{ SubnetId: 'subnet-9' }] }),
        acl('acl-1', []),
      ],
      Subnets: subnets,
      NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', [])],
    });
    expect(policyOf(result, 'acl-idle:in').attachments).toEqual([]);
    expect(policyOf(result, 'acl-empty:in').attachments).toBeNull();
    expect(codesOf(result)).toContain('ATTACHMENT_UNKNOWN');
  });

  test('a group that no interface carries is unattached, if the interfaces of its VPC were exported', () => {
    const groups = { SecurityGroups: [group('sg-1', []), { ...group('sg-far', []), VpcId: 'vpc-2' }] };
    const result = readAwsContent({ ...groups, NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', [])] });
    expect(policyOf(result, 'sg-1:in').attachments).toEqual([]);
    expect(policyOf(result, 'sg-far:in').attachments).toBeNull();
  });

  test('a VPC without interfaces is known when its subnets lie in a region whose interfaces were exported', () => {
    const result = readAwsContent({
      SecurityGroups: [{ ...group('sg-far', []), VpcId: 'vpc-2' }],
      Subnets: [{ SubnetId: 'subnet-9', VpcId: 'vpc-2', CidrBlock: '10.9.0.0/24', AvailabilityZone: 'eu-west-1c' }],
      NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', [], { AvailabilityZone: 'eu-west-1a' })],
    });
    expect(policyOf(result, 'sg-far:in').attachments).toEqual([]);
  });

  test('instances alone prove no group unattached, because balancers and databases have interfaces too', () => {
    const instance = {
      InstanceId: 'i-1',
      InstanceType: 't3.nano',
      VpcId: 'vpc-1',
      SubnetId: 'subnet-1',
      NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', ['sg-1'])],
    };
    const result = readAwsContent({
      SecurityGroups: [group('sg-1', []), group('sg-2', [])],
      Reservations: [{ ReservationId: 'r-1', Instances: [instance] }],
    });
    expect(result.hasInventory).toBe(true);
    expect(policyOf(result, 'sg-1:in').attachments).toEqual(['eni-1']);
    expect(policyOf(result, 'sg-2:in').attachments).toBeNull();
  });

  test('without an inventory nobody knows the attachments', () => {
    const result = readAwsContent({ SecurityGroups: [group('sg-1', [tcp(22, '10.0.0.0/8')])] });
    expect(result.hasInventory).toBe(false);
    expect(policyOf(result, 'sg-1:in').attachments).toBeNull();
  });

  test('a group that an interface carries and no export holds might permit anything', () => {
    const result = readAwsContent({
      SecurityGroups: [group('sg-1', [])],
      NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', ['sg-1', 'sg-lost'])],
    });
    expect(ruleAt(result, 'sg-lost:in/not-exported')).toMatchObject({
      evaluable: 'no',
      effect: { verdict: 'permit' },
      unresolvedReferences: ['sg-lost'],
    });
    expect(policyOf(result, 'sg-lost:in')).toMatchObject({ name: 'name of sg-lost', attachments: ['eni-1'] });
    expect(codesOf(result)).toContain('GROUP_NOT_EXPORTED');
    const inventoryOnly = readAwsContent({ NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', ['sg-lost'])] });
    expect(inventoryOnly.policies).toEqual([]);
    expect(inventoryOnly.documents[0]?.role).toBe('inventory');
  });
});

describe('traffic that no flow log holds', () => {
  test('T-38: DNS to the resolver of the VPC, metadata, time, DHCP and the routers', () => {
    const result = readAws(
      awsDocument({
        SecurityGroups: [group('sg-1', [])],
        Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }],
        Subnets: [{ SubnetId: 'subnet-1', VpcId: 'vpc-1', CidrBlock: '10.0.4.0/24' }],
      }),
    );
    const out = policyOf(result, 'sg-1:out').unlogged.map(({ destination, services }) => [
      destination.ranges.map(formatAddressRange).join(),
      services.map((service) => `${service.protocolFirst}:${service.destinationPort?.first ?? 'any'}`).join(),
    ]);
    expect(out).toEqual([
      ['10.0.0.2', '17:53,6:53'],
      ['169.254.169.253', '17:53,6:53'],
      ['fd00:ec2::253', '17:53,6:53'],
      ['169.254.169.254', '0:any'],
      ['fd00:ec2::254', '0:any'],
      ['169.254.169.123', '17:123'],
      ['fd00:ec2::123', '17:123'],
      ['0.0.0.0/0', '17:67'],
      ['10.0.0.1', '0:any'],
      ['10.0.4.1', '0:any'],
    ]);
    expect(policyOf(result, 'sg-1:in').unlogged[0]?.source.ranges.map(formatAddressRange)).toEqual(['10.0.0.2']);
  });
});
