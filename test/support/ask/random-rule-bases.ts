import type { AddressRange } from '../../../src/model/address.ts';
import { intersectRanges } from '../../../src/model/address-sets.ts';
import type { Endpoint } from '../../../src/model/match.ts';
import type { Attachment, Direction, Layer, Policy, RuleBase } from '../../../src/model/policy.ts';
import { parseRegion, type Region } from '../../../src/model/region-notation.ts';
import { randomList } from '../trace/random-lists.ts';
import { randomRules } from '../trace/random-policies.ts';
import type { TinyPolicy, TinyUniverse } from '../trace/tiny-policy.ts';
import { cellStart, toModelPolicy } from '../trace/tiny-to-model.ts';

/** A list on its own, of one or both families, with conditions, rules that are switched off, and references of which some members are known. */
export function randomModelPolicy(random: () => number, id: string): { readonly policy: Policy; readonly universe: TinyUniverse } {
  const tiny = randomList(random);
  return { policy: decorated(random, toModelPolicy(tiny, id), tiny.universe, new Map()), universe: tiny.universe };
}

/** Groups and lists on interfaces, in one or two layers of which some let remote addresses pass unseen; some policies are on none. */
export function randomRuleBase(random: () => number): { readonly ruleBase: RuleBase; readonly universe: TinyUniverse } {
  const below = (end: number): number => Math.floor(random() * end);
  if (random() < 0.4) {
    const { policy, universe } = randomModelPolicy(random, 'fw');
    return { ruleBase: { policies: [policy], attachments: [], hasInventory: false, diagnostics: [] }, universe };
  }
  const { universe, make } = randomRules(random);
  const inventory: Inventory = new Map();
  const bound = (id: string, evaluation: TinyPolicy['evaluation'], direction: Direction | null): Policy => {
    const defaultVerdict = evaluation === 'first-match' && random() < 0.3 ? 'permit' : 'deny';
    const policy = toModelPolicy({ universe, evaluation, defaultVerdict, chains: [make(evaluation)] }, id);
    return { ...decorated(random, policy, universe, inventory), direction, interfaceBound: true };
  };
  const bare = (['in', 'out'] as const).flatMap((direction) => [
    ...Array.from({ length: 1 + below(2) }, (_, i) => bound(`sg-${i}:${direction}`, 'any-permit', direction)),
    bound(`acl:${direction}`, 'first-match', direction),
  ]);
  const attachments = Array.from({ length: 1 + below(3) }, (_, i): Attachment => {
    const layers = (direction: Direction): Layer[] => randomLayers(random, bare, direction, universe);
    return { id: `eni-${i}`, localAddresses: randomRanges(random, universe), in: layers('in'), out: layers('out'), note: '' };
  });
  const policies = bare.map((policy): Policy => {
    const on = attachments
      .filter((each) => [...each.in, ...each.out].some((layer) => layer.policies.includes(policy.id)))
      .map(({ id }) => id);
    return { ...policy, attachments: on };
  });
  const loose = random() < 0.2 ? [{ ...bound('wall', 'first-match', null), interfaceBound: false, attachments: null }] : [];
  return { ruleBase: { policies: [...policies, ...loose], attachments, hasInventory: random() < 0.85, diagnostics: [] }, universe };
}

function randomLayers(random: () => number, policies: readonly Policy[], direction: Direction, universe: TinyUniverse): Layer[] {
  const own = policies.filter((policy) => policy.direction === direction);
  const groups = own.filter(({ evaluation }) => evaluation === 'any-permit').filter(() => random() < 0.7);
  const lists = own.filter(({ evaluation }) => evaluation === 'first-match').filter(() => random() < 0.5);
  return [groups, lists].flatMap((layer) => {
    if (layer.length === 0) return [];
    return [{ policies: layer.map(({ id }) => id), exceptRemote: random() < 0.35 ? randomRanges(random, universe) : [] }];
  });
}

