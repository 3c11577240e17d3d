import { Address6 } from 'ip-address';

export type AddressFamily = 4 | 6;

/** A range of addresses of one family; both ends belong to it. */
export interface AddressRange {
  readonly family: AddressFamily;
  readonly first: bigint;
  readonly last: bigint;
}

export const LAST_ADDRESS: Readonly<Record<AddressFamily, bigint>> = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n };

/** Every address of one family. */
export function anyAddress(family: AddressFamily): AddressRange {
  return { family, first: 0n, last: LAST_ADDRESS[family] };
}

export type ParsedRange =
  | { readonly ok: true; readonly range: AddressRange; readonly hostBitsMasked: boolean }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads `10.0.0.0/8`, `10.0.0.5`, `10.0.0.5-10.0.0.9` and the IPv6 forms, strictly: `010.1.1.1`, `1.2.3` and `/33` are refused.
 * Host bits below a prefix are masked and reported. IPv4-mapped IPv6 (`::ffff:a.b.c.d`, at least /96) becomes IPv4.
 */
export function parseAddressRange(text: string): ParsedRange {
  const trimmed = text.trim();
  const dash = trimmed.indexOf('-');
  if (dash > 0) return parseFirstLast(trimmed.slice(0, dash).trim(), trimmed.slice(dash + 1).trim());
  const slash = trimmed.indexOf('/');
  const address = parseAddress(slash < 0 ? trimmed : trimmed.slice(0, slash));
  if (address === null) return { ok: false, reason: `"${text}" is not an IPv4 or IPv6 address, CIDR or first-last range` };
  if (slash < 0) return { ok: true, range: toHostRange(address), hostBitsMasked: false };
  return parsePrefix(text, address, trimmed.slice(slash + 1), trimmed.includes(':'));
}

export interface Address {
  readonly family: AddressFamily;
  readonly value: bigint;
}

/** One address, strictly; null when the text is none. IPv4-mapped IPv6 becomes IPv4; a zone (`%eth0`) is refused. */
export function parseAddress(text: string): Address | null {
  if (text.includes('/') || text.includes('%')) return null;
  if (!text.includes(':')) {
    const value = parseDottedQuad(text);
    return value === null ? null : { family: 4, value: BigInt(value) };
  }
  if (!Address6.isValid(text)) return null;
  return foldMapped(new Address6(text).bigInt());
}

/**
 * Rule exports hold hundreds of thousands of these, and the library reads each of them several times with regular expressions. Strict as it: four
 * numbers up to 255 without leading zeros.
 */
function parseDottedQuad(text: string): number | null {
  let value = 0;
  let octet = -1;
  let octets = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || octets === 4) return null;
      value = value * 256 + octet;
      octet = -1;
      octets += 1;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return null;
    octet = octet < 0 ? digit : octet * 10 + digit;
    if (octet > 255) return null;
  }
  return octet < 0 || octets !== 4 ? null : value * 256 + octet;
}

const DOT = 46;
const ZERO = 48;

const MAPPED_PREFIX = 0xffffn << 32n;

function foldMapped(value: bigint): Address {
  if (value >> 32n === MAPPED_PREFIX >> 32n) return { family: 4, value: value & LAST_ADDRESS[4] };
  return { family: 6, value };
}

function parsePrefix(text: string, address: Address, lengthText: string, writtenAsIpv6: boolean): ParsedRange {
  if (!/^(0|[1-9]\d{0,2})$/.test(lengthText)) {
    return { ok: false, reason: `"${text}" has the prefix length "${lengthText}"; expected a number of bits such as 24` };
  }
  const mapped = writtenAsIpv6 && address.family === 4;
  const length = Number(lengthText) - (mapped ? 96 : 0);
  const width = address.family === 4 ? 32 : 128;
  if (length < 0 || length > width) {
    return { ok: false, reason: `"${text}" has the prefix length ${lengthText}; expected ${mapped ? 96 : 0} to ${mapped ? 128 : width}` };
  }
  const hostMask = (1n << BigInt(width - length)) - 1n;
  const first = address.value & ~hostMask;
  return {
    ok: true,
    range: { family: address.family, first, last: first | hostMask },
    hostBitsMasked: first !== address.value,
  };
}

function parseFirstLast(firstText: string, lastText: string): ParsedRange {
  const first = parseAddress(firstText);
  const last = parseAddress(lastText);
  if (first === null || last === null) {
    return { ok: false, reason: `"${firstText}-${lastText}" is not a range of two addresses` };
  }
  if (first.family !== last.family) return parseMixedEnds(firstText, lastText, first, last);
  return toFirstLast(firstText, lastText, first, last);
}

/** Two ends of which one is an IPv4-mapped address: a range of IPv6 when both are written so, else a mistake. */
function parseMixedEnds(firstText: string, lastText: string, first: Address, last: Address): ParsedRange {
  if (!firstText.includes(':') || !lastText.includes(':')) {
    return { ok: false, reason: `"${firstText}-${lastText}" mixes IPv${first.family} and IPv${last.family}` };
  }
  return toFirstLast(firstText, lastText, unfoldMapped(first), unfoldMapped(last));
}

function unfoldMapped(address: Address): Address {
  return address.family === 6 ? address : { family: 6, value: MAPPED_PREFIX | address.value };
}

function toFirstLast(firstText: string, lastText: string, first: Address, last: Address): ParsedRange {
  if (first.value > last.value) {
    return { ok: false, reason: `address range ${firstText}-${lastText} is descending; expected the lower address first` };
  }
  return { ok: true, range: { family: first.family, first: first.value, last: last.value }, hostBitsMasked: false };
}

/** The range that holds one address. */
export function toHostRange(address: Address): AddressRange {
  return { family: address.family, first: address.value, last: address.value };
}

/** `10.1.2.3`; IPv6 in its shortest form (RFC 5952). */
export function formatAddress(family: AddressFamily, value: bigint): string {
  if (family === 6) return Address6.fromBigInt(value).correctForm();
  return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 255n).toString()).join('.');
}

/** A host as an address, an aligned power of two as a CIDR, the whole family as `0.0.0.0/0` or `::/0`, anything else as `first-last`. */
export function formatAddressRange(range: AddressRange): string {
  const size = range.last - range.first + 1n;
  const width = range.family === 4 ? 32 : 128;
  if (size === 1n) return formatAddress(range.family, range.first);
  const isPowerOfTwo = (size & (size - 1n)) === 0n;
  if (!isPowerOfTwo || range.first % size !== 0n) {
    return `${formatAddress(range.family, range.first)}-${formatAddress(range.family, range.last)}`;
  }
  return `${formatAddress(range.family, range.first)}/${width - (size.toString(2).length - 1)}`;
}

/** Whether `outer` holds every address of `inner`. */
export function rangeContains(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** The same addresses as sorted, disjoint, non-adjacent ranges, IPv4 before IPv6. The empty list stays empty. */
export function normaliseRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = [...ranges].sort(compareRanges);
  const merged: AddressRange[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before !== undefined && before.family === range.family && range.first <= before.last + 1n) {
      if (range.last > before.last) merged[merged.length - 1] = { ...before, last: range.last };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** Orders by family, then first, then last address. */
export function compareRanges(a: AddressRange, b: AddressRange): number {
  if (a.family !== b.family) return a.family - b.family;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  if (a.last !== b.last) return a.last < b.last ? -1 : 1;
  return 0;
}
