import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SourceDocument } from '../../src/ingest/format.ts';
import { awsVpc } from '../../src/ingest/formats/aws/index.ts';
import type { AddressFamily } from '../../src/model/address.ts';
import { parseAddress } from '../../src/model/address.ts';
import type { MatchProduct } from '../../src/model/match.ts';
import type { Policy } from '../../src/model/policy.ts';
import { readAws } from '../support/aws-documents.ts';

const ROOT = 'test/data/aws';
const SETS = [
  'batfish-hybrid',
  'c7n-19sg',
  'c7n-42sg',
  'c7n-diff',
  'c7n-nacl',
  'c7n-perm-expand',
  'c7n-prefix-list',
  'c7n-stale',
  'c7n-unused',
  'c7n-used',
  'cloudmapper-demo',
  'lab-aws-demo/us-east-1',
  'lab-aws-demo/us-west-1',
  'network-firewall',
  'terraform',
];
const SINGLE_FILES = ['np-guard/input_aws_acl_1.json', 'np-guard/input_aws_sg_1.json'];

function documentsOf(set: string): SourceDocument[] {
  const paths = SINGLE_FILES.includes(set)
    ? [`${ROOT}/${set}`]
    : readdirSync(`${ROOT}/${set}`)
        .sort()
        .map((name) => `${ROOT}/${set}/${name}`);
  return paths.map((path) => ({ path, text: readFileSync(path, 'utf8'), at: null }));
}

describe.each([...SETS, ...SINGLE_FILES])('%s', (set) => {
  const documents = documentsOf(set);

  test('is recognised by content, and every record is accepted or skipped with a reason', () => {
    expect(documents.every(({ text }) => awsVpc.sniff(text))).toBe(true);
    const counts = readAws(...documents).documents.map(({ records }) => records);
    expect(counts).toEqual(documents.map(({ text }) => countSlowly(JSON.parse(text))));
  });

  test('adds up, and reading it twice gives the same', () => {
    const first = readAws(...documents);
    for (const { records, accepted, skippedByReason } of first.documents) {
      expect(records).toBe(Object.values(skippedByReason).reduce((sum, count) => sum + count, accepted));
    }
    expect(readAws(...documents)).toEqual(first);
  });

  test('permits and denies what the export says', () => {
    const raw = documents.map(({ text }) => JSON.parse(text) as Json);
    const policies = readAws(...documents).policies.filter(({ rules }) => rules[0]?.id !== 'not-exported');
    for (const policy of policies) {
      const decide = rawDecision(raw, policy);
      fc.assert(
        fc.property(packetNear(policy), (packet) => {
          expect(decideByModel(policy, packet)).toBe(decide(packet));
        }),
        { numRuns: 60, seed: 7 },
      );
    }
  });
});

test('the counts of skipped records are those that a person counted', () => {
  const skipped = (set: string) =>
    readAws(...documentsOf(set))
      .documents.map(({ skippedByReason }) => skippedByReason)
      .filter((reasons) => Object.keys(reasons).length > 0);
  expect(skipped('batfish-hybrid')).toEqual([{ NOT_USED: 5 }]);
  expect(skipped('c7n-prefix-list')).toEqual([{ PREFIX_LIST_ID_UNKNOWN: 1 }]);
  expect(skipped('c7n-stale')).toEqual([{ RULE_NOT_EXPORTED: 1 }]);
  expect(skipped('network-firewall')).toEqual([{ NOT_SUPPORTED: 13 }]);
  expect(skipped('terraform')).toEqual([2, 2, 11, 55, 55, 26].map((count) => ({ NOT_SUPPORTED: count })));
  expect(skipped('np-guard/input_aws_sg_1.json')).toEqual([{ NOT_USED: 2 }]);
});

