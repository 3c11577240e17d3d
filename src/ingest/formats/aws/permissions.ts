import { type AddressRange, formatAddressRange, parseAddressRange } from '../../../model/address.ts';
import type { Direction } from '../../../model/policy.ts';
import { ANY_SERVICE, formatService, ICMP, ICMPV6, parseProtocol, type Service, serviceOf, TCP, UDP } from '../../../model/service.ts';
import type { SourceRef } from '../../../model/source-ref.ts';
import { integerField, isObject, type JsonObject, listField, textField, withoutNulls } from './json-fields.ts';

/** The other side of a security group rule. */
export type Peer =
  | { readonly kind: 'range'; readonly range: AddressRange; readonly text: string; readonly hostBitsMasked: boolean }
  | { readonly kind: 'list'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string; readonly account: string; readonly peeringStatus: string }
  | { readonly kind: 'unreadable'; readonly text: string; readonly reason: string };

/** Ports, protocol and ICMP type of a permission, or why they cannot be read. */
export type ParsedService =
  | { readonly ok: true; readonly service: Service }
  | { readonly ok: false; readonly reason: string; readonly text: string };

/** One rule of a security group: one permission with one of its peers. */
export interface GroupRule {
  readonly direction: Direction;
  readonly peer: Peer;
  readonly service: ParsedService;
  readonly description: string;
  /** Equal keys are the same rule, whatever its id, its description and the way its protocol is written. */
  readonly key: string;
  /** `sgr-…`; null when the export has none. */
  readonly ruleId: string | null;
  readonly tags: readonly unknown[];
  /** As exported, with this one peer and without nulls. */
  readonly permission: JsonObject;
  readonly sourceRef: SourceRef;
  /** Indexes of the documents that hold it, once for each record. */
  readonly documents: readonly number[];
}

type PeerField = 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs';

const PEER_FIELDS: Readonly<Record<PeerField, string>> = {
  IpRanges: 'CidrIp',
  Ipv6Ranges: 'CidrIpv6',
  PrefixListIds: 'PrefixListId',
  UserIdGroupPairs: 'GroupId',
};

interface PermissionPlace {
  readonly direction: Direction;
  readonly sourceRef: SourceRef;
  readonly document: number;
}

/** The rules of one element of `IpPermissions` or `IpPermissionsEgress`, one for each peer; none when it has no peer. */
export function readPermission(permission: JsonObject, place: PermissionPlace): GroupRule[] {
  const service = readService(permission);
  return Object.entries(permission).flatMap(([field, peers]) => {
    if (!Array.isArray(peers)) return [];
    return (peers as readonly unknown[]).map((item, index) => {
      const sourceRef = { ...place.sourceRef, pointer: `${place.sourceRef.pointer ?? ''}/${field}/${index}` };
      return toGroupRule({ ...place, sourceRef }, service, field, item, permission);
    });
  });
}

/** One element of `describe-security-group-rules`, in the form that `describe-security-groups` would give it. */
export function readSecurityGroupRule(rule: JsonObject, place: Omit<PermissionPlace, 'direction'>): GroupRule {
  const direction = rule['IsEgress'] === true || rule['IsEgress'] === 'true' ? 'out' : 'in';
  const [field, peer] = flatPeer(rule);
  const item = { ...peer, ...(textField(rule, 'Description') === '' ? {} : { Description: textField(rule, 'Description') }) };
  const read = toGroupRule({ ...place, direction }, readService(rule), field, item, rule);
  return { ...read, ruleId: textField(rule, 'SecurityGroupRuleId') || null, tags: listField(rule, 'Tags') };
}

function flatPeer(rule: JsonObject): readonly [string, JsonObject] {
  if (textField(rule, 'CidrIpv4') !== '') return ['IpRanges', { CidrIp: rule['CidrIpv4'] }];
  if (textField(rule, 'CidrIpv6') !== '') return ['Ipv6Ranges', { CidrIpv6: rule['CidrIpv6'] }];
  if (textField(rule, 'PrefixListId') !== '') return ['PrefixListIds', { PrefixListId: rule['PrefixListId'] }];
  if (isObject(rule['ReferencedGroupInfo'])) return ['UserIdGroupPairs', rule['ReferencedGroupInfo']];
  return ['Peer', {}];
}

