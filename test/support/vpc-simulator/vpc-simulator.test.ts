import { describe, expect, test } from 'vitest';
import type { GroupRuleNotation, NaclEntryNotation } from '../aws-writer.ts';
import { cidrContains } from './cidr.ts';
import { recordFlows } from './flow-recorder.ts';
import { type Connection, Network } from './network.ts';
import { tellTruth } from './truth.ts';
import type { Packet, World } from './world.ts';

// The simulator against what AWS documents, so that an audit that agrees with it agrees with something.

describe('the VPC simulator', () => {
  test('answers a ping that the network ACL stops on its way back with one ACCEPT and one REJECT', () => {
    const { records, truth } = converse(
      worldOf({
        rules: [{ id: 'echo', sg: 'sg-b', dir: 'in', proto: 'icmp', from: 8, to: 0, peer: '0.0.0.0/0' }],
        acl: [allowAll('in'), { n: 100, dir: 'out', proto: 'icmp', cidr: '0.0.0.0/0', act: 'deny' }],
      }),
      ping('198.51.100.1', '10.0.2.20'),
    );
    expect(records).toEqual(['eni-b ingress 198.51.100.1 10.0.2.20 ACCEPT 0', 'eni-b egress 10.0.2.20 198.51.100.1 REJECT 0']);
    expect(countsOf(truth)).toEqual({ echo: 1, 'acl-net-b:in/200': 1, 'acl-net-b:out/100': 1 });
  });

  test('writes a single REJECT when the group refuses', () => {
    const { records, truth } = converse(worldOf({ rules: [], acl: [allowAll('in'), allowAll('out')] }), ping('198.51.100.1', '10.0.2.20'));
    expect(records).toEqual(['eni-b ingress 198.51.100.1 10.0.2.20 REJECT 0']);
    expect(countsOf(truth)).toEqual({ 'sg-b:in/default': 1 });
  });

  test('writes four records for a connection inside the VPC, with the flags of both roles', () => {
    const { records, truth } = converse(
      worldOf({
        rules: [
          { id: 'a-out', sg: 'sg-a', dir: 'out', proto: 'tcp', ports: 5432, peer: 'sg-b' },
          { id: 'b-in', sg: 'sg-b', dir: 'in', proto: 'tcp', ports: 5432, peer: 'sg-a' },
        ],
        acl: null,
      }),
      handshake('10.0.1.10', '10.0.2.20', 5432),
    );
    expect(records).toEqual([
      'eni-a egress 10.0.1.10 10.0.2.20 ACCEPT 3',
      'eni-b ingress 10.0.1.10 10.0.2.20 ACCEPT 3',
      'eni-b egress 10.0.2.20 10.0.1.10 ACCEPT 18',
      'eni-a ingress 10.0.2.20 10.0.1.10 ACCEPT 18',
    ]);
    expect(countsOf(truth)).toEqual({ 'a-out': 1, 'b-in': 1 });
  });

  test('asks no network ACL inside a subnet', () => {
    const world = worldOf({
      rules: [{ id: 'b-in', sg: 'sg-b', dir: 'in', proto: 'icmp', from: -1, to: -1, peer: '10.0.0.0/16' }],
      acl: [],
    });
    const { records } = converse(
      { ...world, interfaces: world.interfaces.map((at) => ({ ...at, subnet: 'net-b', groups: ['sg-b', 'sg-open'] })) },
      ping('10.0.1.10', '10.0.2.20'),
    );
    expect(records).toHaveLength(4);
    expect(records.filter((record) => record.includes('REJECT'))).toEqual([]);
  });

  test('forgets UDP after three minutes of silence, so that a later reply is refused', () => {
    const world = worldOf({ rules: [{ id: 'dns', sg: 'sg-b', dir: 'in', proto: 'udp', ports: 53, peer: '0.0.0.0/0' }], acl: null });
    const request = packetOf({ src: '198.51.100.1', dst: '10.0.2.20', protocol: 17, sport: 40000, dport: 53 });
    const reply = { ...request, src: request.dst, dst: request.src, sport: 53, dport: 40000 };
    const { records } = converse(world, [request, { ...reply, time: 101 }, { ...reply, time: 700 }]);
    expect(records).toEqual([
      'eni-b ingress 198.51.100.1 10.0.2.20 ACCEPT 0',
      'eni-b egress 10.0.2.20 198.51.100.1 ACCEPT 0',
      'eni-b egress 10.0.2.20 198.51.100.1 REJECT 0',
    ]);
  });

  test('calls the interface by its primary address on its own side only', () => {
    const world = worldOf({
      rules: [
        { id: 'a-out', sg: 'sg-a', dir: 'out', proto: 'icmp', from: 8, to: 0, peer: 'sg-b' },
        { id: 'b-in', sg: 'sg-b', dir: 'in', proto: 'icmp', from: 8, to: 0, peer: '10.0.1.0/24' },
      ],
      acl: null,
    });
    const { records, truth } = converse(world, ping('10.0.1.10', '10.0.2.21'));
    expect(records).toEqual([
      'eni-a egress 10.0.1.10 10.0.2.21 ACCEPT 0',
      'eni-b ingress 10.0.1.10 10.0.2.20 ACCEPT 0',
      'eni-b egress 10.0.2.20 10.0.1.10 ACCEPT 0',
      'eni-a ingress 10.0.2.21 10.0.1.10 ACCEPT 0',
    ]);
    expect(countsOf(truth)).toEqual({ 'a-out': 1, 'b-in': 1 });
  });

  test('knows which addresses a CIDR holds', () => {
    expect(cidrContains('10.0.1.0/24', '10.0.1.255')).toBe(true);
    expect(cidrContains('10.0.1.0/24', '10.0.2.0')).toBe(false);
    expect(cidrContains('0.0.0.0/0', '2001:db8::1')).toBe(false);
    expect(cidrContains('2001:db8:0:1::/64', '2001:db8:0:1::a')).toBe(true);
    expect(cidrContains('2001:db8:0:1::/64', '2001:db8:0:2::a')).toBe(false);
  });
});

