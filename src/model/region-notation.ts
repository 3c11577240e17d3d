import { type AddressFamily, type AddressRange, anyAddress, formatAddressRange, normaliseRanges } from './address.ts';
import type { Endpoint, MatchProduct } from './match.ts';
import {
  mergePorts,
  type NotationSide,
  type Parsed,
  parseProtocolItem,
  parseSide,
  parseTail,
  protocolHasPorts,
  splitNotation,
} from './notation-parts.ts';
import type { Packet } from './packet-notation.ts';
import { ANY_SERVICE, formatPortRange, formatProtocol, ICMP, ICMPV6, type PortRange, type Service } from './service.ts';

/**
 * A set of packets that is one product per family: any of the sources, to any of the destinations, with any of the services. Ranges are normalised
 * and only of the families named, of which there is at least one; a side has every family named.
 */
export interface Region {
  readonly families: readonly AddressFamily[];
  readonly source: readonly AddressRange[];
  readonly destination: readonly AddressRange[];
  readonly services: readonly Service[];
}

/**
 * Reads `tcp 10.0.0.0/8 -> 10.9.0.0/16:1-1024`, `tcp,udp any -> 10.0.0.53:53`, `any [2001:db8::/32] -> any`, `icmp any -> 10.0.0.0/8 type 8`, `… type 0-7,9`. Addresses are
 * networks, hosts, `first-last`, lists, `any` (both families); ports likewise. Families that only one side has fall away.
 */
export function parseRegion(text: string): Parsed<Region> {
  const split = splitNotation(text);
  if (!split.ok) return split;
  const protocols = parseProtocols(split.value.protocol);
  if (!protocols.ok) return protocols;
  const source = parseSide('source', split.value.source);
  if (!source.ok) return source;
  const destination = parseSide('destination', split.value.destination);
  if (!destination.ok) return destination;
  const families = ([4, 6] as const).filter((family) => [source.value, destination.value].every((side) => hasFamily(side, family)));
  if (families.length === 0) {
    return refuse(
      `source ${split.value.source} and destination ${split.value.destination} have no address family in common; expected IPv4 or IPv6 on both sides`,
    );
  }
  const services = parseServices(protocols.value, source.value.ports, destination.value.ports, split.value.tail);
  if (!services.ok) return services;
  return {
    ok: true,
    value: {
      families,
      source: rangesOf(source.value, families),
      destination: rangesOf(destination.value, families),
      services: services.value,
    },
  };
}

/** A text that {@link parseRegion} reads back as the same packets; one line each for services that are no product (`tcp :443` and `udp :53`). */
export function formatRegion(region: Region): readonly string[] {
  const anyWorks =
    isPinned(region.source, region.families) || isPinned(region.destination, region.families) || region.families.length === 2;
  return toServiceProducts(region.services).map(({ protocols, sourcePorts, destinationPorts, icmpTypes, icmpCodes }) => {
    const source = `${formatRanges(region.source, region.families, anyWorks)}${formatPorts(sourcePorts)}`;
    const destination = `${formatRanges(region.destination, region.families, anyWorks)}${formatPorts(destinationPorts)}`;
    const type = icmpTypes === null ? '' : ` type ${formatNumbers(icmpTypes)}`;
    const code = icmpCodes === null ? '' : ` code ${formatNumbers(icmpCodes)}`;
    return `${protocols.map(formatProtocols).join(',')} ${source} -> ${destination}${type}${code}`;
  });
}

/** The region as what a rule can match: one product for each family. */
export function toMatchProducts(region: Region): MatchProduct[] {
  const side = (ranges: readonly AddressRange[], family: AddressFamily): Endpoint => ({
    ranges: ranges.filter((range) => range.family === family),
    membership: null,
  });
  return region.families.map((family) => ({
    family,
    source: side(region.source, family),
    destination: side(region.destination, family),
    services: region.services,
    finite: [],
    unknowns: [],
  }));
}

/** The packets that a packet text with parts left out stands for. */
export function toRegion(packet: Packet): Region {
  const host = (value: bigint): AddressRange[] => [{ family: packet.family, first: value, last: value }];
  const port = (value: number | null): PortRange | null => (value === null ? null : { first: value, last: value });
  return {
    families: [packet.family],
    source: host(packet.source),
    destination: host(packet.destination),
    services: [
      {
        protocolFirst: packet.protocol,
        protocolLast: packet.protocol,
        sourcePort: port(packet.sourcePort),
        destinationPort: port(packet.destinationPort),
        icmpType: packet.icmpType,
        icmpCode: packet.icmpCode,
      },
    ],
  };
}

interface ProtocolRange {
  readonly first: number;
  readonly last: number;
}

function parseProtocols(text: string): Parsed<readonly ProtocolRange[]> {
  const protocols: ProtocolRange[] = [];
  for (const item of text.split(',')) {
    const parsed = parseProtocolItem(item);
    if (!parsed.ok) return parsed;
    protocols.push(parsed.value);
  }
  return { ok: true, value: withoutOverlap(protocols) };
}

