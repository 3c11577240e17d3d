import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';

/** Times of records are seconds after this moment: 2026-01-05 12:00:00 UTC, so that small times stay inside one day. */
export const EPOCH_BASE = Date.UTC(2026, 0, 5, 12) / 1000;

interface InterfaceNotation {
  /** One address or several, the primary one first; IPv6 addresses contain a colon. */
  readonly ip: string | readonly string[];
  readonly sgs: readonly string[];
  readonly subnet?: string | undefined;
  readonly managed?: 'nat' | undefined;
}

/** One atom of a security group. `peer` is a CIDR, `sg-…` or `pl-…`; ICMP takes `from` (type) and `to` (code). */
export interface GroupRuleNotation {
  readonly id: string;
  readonly sg: string;
  readonly dir: 'in' | 'out';
  readonly proto: string;
  readonly ports?: string | number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly peer: string;
  readonly account?: string | undefined;
  readonly peeringStatus?: string | undefined;
}

export interface NaclEntryNotation {
  readonly n: number;
  readonly dir: 'in' | 'out';
  readonly proto: string;
  readonly ports?: string | number | undefined;
  readonly icmp?: { readonly type: number; readonly code: number } | undefined;
  readonly cidr: string;
  readonly act: 'allow' | 'deny';
}

/** A small VPC. What is absent is not written: no `subnets`, no file of subnets. */
export interface VpcNotation {
  readonly id?: string;
  readonly cidr?: string;
  readonly ipv6Cidr?: string;
  readonly enis: Readonly<Record<string, InterfaceNotation>>;
  /** Groups beyond those that interfaces and rules name. */
  readonly groups?: readonly string[];
  readonly rules?: readonly GroupRuleNotation[];
  /** Name → CIDR, or several (IPv4 and IPv6). */
  readonly subnets?: Readonly<Record<string, string | readonly string[]>>;
  /** Entries by subnet; the implicit deny 32767 is added. */
  readonly nacl?: Readonly<Record<string, readonly NaclEntryNotation[]>>;
  /** Entries by prefix list; a list that is not here has no known entries. */
  readonly prefixLists?: Readonly<Record<string, readonly string[]>>;
}

/** Paths of the written files, by the option that takes them. */
export interface WrittenVpcs {
  readonly rules: readonly string[];
  readonly inventory: readonly string[];
}

/** Writes VPCs as the replies of the describe calls, all of them in one reply. The id of each group rule becomes the description of its peer. */
export function writeVpcs(folder: string, vpcs: readonly VpcNotation[]): WrittenVpcs {
  const groups = vpcs.flatMap(toSecurityGroups);
  const acls = vpcs.flatMap(toNetworkAcls);
  const subnets = vpcs.flatMap(toSubnets);
  const prefixLists = vpcs.flatMap(toPrefixLists);
  const write = (name: string, document: object) => writeText(join(folder, name), `${JSON.stringify(document, null, 2)}\n`);
  return {
    rules: [
      ...(groups.length === 0 ? [] : [write('describe-security-groups.json', { SecurityGroups: groups })]),
      ...(acls.length === 0 ? [] : [write('describe-network-acls.json', { NetworkAcls: acls })]),
    ],
    inventory: [
      write('describe-network-interfaces.json', { NetworkInterfaces: vpcs.flatMap(toInterfaces) }),
      write('describe-vpcs.json', { Vpcs: vpcs.map(toVpc) }),
      ...(subnets.length === 0 ? [] : [write('describe-subnets.json', { Subnets: subnets })]),
      ...(prefixLists.length === 0 ? [] : [write('describe-prefix-lists.json', { PrefixLists: prefixLists })]),
    ],
  };
}

export function writeText(path: string, content: string | Uint8Array): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function vpcId(vpc: VpcNotation): string {
  return vpc.id ?? 'vpc-1';
}

function toSecurityGroups(vpc: VpcNotation): object[] {
  return groupNames(vpc).map((name) => toSecurityGroup(vpc, name));
}

