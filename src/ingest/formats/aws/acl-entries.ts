import { type AddressRange, formatAddressRange, parseAddressRange } from '../../../model/address.ts';
import type { Direction } from '../../../model/policy.ts';
import type { Action } from '../../../model/rule.ts';
import { ANY_SERVICE, ICMP, ICMPV6, parseProtocol, type Service, serviceOf, TCP, UDP } from '../../../model/service.ts';
import type { SourceRef } from '../../../model/source-ref.ts';
import { integerField, type JsonObject, objectField, textField, withoutNulls } from './json-fields.ts';
import { type ParsedService, serviceKey } from './permissions.ts';

/** One entry of a network ACL. */
export interface AclEntry {
  readonly direction: Direction;
  readonly number: number;
  readonly action: Action | null;
  readonly remote: {
    readonly text: string;
    readonly range: AddressRange | null;
    readonly hostBitsMasked: boolean;
    readonly reason: string;
  };
  readonly service: ParsedService;
  /** Equal keys are the same entry at the same place. */
  readonly key: string;
  /** The entry `*`, which stands for the default and cannot be changed. */
  readonly isDefault: boolean;
  /** As exported, without nulls. */
  readonly entry: unknown;
  readonly sourceRef: SourceRef;
  readonly document: number;
}

// 32767 stands for IPv4, 32768 for IPv6.
const FIRST_DEFAULT_NUMBER = 32767;

/** Reads one element of `Entries`; what cannot be read of it is said in `remote.reason`, `service` or a null action. */
export function readAclEntry(entry: JsonObject, sourceRef: SourceRef, document: number): AclEntry {
  const direction = entry['Egress'] === true || entry['Egress'] === 'true' ? 'out' : 'in';
  const number = integerField(entry, 'RuleNumber') ?? Number.NaN;
  const verb = textField(entry, 'RuleAction').toLowerCase();
  const action = verb === 'allow' ? 'permit' : verb === 'deny' ? 'deny' : null;
  const text = textField(entry, 'CidrBlock') || textField(entry, 'Ipv6CidrBlock');
  const parsed = parseAddressRange(text);
  const remote = parsed.ok
    ? { text, range: parsed.range, hostBitsMasked: parsed.hostBitsMasked, reason: '' }
    : { text, range: null, hostBitsMasked: false, reason: text === '' ? 'it has neither CidrBlock nor Ipv6CidrBlock' : parsed.reason };
  const service = readEntryService(entry);
  const address = remote.range === null ? `?${text}` : formatAddressRange(remote.range);
  return {
    direction,
    number,
    action,
    remote,
    service,
    key: `${direction} ${number} ${action ?? `?${verb}`} ${serviceKey(service)} ${address}`,
    isDefault: number >= FIRST_DEFAULT_NUMBER && action === 'deny' && service.ok && service.service === ANY_SERVICE,
    entry: withoutNulls(entry),
    sourceRef,
    document,
  };
}

/** Ports count for TCP and UDP only, type and code for ICMP and ICMPv6 only; -1 is everything. */
function readEntryService(entry: JsonObject): ParsedService {
  const text = textField(entry, 'Protocol');
  const ports = objectField(entry, 'PortRange');
  const fail = (reason: string): ParsedService => ({ ok: false, reason, text: `protocol ${text}` });
  if (text === '-1' || text.toLowerCase() === 'all') return { ok: true, service: ANY_SERVICE };
  const protocol = parseProtocol(text);
  if (protocol === null) return fail(`"${text}" is no protocol number`);
  if (protocol === ICMP || protocol === ICMPV6) return readIcmp(protocol, objectField(entry, 'IcmpTypeCode'), fail);
  const from = integerField(ports, 'From');
  const to = integerField(ports, 'To');
  if ((protocol !== TCP && protocol !== UDP) || (from === null && to === null)) return { ok: true, service: serviceOf(protocol) };
  if (from === null || to === null || !isBetween(from, 0, 65535) || !isBetween(to, 0, 65535)) {
    return fail(`the ports ${String(ports['From'])} to ${String(ports['To'])} are not two numbers between 0 and 65535`);
  }
  if (from > to) return fail(`port range ${from}-${to} is upside down; expected the lower port first`);
  return { ok: true, service: serviceOf(protocol, { first: from, last: to }) };
}

function readIcmp(protocol: number, typeCode: JsonObject, fail: (reason: string) => ParsedService): ParsedService {
  const [icmpType, icmpCode] = ['Type', 'Code'].map((name): number | null => {
    const value = integerField(typeCode, name);
    return value === -1 ? null : value;
  });
  if ([icmpType, icmpCode].some((value) => typeof value === 'number' && !isBetween(value, 0, 255))) {
    return fail(`ICMP type ${String(typeCode['Type'])} and code ${String(typeCode['Code'])} are not between -1 and 255`);
  }
  const service: Service = { ...serviceOf(protocol), icmpType: icmpType ?? null, icmpCode: icmpCode ?? null };
  return { ok: true, service };
}

function isBetween(value: number, first: number, last: number): boolean {
  return value >= first && value <= last;
}
