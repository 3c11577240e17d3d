import { type AddressFamily, type AddressRange, formatAddressRange, LAST_ADDRESS, parseAddressRange } from '../../model/address.ts';
import type { MapNode } from '../../model/application-map.ts';
import type { Attachment, NamedNetwork, Policy, RuleBase } from '../../model/policy.ts';
import { buildCidrIndex } from '../cidr-index.ts';

/** A named set of addresses, as guardrails have them. */
export interface MapZone {
  readonly name: string;
  readonly ranges: readonly AddressRange[];
}

export type Place = Pick<MapNode, 'id' | 'kind' | 'name' | 'interfaces'>;

/** Where addresses and interfaces belong. Places are known by their index. */
export interface Places {
  readonly list: readonly Place[];
  readonly internet: number;
  readonly private: number;
  /** In the order of the rule base. */
  readonly ofAttachment: readonly number[];
  /** Every address of a family, as stretches that start at `first`, ascending; the first one starts at 0. */
  readonly stretches: Readonly<Record<AddressFamily, readonly Stretch[]>>;
  /** Whether private addresses are told apart by block: only where nothing else names the inside. */
  readonly byBlock: boolean;
}

export interface Stretch {
  readonly first: bigint;
  readonly place: number;
}

/**
 * Groups interfaces by the policies on them that permit together, and addresses by network, else by zone, else by what kind of address they are.
 * Names that two places share get the id behind them.
 */
export function placesOf(ruleBase: RuleBase, zones: readonly MapZone[]): Places {
  const networks = ruleBase.networks ?? [];
  const list: Place[] = [
    { id: 'internet', kind: 'internet', name: 'internet', interfaces: 0 },
    { id: 'private', kind: 'private', name: 'private, unknown', interfaces: 0 },
    ...networks.map(({ id, name }): Place => ({ id: `network:${id}`, kind: 'network', name, interfaces: 0 })),
    ...zones.map(({ name }): Place => ({ id: `zone:${name}`, kind: 'zone', name, interfaces: 0 })),
  ];
  const stretches = { 4: stretchesOf(4, networks, zones), 6: stretchesOf(6, networks, zones) };
  const policies = new Map(ruleBase.policies.map((policy) => [policy.id, policy]));
  const known = new Map<string, number>();
  const ofAttachment = ruleBase.attachments.map((attachment) => {
    const groups = groupsOn(attachment, policies);
    const id = `policies:${groups.map((group) => group.id).join('+')}`;
    const place = groups.length === 0 ? placeOfOwnAddress(attachment, stretches) : (known.get(id) ?? list.length);
    if (groups.length > 0) known.set(id, place);
    const name = groups.map((group) => group.name).join(' + ');
    const before = list[place] ?? { id, kind: 'policies', name, interfaces: 0 };
    list[place] = { ...before, interfaces: before.interfaces + 1 };
    return place;
  });
  return {
    list: withoutDoubleNames(list),
    internet: INTERNET,
    private: PRIVATE,
    ofAttachment,
    stretches,
    byBlock: networks.length === 0 && zones.length === 0 && known.size === 0,
  };
}

const INTERNET = 0;
const PRIVATE = 1;
const FIRST_NETWORK = 2;

function placeOfOwnAddress({ localAddresses }: Attachment, stretches: Places['stretches']): number {
  const [own] = localAddresses;
  return own === undefined ? PRIVATE : placeAt(stretches[own.family], own.first);
}

interface Group {
  readonly id: string;
  readonly name: string;
}

/** The policies that permit together, both directions as one; sorted. */
function groupsOn(attachment: Attachment, policies: ReadonlyMap<string, Policy>): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const layer of [...attachment.in, ...attachment.out]) {
    for (const id of layer.policies) {
      const policy = policies.get(id);
      if (policy?.evaluation !== 'any-permit') continue;
      const native = policy.scope.nativeId === '' ? policy.id : policy.scope.nativeId;
      groups.set(native, { id: native, name: policy.name === '' ? native : policy.name });
    }
  }
  return [...groups.values()].sort((a, b) => (a.name === b.name ? compare(a.id, b.id) : compare(a.name, b.name)));
}

function withoutDoubleNames(list: readonly Place[]): Place[] {
  const count = new Map<string, number>();
  for (const { name } of list) count.set(name, (count.get(name) ?? 0) + 1);
  return list.map((place) =>
    (count.get(place.name) ?? 0) > 1 ? { ...place, name: `${place.name} (${place.id.slice(place.id.indexOf(':') + 1)})` } : place,
  );
}

/** The smallest network that holds an address has it; zones only what no network has. */
function stretchesOf(family: AddressFamily, networks: readonly NamedNetwork[], zones: readonly MapZone[]): Stretch[] {
  const owned = [
    ...networks.flatMap(({ cidrs }, index) => cidrs.map((range) => ({ range, place: FIRST_NETWORK + index, order: 0 }))),
    ...zones.flatMap(({ ranges }, index) => ranges.map((range) => ({ range, place: FIRST_NETWORK + networks.length + index, order: 1 }))),
    ...NOT_PUBLIC.map((range) => ({ range, place: PRIVATE, order: 2 })),
  ].filter(({ range }) => range.family === family);
  const index = buildCidrIndex(owned.map(({ range }) => range));
  const cuts = [...new Set([0n, ...owned.flatMap(({ range }) => [range.first, range.last + 1n])])]
    .filter((cut) => cut <= LAST_ADDRESS[family])
    .sort((a, b) => (a < b ? -1 : 1));
  return cuts.map((first) => {
    const [best] = index
      .containing({ family, first, last: first })
      .flatMap((id) => owned[id] ?? [])
      .sort((a, b) => a.order - b.order || sizeOrder(a.range, b.range) || a.place - b.place);
    return { first, place: best?.place ?? INTERNET };
  });
}

/** The place of an address, in logarithmic time. */
export function placeAt(stretches: readonly Stretch[], address: bigint): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle]?.first ?? 0n) <= address) low = middle + 1;
    else high = middle;
  }
  return stretches[low - 1]?.place ?? INTERNET;
}

function sizeOrder(a: AddressRange, b: AddressRange): number {
  const [left, right] = [a.last - a.first, b.last - b.first];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Addresses that the public internet does not route to a host: private, shared, local, and to groups of hosts. */
const NOT_PUBLIC: readonly AddressRange[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
].map((text) => {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new TypeError(parsed.reason);
  return parsed.range;
});

/** The /24, or the /64 of IPv6, of an address, as a place of its own. */
export function blockOf(family: AddressFamily, address: bigint): Place {
  const bits = family === 4 ? 8n : 64n;
  const first = (address >> bits) << bits;
  const name = formatAddressRange({ family, first, last: first | ((1n << bits) - 1n) });
  return { id: `block:${name}`, kind: 'block', name, interfaces: 0 };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
