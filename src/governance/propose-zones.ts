import { type AddressFamily, type AddressRange, anyAddress, compareRanges, formatAddressRange, rangeContains } from '../model/address.ts';
import type { RuleBase } from '../model/policy.ts';
import { formatRuleRef, type Rule } from '../model/rule.ts';
import { aggregateNetworks, coverageOf, isPrivate } from './networks.ts';
import { RESERVED_PLACES } from './places.ts';

/** A zone that the inputs suggest. Its name is one that a guardrails file accepts, and no other proposal has one of its networks. */
export interface ProposedZone {
  readonly name: string;
  readonly networks: readonly AddressRange[];
  readonly tags: readonly string[];
  /** Where it comes from: sentences, with names as the inputs have them. */
  readonly because: readonly string[];
}

export interface ZoneProposal {
  readonly zones: readonly ProposedZone[];
  /** Networks that rules name and that are in no zone as a whole, with the number of rules, in order of address: they are outside, or partly. */
  readonly otherNetworks: readonly { readonly range: AddressRange; readonly rules: number }[];
}

/**
 * Proposes zones from what the inputs really hold: networks that an inventory names; networks around its interfaces that lie in none of those; private
 * networks that rules speak about beside these. Everything else is outside. The same inputs give the same proposal.
 */
export function proposeZones(ruleBase: RuleBase): ZoneProposal {
  const zones = zonesOfInventory(ruleBase);
  const known = (): readonly AddressRange[] => zones.flatMap(({ networks }) => networks);
  zones.push(...zonesOfInterfaces(ruleBase, known()));
  const spoken = rangesOfRules(ruleBase);
  zones.push(...zonesOfRules(spoken, known()));
  const isInZone = coverageOf(known());
  return {
    zones: withUniqueNames(zones.sort(byAddress)),
    otherNetworks: [...spoken.values()]
      .filter(({ range }) => !isInZone(range))
      .map(({ range, rules }) => ({ range, rules: rules.size }))
      .sort((a, b) => compareRanges(a.range, b.range)),
  };
}

/** By the first network, a network before those inside it; equal networks are in one zone only. */
function byAddress(a: ProposedZone, b: ProposedZone): number {
  const [one, other] = [a.networks[0], b.networks[0]];
  if (one === undefined || other === undefined) throw new Error('a zone without networks was proposed');
  return one.family === other.family && one.first === other.first ? compareRanges(other, one) : compareRanges(one, other);
}

/** Subnets of one name in one network are one zone: they are usually the same role in several places. */
function zonesOfInventory({ networks = [] }: RuleBase): ProposedZone[] {
  const owners = new Map<string, string>();
  const zones = new Map<string, { name: string; networks: AddressRange[]; tags: string[]; because: string[] }>();
  // Subnets first: where one has all of its network, the zone is the subnet.
  for (const { id, name, parent, cidrs } of [...networks].sort((a, b) => Number(a.parent === null) - Number(b.parent === null))) {
    const key = JSON.stringify([parent, name]);
    const isAmbiguous = networks.some((other) => other.name === name && other.parent !== parent);
    const zone = zones.get(key) ?? {
      name: toZoneName(isAmbiguous && parent !== null ? `${parent}-${name}` : name, id),
      networks: [],
      tags: [toZoneName(parent ?? name, 'network')],
      because: [],
    };
    zones.set(key, zone);
    const shown = name === id ? id : `${id} (${name})`;
    zone.because.push(parent === null ? `network ${shown}: what is in none of its subnets` : `subnet ${shown} of ${parent}`);
    for (const range of cidrs) {
      const text = formatAddressRange(range);
      const owner = owners.get(text);
      if (owner === undefined) zone.networks.push(range);
      else if (owner !== id) zone.because.push(`${text} is left out: ${owner} has the same network, and rules do not tell the two apart`);
      owners.set(text, owner ?? id);
    }
  }
  return [...zones.values()].filter((zone) => zone.networks.length > 0);
}

