import { type AddressRange, anyAddress, normaliseRanges, parseAddressRange } from '../../../model/address.ts';
import type { Match, MatchProduct } from '../../../model/match.ts';
import {
  ANY_SERVICE,
  ICMP,
  ICMPV6,
  type PortRange,
  PROTOCOLS_WITH_PORTS,
  parsePortRange,
  parseProtocol,
  type Service,
  serviceOf,
} from '../../../model/service.ts';
import { shorten } from '../../shorten.ts';
import type { CsvRow } from './csv-rows.ts';

export interface CsvMatch {
  readonly match: Match;
  /** What of the row cannot be read; [] when everything can. */
  readonly problems: readonly string[];
  /** Addresses whose bits below the prefix length were ignored. */
  readonly masked: readonly string[];
}

/** Reads addresses, protocols and ports of a row; a list is separated by `;`, an empty cell is any. */
export function readCsvMatch(row: CsvRow, unknowns: readonly string[]): CsvMatch {
  const problems: string[] = [];
  const masked: string[] = [];
  const source = readAddresses(row, 'source', problems, masked);
  const destination = readAddresses(row, 'destination', problems, masked);
  const services = readServices(row, problems);
  const products = ([4, 6] as const).flatMap((family): MatchProduct[] => {
    const from = source.filter((range) => range.family === family);
    const to = destination.filter((range) => range.family === family);
    if (from.length === 0 || to.length === 0) return [];
    const endpoint = (ranges: readonly AddressRange[]) => ({ ranges: normaliseRanges(ranges), membership: null });
    return [{ family, source: endpoint(from), destination: endpoint(to), services, finite: [], unknowns }];
  });
  return { match: { products }, problems, masked };
}

/** The elements of a cell; [] when it is empty or says `any`. */
export function listOf(row: CsvRow, column: string): string[] {
  const cell = row.cells.get(column) ?? '';
  if (cell === '') return [];
  const items = cell.includes(';')
    ? cell
        .split(';')
        .map((item) => item.trim())
        .filter((item) => item !== '')
    : [cell];
  return items.some((item) => item.length <= 3 && /^(any|all|\*)$/i.test(item)) ? [] : items;
}

function readAddresses(row: CsvRow, column: string, problems: string[], masked: string[]): AddressRange[] {
  const items = listOf(row, column);
  if (items.length === 0) return [anyAddress(4), anyAddress(6)];
  return items.flatMap((item) => {
    const parsed = parseAddressRange(item);
    if (!parsed.ok) {
      problems.push(`${column} ${shorten(parsed.reason, 300)}`);
      return [];
    }
    if (parsed.hostBitsMasked) masked.push(shorten(item));
    return [parsed.range];
  });
}

function readServices(row: CsvRow, problems: string[]): Service[] {
  const protocols = listOf(row, 'protocol').filter((item) => item.toLowerCase() !== 'ip');
  const isAny = protocols.length === 0 || protocols.length < listOf(row, 'protocol').length;
  const sources = listOf(row, 'source_port');
  const destinations = listOf(row, 'destination_port');
  if (isAny && sources.length === 0 && destinations.length === 0) return [ANY_SERVICE];
  const numbers = isAny ? PROTOCOLS_WITH_PORTS : readProtocols(protocols, problems);
  const hasIcmp = numbers.some(isIcmp);
  if (hasIcmp && (sources.length > 0 || (destinations.length > 0 && !numbers.every(isIcmp)))) {
    problems.push('ICMP has no ports: write type or type/code as destination_port, in a row of its own');
    return [];
  }
  const without = numbers.find((number) => !isIcmp(number) && !PROTOCOLS_WITH_PORTS.includes(number));
  if (without !== undefined && (sources.length > 0 || destinations.length > 0)) {
    problems.push(`protocol ${without} has no ports, but the row names some`);
    return [];
  }
  if (hasIcmp && destinations.length > 0)
    return numbers.flatMap((number) => destinations.flatMap((item) => readIcmp(number, item, problems)));
  const from = readPorts('source_port', sources, problems);
  const to = readPorts('destination_port', destinations, problems);
  return numbers.flatMap((number) => from.flatMap((sourcePort) => to.map((port): Service => ({ ...serviceOf(number, port), sourcePort }))));
}

function readProtocols(items: readonly string[], problems: string[]): number[] {
  return items.flatMap((item) => {
    const protocol = parseProtocol(item);
    if (protocol === null) problems.push(`protocol "${shorten(item, 60)}" is not known`);
    return protocol === null ? [] : [protocol];
  });
}

/** `[null]` stands for any port. */
function readPorts(column: string, items: readonly string[], problems: string[]): (PortRange | null)[] {
  if (items.length === 0) return [null];
  return items.flatMap((item) => {
    const parsed = parsePortRange(item);
    if (!parsed.ok) problems.push(`${column} ${shorten(parsed.reason, 300)}`);
    return parsed.ok ? [parsed.ports] : [];
  });
}

function readIcmp(protocol: number, item: string, problems: string[]): Service[] {
  const parts = /^(\d{1,3})(?:\/(\d{1,3}|any))?$/i.exec(item);
  const type = Number(parts?.[1] ?? Number.NaN);
  const code = parts?.[2] === undefined || /any/i.test(parts[2]) ? null : Number(parts[2]);
  if (parts === null || type > 255 || (code ?? 0) > 255) {
    problems.push(`destination_port "${shorten(item, 60)}" is no ICMP type or type/code between 0 and 255`);
    return [];
  }
  return [{ ...serviceOf(protocol), icmpType: type, icmpCode: code }];
}

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}
