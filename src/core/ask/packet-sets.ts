import { type AddressFamily, type AddressRange, normaliseRanges } from '../../model/address.ts';
import type { Region } from '../../model/region-notation.ts';
import { ANY_SERVICE, ICMP, ICMPV6, type PortRange, type Service } from '../../model/service.ts';
import { STRIDE } from '../trace/box-table.ts';
import { type AddressAxis, DESTINATION, type NumberAxis, SOURCE, type TraceAxes } from '../trace/trace-axes.ts';

/** First and last rank on one axis. */
type Interval = readonly [number, number];

/** A set of ranks, sorted, disjoint, not touching; equal sets have equal keys. */
interface RankSet {
  readonly intervals: readonly Interval[];
  readonly key: string;
}

/** Disjoint and sorted. */
interface ServiceSet {
  readonly boxes: readonly ServiceBox[];
  readonly key: string;
}

type ServiceBox = readonly [protocol: Interval, sourcePort: Interval, destinationPort: Interval];

/** Any of the sources to any of the destinations with any of the services. */
interface Product {
  readonly family: AddressFamily;
  readonly source: RankSet;
  readonly destination: RankSet;
  readonly services: ServiceSet;
}

/**
 * Says the same packets in few regions that a person can read: what differs on one axis only is joined there, over and over.
 *
 * @param pieces disjoint intervals of ranks on the packet axes, as columns of {@link STRIDE}
 * @returns disjoint regions, by family and lowest addresses
 */
export function toRegions(axes: TraceAxes, pieces: readonly Int32Array[]): Region[] {
  let products = pieces.map((bounds) => toProduct(axes, bounds));
  for (let before = Number.POSITIVE_INFINITY; products.length < before; ) {
    before = products.length;
    products = joinProducts(products, 'source', 'destination', (group) => ({
      services: joinServices(group.flatMap(({ services }) => services.boxes)),
    }));
    products = joinProducts(products, 'source', 'services', (group) => ({
      destination: joinSets(group.map(({ destination }) => destination)),
    }));
    products = joinProducts(products, 'destination', 'services', (group) => ({ source: joinSets(group.map(({ source }) => source)) }));
  }
  const regions = products.sort(byPlace).map((product) => toRegion(axes, product));
  return joinFamilies(regions);
}

function toProduct(axes: TraceAxes, bounds: Int32Array): Product {
  if (bounds.length !== STRIDE) throw new Error(`a piece has ${bounds.length} bounds, expected ${STRIDE}`);
  const interval = (axis: number): Interval => [bounds[2 * axis] as number, bounds[2 * axis + 1] as number];
  return {
    family: (bounds[2 * SOURCE] as number) < axes.source.ipv4Count ? 4 : 6,
    source: toSet([interval(SOURCE)]),
    destination: toSet([interval(DESTINATION)]),
    services: toServiceSet([[interval(2), interval(3), interval(4)]]),
  };
}

function toSet(intervals: readonly Interval[]): RankSet {
  return { intervals, key: intervals.join() };
}

function toServiceSet(boxes: readonly ServiceBox[]): ServiceSet {
  return { boxes, key: boxes.join() };
}

type Side = 'source' | 'destination' | 'services';

