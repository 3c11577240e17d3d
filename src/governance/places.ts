import { formatAddressRange, parseAddressRange } from '../model/address.ts';
import type { PlaceReference, PlaceTerm, Zone } from '../model/guardrails.ts';
import { nearestNames } from '../model/nearest-names.ts';
import type { Parsed } from '../model/notation-parts.ts';

/** Names that a zone cannot have. */
export const RESERVED_PLACES: readonly string[] = ['any', 'outside'];

/**
 * Reads one side of an entry: a zone, `tag:NAME`, `any`, `outside`, and where addresses are allowed also those, or a list of all these.
 *
 * @returns the terms in the order given; `any` stands alone
 */
export function parsePlaces(
  texts: readonly string[],
  zones: ReadonlyMap<string, Zone>,
  { addresses }: { readonly addresses: 'allowed' | 'refused' },
): Parsed<PlaceReference> {
  const terms: PlaceTerm[] = [];
  for (const text of texts) {
    const term = parsePlace(text.trim(), zones, addresses);
    if (!term.ok) return term;
    terms.push(term.value);
  }
  if (terms.length > 1 && terms.some(({ kind }) => kind === 'any')) return refuse('the list has any beside others; expected any alone');
  return { ok: true, value: terms };
}

/** As the file would have it: `web`, `tag:pci`, `10.0.0.0/8, outside`. */
export function formatPlaces(reference: PlaceReference): string {
  return reference.map(formatPlace).join(', ');
}

function formatPlace(term: PlaceTerm): string {
  switch (term.kind) {
    case 'any':
    case 'outside':
      return term.kind;
    case 'zone':
      return term.name;
    case 'tag':
      return `tag:${term.name}`;
    case 'addresses':
      return formatAddressRange(term.range);
  }
}

function parsePlace(text: string, zones: ReadonlyMap<string, Zone>, addresses: 'allowed' | 'refused'): Parsed<PlaceTerm> {
  if (text === 'any' || text === 'outside') return { ok: true, value: { kind: text } };
  if (zones.has(text)) return { ok: true, value: { kind: 'zone', name: text } };
  if (text.startsWith('tag:')) return parseTag(text, zones);
  if (!looksLikeAddress(text)) return refuse(`there is no zone "${text}"${suggest(text, zones)}`);
  if (addresses === 'refused') return refuse(`"${text}" is an address, and the zone matrix is about zones; define a zone that holds it`);
  const parsed = parseAddressRange(text);
  if (!parsed.ok) return refuse(parsed.reason);
  if (parsed.hostBitsMasked) return refuse(whyMasked(text, formatAddressRange(parsed.range)));
  return { ok: true, value: { kind: 'addresses', range: parsed.range } };
}

/** Address bits below the prefix length: nobody can tell whether the network or the host was meant. */
export function whyMasked(text: string, network: string): string {
  return `"${text}" has address bits below its prefix length; expected the network ${network} or the address ${text.split('/')[0]}`;
}

function parseTag(text: string, zones: ReadonlyMap<string, Zone>): Parsed<PlaceTerm> {
  const name = text.slice('tag:'.length).trim();
  if (tagsOf(zones).includes(name)) return { ok: true, value: { kind: 'tag', name } };
  return refuse(`no zone has the tag "${name}"${suggest(text, zones)}`);
}

/** A name begins with a letter; so does an IPv6 address, which has a colon. */
function looksLikeAddress(text: string): boolean {
  return /^[\d.:]/.test(text) || /[:/]/.test(text);
}

const MOST_LISTED = 12;

function suggest(text: string, zones: ReadonlyMap<string, Zone>): string {
  const names = [...zones.keys(), ...tagsOf(zones).map((tag) => `tag:${tag}`), ...RESERVED_PLACES];
  const nearest = nearestNames(text, names);
  if (nearest.length > 0) return `; did you mean ${nearest.join(', ')}?`;
  if (/^(internet|external|extern|public|untrust|wan|world)$/i.test(text)) return '; addresses that are in no zone are outside';
  if (zones.size === 0) return '; the file defines no zones';
  const rest = names.length > MOST_LISTED ? `, … (${names.length})` : '';
  return `; expected one of ${names.slice(0, MOST_LISTED).join(', ')}${rest}`;
}

function tagsOf(zones: ReadonlyMap<string, Zone>): readonly string[] {
  return [...new Set([...zones.values()].flatMap(({ tags }) => tags))];
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
