import { type AddressRange, formatAddressRange, parseAddressRange } from './address.ts';
import { ANY_PORT, formatProtocol, ICMP, ICMPV6, type PortRange, PROTOCOLS_WITH_PORTS, parsePortRange, parseProtocol } from './service.ts';

/** Why a text is no packet or region: one sentence with what was seen and what was expected. */
export type Parsed<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

/** The words of `protocol SOURCE -> DESTINATION [type N] [code N]`, still as text; `tail` is what follows the destination. */
export interface Notation {
  readonly protocol: string;
  readonly source: string;
  readonly destination: string;
  readonly tail: readonly string[];
}

const SHAPE = 'expected protocol SOURCE[:PORTS] -> DESTINATION[:PORTS], for example "tcp 10.1.2.3:40000 -> 10.9.0.5:443"';

/** Blanks around the arrow are optional, `→` is an arrow too. */
export function splitNotation(text: string): Parsed<Notation> {
  const shown = `"${text.trim()}"`;
  if (text.trim() === '') return refuse(`the packet is empty; ${SHAPE}`);
  const sides = text.split(/->|→/);
  if (sides.length === 1) return refuse(`${shown} has no arrow${hintAboutArrow(text)}; ${SHAPE}`);
  if (sides.length > 2) return refuse(`${shown} has ${sides.length - 1} arrows; ${SHAPE}`);
  const [left = '', right = ''] = sides;
  const before = toWords(left);
  const [destination, ...tail] = toWords(right);
  const [protocol, source, ...surplus] = before;
  if (protocol === undefined) return refuse(`${shown} has nothing before the arrow; ${SHAPE}`);
  if (source === undefined) return refuse(`${shown} has only "${protocol}" before the arrow, ${missingWord(protocol)}; ${SHAPE}`);
  if (surplus.length > 0) {
    return refuse(`${shown} has "${surplus.join(' ')}" between the source and the arrow${hintAboutPorts(surplus)}; ${SHAPE}`);
  }
  if (destination === undefined) return refuse(`${shown} has no destination behind the arrow${hintAboutQuotes(text)}; ${SHAPE}`);
  return { ok: true, value: { protocol, source, destination, tail } };
}

/** Words, with the blanks of a list taken out: `80, 443` is one word. */
function toWords(text: string): string[] {
  const joined = text.replace(/\s*,\s*/g, ',').trim();
  return joined === '' ? [] : joined.split(/\s+/);
}

function missingWord(word: string): string {
  return parseProtocolItem(word).ok ? 'a protocol without a source' : 'and no protocol in front of it';
}

function hintAboutArrow(text: string): string {
  if (/[-=]\s*$/.test(text)) return ' (put the whole packet in quotes: the shell takes > for itself)';
  if (/=>|→|-->|—>|–>|>/.test(text)) return ' (it is written ->)';
  return /\bto\b/i.test(text) ? ' (write -> for "to")' : '';
}

function hintAboutQuotes(text: string): string {
  return /(->|→)\s*$/.test(text) ? ' (put the whole packet in quotes when a shell reads it)' : '';
}

function hintAboutPorts(surplus: readonly string[]): string {
  return surplus.some((word) => /\d|port/i.test(word)) ? ' (ports stand behind the address and a colon: 10.1.2.3:443)' : '';
}

/** One item of a list of protocols: a name, a number, `any`, or a range of numbers. */
export function parseProtocolItem(text: string): Parsed<{ readonly first: number; readonly last: number }> {
  if (/^any$/i.test(text)) return { ok: true, value: { first: 0, last: 255 } };
  const range = /^(\d{1,3})-(\d{1,3})$/.exec(text);
  const first = parseProtocol(range?.[1] ?? text);
  const last = parseProtocol(range?.[2] ?? text);
  if (first !== null && last !== null) {
    if (first > last) return refuse(`protocols "${text}" are descending; expected the lower number first`);
    return { ok: true, value: { first, last } };
  }
  return refuse(
    `"${text}" is no protocol${hintAboutProtocol(text)}; expected a name such as tcp, udp, icmp, icmpv6, gre, esp, or a number from 0 to 255`,
  );
}

function hintAboutProtocol(text: string): string {
  const slash = text.indexOf('/');
  if (slash > 0 && parseProtocol(text.slice(0, slash)) !== null) {
    return ` (the port stands behind the address: ${text.slice(0, slash)} A -> B:${text.slice(slash + 1)})`;
  }
  const suggestion = suggestProtocol(text);
  if (suggestion !== null) return ` (write ${suggestion})`;
  return parseAddressRange(text).ok ? ' but an address (the protocol comes first)' : '';
}

/** What somebody meant who wrote another product's word; null when we cannot tell. */
export function suggestProtocol(text: string): string | null {
  const key = text.toLowerCase();
  return Object.hasOwn(OTHER_WORDS, key) ? (OTHER_WORDS[key] ?? null) : null;
}

