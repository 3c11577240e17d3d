/** A range of ports; both ends belong to it, 0..65535. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export const ANY_PORT: PortRange = { first: 0, last: 65535 };

/** Protocols whose packets carry ports: TCP, UDP, DCCP, SCTP, UDP-Lite. */
export const PROTOCOLS_WITH_PORTS: readonly number[] = [6, 17, 33, 132, 136];

export const ICMP = 1;
export const ICMPV6 = 58;
export const TCP = 6;
export const UDP = 17;

/**
 * What a rule asks of everything above the addresses. Ports constrain only {@link PROTOCOLS_WITH_PORTS}, ICMP type and code only
 * 1 and 58; `null` means unconstrained. `protocolFirst..protocolLast` is inclusive, 0..255.
 */
export interface Service {
  readonly protocolFirst: number;
  readonly protocolLast: number;
  readonly sourcePort: PortRange | null;
  readonly destinationPort: PortRange | null;
  readonly icmpType: number | null;
  readonly icmpCode: number | null;
}

export const ANY_SERVICE: Service = {
  protocolFirst: 0,
  protocolLast: 255,
  sourcePort: null,
  destinationPort: null,
  icmpType: null,
  icmpCode: null,
};

/** A service of one protocol, with the given destination ports (none: all of them). */
export function serviceOf(protocol: number, destinationPort: PortRange | null = null): Service {
  return { ...ANY_SERVICE, protocolFirst: protocol, protocolLast: protocol, destinationPort };
}

// IANA "Assigned Internet Protocol Numbers": the names that firewall exports use.
const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  egp: 8,
  igp: 9,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  rsvp: 46,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  'ipv6-icmp': 58,
  eigrp: 88,
  ospf: 89,
  ipcomp: 108,
  vrrp: 112,
  l2tp: 115,
  sctp: 132,
  udplite: 136,
};
const PROTOCOL_NAMES = new Map(
  Object.entries(PROTOCOL_NUMBERS)
    .map(([name, number]) => [number, name])
    .reverse() as [number, string][],
);

/** `tcp`, `TCP`, `6` → 6; null when the text names no protocol (`any` included: it is not one protocol). */
export function parseProtocol(text: string): number | null {
  const lower = text.trim().toLowerCase();
  if (/^\d{1,3}$/.test(lower)) return Number(lower) <= 255 ? Number(lower) : null;
  return Object.hasOwn(PROTOCOL_NUMBERS, lower) ? (PROTOCOL_NUMBERS[lower] ?? null) : null;
}

/** 6 → `tcp`; a number without a common name stays a number. */
export function formatProtocol(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? String(protocol);
}

export type ParsedPorts = { readonly ok: true; readonly ports: PortRange } | { readonly ok: false; readonly reason: string };

/** `443`, `1000-2000`; bounds are checked. */
export function parsePortRange(text: string): ParsedPorts {
  const parts = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(text);
  if (parts === null) return { ok: false, reason: `"${text}" is not a port or a range of ports` };
  const first = Number(parts[1]);
  const last = parts[2] === undefined ? first : Number(parts[2]);
  if (first > 65535 || last > 65535) return { ok: false, reason: `port ${Math.max(first, last)} is above 65535` };
  if (first > last) return { ok: false, reason: `port range ${first}-${last} is descending; expected the lower port first` };
  return { ok: true, ports: { first, last } };
}

export function formatPortRange(ports: PortRange): string {
  return ports.first === ports.last ? String(ports.first) : `${ports.first}-${ports.last}`;
}

/** `any`, `tcp/443`, `udp/1000-2000`, `icmp/8/0`, `tcp/any from 1024-65535`; ICMP conditions of a range of protocols as `any/any type 8`. */
export function formatService(service: Service): string {
  const { protocolFirst, protocolLast, icmpType, icmpCode } = service;
  const name = formatProtocolRange(protocolFirst, protocolLast);
  const hasIcmp = icmpType !== null || icmpCode !== null;
  if (hasIcmp && protocolFirst === protocolLast) return `${name}/${icmpType ?? 'any'}${icmpCode === null ? '' : `/${icmpCode}`}`;
  const to = service.destinationPort === null ? 'any' : formatPortRange(service.destinationPort);
  const from = service.sourcePort === null ? '' : ` from ${formatPortRange(service.sourcePort)}`;
  const icmp = hasIcmp ? ` type ${icmpType ?? 'any'}${icmpCode === null ? '' : ` code ${icmpCode}`}` : '';
  return name === 'any' && to === 'any' && !hasIcmp ? `any${from}` : `${name}/${to}${from}${icmp}`;
}

function formatProtocolRange(first: number, last: number): string {
  if (first === 0 && last === 255) return 'any';
  return first === last ? formatProtocol(first) : `${first}-${last}`;
}
