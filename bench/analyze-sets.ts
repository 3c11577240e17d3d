import type { AddressRange } from '../src/model/address.ts';
import type { MatchProduct } from '../src/model/match.ts';
import type { Policy } from '../src/model/policy.ts';
import { type Action, NO_METADATA, PRESENCE_UNKNOWN, type Rule } from '../src/model/rule.ts';
import { PROTOCOLS_WITH_PORTS, type Service } from '../src/model/service.ts';
import type { RuleSet } from './rule-sets.ts';

const LAST_IPV4 = 0xffffffff;
const LAST_PORT = 65535;
const LAST_PROTOCOL = 255;
/** Every tcp packet: ports mean something for a few protocols only, so that hard sets in four fields are sets of one protocol. */
const WHOLE: readonly number[] = [0, LAST_IPV4, 0, LAST_IPV4, 0, LAST_PORT, 0, LAST_PORT, 6, 6];

/** A set of rules with an action each: ten bounds a rule as in `RuleSet`. */
export interface ActedRuleSet extends RuleSet {
  readonly actions: readonly Action[];
}

/** ClassBench files state no actions; seven in ten rules permit, drawn from a seed. */
export function withActions(set: RuleSet, seed: number, permits = 0.7): ActedRuleSet {
  const random = seededRandom(seed);
  return { ...set, actions: Array.from({ length: set.count }, () => (random() < permits ? 'permit' : 'deny')) };
}

export const ADVERSARIAL = ['tiling', 'overlapping-tiling', 'slabs', 'wildcards'] as const;
export type Adversarial = (typeof ADVERSARIAL)[number];

/**
 * Sets made to be hard, each followed by a rule that matches every tcp packet: the space cut into disjoint boxes; the same with every box enlarged;
 * slabs restricted in one or two fields; prefixes with six fields in ten left open.
 */
export function generateAdversarial(kind: Adversarial, count: number, seed: number): ActedRuleSet {
  const random = seededRandom(seed);
  const boxes =
    kind === 'slabs'
      ? slabs(random, count)
      : kind === 'wildcards'
        ? wildcards(random, count)
        : tiling(random, count, kind === 'tiling' ? 0 : 0.3);
  const set = { name: `${kind}_${count}`, count: boxes.length + 1, bounds: Uint32Array.from([...boxes, WHOLE].flat()) };
  return withActions(set, seed + 1, 0.6);
}

function tiling(random: () => number, count: number, enlarge: number): number[][] {
  const boxes: number[][] = [[...WHOLE]];
  while (boxes.length < count) {
    const index = Math.floor(random() * boxes.length);
    const box = boxes[index] as number[];
    const axis = Math.floor(random() * 4);
    const first = box[2 * axis] as number;
    const last = box[2 * axis + 1] as number;
    if (first === last) continue;
    const cut = first + 1 + Math.floor(random() * (last - first));
    const upper = [...box];
    box[2 * axis + 1] = cut - 1;
    upper[2 * axis] = cut;
    boxes.push(upper);
  }
  for (const box of boxes) {
    for (let axis = 0; axis < 4 && enlarge > 0; axis++) {
      const margin = ((box[2 * axis + 1] as number) - (box[2 * axis] as number)) * enlarge;
      box[2 * axis] = Math.max(0, Math.floor((box[2 * axis] as number) - margin * random()));
      box[2 * axis + 1] = Math.min(WHOLE[2 * axis + 1] as number, Math.floor((box[2 * axis + 1] as number) + margin * random()));
    }
  }
  return shuffle(random, boxes);
}

function slabs(random: () => number, count: number): number[][] {
  return Array.from({ length: count }, () => {
    const box = [...WHOLE];
    for (const axis of [Math.floor(random() * 4), Math.floor(random() * 4)]) {
      const end = WHOLE[2 * axis + 1] as number;
      const first = Math.floor(random() * end);
      box[2 * axis] = first;
      box[2 * axis + 1] = Math.floor(first + random() * (end - first) * 0.5);
    }
    return box;
  });
}

function wildcards(random: () => number, count: number): number[][] {
  return Array.from({ length: count }, () => {
    const box = [...WHOLE];
    for (let axis = 0; axis < 4; axis++) {
      if (random() < 0.6) continue;
      const size = (WHOLE[2 * axis + 1] as number) + 1;
      const part = size / 2 ** (1 + Math.floor(random() * (axis < 2 ? 16 : 8)));
      const first = Math.floor((random() * size) / part) * part;
      box[2 * axis] = first;
      box[2 * axis + 1] = first + part - 1;
    }
    if (box.every((bound, k) => bound === WHOLE[k])) box[3] = 2147483647;
    return box;
  });
}

function shuffle<T>(random: () => number, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}

/**
 * A large policy as it grows over years: networks, subnets and hosts of 400 sites, a share of them talking to any address, services from a list,
 * copies and rules inside earlier ones included.
 */
