import type { AddressRange } from '../model/address.ts';
import { intersectRanges } from '../model/address-sets.ts';
import type { Region } from '../model/region-notation.ts';
import { ANY_PORT, type PortRange, PROTOCOLS_WITH_PORTS, type Service } from '../model/service.ts';

/** The packets between two sets of addresses; null when the two have no family in common. Ranges are sorted and disjoint. */
export function toRegionBetween(from: readonly AddressRange[], to: readonly AddressRange[], services: readonly Service[]): Region | null {
  const families = ([4, 6] as const).filter((family) => [from, to].every((side) => side.some((range) => range.family === family)));
  if (families.length === 0 || services.length === 0) return null;
  const ofFamilies = (side: readonly AddressRange[]): readonly AddressRange[] => side.filter(({ family }) => families.includes(family));
  return { families, source: ofFamilies(from), destination: ofFamilies(to), services };
}

/** The packets that are in both; null when there are none. */
export function intersectRegions(a: Region, b: Region): Region | null {
  return toRegionBetween(
    intersectRanges(a.source, b.source),
    intersectRanges(a.destination, b.destination),
    a.services.flatMap((one) => b.services.flatMap((other) => intersectServices(one, other) ?? [])),
  );
}

/** Null: no packet has both. */
function intersectServices(a: Service, b: Service): Service | null {
  const protocolFirst = Math.max(a.protocolFirst, b.protocolFirst);
  const protocolLast = Math.min(a.protocolLast, b.protocolLast);
  const sourcePort = intersectPorts(a.sourcePort, b.sourcePort);
  const destinationPort = intersectPorts(a.destinationPort, b.destinationPort);
  const icmpType = intersectValues(a.icmpType, b.icmpType);
  const icmpCode = intersectValues(a.icmpCode, b.icmpCode);
  if (protocolFirst > protocolLast) return null;
  if (sourcePort === undefined || destinationPort === undefined || icmpType === undefined || icmpCode === undefined) return null;
  const asksForPorts = sourcePort !== null || destinationPort !== null;
  if (asksForPorts && !PROTOCOLS_WITH_PORTS.some((each) => protocolFirst <= each && each <= protocolLast)) return null;
  return { protocolFirst, protocolLast, sourcePort, destinationPort, icmpType, icmpCode };
}

/** Null is no constraint; undefined: nothing is in both. */
function intersectPorts(a: PortRange | null, b: PortRange | null): PortRange | null | undefined {
  if (a === null && b === null) return null;
  const first = Math.max(a?.first ?? 0, b?.first ?? 0);
  const last = Math.min(a?.last ?? ANY_PORT.last, b?.last ?? ANY_PORT.last);
  return first <= last ? { first, last } : undefined;
}

function intersectValues(a: number | null, b: number | null): number | null | undefined {
  if (a === null || b === null) return a ?? b;
  return a === b ? a : undefined;
}
