import { type AddressRange, anyAddress, formatAddressRange, parseAddressRange, rangeContains } from '../model/address.ts';
import { InputError } from '../model/errors.ts';
import type { GuardrailsText, Zone, ZoneNetwork } from '../model/guardrails.ts';
import type { Parsed } from '../model/notation-parts.ts';
import { RESERVED_PLACES, whyMasked } from './places.ts';
import type { Place, StrictDocument } from './strict-yaml.ts';

/**
 * The zones of a guardrails file, by name, in its order.
 *
 * @throws {InputError} for a reserved name, a network that cannot be read, and one network that is there twice: of two equally long ones neither is
 *   more specific
 */
export function readZones(
  { zones: written = {} }: GuardrailsText,
  path: string,
  lineOf: StrictDocument<unknown>['lineOf'],
): ReadonlyMap<string, Zone> {
  const zones = new Map<string, Zone>();
  const owners = new Map<string, { readonly zone: string; readonly line: number }>();
  for (const [name, { cidrs, tags = [], description = '' }] of Object.entries(written)) {
    const line = lineOf(['zones'], name);
    const refuse = (at: number, place: Place, reason: string): InputError =>
      new InputError({ path, line: at }, `${place.join('.')}: ${reason}`);
    if (RESERVED_PLACES.includes(name.toLowerCase()))
      throw refuse(line, ['zones', name], `the name is taken: ${name.toLowerCase()} always means ${RESERVED_MEANINGS[name.toLowerCase()]}`);
    const networks = cidrs.map((text, index): ZoneNetwork => {
      const networkLine = lineOf(['zones', name, 'cidrs', index]);
      const parsed = parseNetwork(text);
      if (!parsed.ok) throw refuse(networkLine, ['zones', name, 'cidrs'], parsed.reason);
      const shown = formatAddressRange(parsed.value);
      const before = owners.get(shown);
      if (before?.zone === name)
        throw refuse(networkLine, ['zones', name, 'cidrs'], `the network ${shown} is there twice, first on line ${before.line}`);
      if (before !== undefined) {
        const reason = `the network ${shown} is already in the zone ${before.zone} on line ${before.line}, and of two equal networks neither is more specific; keep it in one zone`;
        throw refuse(networkLine, ['zones', name, 'cidrs'], reason);
      }
      owners.set(shown, { zone: name, line: networkLine });
      return { range: parsed.value, line: networkLine };
    });
    zones.set(name, { name, networks, tags: [...new Set(tags)], description, line });
  }
  return zones;
}

const RESERVED_MEANINGS: Readonly<Record<string, string>> = {
  any: 'every address',
  outside: 'every address that is in no zone',
};

/**
 * Zones consist of networks, because "the most specific one" is a matter of prefix lengths. A zone of everything would leave nothing outside, from where
 * risky services are judged.
 */
function parseNetwork(text: string): Parsed<AddressRange> {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) return parsed;
  const shown = formatAddressRange(parsed.range);
  if (rangeContains(parsed.range, anyAddress(parsed.range.family)))
    return { ok: false, reason: `${shown} is every address; leave it out, because addresses that are in no zone are outside` };
  if (parsed.hostBitsMasked) return { ok: false, reason: whyMasked(text, shown) };
  if (text.includes('-') && shown.includes('-'))
    return { ok: false, reason: `"${text}" is a range and no network; expected the networks it consists of, such as 10.1.0.0/16` };
  return { ok: true, value: parsed.range };
}