function groupNames(vpc: VpcNotation): string[] {
  const attached = Object.values(vpc.enis).flatMap((eni) => eni.sgs);
  return [...new Set([...attached, ...(vpc.rules ?? []).map((rule) => rule.sg), ...(vpc.groups ?? [])])];
}

function toSecurityGroup(vpc: VpcNotation, name: string): object {
  const rules = (vpc.rules ?? []).filter((rule) => rule.sg === name);
  return {
    GroupId: name,
    GroupName: `name-of-${name}`,
    Description: `group ${name}`,
    OwnerId: ACCOUNT,
    VpcId: vpcId(vpc),
    Tags: [],
    IpPermissions: rules.filter((rule) => rule.dir === 'in').map((rule) => toPermission(vpc, rule)),
    IpPermissionsEgress: rules.filter((rule) => rule.dir === 'out').map((rule) => toPermission(vpc, rule)),
  };
}

function toPermission(vpc: VpcNotation, rule: GroupRuleNotation): object {
  const peer = { Description: rule.id };
  const isGroup = rule.peer.startsWith('sg-');
  const isPrefixList = rule.peer.startsWith('pl-');
  const isIpv6 = rule.peer.includes(':');
  return {
    IpProtocol: rule.proto,
    ...permissionPorts(rule),
    IpRanges: isGroup || isPrefixList || isIpv6 ? [] : [{ CidrIp: rule.peer, ...peer }],
    Ipv6Ranges: isIpv6 ? [{ CidrIpv6: rule.peer, ...peer }] : [],
    PrefixListIds: isPrefixList ? [{ PrefixListId: rule.peer, ...peer }] : [],
    UserIdGroupPairs: isGroup ? [{ UserId: rule.account ?? ACCOUNT, GroupId: rule.peer, ...peeringOf(vpc, rule), ...peer }] : [],
  };
}

function permissionPorts(rule: GroupRuleNotation): object {
  if (rule.proto === '-1') return {};
  if (rule.from !== undefined) return { FromPort: rule.from, ToPort: rule.to };
  const ports = portRange(rule.ports);
  return ports === null ? { FromPort: -1, ToPort: -1 } : { FromPort: ports.first, ToPort: ports.last };
}

/** `443`, `1024-65535`; null for all ports. */
export function portRange(ports: string | number | undefined): { first: number; last: number } | null {
  if (ports === undefined) return null;
  const [first, last] = String(ports).split('-');
  return { first: Number(first), last: Number(last ?? first) };
}

function peeringOf(vpc: VpcNotation, rule: GroupRuleNotation): object {
  if (rule.peeringStatus === undefined) return {};
  return { VpcId: `${vpcId(vpc)}-peer`, VpcPeeringConnectionId: `pcx-${rule.id}`, PeeringStatus: rule.peeringStatus };
}

const PROTOCOL_NUMBERS: Readonly<Record<string, string>> = { all: '-1', tcp: '6', udp: '17', icmp: '1', icmpv6: '58' };

function toNetworkAcls(vpc: VpcNotation): object[] {
  return Object.entries(vpc.nacl ?? {}).map(([subnet, entries]) => ({
    NetworkAclId: `acl-${subnet}`,
    VpcId: vpcId(vpc),
    OwnerId: ACCOUNT,
    IsDefault: false,
    Tags: [],
    Associations: [{ NetworkAclAssociationId: `aclassoc-${subnet}`, NetworkAclId: `acl-${subnet}`, SubnetId: subnet }],
    Entries: [...entries.map(toNaclEntry), ...implicitDenies(vpc.ipv6Cidr !== undefined)],
  }));
}

function toNaclEntry(entry: NaclEntryNotation): object {
  const ports = portRange(entry.ports);
  return {
    RuleNumber: entry.n,
    Protocol: PROTOCOL_NUMBERS[entry.proto] ?? entry.proto,
    RuleAction: entry.act,
    Egress: entry.dir === 'out',
    ...(entry.cidr.includes(':') ? { Ipv6CidrBlock: entry.cidr } : { CidrBlock: entry.cidr }),
    ...(ports === null ? {} : { PortRange: { From: ports.first, To: ports.last } }),
    ...(entry.icmp === undefined ? {} : { IcmpTypeCode: { Type: entry.icmp.type, Code: entry.icmp.code } }),
  };
}