/** Sorted and disjoint; neighbours stay apart, so that `icmp,igmp` is not `1-2`. */
function withoutOverlap(protocols: readonly ProtocolRange[]): ProtocolRange[] {
  const merged: ProtocolRange[] = [];
  for (const range of [...protocols].sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before !== undefined && range.first <= before.last) {
      merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

function hasFamily(side: NotationSide, family: AddressFamily): boolean {
  return side.isAny || side.ranges.some((range) => range.family === family);
}

function rangesOf(side: NotationSide, families: readonly AddressFamily[]): readonly AddressRange[] {
  return side.isAny ? families.map(anyAddress) : normaliseRanges(side.ranges.filter((range) => families.includes(range.family)));
}

function parseServices(
  protocols: readonly ProtocolRange[],
  sourcePorts: readonly PortRange[] | null,
  destinationPorts: readonly PortRange[] | null,
  tailWords: readonly string[],
): Parsed<readonly Service[]> {
  const asksForPorts = sourcePorts !== null || destinationPorts !== null;
  const portless = protocols.find(({ first, last }) => first === last && !protocolHasPorts(first));
  if (asksForPorts && portless !== undefined) {
    const isIcmp = portless.first === ICMP || portless.first === ICMPV6;
    return refuse(
      `${formatProtocol(portless.first)} has no ports${isIcmp ? '; expected type and code at the end: type 8 code 0' : '; expected addresses alone'}`,
    );
  }
  const tail = parseTail(
    tailWords,
    protocols.map(({ first, last }) => (first === last ? first : -1)),
    'several',
  );
  if (!tail.ok) return tail;
  const services = protocols.flatMap(({ first, last }) =>
    (sourcePorts ?? [null]).flatMap((sourcePort) =>
      (destinationPorts ?? [null]).flatMap((destinationPort) =>
        (tail.value.type ?? [null]).flatMap((icmpType) =>
          (tail.value.code ?? [null]).map((icmpCode) => ({
            ...ANY_SERVICE,
            protocolFirst: first,
            protocolLast: last,
            sourcePort,
            destinationPort,
            icmpType,
            icmpCode,
          })),
        ),
      ),
    ),
  );
  return { ok: true, value: services };
}

/** Whether a side says by itself which families are meant. */
function isPinned(ranges: readonly AddressRange[], families: readonly AddressFamily[]): boolean {
  return !isEverything(ranges, families);
}

function isEverything(ranges: readonly AddressRange[], families: readonly AddressFamily[]): boolean {
  return families.every((family) =>
    ranges.some((range) => range.family === family && range.first === 0n && range.last === anyAddress(family).last),
  );
}

function formatRanges(ranges: readonly AddressRange[], families: readonly AddressFamily[], anyWorks: boolean): string {
  if (anyWorks && isEverything(ranges, families)) return 'any';
  return ranges.map((range) => (range.family === 6 ? `[${formatAddressRange(range)}]` : formatAddressRange(range))).join(',');
}

function formatPorts(ports: readonly PortRange[] | null): string {
  return ports === null ? '' : `:${ports.map(formatPortRange).join(',')}`;
}

function formatProtocols({ first, last }: ProtocolRange): string {
  if (first === 0 && last === 255) return 'any';
  return first === last ? formatProtocol(first) : `${first}-${last}`;
}

/** Services that one line can say. */
interface ServiceProduct {
  readonly protocols: readonly ProtocolRange[];
  readonly sourcePorts: readonly PortRange[] | null;
  readonly destinationPorts: readonly PortRange[] | null;
  readonly icmpTypes: readonly number[] | null;
  readonly icmpCodes: readonly number[] | null;
}

/** Joins services that differ on one axis only, axis after axis. */
function toServiceProducts(services: readonly Service[]): readonly ServiceProduct[] {
  const singles = services.map(
    (service): ServiceProduct => ({
      protocols: [{ first: service.protocolFirst, last: service.protocolLast }],
      sourcePorts: service.sourcePort === null ? null : [service.sourcePort],
      destinationPorts: service.destinationPort === null ? null : [service.destinationPort],
      icmpTypes: service.icmpType === null ? null : [service.icmpType],
      icmpCodes: service.icmpCode === null ? null : [service.icmpCode],
    }),
  );
  const byCode = joinOn(singles, 'icmpCodes', mergeNumbers);
  const byType = joinOn(byCode, 'icmpTypes', mergeNumbers);
  const byDestination = joinOn(byType, 'destinationPorts', mergePorts);
  const bySource = joinOn(byDestination, 'sourcePorts', mergePorts);
  return joinOn(bySource, 'protocols', (protocols) => [...protocols]);
}

/** All that differ on the axis only at once: a list of ICMP types and codes is tens of thousands of services. */
function joinOn<Axis extends keyof ServiceProduct>(
  products: readonly ServiceProduct[],
  axis: Axis,
  merge: (values: readonly NonNullable<ServiceProduct[Axis]>[number][]) => ServiceProduct[Axis],
): readonly ServiceProduct[] {
  const groups = new Map<string, ServiceProduct[]>();
  for (const product of products) {
    // A side that does not ask for ports cannot stand in one list with one that does.
    const key = JSON.stringify({ ...product, [axis]: product[axis] === null });
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [product]);
    else group.push(product);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1 || first[axis] === null) return first ?? [];
    const values = group.flatMap((product) => (product[axis] ?? []) as readonly NonNullable<ServiceProduct[Axis]>[number][]);
    return { ...first, [axis]: merge(values) };
  });
}

function mergeNumbers(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** `0-7,9-255` */
function formatNumbers(numbers: readonly number[]): string {
  return mergePorts(numbers.map((number) => ({ first: number, last: number })))
    .map(formatPortRange)
    .join(',');
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
