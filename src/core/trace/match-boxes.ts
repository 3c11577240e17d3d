import { type AddressFamily, type AddressRange, normaliseRanges } from '../../model/address.ts';
import type { Endpoint, Match, MatchProduct } from '../../model/match.ts';
import { ICMP, ICMPV6, type PortRange, PROTOCOLS_WITH_PORTS, type Service } from '../../model/service.ts';

/**
 * A part of a match as a product of sets: what the match may hold *at any time* (a reference is its ranges under its unknown axis). Ranges
 * and ports are sorted, disjoint and never empty. Ports are constrained only where the protocol is a single one that has them; for ICMP the
 * port axes hold type and code.
 */
export interface MatchBox {
  readonly family: AddressFamily;
  readonly source: readonly AddressRange[];
  readonly destination: readonly AddressRange[];
  readonly protocolFirst: number;
  readonly protocolLast: number;
  readonly sourcePort: PortRange;
  readonly destinationPorts: readonly PortRange[];
  readonly finite: readonly FiniteValues[];
  readonly unknowns: readonly string[];
}

export interface FiniteValues {
  readonly axis: string;
  readonly values: readonly string[];
}

const LAST_PORT = 65535;
const LAST_ICMP = 255;
const EVERY_PORT: PortRange = { first: 0, last: LAST_PORT };

/** Nothing for a match that no packet can satisfy, whatever the unknowns are. */
export function toMatchBoxes(match: Match): MatchBox[] {
  return match.products.flatMap(boxesOfProduct);
}

function boxesOfProduct(product: MatchProduct): MatchBox[] {
  const source = rangesOf(product.source, product.family);
  const destination = rangesOf(product.destination, product.family);
  const finite = joinFinite(product);
  if (source.length === 0 || destination.length === 0 || finite.some(({ values }) => values.length === 0)) return [];
  const unknowns = [...new Set([...product.unknowns, ...memberships(product)])];
  return joinPorts(product.services.flatMap(toServicePieces)).map((piece) => ({
    family: product.family,
    source,
    destination,
    ...piece,
    finite,
    unknowns,
  }));
}

function rangesOf(endpoint: Endpoint, family: AddressFamily): readonly AddressRange[] {
  const ranges = endpoint.ranges.filter((range) => range.family === family && range.first <= range.last);
  return ranges.length < 2 ? ranges : normaliseRanges(ranges);
}

function memberships({ source, destination }: MatchProduct): string[] {
  return [source, destination].flatMap(({ membership }) => (membership === null ? [] : [membership.axis]));
}

/** An axis that is named twice allows what both allow. */
function joinFinite(product: MatchProduct): FiniteValues[] {
  const joined = new Map<string, readonly string[]>();
  for (const { axis, values } of product.finite) {
    const before = joined.get(axis);
    joined.set(axis, before === undefined ? [...new Set(values)] : before.filter((value) => values.includes(value)));
  }
  return [...joined].map(([axis, values]) => ({ axis, values }));
}

interface ServicePiece {
  readonly protocolFirst: number;
  readonly protocolLast: number;
  readonly sourcePort: PortRange;
  readonly destinationPorts: readonly PortRange[];
}

function toServicePieces(service: Service): ServicePiece[] {
  const { protocolFirst, protocolLast, sourcePort, destinationPort, icmpType, icmpCode } = service;
  if (protocolFirst > protocolLast) return [];
  const asksForPorts = sourcePort !== null || destinationPort !== null;
  const asksForIcmp = icmpType !== null || icmpCode !== null;
  if (!asksForPorts && !asksForIcmp) return [{ protocolFirst, protocolLast, sourcePort: EVERY_PORT, destinationPorts: [EVERY_PORT] }];
  const single = (protocols: readonly number[], source: PortRange, destination: PortRange): ServicePiece[] =>
    source.first > source.last || destination.first > destination.last
      ? []
      : protocols
          .filter((protocol) => protocolFirst <= protocol && protocol <= protocolLast)
          .map((protocol) => ({ protocolFirst: protocol, protocolLast: protocol, sourcePort: source, destinationPorts: [destination] }));
  return [
    ...(asksForPorts ? single(PROTOCOLS_WITH_PORTS, sourcePort ?? EVERY_PORT, destinationPort ?? EVERY_PORT) : []),
    ...(asksForIcmp ? single([ICMP, ICMPV6], icmpValue(icmpType), icmpValue(icmpCode)) : []),
  ];
}

/** Types and codes end at 255: the last one takes the rest of the port axis with it, so that no value of the axis is left to nobody. */
function icmpValue(value: number | null): PortRange {
  if (value === null) return EVERY_PORT;
  return { first: value, last: value === LAST_ICMP ? LAST_PORT : value };
}

/** Destination ports of what is otherwise the same service become one set. */
function joinPorts(pieces: readonly ServicePiece[]): ServicePiece[] {
  if (pieces.length < 2) return [...pieces];
  const joined = new Map<string, { readonly piece: ServicePiece; readonly ports: PortRange[] }>();
  for (const piece of pieces) {
    const key = `${piece.protocolFirst},${piece.protocolLast},${piece.sourcePort.first},${piece.sourcePort.last}`;
    const before = joined.get(key);
    if (before === undefined) joined.set(key, { piece, ports: [...piece.destinationPorts] });
    else before.ports.push(...piece.destinationPorts);
  }
  return [...joined.values()].map(({ piece, ports }) => ({ ...piece, destinationPorts: normalisePorts(ports) }));
}

function normalisePorts(ports: readonly PortRange[]): PortRange[] {
  const merged: PortRange[] = [];
  for (const range of [...ports].sort((a, b) => a.first - b.first || a.last - b.last)) {
    const before = merged.at(-1);
    if (before === undefined || range.first > before.last + 1) merged.push(range);
    else if (range.last > before.last) merged[merged.length - 1] = { first: before.first, last: range.last };
  }
  return merged;
}