// ───────────── The slow twin: straight from the JSON, with nothing of src but the reading of one address ─────────────

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Counts by the marks of each kind, wherever they stand. */
function countSlowly(document: Json): number {
  const text = JSON.stringify(document);
  const marks = (pattern: RegExp): number => (text.match(pattern) ?? []).length;
  if (text.includes('"terraform_version"'))
    return isRecord(document) ? lengthOf(document['resource_changes']) || lengthOf(document['resources']) : 0;
  if (text.includes('"firewall_name"')) return lengthOf(document);
  const top = isRecord(document) ? document : {};
  const stale = top['StaleSecurityGroupSet'] !== undefined ? marks(/"PeeringStatus":/g) : 0;
  const groups = top['SecurityGroups'] ?? top['security_groups'];
  const groupText = JSON.stringify(groups ?? []);
  const inGroups = (pattern: RegExp): number => (groupText.match(pattern) ?? []).length;
  // In a group, "GroupId" stands once for itself and once for each pair.
  const pairs = inGroups(/"GroupId":/g) - lengthOf(groups);
  const rules = inGroups(/"CidrIp":/g) + inGroups(/"CidrIpv6":/g) + inGroups(/"PrefixListId":/g) + pairs;
  const lists = [
    'NetworkInterfaces',
    'Subnets',
    'subnets',
    'Vpcs',
    'vpcs',
    'PrefixLists',
    'Entries',
    'RouteTables',
    'LoadBalancers',
    'internet_gateways',
    'instances',
  ];
  const instances = top['Reservations'] === undefined ? 0 : marks(/"ImageId":/g);
  return stale + rules + marks(/"RuleNumber":/g) + instances + lists.reduce((sum, key) => sum + lengthOf(top[key]), 0);
}

function lengthOf(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

interface Packet {
  readonly family: AddressFamily;
  readonly remote: bigint;
  readonly protocol: number;
  readonly port: number;
  readonly type: number;
  readonly code: number;
}

/** Packets around the edges of what the policy's rules mention. */
function packetNear(policy: Policy): fc.Arbitrary<Packet> {
  const products = policy.rules.flatMap(({ match }) => match.products);
  const edges = products.flatMap((product) =>
    remoteOf(policy, product).ranges.flatMap(({ family, first, last }) =>
      [first - 1n, first, last, last + 1n].map((remote) => ({ family, remote })),
    ),
  );
  const inside = edges.filter(({ family, remote }) => remote >= 0n && remote < 1n << (family === 4 ? 32n : 128n));
  const services = products.flatMap((product) => product.services);
  const ports = services.flatMap(({ destinationPort }) =>
    destinationPort === null ? [] : [destinationPort.first - 1, destinationPort.first, destinationPort.last, destinationPort.last + 1],
  );
  const pick = <T>(values: readonly T[], otherwise: T) => fc.constantFrom(...(values.length === 0 ? [otherwise] : values));
  return fc
    .record({
      address: pick(inside, { family: 4 as AddressFamily, remote: 167772161n }),
      protocol: pick([6, 17, 1, 58, 50, ...services.map(({ protocolFirst }) => protocolFirst).filter((protocol) => protocol > 0)], 6),
      port: pick(
        ports.filter((port) => port >= 0 && port <= 65535),
        443,
      ),
      type: fc.constantFrom(0, 3, 8, ...services.flatMap(({ icmpType }) => icmpType ?? [])),
      code: fc.constantFrom(0, 4),
    })
    .map(({ address, ...rest }) => ({ ...address, ...rest }));
}

function remoteOf(policy: Policy, product: MatchProduct) {
  return policy.direction === 'in' ? product.source : product.destination;
}

type Decision = 'permit' | 'deny' | `${'permit' | 'deny'} ${string}`;

/** What the rules decide, references taken as never holding the packet; they are compared by name in other tests. */
function decideByModel(policy: Policy, packet: Packet): Decision {
  for (const rule of policy.rules) {
    const hit = rule.match.products.some((product) => {
      const { ranges, membership } = remoteOf(policy, product);
      if (
        membership !== null ||
        product.family !== packet.family ||
        !ranges.some(({ first, last }) => first <= packet.remote && packet.remote <= last)
      )
        return false;
      return product.services.some((service) => {
        if (packet.protocol < service.protocolFirst || packet.protocol > service.protocolLast) return false;
        const port = service.destinationPort;
        if (port !== null && (packet.port < port.first || packet.port > port.last)) return false;
        return (service.icmpType ?? packet.type) === packet.type && (service.icmpCode ?? packet.code) === packet.code;
      });
    });
    if (hit) return policy.evaluation === 'first-match' ? `${rule.effect.verdict} ${rule.nativeId ?? ''}` : 'permit';
  }
  return policy.defaultAction;
}

function rawDecision(documents: readonly Json[], policy: Policy): (packet: Packet) => Decision {
  const objects = documents.flatMap((document) =>
    isRecord(document) ? ['SecurityGroups', 'security_groups', 'NetworkAcls', 'network_acls'].flatMap((key) => listIn(document, key)) : [],
  );
  const object =
    objects.find((candidate) => candidate['GroupId'] === policy.scope.nativeId || candidate['NetworkAclId'] === policy.scope.nativeId) ??
    {};
  if (policy.evaluation === 'any-permit') {
    const permissions = listIn(object, policy.direction === 'in' ? 'IpPermissions' : 'IpPermissionsEgress');
    return (packet) => (permissions.some((permission) => permissionPermits(permission, packet)) ? 'permit' : 'deny');
  }
  const entries = listIn(object, 'Entries')
    .filter((entry) => entry['Egress'] === (policy.direction === 'out') && Number(entry['RuleNumber']) < 32767)
    .sort((a, b) => Number(a['RuleNumber']) - Number(b['RuleNumber']));
  return (packet) => {
    const entry = entries.find((candidate) => entryMatches(candidate, packet));
    return entry === undefined ? 'deny' : `${entry['RuleAction'] === 'allow' ? 'permit' : 'deny'} ${String(entry['RuleNumber'])}`;
  };
}

function listIn(object: { readonly [key: string]: Json }, key: string): { readonly [key: string]: Json }[] {
  const list = object[key];
  return Array.isArray(list) ? (list as readonly Json[]).filter(isRecord) : [];
}

const NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 };