/** What the export lists last in each direction: one entry per family of the VPC. */
function implicitDenies(hasIpv6: boolean): object[] {
  return [false, true].flatMap((egress) => {
    const deny = { Protocol: '-1', RuleAction: 'deny', Egress: egress };
    const ipv4 = { ...deny, RuleNumber: 32767, CidrBlock: '0.0.0.0/0' };
    return hasIpv6 ? [ipv4, { ...deny, RuleNumber: 32768, Ipv6CidrBlock: '::/0' }] : [ipv4];
  });
}

function toInterfaces(vpc: VpcNotation): object[] {
  return Object.entries(vpc.enis).map(([name, eni]) => toInterface(vpc, name, eni));
}

function toInterface(vpc: VpcNotation, name: string, eni: InterfaceNotation): object {
  const addresses = typeof eni.ip === 'string' ? [eni.ip] : eni.ip;
  const ipv4 = addresses.filter((address) => !address.includes(':'));
  return {
    NetworkInterfaceId: name,
    InterfaceType: eni.managed === 'nat' ? 'nat_gateway' : 'interface',
    RequesterManaged: eni.managed !== undefined,
    Status: 'in-use',
    OwnerId: ACCOUNT,
    VpcId: vpcId(vpc),
    SubnetId: eni.subnet ?? 'subnet-1',
    Description: '',
    Groups: eni.sgs.map((sg) => ({ GroupId: sg, GroupName: `name-of-${sg}` })),
    PrivateIpAddress: ipv4[0],
    PrivateIpAddresses: ipv4.map((address, index) => ({ PrivateIpAddress: address, Primary: index === 0 })),
    Ipv6Addresses: addresses.filter((address) => address.includes(':')).map((address) => ({ Ipv6Address: address })),
  };
}

function toVpc(vpc: VpcNotation): object {
  const cidr = vpc.cidr ?? '10.0.0.0/16';
  return {
    VpcId: vpcId(vpc),
    OwnerId: ACCOUNT,
    State: 'available',
    CidrBlock: cidr,
    CidrBlockAssociationSet: [{ CidrBlock: cidr, CidrBlockState: { State: 'associated' } }],
    Ipv6CidrBlockAssociationSet:
      vpc.ipv6Cidr === undefined ? [] : [{ Ipv6CidrBlock: vpc.ipv6Cidr, Ipv6CidrBlockState: { State: 'associated' } }],
  };
}

function toSubnets(vpc: VpcNotation): object[] {
  return Object.entries(vpc.subnets ?? {}).map(([name, written]) => {
    const cidrs = typeof written === 'string' ? [written] : written;
    return {
      SubnetId: name,
      VpcId: vpcId(vpc),
      OwnerId: ACCOUNT,
      CidrBlock: cidrs.find((cidr) => !cidr.includes(':')),
      Ipv6CidrBlockAssociationSet: cidrs
        .filter((cidr) => cidr.includes(':'))
        .map((cidr) => ({ Ipv6CidrBlock: cidr, Ipv6CidrBlockState: { State: 'associated' } })),
    };
  });
}

function toPrefixLists(vpc: VpcNotation): object[] {
  return Object.entries(vpc.prefixLists ?? {}).map(([id, cidrs]) => ({ PrefixListId: id, PrefixListName: `name-of-${id}`, Cidrs: cidrs }));
}

/** One line of a flow log. Times are epoch seconds; null is written as `-`. */
export interface FlowRecord {
  readonly eni: string;
  readonly direction: 'ingress' | 'egress' | null;
  readonly src: string;
  readonly dst: string;
  readonly sport: number;
  readonly dport: number;
  readonly protocol: number;
  readonly packets: number;
  readonly start: number;
  readonly end: number;
  readonly action: 'ACCEPT' | 'REJECT' | null;
  readonly tcpFlags: number | null;
  /** Default: the same as `src` and `dst`. */
  readonly pktSrc?: string;
  readonly pktDst?: string;
}

