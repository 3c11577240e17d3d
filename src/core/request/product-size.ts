import type { AddressRange } from '../../model/address.ts';
import type { MatchProduct } from '../../model/match.ts';
import type { PortRange, Service } from '../../model/service.ts';

/** About how many packets a product holds, to try small changes first: services that overlap count twice, and every protocol as if it had ports. */
export function productSize({ source, destination, services }: MatchProduct): bigint {
  return addressCount(source.ranges) * addressCount(destination.ranges) * services.reduce((sum, service) => sum + serviceSize(service), 0n);
}

function addressCount(ranges: readonly AddressRange[]): bigint {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

function serviceSize({ protocolFirst, protocolLast, sourcePort, destinationPort }: Service): bigint {
  const ports = (range: PortRange | null): number => (range === null ? 65536 : range.last - range.first + 1);
  return BigInt((protocolLast - protocolFirst + 1) * ports(sourcePort) * ports(destinationPort));
}
