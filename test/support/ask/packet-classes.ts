import { type AddressFamily, type AddressRange, LAST_ADDRESS } from '../../../src/model/address.ts';
import type { MatchProduct } from '../../../src/model/match.ts';
import type { Region } from '../../../src/model/region-notation.ts';
import { PROTOCOLS_WITH_PORTS, type Service } from '../../../src/model/service.ts';

/** A packet that stands for all that nothing asked about tells from it. */
export interface PacketClass {
  readonly family: AddressFamily;
  readonly source: bigint;
  readonly destination: bigint;
  readonly protocol: number;
  /** For ICMP the type and the code, for protocols with neither 0. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly weight: bigint;
}

/** What packets are told apart by: whether sets of addresses and services hold them. */
export interface Terms {
  readonly source: readonly (readonly AddressRange[])[];
  readonly destination: readonly (readonly AddressRange[])[];
  readonly services: readonly (readonly Service[])[];
}

/** Every packet of both families, in classes: one packet of each, with the number of packets in it. */
export function packetClasses(terms: Terms): PacketClass[] {
  const services = serviceClasses(terms.services);
  return ([4, 6] as const).flatMap((family) => {
    const sources = addressClasses(family, terms.source);
    const destinations = addressClasses(family, terms.destination);
    return sources.flatMap((source) =>
      destinations.flatMap((destination) =>
        services.map(({ weight, ...service }) => ({
          family,
          source: source.first,
          destination: destination.first,
          ...service,
          weight: source.weight * destination.weight * weight,
        })),
      ),
    );
  });
}

export function termsOf(products: readonly MatchProduct[], regions: readonly Region[]): Terms {
  const side = (name: 'source' | 'destination'): (readonly AddressRange[])[] => [
    ...products.flatMap((product) => [product[name].ranges, product[name].membership?.members ?? []]),
    ...regions.map((region) => region[name]),
  ];
  return {
    source: side('source'),
    destination: side('destination'),
    services: [...products, ...regions].map(({ services }) => services),
  };
}

export function holdsAddress(ranges: readonly AddressRange[], family: AddressFamily, address: bigint): boolean {
  return ranges.some((range) => range.family === family && range.first <= address && address <= range.last);
}

export function holdsService(service: Service, { protocol, sourcePort, destinationPort }: ServicePoint): boolean {
  if (protocol < service.protocolFirst || protocol > service.protocolLast) return false;
  const asksPorts = service.sourcePort !== null || service.destinationPort !== null;
  const asksIcmp = service.icmpType !== null || service.icmpCode !== null;
  if (!asksPorts && !asksIcmp) return true;
  if (PROTOCOLS_WITH_PORTS.includes(protocol)) {
    const inside = (ports: Service['sourcePort'], port: number): boolean => ports === null || (ports.first <= port && port <= ports.last);
    return asksPorts && inside(service.sourcePort, sourcePort) && inside(service.destinationPort, destinationPort);
  }
  const isIcmp = protocol === 1 || protocol === 58;
  return asksIcmp && isIcmp && [sourcePort, null].includes(service.icmpType) && [destinationPort, null].includes(service.icmpCode);
}

/**
 * Whether one of the services holds it. Services of one ICMP type or code, of which a list may have tens of thousands, are looked up; the others are
 * looked at.
 */
export function holdsOneOf(services: readonly Service[], point: ServicePoint): boolean {
  const { looked, others } = lookups.get(services) ?? toLookup(services);
  const { protocol, sourcePort, destinationPort } = point;
  if (others.some((service) => holdsService(service, point))) return true;
  if (looked.size === 0) return false;
  const keys = [
    lookupKey(protocol, sourcePort, destinationPort),
    lookupKey(protocol, sourcePort, null),
    lookupKey(protocol, null, destinationPort),
  ];
  return keys.some((key) => looked.has(key));
}

interface ServiceLookup {
  readonly looked: ReadonlySet<number>;
  readonly others: readonly Service[];
}

const lookups = new WeakMap<readonly Service[], ServiceLookup>();

function toLookup(services: readonly Service[]): ServiceLookup {
  const isLooked = ({ protocolFirst, protocolLast, icmpType, icmpCode }: Service): boolean =>
    protocolFirst === protocolLast && [1, 58].includes(protocolFirst) && (icmpType !== null || icmpCode !== null);
  const looked = new Set(
    services.filter(isLooked).map(({ protocolFirst, icmpType, icmpCode }) => lookupKey(protocolFirst, icmpType, icmpCode)),
  );
  const lookup = { looked, others: services.filter((service) => !isLooked(service)) };
  lookups.set(services, lookup);
  return lookup;
}

/** Null, for any, has a place of its own behind 255. */
function lookupKey(protocol: number, type: number | null, code: number | null): number {
  return (protocol * 65536 + (type ?? 256)) * 65536 + (code ?? 256);
}

export function holdsPacket(region: Region, packet: Omit<PacketClass, 'weight'>): boolean {
  return (
    region.families.includes(packet.family) &&
    holdsAddress(region.source, packet.family, packet.source) &&
    holdsAddress(region.destination, packet.family, packet.destination) &&
    holdsOneOf(region.services, packet)
  );
}

export function show({ family, source, destination, protocol, sourcePort, destinationPort }: Omit<PacketClass, 'weight'>): string {
  return `IPv${family} ${source.toString(16)} -> ${destination.toString(16)} protocol ${protocol} ${sourcePort}:${destinationPort}`;
}

type ServicePoint = Pick<PacketClass, 'protocol' | 'sourcePort' | 'destinationPort'>;

function addressClasses(family: AddressFamily, sets: Terms['source']): { first: bigint; weight: bigint }[] {
  const cuts = new Set([0n]);
  for (const { family: own, first, last } of sets.flat()) {
    if (own !== family) continue;
    cuts.add(first);
    if (last < LAST_ADDRESS[family]) cuts.add(last + 1n);
  }
  const starts = [...cuts].sort((a, b) => (a < b ? -1 : 1));
  return classed(
    starts.map((first, i) => ({ first, weight: (starts[i + 1] ?? LAST_ADDRESS[family] + 1n) - first })),
    ({ first }) => sets.map((ranges) => holdsAddress(ranges, family, first)),
  );
}

function serviceClasses(lists: Terms['services']): (ServicePoint & { weight: bigint })[] {
  const services = lists.flat();
  const points = stretches(
    255,
    services.flatMap((each) => [
      [each.protocolFirst, each.protocolLast],
      [1, 1],
      [58, 58],
      ...PROTOCOLS_WITH_PORTS.map((port) => [port, port]),
    ]),
  ).flatMap((protocol) => {
    const isIcmp = protocol.first === 1 || protocol.first === 58;
    if (!isIcmp && !PROTOCOLS_WITH_PORTS.includes(protocol.first)) {
      return [{ protocol: protocol.first, sourcePort: 0, destinationPort: 0, weight: protocol.weight }];
    }
    const own = (service: Service, axis: 'sourcePort' | 'destinationPort'): number[][] => {
      if (!isIcmp) return service[axis] === null ? [] : [[service[axis].first, service[axis].last]];
      const value = axis === 'sourcePort' ? service.icmpType : service.icmpCode;
      return value === null ? [] : [[value, value]];
    };
    const last = isIcmp ? 255 : 65535;
    const axis = (name: 'sourcePort' | 'destinationPort') =>
      stretches(
        last,
        services.flatMap((service) => own(service, name)),
      );
    return axis('sourcePort').flatMap((from) =>
      axis('destinationPort').map((to) => ({
        protocol: protocol.first,
        sourcePort: from.first,
        destinationPort: to.first,
        weight: from.weight * to.weight,
      })),
    );
  });
  return classed(points, (point) => lists.map((list) => holdsOneOf(list, point)));
}

/** The stretches of 0..last between the bounds of the ranges. */
function stretches(last: number, ranges: readonly (readonly number[])[]): { first: number; weight: bigint }[] {
  const cuts = new Set([0]);
  for (const [from, to] of ranges as readonly (readonly [number, number])[]) {
    cuts.add(from);
    if (to < last) cuts.add(to + 1);
  }
  const starts = [...cuts].sort((a, b) => a - b);
  return starts.map((first, i) => ({ first, weight: BigInt((starts[i + 1] ?? last + 1) - first) }));
}

/** One of each class of values that all terms answer alike, the first, with the weight of all. */
function classed<Value extends { readonly weight: bigint }>(
  values: readonly Value[],
  answers: (value: Value) => readonly boolean[],
): Value[] {
  const classes = new Map<string, Value>();
  for (const value of values) {
    const key = answers(value)
      .map((answer) => (answer ? '1' : '0'))
      .join('');
    const before = classes.get(key);
    classes.set(key, before === undefined ? value : { ...before, weight: before.weight + value.weight });
  }
  return [...classes.values()];
}