/** A line that says that nothing was seen, or that records were lost. */
export interface StatusRecord {
  readonly eni: string;
  readonly start: number;
  readonly end: number;
  readonly status: 'NODATA' | 'SKIPDATA';
}

/** `eni dir src dst sport dport proto pkts start end action tcpflags [pktsrc pktdst]`, with times relative to {@link EPOCH_BASE}. */
export function parseRecord(text: string): FlowRecord {
  const [eni, direction, src, dst, sport, dport, protocol, packets, start, end, action, flags, pktSrc, pktDst] = text.trim().split(/\s+/);
  if (eni === undefined || src === undefined || dst === undefined || flags === undefined) {
    throw new Error(`"${text}" has too few columns; expected eni dir src dst sport dport proto pkts start end action tcpflags`);
  }
  return {
    eni,
    direction: direction === 'ingress' || direction === 'egress' ? direction : null,
    src,
    dst,
    sport: Number(sport),
    dport: Number(dport),
    protocol: Number(protocol),
    packets: Number(packets),
    start: EPOCH_BASE + Number(start),
    end: EPOCH_BASE + Number(end),
    action: action === 'ACCEPT' || action === 'REJECT' ? action : null,
    tcpFlags: flags === '-' ? null : Number(flags),
    ...(pktSrc === undefined ? {} : { pktSrc }),
    ...(pktDst === undefined ? {} : { pktDst }),
  };
}

/** `full` has direction, flags and packet addresses; `default` is the layout of version 2. */
export type FlowLayout = 'full' | 'default';

const DEFAULT_FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'.split(' ');
const FULL_FIELDS = [...DEFAULT_FIELDS, 'tcp-flags', 'flow-direction', 'pkt-srcaddr', 'pkt-dstaddr'];

/** The text of a flow log, header included. Each packet has 100 bytes. */
export function formatFlowLog(records: readonly (FlowRecord | StatusRecord)[], layout: FlowLayout = 'full'): string {
  const fields = layout === 'full' ? FULL_FIELDS : DEFAULT_FIELDS;
  return [fields.join(' '), ...records.map((record) => formatLine(record, fields)), ''].join('\n');
}

function formatLine(record: FlowRecord | StatusRecord, fields: readonly string[]): string {
  const values: Record<string, string | number | null | undefined> = {
    version: fields === FULL_FIELDS ? 5 : 2,
    'account-id': ACCOUNT,
    'interface-id': record.eni,
    start: record.start,
    end: record.end,
    ...('status' in record ? { 'log-status': record.status } : flowValues(record)),
  };
  return fields.map((field) => String(values[field] ?? '-')).join(' ');
}

function flowValues(record: FlowRecord): Record<string, string | number | null | undefined> {
  return {
    srcaddr: record.src,
    dstaddr: record.dst,
    srcport: record.sport,
    dstport: record.dport,
    protocol: record.protocol,
    packets: record.packets,
    bytes: record.packets * 100,
    action: record.action,
    'log-status': 'OK',
    'tcp-flags': record.tcpFlags ?? undefined,
    'flow-direction': record.direction,
    'pkt-srcaddr': record.pktSrc ?? record.src,
    'pkt-dstaddr': record.pktDst ?? record.dst,
  };
}

/** Writes one object as S3 delivers it: named by account, region, flow log and time, one gzip member. */
export function writeFlowObject(folder: string, flowLogId: string, text: string, part = 'a1b2c3d4'): string {
  const at = new Date(EPOCH_BASE * 1000).toISOString();
  const [year, month, day] = at.slice(0, 10).split('-');
  const name = `${ACCOUNT}_vpcflowlogs_${REGION}_${flowLogId}_${year}${month}${day}T1200Z_${part}.log.gz`;
  return writeText(join(folder, 'AWSLogs', ACCOUNT, 'vpcflowlogs', REGION, `${year}`, `${month}`, `${day}`, name), gzipSync(text));
}