const OTHER_WORDS: Readonly<Record<string, string>> = {
  ip: 'any',
  ipv4: 'any',
  all: 'any',
  '*': 'any',
  '-1': 'any',
  http: 'tcp with port 80',
  https: 'tcp with port 443',
  ssh: 'tcp with port 22',
  dns: 'udp with port 53',
  ping: 'icmp with type 8 code 0',
  icmp6: 'icmpv6',
  'icmp-v6': 'icmpv6',
};

export function protocolHasPorts(protocol: number): boolean {
  return PROTOCOLS_WITH_PORTS.includes(protocol);
}

/** One side of the arrow. `isAny`: every address of both families, and `ranges` is empty. `ports` null: not said, or `any`. */
export interface NotationSide {
  readonly isAny: boolean;
  readonly ranges: readonly AddressRange[];
  readonly ports: readonly PortRange[] | null;
}

/** `10.1.2.3:443`, `10.0.0.0/8,192.168.0.1-192.168.0.9:80,443,8000-8100`, `[2001:db8::/32]:53`, `any`; a list of addresses shares its ports. */
export function parseSide(name: string, text: string): Parsed<NotationSide> {
  const { addresses, ports } = splitPorts(text);
  if (!hasBalancedBrackets(text)) return refuse(`the ${name} "${text}" has unbalanced brackets; expected for example [2001:db8::1]:443`);
  if (text.split(',').some(isBareIpv6))
    return refuse(`the ${name} "${text}" looks like IPv6 without brackets; expected ${bracketed(text)}`);
  if (ports?.includes('['))
    return refuse(`the ${name} "${text}" has ports in the middle of a list; expected them once, behind the last address`);
  const parsedPorts = ports === null ? null : parsePorts(name, text, ports);
  if (parsedPorts?.ok === false) return parsedPorts;
  const items = addresses.split(',');
  const ranges: AddressRange[] = [];
  for (const item of items) {
    if (/^(any|\*)$/i.test(item)) {
      if (items.length > 1) return refuse(`the ${name} "${text}" lists any beside others; expected any alone`);
      return { ok: true, value: { isAny: true, ranges: [], ports: parsedPorts?.value ?? null } };
    }
    const range = parseAddressItem(name, item);
    if (!range.ok) return range;
    ranges.push(range.value);
  }
  return { ok: true, value: { isAny: false, ranges, ports: parsedPorts?.value ?? null } };
}

function hasBalancedBrackets(text: string): boolean {
  return !/[[\]]/.test(text.replace(/\[[^[\]]*\]/g, ''));
}

/** Two colons or more, and nothing in front of the first that could be something else. */
function isBareIpv6(item: string): boolean {
  return /^[0-9a-f]{0,4}:[^:]*:/i.test(item);
}

/** At the first colon outside brackets. */
function splitPorts(text: string): { readonly addresses: string; readonly ports: string | null } {
  const masked = text.replace(/\[[^\]]*\]/g, (brackets) => '_'.repeat(brackets.length));
  const colon = masked.indexOf(':');
  return colon < 0 ? { addresses: text, ports: null } : { addresses: text.slice(0, colon), ports: text.slice(colon + 1) };
}

/** An unbracketed IPv6 address may end in a port: without brackets nobody can tell, so both readings are shown. */
function bracketed(text: string): string {
  if (parseAddressRange(text).ok) return `[${text}]`;
  const colon = text.lastIndexOf(':');
  const [address, port] = [text.slice(0, colon), text.slice(colon + 1)];
  return parseAddressRange(address).ok ? `[${address}]:${port}` : '[2001:db8::1] or [2001:db8::/32]:443';
}

function parseAddressItem(name: string, item: string): Parsed<AddressRange> {
  if (item === '') return refuse(`the ${name} has no address; expected an address such as 10.1.2.3, or any`);
  const outside = /^\[([^\]]*)\]\/(\d+)$/.exec(item);
  if (outside !== null)
    return refuse(`the ${name} "${item}" has its prefix length outside the brackets; expected [${outside[1]}/${outside[2]}]`);
  const inner = /^\[([^[\]]*)\]$/.exec(item)?.[1];
  if (inner === undefined && item.includes('['))
    return refuse(`the ${name} "${item}" has something beside its brackets; expected for example [2001:db8::1]:443`);
  const parsed = parseAddressRange(inner ?? item);
  if (!parsed.ok) return refuse(`the ${name}: ${parsed.reason}${hintAboutAddress(inner ?? item)}`);
  if (inner !== undefined && !inner.includes(':')) return refuse(`the ${name} "${item}" has IPv4 in brackets; expected ${inner}`);
  if (parsed.hostBitsMasked) {
    const [address] = (inner ?? item).split('/');
    const network = formatAddressRange(parsed.range);
    return refuse(
      `the ${name} "${item}" has address bits below its prefix length; expected the network ${network} or the address ${address}`,
    );
  }
  return { ok: true, value: parsed.range };
}