/** Joins all products that agree on two sides, on the third. */
function joinProducts(
  products: readonly Product[],
  one: Side,
  other: Side,
  join: (group: readonly Product[]) => Partial<Product>,
): Product[] {
  const groups = new Map<string, Product[]>();
  for (const product of products) {
    const key = `${product.family} ${product[one].key} ${product[other].key}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [product]);
    else group.push(product);
  }
  return Array.from(groups.values(), (group) => {
    const first = group[0] as Product;
    return group.length === 1 ? first : { ...first, ...join(group) };
  });
}

function joinSets(sets: readonly RankSet[]): RankSet {
  return toSet(joinIntervals(sets.flatMap(({ intervals }) => intervals)));
}

function joinIntervals(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const interval of [...intervals].sort((x, y) => x[0] - y[0])) {
    const before = joined.at(-1);
    if (before !== undefined && interval[0] <= before[1] + 1) joined[joined.length - 1] = [before[0], Math.max(before[1], interval[1])];
    else joined.push(interval);
  }
  return joined;
}

/** Disjoint boxes in, disjoint boxes out: those that agree on two axes and touch on the third become one. */
function joinServices(boxes: readonly ServiceBox[]): ServiceSet {
  let joined = boxes;
  for (let before = Number.POSITIVE_INFINITY; joined.length < before; ) {
    before = joined.length;
    for (const axis of [2, 1, 0] as const) joined = joinAlong(joined, axis);
  }
  return toServiceSet([...joined].sort((a, b) => a[0][0] - b[0][0] || a[1][0] - b[1][0] || a[2][0] - b[2][0]));
}

function joinAlong(boxes: readonly ServiceBox[], axis: 0 | 1 | 2): ServiceBox[] {
  const groups = new Map<string, ServiceBox[]>();
  for (const box of boxes) {
    const key = box.filter((_, i) => i !== axis).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [box]);
    else group.push(box);
  }
  return [...groups.values()].flatMap((group) => {
    const first = group[0] as ServiceBox;
    if (group.length === 1) return [first];
    return joinIntervals(group.map((box) => box[axis])).map(
      (interval) => first.map((own, i) => (i === axis ? interval : own)) as unknown as ServiceBox,
    );
  });
}

function byPlace(a: Product, b: Product): number {
  const first = (product: Product, axis: 'source' | 'destination'): number => product[axis].intervals[0]?.[0] ?? 0;
  return a.family - b.family || first(a, 'destination') - first(b, 'destination') || first(a, 'source') - first(b, 'source');
}

function toRegion(axes: TraceAxes, product: Product): Region {
  return {
    families: [product.family],
    source: toRanges(axes.source, product.source.intervals),
    destination: toRanges(axes.destination, product.destination.intervals),
    services: product.services.boxes.flatMap((box) => toServices(axes, box)),
  };
}

function toRanges(axis: AddressAxis, intervals: readonly Interval[]): AddressRange[] {
  return normaliseRanges(
    intervals.map(([first, last]) => {
      const range = axis.range(first);
      return { family: range.family, first: range.first, last: axis.range(last).last };
    }),
  );
}

/** One service, but for ICMP types and codes that only a list can say. */
function toServices(axes: TraceAxes, [protocol, source, destination]: ServiceBox): Service[] {
  const protocolFirst = axes.protocol.starts[protocol[0]] as number;
  const protocolLast = axes.protocol.lastOf(protocol[1]);
  const base: Service = { ...ANY_SERVICE, protocolFirst, protocolLast };
  if (protocolFirst === protocolLast && (protocolFirst === ICMP || protocolFirst === ICMPV6)) {
    const types = toNumbers(axes.sourcePort, source);
    const codes = toNumbers(axes.destinationPort, destination);
    return types.flatMap((icmpType) => codes.map((icmpCode) => ({ ...base, icmpType, icmpCode })));
  }
  return [{ ...base, sourcePort: toPorts(axes.sourcePort, source), destinationPort: toPorts(axes.destinationPort, destination) }];
}

/** Types or codes, 0..255; a single null for all of them. */
function toNumbers(axis: NumberAxis, [first, last]: Interval): (number | null)[] {
  const from = axis.starts[first] as number;
  const to = Math.min(axis.lastOf(last), 255);
  if (from === 0 && to === 255) return [null];
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function toPorts(axis: NumberAxis, [first, last]: Interval): PortRange | null {
  const ports = { first: axis.starts[first] as number, last: axis.lastOf(last) };
  return ports.first === 0 && ports.last === 65535 ? null : ports;
}

/** Everything of both families is one region. */
function joinFamilies(regions: readonly Region[]): Region[] {
  const everywhere = ({ source, destination, families }: Region): boolean =>
    [source, destination].every(
      (ranges) => ranges.length === 1 && ranges[0]?.first === 0n && isWhole(ranges[0], families[0] as AddressFamily),
    );
  const joined: Region[] = [];
  for (const region of regions) {
    if (!everywhere(region)) {
      joined.push(region);
      continue;
    }
    const key = JSON.stringify(region.services);
    const other = joined.findIndex(
      (each) => everywhere(each) && each.families[0] !== region.families[0] && JSON.stringify(each.services) === key,
    );
    const before = joined[other];
    if (before === undefined) joined.push(region);
    else
      joined[other] = {
        families: [4, 6],
        source: [...before.source, ...region.source],
        destination: [...before.destination, ...region.destination],
        services: region.services,
      };
  }
  return joined;
}

function isWhole(range: AddressRange, family: AddressFamily): boolean {
  return range.last === (family === 4 ? 0xffff_ffffn : (1n << 128n) - 1n);
}
