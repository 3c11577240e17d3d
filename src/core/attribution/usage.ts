import type { Policy } from '../../model/policy.ts';
import { DEFAULT_RULE, type Rule } from '../../model/rule.ts';
import type { Attribution } from './attribute.ts';
import { DEFAULT_ENTRY, isUnplaced } from './judge.ts';
import type { PartTracker, PeerParts } from './part-tracker.ts';

/** What the logs prove about one rule: connections as bounds, see {@link Usage} of the result document. Times are epoch seconds. */
export interface RuleUsage {
  certain: number;
  possible: number;
  /** Of `possible`, what interfaces logged that no inventory knows. */
  unplaced: number;
  soleMin: number;
  soleMax: number;
  answered: number;
  asResponse: number;
  records: number;
  packets: number;
  bytes: number;
  firstHit: number | null;
  lastHit: number | null;
  activeDays: number;
  attachmentsUsed: number;
  /** What the possible connections touched; null where nothing was tracked because there were none. */
  parts: UsedParts | null;
}

/** Unions over all possible connections of a rule; a null set means "many". */
export interface UsedParts {
  services: Set<number> | null;
  protocols: Set<number> | null;
  sources: Set<number> | null;
  destinations: Set<number> | null;
  readonly peers: Map<string, { readonly parts: PeerParts; used: number }>;
}

/** What the logs prove about a rule that nothing hit. */
export const NO_USAGE: Readonly<RuleUsage> = {
  certain: 0,
  possible: 0,
  unplaced: 0,
  soleMin: 0,
  soleMax: 0,
  answered: 0,
  asResponse: 0,
  records: 0,
  packets: 0,
  bytes: 0,
  firstHit: null,
  lastHit: null,
  activeDays: 0,
  attachmentsUsed: 0,
  parts: null,
};

/** Usage of every rule of a policy that appears in the result, by rule id; the default is there too. */
export type PolicyUsage = ReadonlyMap<string, RuleUsage>;

/** Reads the slots once and hands their counts to the rules they credit. Policies keep the given order; every rule has an entry, zero when never hit. */
export function countUsage(policies: readonly Policy[], attribution: Attribution): ReadonlyMap<string, PolicyUsage> {
  const { slots, table } = { slots: attribution.slots.slots, table: attribution.slots.table };
  const usage = new Map(policies.map((policy) => [policy.id, emptyUsage(policy)]));
  const days = new BitUnions(table.days, table.dayWords);
  const attachments = new BitUnions(table.attachments, table.attachmentWords);

  slots.forEach(({ layer, as, judgement, parts }, slot) => {
    const connections = table.connections[slot] ?? 0;
    for (const { entry, certain, sole } of judgement.credits) {
      for (const { policy, rule } of entry === DEFAULT_ENTRY
        ? layer.policies.map((each) => ({ policy: each, rule: null }))
        : [layer.entries[entry]].filter((each) => each !== undefined)) {
        const counted = usage.get(policy.id)?.get(rule?.id ?? DEFAULT_RULE);
        if (counted === undefined || (rule !== null && rule.presence.retiredAt !== null)) continue;
        counted.possible += connections;
        if (isUnplaced(as)) counted.unplaced += connections;
        if (sole !== 'no') counted.soleMax += connections;
        if (parts !== null && rule !== null) addParts(counted, parts, rule);
        if (!certain) continue;
        counted.certain += connections;
        if (sole === 'yes') counted.soleMin += connections;
        counted.answered += table.answered[slot] ?? 0;
        if (as === 'accept-reply') counted.asResponse += connections;
        counted.records += table.records[slot] ?? 0;
        counted.packets += table.packets[slot] ?? 0;
        counted.bytes += table.bytes[slot] ?? 0;
        counted.firstHit = earliest(counted.firstHit, table.firstStart[slot] ?? Number.NaN);
        counted.lastHit = latest(counted.lastHit, table.lastEnd[slot] ?? Number.NaN);
        days.add(counted, slot);
        attachments.add(counted, slot);
      }
    }
  });
  for (const policy of usage.values()) {
    for (const counted of policy.values()) {
      counted.activeDays = days.count(counted);
      counted.attachmentsUsed = attachments.count(counted);
    }
  }
  return usage;
}

function emptyUsage(policy: Policy): Map<string, RuleUsage> {
  const ids = [...policy.rules.map((rule) => rule.id), DEFAULT_RULE];
  return new Map(ids.map((id): [string, RuleUsage] => [id, { ...NO_USAGE }]));
}

function earliest(known: number | null, time: number): number | null {
  return Number.isFinite(time) && (known === null || time < known) ? time : known;
}

function latest(known: number | null, time: number): number | null {
  return Number.isFinite(time) && (known === null || time > known) ? time : known;
}

function addParts(usage: RuleUsage, parts: PartTracker, rule: Rule): void {
  usage.parts ??= { services: new Set(), protocols: new Set(), sources: new Set(), destinations: new Set(), peers: new Map() };
  const used = usage.parts;
  used.services = union(used.services, parts.services);
  used.protocols = union(used.protocols, parts.protocols);
  used.sources = union(used.sources, parts.sources);
  used.destinations = union(used.destinations, parts.destinations);
  for (const peer of parts.peers) {
    if (peer.parts.rule !== rule) continue;
    const key = `${peer.parts.product} ${peer.parts.axis}`;
    const before = used.peers.get(key);
    if (before === undefined) used.peers.set(key, { parts: peer.parts, used: peer.used });
    else before.used |= peer.used;
  }
}

function union(a: Set<number> | null, b: Set<number> | null): Set<number> | null {
  return a === null || b === null ? null : new Set([...a, ...b]);
}

/** Unions of the bit sets of slots, per rule. */
class BitUnions {
  readonly #bits: Uint32Array;
  readonly #words: number;
  readonly #unions = new Map<RuleUsage, Uint32Array>();

  constructor(bits: Uint32Array, words: number) {
    this.#bits = bits;
    this.#words = words;
  }

  add(usage: RuleUsage, slot: number): void {
    let union = this.#unions.get(usage);
    if (union === undefined) {
      union = new Uint32Array(this.#words);
      this.#unions.set(usage, union);
    }
    for (let word = 0; word < this.#words; word += 1) union[word] = (union[word] ?? 0) | (this.#bits[slot * this.#words + word] ?? 0);
  }

  count(usage: RuleUsage): number {
    let count = 0;
    for (let word of this.#unions.get(usage) ?? []) {
      for (; word !== 0; word &= word - 1) count += 1;
    }
    return count;
  }
}