function permissionPermits(permission: { readonly [key: string]: Json }, packet: Packet): boolean {
  const cidrs = [
    ...listIn(permission, 'IpRanges').map((range) => range['CidrIp']),
    ...listIn(permission, 'Ipv6Ranges').map((range) => range['CidrIpv6']),
  ];
  if (!cidrs.some((cidr) => holds(String(cidr), packet))) return false;
  const name = String(permission['IpProtocol']);
  if (name === '-1') return true;
  const protocol = NUMBERS[name] ?? Number(name);
  if (protocol !== packet.protocol) return false;
  const [from, to] = [permission['FromPort'] ?? -1, permission['ToPort'] ?? -1].map(Number) as [number, number];
  if (protocol === 1 || protocol === 58) return (from === -1 || from === packet.type) && (to === -1 || to === packet.code);
  if (protocol !== 6 && protocol !== 17) return true;
  return from === -1 || (from <= packet.port && packet.port <= to);
}

function entryMatches(entry: { readonly [key: string]: Json }, packet: Packet): boolean {
  if (!holds(String(entry['CidrBlock'] ?? entry['Ipv6CidrBlock']), packet)) return false;
  const protocol = Number(entry['Protocol']);
  if (protocol === -1) return true;
  if (protocol !== packet.protocol) return false;
  const ports = entry['PortRange'];
  if ((protocol === 6 || protocol === 17) && isRecord(ports))
    return Number(ports['From']) <= packet.port && packet.port <= Number(ports['To']);
  const icmp = entry['IcmpTypeCode'];
  if ((protocol === 1 || protocol === 58) && isRecord(icmp))
    return [-1, packet.type].includes(Number(icmp['Type'])) && [-1, packet.code].includes(Number(icmp['Code']));
  return true;
}

/** By comparing the leading bits as text. */
function holds(cidr: string, packet: Packet): boolean {
  const [address = '', length = ''] = cidr.split('/');
  const base = parseAddress(address);
  if (base === null || base.family !== packet.family) return false;
  const width = base.family === 4 ? 32 : 128;
  const bits = (value: bigint): string => value.toString(2).padStart(width, '0').slice(0, Number(length));
  return bits(base.value) === bits(packet.remote);
}
