import { type AddressFamily, formatAddress } from './address.ts';
import {
  type Notation,
  type Parsed,
  parseProtocolItem,
  parseSide,
  parseTail,
  protocolHasPorts,
  splitNotation,
  suggestProtocol,
} from './notation-parts.ts';
import { formatProtocol, ICMP, ICMPV6 } from './service.ts';

/**
 * One packet as people write it. Null is "not said": any source port, any ICMP type. Ports are null for protocols without ports, type and code for
 * everything but ICMP and ICMPv6.
 */
export interface Packet {
  readonly family: AddressFamily;
  readonly protocol: number;
  readonly source: bigint;
  readonly sourcePort: number | null;
  readonly destination: bigint;
  readonly destinationPort: number | null;
  readonly icmpType: number | null;
  readonly icmpCode: number | null;
}

/**
 * Reads `tcp 10.1.2.3:40000 -> 10.9.0.5:443`, `udp [2001:db8::1] -> [2001:db8::2]:53`, `icmp 10.1.2.3 -> 10.9.0.5 type 8 code 0`, `47 A -> B`.
 * Everything but protocol and addresses may be left out. An IPv4-mapped IPv6 address is the IPv4 address.
 */
export function parsePacket(text: string): Parsed<Packet> {
  const split = splitNotation(text);
  if (!split.ok) return split;
  const protocol = parsePacketProtocol(split.value);
  if (!protocol.ok) return protocol;
  const source = parsePacketSide('source', split.value.source, protocol.value);
  if (!source.ok) return source;
  const destination = parsePacketSide('destination', split.value.destination, protocol.value);
  if (!destination.ok) return destination;
  if (source.value.family !== destination.value.family) {
    return refuse(
      `the source is IPv${source.value.family} and the destination IPv${destination.value.family}; expected two addresses of one family`,
    );
  }
  const tail = parseTail(split.value.tail, [protocol.value], 'one');
  if (!tail.ok) return tail;
  return {
    ok: true,
    value: {
      family: source.value.family,
      protocol: protocol.value,
      source: source.value.address,
      sourcePort: source.value.port,
      destination: destination.value.address,
      destinationPort: destination.value.port,
      icmpType: tail.value.type?.[0] ?? null,
      icmpCode: tail.value.code?.[0] ?? null,
    },
  };
}

/** The shortest text that {@link parsePacket} reads back as the same packet. */
export function formatPacket(packet: Packet): string {
  const type = packet.icmpType === null ? '' : ` type ${packet.icmpType}`;
  const code = packet.icmpCode === null ? '' : ` code ${packet.icmpCode}`;
  const source = formatEndpoint(packet.family, packet.source, packet.sourcePort);
  const destination = formatEndpoint(packet.family, packet.destination, packet.destinationPort);
  return `${formatProtocol(packet.protocol)} ${source} -> ${destination}${type}${code}`;
}

/** Whether the text is meant as a packet or a region, well written or not: it has an arrow, or a protocol in front of something else. */
export function looksLikePacket(text: string): boolean {
  const [first = '', ...rest] = text.trim().split(/\s+/);
  return /->|→/.test(text) || (rest.length > 0 && (parseProtocolItem(first).ok || suggestProtocol(first) !== null));
}

/** The packet that answers this one: sides swapped; an ICMP echo request is answered by an echo reply. Null where nothing answers (ICMP errors). */
export function toReply(packet: Packet): Packet | null {
  const icmpType = packet.icmpType === null ? null : (ECHO_REPLIES.get(`${packet.protocol}/${packet.icmpType}`) ?? null);
  if (packet.icmpType !== null && icmpType === null) return null;
  return {
    ...packet,
    source: packet.destination,
    sourcePort: packet.destinationPort,
    destination: packet.source,
    destinationPort: packet.sourcePort,
    icmpType,
    icmpCode: icmpType === null ? null : 0,
  };
}

// RFC 792 and RFC 4443: echo, timestamp (IPv4 only).
const ECHO_REPLIES: ReadonlyMap<string, number> = new Map([
  [`${ICMP}/8`, 0],
  [`${ICMP}/13`, 14],
  [`${ICMPV6}/128`, 129],
]);

function parsePacketProtocol({ protocol }: Notation): Parsed<number> {
  if (protocol.includes(',')) return refuse(`"${protocol}" is a list of protocols; a packet has one, for example tcp`);
  const item = parseProtocolItem(protocol);
  if (!item.ok) return item;
  const { first, last } = item.value;
  if (first !== last) return refuse(`"${protocol}" stands for several protocols; a packet has one, for example tcp`);
  return { ok: true, value: first };
}

interface PacketSide {
  readonly family: AddressFamily;
  readonly address: bigint;
  readonly port: number | null;
}

function parsePacketSide(name: 'source' | 'destination', text: string, protocol: number): Parsed<PacketSide> {
  const side = parseSide(name, text);
  if (!side.ok) return side;
  const [range, ...others] = side.value.ranges;
  if (side.value.isAny || range === undefined || others.length > 0 || range.first !== range.last) {
    return refuse(`the ${name} "${text}" stands for many addresses; a packet has one, for example 10.1.2.3${portExample(protocol)}`);
  }
  const [port, ...ports] = side.value.ports ?? [];
  if (port !== undefined && !protocolHasPorts(protocol)) {
    return refuse(
      `${formatProtocol(protocol)} has no ports, but the ${name} is "${text}"; expected the address alone${icmpExample(protocol)}`,
    );
  }
  if (port !== undefined && (ports.length > 0 || port.first !== port.last)) {
    return refuse(`the ${name} "${text}" has several ports; a packet has one, or leave the port out for any`);
  }
  return { ok: true, value: { family: range.family, address: range.first, port: port?.first ?? null } };
}

function portExample(protocol: number): string {
  return protocolHasPorts(protocol) ? ':443' : '';
}

function icmpExample(protocol: number): string {
  return protocol === ICMP || protocol === ICMPV6 ? ', and type and code at the end: type 8 code 0' : '';
}

function formatEndpoint(family: AddressFamily, address: bigint, port: number | null): string {
  const text = formatAddress(family, address);
  return `${family === 6 ? `[${text}]` : text}${port === null ? '' : `:${port}`}`;
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
