import { type AddressFamily, LAST_ADDRESS, parseAddress, parseAddressRange } from '../../model/address.ts';
import type { ProofCut, ProofPacket, ProofProduct } from '../../model/proof.ts';
import { ANY_OTHER_VALUE, addressSet, type CheckedPolicy, familySet, finiteAxis, NO, unknownAxis, YES } from './checked-policy.ts';
import type { Product } from './product.ts';
import { ProofFault } from './proof-fault.ts';
import { intersect, subtract, toValueSet, type ValueSet } from './value-set.ts';

/** A product that a proof writes. @throws {ProofFault} when a value cannot be read, or it holds nothing */
export function readProduct(policy: CheckedPolicy, written: ProofProduct): Product {
  const { family, sourcePorts, destinationPorts, icmpTypes, icmpCodes } = written;
  const product = new Map<string, ValueSet>([
    ['family', familySet(family)],
    ['source', readAddresses(family, written.source)],
    ['destination', readAddresses(family, written.destination)],
    ['protocol', readNumbers([written.protocol])],
  ]);
  if (sourcePorts !== undefined) product.set('source-port', readNumbers(sourcePorts));
  if (destinationPorts !== undefined) product.set('destination-port', readNumbers(destinationPorts));
  if (icmpTypes !== undefined) product.set('icmp-type', readNumbers(icmpTypes));
  if (icmpCodes !== undefined) product.set('icmp-code', readNumbers(icmpCodes));
  for (const { axis, values } of written.finite ?? []) product.set(finiteAxis(axis), readFinite(policy, axis, values));
  for (const { axis, holds } of written.unknowns ?? []) setUnknown(product, axis, holds);
  for (const [axis, set] of product) if (set.length === 0) throw new ProofFault(`has a part that holds nothing on the axis ${axis}`);
  return product;
}

/** The points that are this packet, whatever the conditions are that it does not list. @throws {ProofFault} */
export function readPacket(policy: CheckedPolicy, packet: ProofPacket): Product {
  const product = new Map<string, ValueSet>([
    ['family', familySet(packet.family)],
    ['source', readAddresses(packet.family, [packet.source])],
    ['destination', readAddresses(packet.family, [packet.destination])],
    ['protocol', oneNumber(packet.protocol)],
  ]);
  if (packet.sourcePort !== null) product.set('source-port', oneNumber(packet.sourcePort));
  if (packet.destinationPort !== null) product.set('destination-port', oneNumber(packet.destinationPort));
  if (packet.icmpType !== null) product.set('icmp-type', oneNumber(packet.icmpType));
  if (packet.icmpCode !== null) product.set('icmp-code', oneNumber(packet.icmpCode));
  for (const { axis, value } of packet.finite) product.set(finiteAxis(axis), readFinite(policy, axis, [value]));
  for (const { axis, holds } of packet.unknowns) setUnknown(product, axis, holds);
  return product;
}

/** The points with these answers of the unknowns. */
export function unknownProduct(unknowns: readonly { readonly axis: string; readonly holds: boolean }[]): Product {
  const product = new Map<string, ValueSet>();
  for (const { axis, holds } of unknowns) setUnknown(product, axis, holds);
  return product;
}

/** The two halves of a region; null for one that is empty. @throws {ProofFault} */
export function cutInTwo(policy: CheckedPolicy, region: Product, cut: ProofCut): readonly [Product | null, Product | null] {
  const { axis, first } = readCut(policy, region, cut);
  const own = region.get(axis) ?? policy.wholeOf(axis);
  const half = (set: ValueSet): Product | null => (set.length === 0 ? null : new Map(region).set(axis, set));
  return [half(intersect(own, first)), half(subtract(own, first))];
}

function readCut(policy: CheckedPolicy, region: Product, cut: ProofCut): { readonly axis: string; readonly first: ValueSet } {
  if ('unknown' in cut) return { axis: unknownAxis(cut.unknown), first: NO };
  if ('finite' in cut) return { axis: finiteAxis(cut.finite), first: readFinite(policy, cut.finite, cut.values) };
  const isAddress = cut.cut === 'source' || cut.cut === 'destination';
  const at = isAddress ? readAddress(familyOf(region), cut.at) : readNumber(cut.at);
  return { axis: cut.cut, first: toValueSet([{ first: 0n, last: at - 1n }]) };
}

function familyOf(region: Product): AddressFamily {
  return region.get('family')?.[0]?.first === 6n ? 6 : 4;
}

/** Where an unknown is asked for yes and for no, nothing is left. */
function setUnknown(product: Map<string, ValueSet>, name: string, holds: boolean): void {
  const axis = unknownAxis(name);
  const set = holds ? YES : NO;
  const before = product.get(axis);
  product.set(axis, before === undefined ? set : intersect(before, set));
}

function readFinite(policy: CheckedPolicy, axis: string, values: readonly string[]): ValueSet {
  const numbers = policy.finiteValues.get(axis);
  return toValueSet(
    values.map((value) => {
      const number = numbers?.get(value);
      if (number === undefined)
        throw new ProofFault(`names the value ${value} of ${axis}, which no rule names; expected "${ANY_OTHER_VALUE}"`);
      return { first: number, last: number };
    }),
  );
}

const MAPPED_PREFIX = 0xffffn << 32n;

/** The model folds IPv4-mapped IPv6 into IPv4; a proof about IPv6 means the IPv6 address. */
function unfold(family: AddressFamily, isWrittenAsIpv6: boolean, read: { readonly family: AddressFamily; readonly value: bigint }): bigint {
  if (read.family === family) return read.value;
  if (family === 6 && isWrittenAsIpv6) return MAPPED_PREFIX | read.value;
  throw new ProofFault(`has an IPv${read.family} address where IPv${family} is meant`);
}

function readAddress(family: AddressFamily, text: string): bigint {
  const address = parseAddress(text);
  if (address === null) throw new ProofFault(`has "${text}" where an address is expected`);
  return unfold(family, text.includes(':'), address);
}

function readAddresses(family: AddressFamily, texts: readonly string[]): ValueSet {
  const ranges = texts.map((text) => {
    const parsed = parseAddressRange(text);
    if (!parsed.ok) throw new ProofFault(`has a range that cannot be read: ${parsed.reason}`);
    const { range } = parsed;
    const [first, last] = [range.first, range.last].map((value) => unfold(family, text.includes(':'), { family: range.family, value }));
    return { family, first: first as bigint, last: last as bigint };
  });
  for (const { last } of ranges) if (last > LAST_ADDRESS[family]) throw new ProofFault('has an address outside its family');
  return addressSet(ranges, family);
}

function readNumbers(texts: readonly string[]): ValueSet {
  return toValueSet(
    texts.map((text) => {
      const [first = '', last = first, ...more] = text.split('-');
      if (more.length > 0) throw new ProofFault(`has "${text}" where a number or a range of numbers is expected`);
      return { first: readNumber(first), last: readNumber(last) };
    }),
  );
}

function readNumber(text: string): bigint {
  if (!/^\d{1,5}$/.test(text)) throw new ProofFault(`has "${text}" where a number is expected`);
  return BigInt(text);
}

function oneNumber(value: number): ValueSet {
  return [{ first: BigInt(value), last: BigInt(value) }];
}
