import { InputError } from '../model/errors.ts';
import type { PlaceReference, Zone } from '../model/guardrails.ts';
import type { Place, StrictDocument } from './strict-yaml.ts';
import { divideByZone, zonesOfTag } from './zones.ts';

/** What the parts of a guardrails file are read against, and how a mistake in them is named. */
export interface GuardrailsReader {
  readonly zones: ReadonlyMap<string, Zone>;
  readonly lineOf: StrictDocument<unknown>['lineOf'];
  /** `named` is the place in the sentence, where that is another one than the place of the line. */
  error(place: Place, reason: string, named?: Place): InputError;
  /** @throws {InputError} for a second entry with an id */
  refuseRepeated(section: string, entries: readonly { readonly id: string; readonly line: number | null }[], what: string): void;
  /** @throws {InputError} for a zone or tag without any address of its own */
  refuseEmptyZones(reference: PlaceReference, place: Place): void;
  /** @throws {InputError} when no packet can go from the one to the other */
  refuseStrangers(sides: { readonly from: PlaceReference; readonly to: PlaceReference }, place: Place): void;
}

export function createGuardrailsReader(
  path: string,
  lineOf: StrictDocument<unknown>['lineOf'],
  zones: ReadonlyMap<string, Zone>,
): GuardrailsReader {
  const addresses = divideByZone(zones);
  const error = (place: Place, reason: string, named: Place = place): InputError =>
    new InputError({ path, line: lineOf(place) }, `${named.join('.')}: ${reason}`);
  const families = (reference: PlaceReference): readonly number[] => addresses.of(reference).map(({ family }) => family);
  return {
    zones,
    lineOf,
    error,
    refuseRepeated(section, entries, what) {
      const lines = new Map<string, number | null>();
      for (const [index, { id, line }] of entries.entries()) {
        const before = lines.get(id);
        if (before !== undefined) throw error([section, index], `a second ${what} ${id}; the first is on line ${before}. Keep one of them`);
        lines.set(id, line);
      }
    },
    refuseEmptyZones(reference, place) {
      for (const term of reference) {
        if (term.kind !== 'zone' && term.kind !== 'tag') continue;
        const named = term.kind === 'zone' ? [term.name] : zonesOfTag(zones, term.name);
        if (named.some((name) => addresses.ofZone(name).length > 0)) continue;
        throw error(
          place,
          `the zone ${named.join(', ')} has no address of its own, because more specific networks of other zones take all of them; give those zones a tag and name that`,
        );
      }
    },
    refuseStrangers({ from, to }, place) {
      const there = families(to);
      if (families(from).some((family) => there.includes(family))) return;
      throw error(place, 'from and to have no address family in common; expected IPv4 or IPv6 on both sides');
    },
  };
}