/** Rules that are switched off or point at nothing, and references: the same name is the same members everywhere, as in an inventory. */
function decorated(random: () => number, policy: Policy, universe: TinyUniverse, inventory: Inventory): Policy {
  const axis = universe.unknowns[0];
  const reference = (name: string, { ranges }: Endpoint): Endpoint => {
    const members = inventory.get(name) ?? (random() < 0.6 ? randomRanges(random, universe) : 'not known');
    inventory.set(name, members);
    return { ranges, membership: { axis: name, members: members === 'not known' ? null : intersectRanges(members, ranges) } };
  };
  const rules = policy.rules.map((rule) => ({
    ...rule,
    enabled: random() > 0.05,
    staleReference: random() < 0.03 ? 'sg-gone: not in the export' : null,
    match: {
      products: rule.match.products.map((product) => ({
        ...product,
        source: product.source.membership === null ? product.source : reference(`from ${product.source.membership.axis}`, product.source),
        destination: axis !== undefined && random() < 0.15 ? reference(`to ${axis}`, product.destination) : product.destination,
      })),
    },
  }));
  return { ...policy, rules };
}

/** What is known of each reference. */
type Inventory = Map<string, readonly AddressRange[] | 'not known'>;

function part(random: () => number, { family, first, last }: AddressRange): AddressRange {
  const size = last - first + 1n;
  const cut = (size * BigInt(Math.floor(random() * 4))) / 4n;
  return random() < 0.5 ? { family, first: first + cut, last } : { family, first, last: last - cut };
}

/** Some cells, some parts of cells, of the first family. */
function randomRanges(random: () => number, universe: TinyUniverse): AddressRange[] {
  const family = universe.families[0] ?? 4;
  const count = Math.max(universe.sourceCells, universe.destinationCells);
  const all = Array.from(
    { length: count },
    (_, cell): AddressRange => ({
      family,
      first: cellStart(family, cell, count),
      last: cellStart(family, cell + 1, count) - 1n,
    }),
  );
  const chosen = all.filter(() => random() < 0.5).map((range) => (random() < 0.3 ? part(random, range) : range));
  return chosen.length === 0 ? all : chosen;
}

const PROTOCOLS = [
  'any',
  'any',
  'tcp',
  'tcp',
  'udp',
  'tcp,udp',
  'icmp',
  '6-17',
  'gre',
  'icmp,gre,sctp',
  'icmpv6',
  '0-10,200-255',
  'icmp,icmpv6',
];
const PORTS = ['', '', '', ':100-199', ':0-99,150', ':200-65535', ':443', ':0'];

/** Read from its notation: lists, ranges, ports and types, one family or both. */
export function randomRegion(random: () => number, universe: TinyUniverse): { readonly text: string; readonly region: Region } {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  for (;;) {
    const protocol = pick(PROTOCOLS);
    const hasPorts = !/icmp|gre/.test(protocol);
    const tail =
      protocol.startsWith('icmp') && !protocol.includes('gre') && random() < 0.5
        ? pick([' type 8', ' type 255', random() < 0.1 ? ' type 8 code 0' : ' type 8', ' type 0'])
        : '';
    const source = `${randomSide(random, universe)}${hasPorts && random() < 0.3 ? pick(PORTS) : ''}`;
    const destination = `${randomSide(random, universe)}${hasPorts ? pick(PORTS) : ''}`;
    const text = `${protocol} ${source} -> ${destination}${tail}`;
    const parsed = parseRegion(text);
    if (parsed.ok) return { text, region: parsed.value };
  }
}

const OTHERS = ['10.0.0.0/8', '0.0.0.0-85.85.85.90', '85.85.85.85', '128.0.0.0/1', '[2001:db8::/32]', '[::-::ff]', '[8000::/1]'];

function randomSide(random: () => number, universe: TinyUniverse): string {
  if (random() < 0.35) return 'any';
  if (random() < 0.4) return OTHERS.filter(() => random() < 0.4).join(',') || 'any';
  return randomRanges(random, universe)
    .map(({ family, first, last }) => (family === 4 ? `${dotted(first)}-${dotted(last)}` : `[${hex(first)}-${hex(last)}]`))
    .join(',');
}

function dotted(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');
}

function hex(address: bigint): string {
  return (address.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':');
}