function toGroupRule(place: PermissionPlace, service: ParsedService, field: string, item: unknown, permission: JsonObject): GroupRule {
  const peer = readPeer(field, item);
  const native: Record<string, unknown> = { IpProtocol: textField(permission, 'IpProtocol') };
  for (const name of ['FromPort', 'ToPort']) {
    const port = integerField(permission, name);
    if (port !== null && !Number.isNaN(port)) native[name] = port;
  }
  native[field] = [withoutNulls(item)];
  return {
    direction: place.direction,
    sourceRef: place.sourceRef,
    documents: [place.document],
    peer,
    service,
    description: isObject(item) ? textField(item, 'Description') : '',
    key: `${place.direction} ${serviceKey(service)} ${peerKey(peer)}`,
    ruleId: null,
    tags: [],
    permission: native,
  };
}

function readPeer(field: string, item: unknown): Peer {
  const text = isObject(item) ? '' : JSON.stringify(item);
  if (!(field in PEER_FIELDS))
    return { kind: 'unreadable', text: JSON.stringify(item), reason: `the peer is of the unknown kind "${field}"` };
  if (!isObject(item)) return { kind: 'unreadable', text, reason: `the peer ${text} is no object` };
  const value = textField(item, PEER_FIELDS[field as PeerField]);
  if (field === 'PrefixListIds' && value !== '') return { kind: 'list', id: value };
  if (field === 'UserIdGroupPairs') {
    const id = value || textField(item, 'GroupName');
    if (id !== '')
      return { kind: 'group', id, account: textField(item, 'UserId'), peeringStatus: textField(item, 'PeeringStatus').toLowerCase() };
  }
  const parsed = parseAddressRange(value);
  if (parsed.ok) return { kind: 'range', range: parsed.range, text: value, hostBitsMasked: parsed.hostBitsMasked };
  return {
    kind: 'unreadable',
    text: JSON.stringify(item),
    reason: value === '' ? `${field} has an element without ${PEER_FIELDS[field as PeerField]}` : parsed.reason,
  };
}

/** Reads `IpProtocol`, `FromPort` and `ToPort`. Ports constrain only TCP and UDP; for ICMP they are type and code; -1 is everything. */
export function readService(permission: JsonObject): ParsedService {
  const text = textField(permission, 'IpProtocol');
  const from = integerField(permission, 'FromPort');
  const to = integerField(permission, 'ToPort');
  const fail = (reason: string): ParsedService => ({
    ok: false,
    reason,
    text: `${text}/${String(permission['FromPort'])}-${String(permission['ToPort'])}`,
  });
  if (text === '-1' || text.toLowerCase() === 'all') return { ok: true, service: ANY_SERVICE };
  const protocol = parseProtocol(text);
  if (protocol === null) return fail(`"${text}" is no protocol`);
  if (Number.isNaN(from) || Number.isNaN(to))
    return fail(`the ports ${String(permission['FromPort'])} to ${String(permission['ToPort'])} are no integers`);
  if (protocol === ICMP || protocol === ICMPV6) return readIcmp(protocol, from, to, fail);
  if (protocol !== TCP && protocol !== UDP) return { ok: true, service: serviceOf(protocol) };
  if ((from === null || from === -1) && (to === null || to === -1)) return { ok: true, service: serviceOf(protocol) };
  if (from === null || to === null) return fail(`the range of ports has only one end (${String(from ?? to)})`);
  if (from < 0 || to < 0 || from > 65535 || to > 65535) return fail(`the ports ${from}-${to} are not between 0 and 65535`);
  if (from > to) return fail(`port range ${from}-${to} is upside down; expected the lower port first`);
  return { ok: true, service: serviceOf(protocol, { first: from, last: to }) };
}

function readIcmp(protocol: number, type: number | null, code: number | null, fail: (reason: string) => ParsedService): ParsedService {
  const icmpType = type === -1 ? null : type;
  const icmpCode = code === -1 ? null : code;
  if ([icmpType, icmpCode].some((value) => value !== null && (value < 0 || value > 255))) {
    return fail(`ICMP type ${String(type)} and code ${String(code)} are not between -1 and 255`);
  }
  if (icmpType === null && icmpCode !== null) return fail(`ICMP code ${icmpCode} without a type`);
  return { ok: true, service: { ...serviceOf(protocol), icmpType, icmpCode } };
}

/** The service in one spelling: all ports written out are all ports. */
export function serviceKey(parsed: ParsedService): string {
  if (!parsed.ok) return `?${parsed.text}`;
  const { destinationPort } = parsed.service;
  const all = destinationPort !== null && destinationPort.first === 0 && destinationPort.last === 65535;
  return formatService(all ? { ...parsed.service, destinationPort: null } : parsed.service);
}

function peerKey(peer: Peer): string {
  switch (peer.kind) {
    case 'range':
      return formatAddressRange(peer.range);
    case 'list':
      return `list ${peer.id}`;
    case 'group':
      return `group ${peer.id}`;
    case 'unreadable':
      return `?${peer.text}`;
  }
}