function zonesOfInterfaces({ attachments }: RuleBase, known: readonly AddressRange[]): ProposedZone[] {
  const isKnown = coverageOf(known);
  const holders = new Map<AddressRange, string>();
  for (const { id, localAddresses } of attachments) {
    for (const range of localAddresses) if (!isKnown(range)) holders.set(range, id);
  }
  return aggregateNetworks([...holders.keys()])
    .filter((network) => !isListed(network, known))
    .map((network) => {
      const ids = new Set([...holders].filter(([range]) => rangeContains(network, range)).map(([, id]) => id));
      return { name: networkName(network), networks: [network], tags: [], because: [`addresses of ${listOf('interface', [...ids])}`] };
    });
}

interface SpokenRange {
  readonly range: AddressRange;
  readonly rules: Set<string>;
}

/** Ranges that rules state themselves, with the rules. What a reference holds is not theirs, and `any` is no network. */
function rangesOfRules({ policies }: RuleBase): ReadonlyMap<string, SpokenRange> {
  const spoken = new Map<string, SpokenRange>();
  for (const policy of policies) {
    for (const rule of policy.rules) {
      for (const range of statedRanges(rule)) {
        const text = formatAddressRange(range);
        const entry = spoken.get(text) ?? { range, rules: new Set() };
        entry.rules.add(formatRuleRef({ policy: policy.id, rule: rule.id }));
        spoken.set(text, entry);
      }
    }
  }
  return spoken;
}

function statedRanges({ evaluable, match }: Rule): readonly AddressRange[] {
  if (evaluable === 'no') return [];
  return match.products
    .flatMap(({ source, destination }) => [source, destination])
    .flatMap(({ membership, ranges }) => (membership === null ? ranges : []))
    .filter((range) => compareRanges(range, anyAddress(range.family)) !== 0);
}

function zonesOfRules(spoken: ReadonlyMap<string, SpokenRange>, known: readonly AddressRange[]): ProposedZone[] {
  const isKnown = coverageOf(known);
  const own = [...spoken.values()].filter(({ range }) => isPrivate(range) && !isKnown(range));
  return aggregateNetworks(own.map(({ range }) => range))
    .filter((network) => !isListed(network, known))
    .map((network) => {
      const rules = new Set(own.filter(({ range }) => rangeContains(network, range)).flatMap((entry) => [...entry.rules]));
      return { name: networkName(network), networks: [network], tags: [], because: [`private network in ${listOf('rule', [...rules])}`] };
    });
}

function isListed(network: AddressRange, known: readonly AddressRange[]): boolean {
  return known.some((other) => compareRanges(other, network) === 0);
}

const MOST_LISTED = 3;

function listOf(what: string, names: readonly string[]): string {
  const rest = names.length - MOST_LISTED;
  return `${what}${names.length === 1 ? '' : 's'} ${names.slice(0, MOST_LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const PREFIXES: Readonly<Record<AddressFamily, string>> = { 4: 'net', 6: 'net6' };

/** `net-10.1.0.0-16`, `net6-fd00-1-48` */
function networkName(network: AddressRange): string {
  return `${PREFIXES[network.family]}-${formatAddressRange(network).replace(/[^0-9a-f.]+/g, '-')}`;
}

const LONGEST_NAME = 50;

/** Names in inputs are written by strangers; in a zone name are letters, digits, dots, underlines and hyphens, a letter first. */
function toZoneName(name: string, otherwise: string): string {
  const clean = (text: string): string =>
    [...text.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[^\p{L}]+/u, '')].slice(0, LONGEST_NAME).join('').replace(/-+$/, '');
  const found = clean(name) || clean(otherwise) || 'zone';
  return RESERVED_PLACES.includes(found.toLowerCase()) ? `${found}-zone` : found;
}

function withUniqueNames(zones: readonly ProposedZone[]): readonly ProposedZone[] {
  const taken = new Set<string>();
  return zones.map((zone) => {
    let name = zone.name;
    for (let copy = 2; taken.has(name); copy++) name = `${zone.name}-${copy}`;
    taken.add(name);
    return { ...zone, name };
  });
}
