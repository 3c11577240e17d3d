import type { AddressRange } from '../model/address.ts';
import { intersectRanges } from '../model/address-sets.ts';
import { UsageError } from '../model/errors.ts';
import type { Guardrails, PlaceReference } from '../model/guardrails.ts';
import { formatRegion, type Region } from '../model/region-notation.ts';
import { parsePlaces } from './places.ts';
import { divideByZone } from './zones.ts';

/** Zones, tags (`tag:pci`) and `outside`, as the command line names them. Empty: no limit on that side. */
export interface AskedZones {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/**
 * What of a region goes from the one zones to the others.
 *
 * @throws {UsageError} without guardrails, for a name that they do not hold, and when nothing of the region is left
 */
export function narrowToZones(guardrails: Guardrails | null, region: Region, asked: AskedZones): Region {
  if (asked.from.length === 0 && asked.to.length === 0) return region;
  if (guardrails === null)
    throw new UsageError('zones and tags are names of the guardrails; give --guardrails FILE ("rulesweep init" writes one)');
  const zones = divideByZone(guardrails.zones);
  const limit = (side: readonly AddressRange[], names: readonly string[], option: string): readonly AddressRange[] =>
    names.length === 0 ? side : intersectRanges(side, zones.of(readPlaces(guardrails, names, option)));
  const source = limit(region.source, asked.from, '--from-zone');
  const destination = limit(region.destination, asked.to, '--to-zone');
  const families = region.families.filter((family) => [source, destination].every((side) => side.some((range) => range.family === family)));
  if (families.length === 0) {
    const sides = [
      asked.from.length === 0 ? [] : [`from ${asked.from.join(', ')}`],
      asked.to.length === 0 ? [] : [`to ${asked.to.join(', ')}`],
    ];
    throw new UsageError(
      `no packet of ${formatRegion(region).join('; ')} goes ${sides.flat().join(' ')}: there is no address, or no family, in common`,
    );
  }
  const ofFamilies = (ranges: readonly AddressRange[]): AddressRange[] => ranges.filter((range) => families.includes(range.family));
  return { families, source: ofFamilies(source), destination: ofFamilies(destination), services: region.services };
}

function readPlaces(guardrails: Guardrails, names: readonly string[], option: string): PlaceReference {
  const parsed = parsePlaces(names, guardrails.zones, { addresses: 'refused' });
  if (!parsed.ok) throw new UsageError(`${option} ${names.join(' ')}: ${parsed.reason}`);
  return parsed.value;
}