function hintAboutAddress(text: string): string {
  if (/^\d{1,3}(\.\d{1,3}){1,2}$/.test(text)) return '; an IPv4 address has four numbers';
  if (/^\d{1,3}(\.\d{1,3}){3}(\.\d+)$/.test(text)) return '; the port stands behind a colon';
  if (/(^|\.)0\d/.test(text)) return '; numbers are written without leading zeros';
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return '; each of the four numbers is 0 to 255';
  if (text.includes('%')) return '; leave the zone behind % out';
  return /[a-z]/i.test(text) && !text.includes(':') ? '; names are not looked up' : '';
}

/** `null` value: `any`. */
function parsePorts(name: string, side: string, text: string): Parsed<readonly PortRange[] | null> {
  if (/^(any|\*)$/i.test(text)) return { ok: true, value: null };
  if (text === '') return refuse(`the ${name} "${side}" ends in a colon; expected a port behind it, or no colon for any port`);
  const ports: PortRange[] = [];
  for (const item of text.split(',')) {
    if (item === '') return refuse(`the ${name} "${side}" has a comma without a port behind it`);
    const parsed = parsePortRange(item);
    if (!parsed.ok) return refuse(`the ${name} "${side}": ${parsed.reason}${hintAboutPort(item)}`);
    ports.push(parsed.ports);
  }
  return { ok: true, value: mergePorts(ports) };
}

function hintAboutPort(item: string): string {
  const known = PORT_NAMES[item.toLowerCase()];
  if (known !== undefined && Object.hasOwn(PORT_NAMES, item.toLowerCase())) return `; ports are numbers, and ${item} is ${known}`;
  if (/^[a-z]/i.test(item)) return '; ports are numbers';
  if (item.includes('.')) return '; a list of addresses stands before the ports, which are given once';
  return item.includes(':') ? `; a range is written ${item.replace(':', '-')}` : '';
}

const PORT_NAMES: Readonly<Record<string, number>> = {
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  dns: 53,
  domain: 53,
  http: 80,
  www: 80,
  ntp: 123,
  snmp: 161,
  ldap: 389,
  https: 443,
  smb: 445,
  syslog: 514,
  mysql: 3306,
  rdp: 3389,
  postgres: 5432,
  postgresql: 5432,
};

/** Sorted, disjoint, non-adjacent. Every port becomes one range: unlike no range at all, it asks for a protocol with ports. */
export function mergePorts(ports: readonly PortRange[]): PortRange[] {
  const merged: PortRange[] = [];
  for (const range of [...ports].sort((a, b) => a.first - b.first || a.last - b.last)) {
    const before = merged.at(-1);
    if (before !== undefined && range.first <= before.last + 1) {
      merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    } else {
      merged.push(range);
    }
  }
  return merged.length === 1 && merged[0]?.first === 0 && merged[0].last === ANY_PORT.last ? [ANY_PORT] : merged;
}

/** Types and codes of ICMP, ascending; null: not said, which is any. */
export interface IcmpTail {
  readonly type: readonly number[] | null;
  readonly code: readonly number[] | null;
}

/**
 * What follows the destination: `type 8 code 0`, either of them, or nothing.
 *
 * @param values whether there may be several, as in `type 0-7,9`
 */
export function parseTail(words: readonly string[], protocols: readonly number[], values: 'one' | 'several'): Parsed<IcmpTail> {
  const found: { type: readonly number[] | null; code: readonly number[] | null } = { type: null, code: null };
  for (let at = 0; at < words.length; at += 2) {
    const word = (words[at] ?? '').toLowerCase();
    const value = words[at + 1];
    if (word !== 'type' && word !== 'code')
      return refuse(
        `"${words.slice(at).join(' ')}" follows the destination${hintAboutTail(words[at] ?? '')}; expected nothing, or for ICMP type and code: type 8 code 0`,
      );
    const other = protocols.find((protocol) => protocol !== ICMP && protocol !== ICMPV6);
    if (other !== undefined) return refuse(`${formatProtocol(other)} has no ${word}; expected it for icmp or icmpv6 only`);
    if (found[word] !== null) return refuse(`${word} is given twice; expected it once`);
    const numbers = value === undefined ? null : parseIcmpNumbers(value);
    if (numbers === null || (values === 'one' && numbers.length > 1)) {
      return refuse(
        `${word} ${value === undefined ? 'has no number behind it' : `"${value}" is no number from 0 to 255`}; expected for example type 8 code 0`,
      );
    }
    found[word] = numbers;
  }
  return { ok: true, value: found };
}

/** `8`, `0-7,9-255` as single numbers; null for anything else. */
function parseIcmpNumbers(text: string): number[] | null {
  const numbers = new Set<number>();
  for (const item of text.split(',')) {
    const [, first, last = first] = /^(\d{1,3})(?:-(\d{1,3}))?$/.exec(item) ?? [];
    if (first === undefined || Number(last) > 255 || Number(first) > Number(last)) return null;
    for (let number = Number(first); number <= Number(last); number += 1) numbers.add(number);
  }
  return [...numbers].sort((a, b) => a - b);
}

function hintAboutTail(word: string): string {
  return /^(port|ports|:?\d+(-\d+)?|eq|dport)$/i.test(word) ? ' (ports stand behind the address and a colon: 10.9.0.5:443)' : '';
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