/** Two interfaces in two subnets; the network ACL, if any, stands at the second one. */
function worldOf(parts: { readonly rules: readonly GroupRuleNotation[]; readonly acl: readonly NaclEntryNotation[] | null }): World {
  const open: GroupRuleNotation = { id: 'open', sg: 'sg-open', dir: 'out', proto: '-1', peer: '0.0.0.0/0' };
  return {
    id: 'w',
    cidr: '10.0.0.0/16',
    ipv6Cidr: '2001:db8::/56',
    subnets: { 'net-a': ['10.0.1.0/24'], 'net-b': ['10.0.2.0/24'] },
    interfaces: [
      { id: 'eni-a', subnet: 'net-a', ipv4: '10.0.1.10', ipv4Others: [], ipv6: null, groups: ['sg-a'], inventory: 'listed' },
      { id: 'eni-b', subnet: 'net-b', ipv4: '10.0.2.20', ipv4Others: ['10.0.2.21'], ipv6: null, groups: ['sg-b'], inventory: 'listed' },
    ],
    groups: ['sg-a', 'sg-b', 'sg-open'],
    rules: [...parts.rules, open],
    lifetimes: {},
    nacl: parts.acl === null ? {} : { 'net-b': parts.acl },
    prefixLists: {},
    withheldPrefixLists: [],
  };
}

function allowAll(dir: 'in' | 'out'): NaclEntryNotation {
  return { n: 200, dir, proto: 'all', cidr: '0.0.0.0/0', act: 'allow' };
}

/** Sends packets of one connection, each only if everything before it arrived, and tells what was logged and done. */
function converse(world: World, packets: readonly Packet[]) {
  const network = new Network(world);
  const [opener] = packets;
  if (opener === undefined) throw new Error('a conversation needs a packet');
  const connection: Connection = { ...opener, admittedBy: new Map() };
  packets.every((packet) => network.send(packet, connection));
  const witnessed = recordFlows(network.passages);
  return {
    records: witnessed.map(({ record }) =>
      [record.eni, record.direction, record.src, record.dst, record.action, record.tcpFlags].join(' '),
    ),
    truth: tellTruth(witnessed, 'full'),
  };
}

function countsOf(truth: ReturnType<typeof tellTruth>): Record<string, number> {
  return Object.fromEntries([...truth].map(([name, rule]) => [name, rule.connections.size]));
}

function packetOf(parts: Partial<Packet> & Pick<Packet, 'src' | 'dst' | 'protocol'>): Packet {
  return { time: 100, sport: 0, dport: 0, icmpType: -1, icmpCode: -1, tcpFlags: 0, count: 1, ...parts };
}

function ping(src: string, dst: string): Packet[] {
  const request = packetOf({ src, dst, protocol: 1, icmpType: 8, icmpCode: 0 });
  return [request, { ...request, src: dst, dst: src, icmpType: 0, time: 101 }];
}

function handshake(src: string, dst: string, dport: number): Packet[] {
  const syn = packetOf({ src, dst, protocol: 6, sport: 40000, dport, tcpFlags: 2 });
  const synAck = { ...syn, src: dst, dst: src, sport: dport, dport: 40000, tcpFlags: 18, time: 101 };
  return [syn, synAck, { ...syn, time: 102, tcpFlags: 16 }, { ...syn, time: 103, tcpFlags: 17 }];
}
