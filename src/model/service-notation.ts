import { type Parsed, parseProtocolItem, protocolHasPorts, suggestProtocol } from './notation-parts.ts';
import { ANY_SERVICE, formatProtocol, ICMP, ICMPV6, parsePortRange, parseProtocol, type Service } from './service.ts';

const EXPECTED = 'expected for example tcp/443, udp/53, tcp/1000-2000, icmp, icmp/8, gre or any';

/**
 * Reads one service as results write it: `any`, a protocol (`tcp`, `icmp`, `47`), `tcp/443`, `tcp/1000-2000`, `tcp/any`, `icmp/8`, `icmp/8/0`. Source ports
 * are not part of it.
 */
export function parseService(text: string): Parsed<Service> {
  const [name = '', ...rest] = text.trim().split('/');
  if (name === '') return refuse(`"${text}" names no service; ${EXPECTED}`);
  if (/^any$/i.test(name)) return parseAny(text, rest);
  const protocol = parseProtocol(name);
  if (protocol === null) return refuse(whyNoProtocol(text, name));
  const service: Service = { ...ANY_SERVICE, protocolFirst: protocol, protocolLast: protocol };
  if (rest.length === 0) return { ok: true, value: service };
  if (protocol === ICMP || protocol === ICMPV6) return parseIcmp(text, rest, service);
  const [ports = ''] = rest;
  if (rest.length > 1) return refuse(`"${text}" has ${rest.length} parts behind the protocol; ${EXPECTED}`);
  if (/^any$/i.test(ports)) return { ok: true, value: service };
  if (!protocolHasPorts(protocol))
    return refuse(`"${text}": ${formatProtocol(protocol)} has no ports; expected ${formatProtocol(protocol)} alone`);
  const parsed = parsePortRange(ports);
  if (!parsed.ok) return refuse(`"${text}": ${parsed.reason}; ${EXPECTED}`);
  return { ok: true, value: { ...service, destinationPort: parsed.ports } };
}

function parseAny(text: string, rest: readonly string[]): Parsed<Service> {
  const [ports = ''] = rest;
  if (rest.length === 0 || (rest.length === 1 && /^any$/i.test(ports))) return { ok: true, value: ANY_SERVICE };
  return refuse(`"${text}" has a port and no protocol; expected tcp/${ports} or udp/${ports}, or both in the list`);
}

/** `tcp:443`, `443/tcp` and names of applications are the usual mistakes. */
function whyNoProtocol(text: string, name: string): string {
  const turned = /^(\d{1,5}(?:-\d{1,5})?)\/([a-z0-9-]+)$/i.exec(text.trim());
  if (turned !== null && parseProtocol(turned[2] ?? '') !== null) return `"${text}" has the port first; expected ${turned[2]}/${turned[1]}`;
  const colon = /^([a-z0-9-]+)[: ]+(\d{1,5}(?:-\d{1,5})?)$/i.exec(text.trim());
  if (colon !== null && parseProtocol(colon[1] ?? '') !== null) return `"${text}" is no service; expected ${colon[1]}/${colon[2]}`;
  if (suggestProtocol(name) !== null) return `"${text}" is no service (${name} is ${suggestProtocol(name)}); ${EXPECTED}`;
  const protocol = parseProtocolItem(name);
  return `"${text}" is no service: ${protocol.ok ? `"${name}" is a range of protocols` : `"${name}" is no protocol`}; ${EXPECTED}`;
}

function parseIcmp(text: string, rest: readonly string[], service: Service): Parsed<Service> {
  const [type = '', code = 'any'] = rest;
  const [icmpType, icmpCode] = [parseByte(type), parseByte(code)];
  if (rest.length > 2 || icmpType === undefined || icmpCode === undefined) {
    const name = formatProtocol(service.protocolFirst);
    return refuse(`"${text}" has no ICMP type and code from 0 to 255; expected for example ${name}, ${name}/8 or ${name}/8/0`);
  }
  return { ok: true, value: { ...service, icmpType, icmpCode } };
}

/** `any` → null; undefined: neither that nor a number from 0 to 255. */
function parseByte(text: string): number | null | undefined {
  if (/^any$/i.test(text)) return null;
  return /^\d{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