export function generateLarge(count: number, seed: number): ActedRuleSet {
  const random = seededRandom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const ports = [22, 25, 53, 80, 88, 123, 135, 389, 443, 445, 636, 1433, 1521, 3306, 3389, 5432, 5985, 6379, 8080, 8443, 9092, 9200];
  const sites = Array.from({ length: 400 }, (_, i) => (10 * 2 ** 24 + i * 2 ** 16) >>> 0);
  const prefix = (address: number, length: number): [number, number] => {
    const size = 2 ** (32 - length);
    const first = Math.floor(address / size) * size;
    return [first, first + size - 1];
  };
  const place = (): [number, number] => {
    const kind = random();
    if (kind < 0.04) return [0, LAST_IPV4];
    const site = pick(sites);
    if (kind < 0.08) return prefix(site, 16);
    if (kind < 0.4) return prefix(site + below(65536), pick([22, 24, 24, 25, 26]));
    return prefix(site + below(65536), pick([28, 30, 32, 32, 32, 32]));
  };
  const bounds = new Uint32Array(count * 10);
  for (let rule = 0; rule < count; rule++) {
    if (rule > 0 && random() < 0.03) {
      const other = below(rule);
      bounds.copyWithin(rule * 10, other * 10, other * 10 + 10);
      continue;
    }
    const source = place();
    let destination = place();
    if (source[1] - source[0] === LAST_IPV4 && destination[1] - destination[0] === LAST_IPV4) destination = prefix(pick(sites), 24);
    const kind = random();
    const protocol = kind < 0.75 ? 6 : kind < 0.92 ? 17 : kind < 0.95 ? 1 : -1;
    const port = protocol === 6 || protocol === 17 ? (random() < 0.85 ? pick(ports) : random() < 0.5 ? 1024 + below(60000) : -1) : -1;
    const last = port < 0 ? LAST_PORT : random() < 0.1 ? Math.min(LAST_PORT, port + below(1000)) : port;
    bounds.set(
      [
        ...source,
        ...destination,
        0,
        LAST_PORT,
        Math.max(0, port),
        last,
        protocol < 0 ? 0 : protocol,
        protocol < 0 ? LAST_PROTOCOL : protocol,
      ],
      rule * 10,
    );
  }
  return withActions({ name: `sites_${count}`, count, bounds }, seed + 1, 0.8);
}

/**
 * The set as a policy. Ports of `any` protocol mean those that have ports: a rule of several protocols with ports becomes one box for each, and
 * so these sets have a little more boxes than rules.
 */
export function toPolicy(set: ActedRuleSet): Policy {
  const rules = Array.from({ length: set.count }, (_, rank) => toRule(set, rank));
  return {
    id: set.name,
    name: set.name,
    format: 'bench',
    evaluation: 'first-match',
    stateful: true,
    defaultAction: 'deny',
    direction: null,
    rules,
    retiredRules: [],
    attachments: null,
    interfaceBound: false,
    unlogged: [],
    untrackedWhenOpen: false,
    snapshots: [],
    scope: { account: '', network: '', nativeId: '' },
    sourceRef: { path: set.name },
  };
}

function toRule(set: ActedRuleSet, rank: number): Rule {
  const bound = (k: number): number => set.bounds[rank * 10 + k] as number;
  const range = (k: number): AddressRange => ({ family: 4, first: BigInt(bound(k)), last: BigInt(bound(k + 1)) });
  const product: MatchProduct = {
    family: 4,
    source: { ranges: [range(0)], membership: null },
    destination: { ranges: [range(2)], membership: null },
    services: toServices(bound),
    finite: [],
    unknowns: [],
  };
  return {
    id: String(rank + 1),
    rank,
    nativeId: null,
    name: '',
    description: '',
    asWritten: '',
    written: { source: [], destination: [], services: [] },
    effect: { verdict: set.actions[rank] as Action, attributes: {} },
    enabled: true,
    match: { products: [product] },
    evaluable: 'full',
    metadata: NO_METADATA,
    staleReference: null,
    unresolvedReferences: [],
    presence: PRESENCE_UNKNOWN,
    nativeHits: null,
    sourceRef: { path: set.name, line: rank + 1 },
    native: {},
  };
}

/** Protocols without ports keep the rest of the axis: as if ports were asked for only where there are any. */
function toServices(bound: (k: number) => number): Service[] {
  const sourcePort = { first: bound(4), last: bound(5) };
  const destinationPort = { first: bound(6), last: bound(7) };
  const isWhole = (ports: { first: number; last: number }): boolean => ports.first === 0 && ports.last === LAST_PORT;
  const ports = isWhole(sourcePort) && isWhole(destinationPort) ? null : PROTOCOLS_WITH_PORTS;
  const base = { protocolFirst: bound(8), protocolLast: bound(9), sourcePort: null, destinationPort: null, icmpType: null, icmpCode: null };
  if (ports === null) return [base];
  return [
    { ...base, sourcePort: isWhole(sourcePort) ? null : sourcePort, destinationPort: isWhole(destinationPort) ? null : destinationPort },
  ];
}

/** Mulberry32: the same numbers on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
