import type { AddressFamily, AddressRange } from '../../model/address.ts';
import type { FlowDictionary } from '../../model/flow.ts';
import type { Attachment, Direction, Evaluation, Layer, Policy, RuleBase } from '../../model/policy.ts';
import type { Action, Rule } from '../../model/rule.ts';
import { buildClassifier, type Classifier } from '../classify/classifier.ts';
import { type RuleBoxes, toRuleBoxes, type UnseenColumns } from '../classify/rule-boxes.ts';
import { isAlwaysPresent } from './presence.ts';

/**
 * A rule as a layer's classifier knows it. A rule that was not in force all the time stands there twice, both times as a possible match:
 * once for where it surely matches (`certain-if-present`) and once for where it might (`possible-if-present`), so that the classifier
 * does not stop at it and the day decides.
 */
export interface LayerEntry {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly mode: 'always' | 'certain-if-present' | 'possible-if-present';
}

/** Policies that permit together, compiled: one classifier per family, built on first use. */
export interface CompiledLayer {
  readonly index: number;
  readonly policies: readonly Policy[];
  readonly evaluation: Evaluation;
  readonly stateful: boolean;
  readonly defaultAction: Action;
  /** By rank in `first-match`; the order means nothing in `any-permit`. */
  readonly entries: readonly LayerEntry[];
  /** A dated export of every policy was in force from this time on (epoch seconds); Infinity when some policy has none. */
  readonly datedFrom: number;
  classifier(family: AddressFamily): Classifier;
  /** Finds every matching rule, also behind the one that decides. In `any-permit` the same classifier. */
  everyMatch(family: AddressFamily): Classifier;
  /** Rules of which we want to know which flows lie in their match, whoever decides them. */
  readonly watched: readonly WatchedRule[];
  /** Which of them match: the rules of its results are indexes into `watched`. */
  watchedMatch(family: AddressFamily): Classifier;
}

export interface WatchedRule {
  readonly policy: Policy;
  readonly rule: Rule;
}

export interface LayerUse {
  readonly layer: CompiledLayer;
  readonly exceptRemote: readonly AddressRange[];
  /** Index of this use among all points, for totals. */
  readonly point: number;
}

/** One place where layers meet one after the other: an interface with its two directions, or a policy without directions. */
export interface Stage {
  /** False for policies without directions: both directions are then the same layers. */
  readonly directed: boolean;
  readonly stateful: LayersByDirection;
  readonly stateless: LayersByDirection;
  readonly all: LayersByDirection;
}

/** Layers in the order in which a new packet meets them: those inwards, then those outwards. */
export type LayersByDirection = readonly [inwards: readonly LayerUse[], outwards: readonly LayerUse[]];

/** All interface-bound policies, because any of them may stand at an interface that no inventory knows. A layer is asked for every match only. */
export interface UnplacedPolicies {
  readonly stateful: CompiledLayersByDirection;
  readonly stateless: CompiledLayersByDirection;
}

export type CompiledLayersByDirection = readonly [inwards: readonly CompiledLayer[], outwards: readonly CompiledLayer[]];

/** One layer at one attachment in one direction, for the conservation totals. */
export interface Point {
  readonly attachment: string;
  readonly direction: Direction | null;
  readonly layer: CompiledLayer;
}

export interface AttachmentPlan {
  readonly id: string;
  /** False: no inventory knows the interface, so that nobody can say which interface-bound policies judged its traffic. */
  readonly known: boolean;
  readonly stages: readonly Stage[];
  /** Of an interface that no inventory knows: what may judge its traffic. Null for a known one, and where no inventory was given at all. */
  readonly unplaced: UnplacedPolicies | null;
  readonly localIpv4: ReadonlySet<number>;
  /** Indexes into the dictionary's IPv6 addresses. */
  readonly localIpv6: ReadonlySet<number>;
}

export interface EnforcementPlan {
  readonly layers: readonly CompiledLayer[];
  readonly points: readonly Point[];
  /** In the order of {@link FlowDictionary.attachments}. */
  readonly attachments: readonly AttachmentPlan[];
}

export interface PlanOptions {
  readonly unseen: UnseenColumns;
  /** For all classifiers together, bytes. */
  readonly memoryBudgetBytes: number;
  /** Rules to watch, ids by policy: see {@link CompiledLayer.watched}. None when absent. */
  readonly watched?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Compiles which layers judge the traffic of every attachment that occurs in the logs. Equal sets of policies share one layer. */
export function planEnforcement(ruleBase: RuleBase, dictionary: FlowDictionary, options: PlanOptions): EnforcementPlan {
  const policies = new Map(ruleBase.policies.map((policy) => [policy.id, policy]));
  const layers = new LayerCompiler(policies, dictionary, options);
  const points: Point[] = [];
  const known = new Map(ruleBase.attachments.map((attachment) => [attachment.id, attachment]));
  const free = ruleBase.policies.filter((policy) => !policy.interfaceBound);

  const attachments = dictionary.attachments.map((id): AttachmentPlan => {
    const attachment = known.get(id);
    const use =
      (direction: Direction | null) =>
      (layer: Layer): LayerUse => {
        const compiled = layers.compile(layer.policies);
        points.push({ attachment: id, direction, layer: compiled });
        return { layer: compiled, exceptRemote: layer.exceptRemote, point: points.length - 1 };
      };
    const stages: Stage[] = attachment === undefined ? [] : [directedStage(attachment, policies, use)];
    for (const policy of free) stages.push(freeStage(policy, use));
    return { id, known: attachment !== undefined, stages, unplaced: null, ...localAddresses(attachment, dictionary) };
  });
  // After the others, so that a layer that stands at an interface too keeps its watched rules.
  if (!ruleBase.hasInventory || attachments.every((plan) => plan.known)) return { layers: layers.compiled, points, attachments };
  const unplaced = compileUnplaced(ruleBase, layers);
  return { layers: layers.compiled, points, attachments: attachments.map((plan) => (plan.known ? plan : { ...plan, unplaced })) };
}

/** Policies that behave alike share one layer, so that a connection costs one question and not one for each of them. */
function compileUnplaced(ruleBase: RuleBase, layers: LayerCompiler): UnplacedPolicies | null {
  const bound = ruleBase.policies.filter((policy) => policy.interfaceBound);
  if (bound.length === 0) return null;
  const alike = (direction: Direction, stateful: boolean): CompiledLayer[] => {
    const groups = new Map<string, string[]>();
    for (const policy of bound) {
      if ((policy.direction ?? direction) !== direction || policy.stateful !== stateful) continue;
      const key = `${policy.evaluation} ${policy.defaultAction}`;
      groups.set(key, [...(groups.get(key) ?? []), policy.id]);
    }
    return [...groups.values()].map((ids) => layers.compile(ids, 'unwatched'));
  };
  return { stateful: [alike('in', true), alike('out', true)], stateless: [alike('in', false), alike('out', false)] };
}

function directedStage(
  attachment: Attachment,
  policies: ReadonlyMap<string, Policy>,
  use: (direction: Direction) => (layer: Layer) => LayerUse,
): Stage {
  const known = (list: readonly Layer[]): Layer[] =>
    list
      .map((layer) => ({ ...layer, policies: layer.policies.filter((id) => policies.has(id)) }))
      .filter((layer) => layer.policies.length > 0);
  return stageOf(true, known(attachment.in).map(use('in')), known(attachment.out).map(use('out')));
}

function freeStage(policy: Policy, use: (direction: Direction | null) => (layer: Layer) => LayerUse): Stage {
  const layer: Layer = { policies: [policy.id], exceptRemote: [] };
  if (policy.direction === null) {
    const uses = [use(null)(layer)];
    return stageOf(false, uses, uses);
  }
  const uses = [use(policy.direction)(layer)];
  return stageOf(true, policy.direction === 'in' ? uses : [], policy.direction === 'out' ? uses : []);
}

function stageOf(directed: boolean, inwards: readonly LayerUse[], outwards: readonly LayerUse[]): Stage {
  const only = (stateful: boolean) => (uses: readonly LayerUse[]) => uses.filter(({ layer }) => layer.stateful === stateful);
  return {
    directed,
    stateful: [only(true)(inwards), only(true)(outwards)],
    stateless: [only(false)(inwards), only(false)(outwards)],
    all: [inwards, outwards],
  };
}

function localAddresses(attachment: Attachment | undefined, dictionary: FlowDictionary) {
  const localIpv4 = new Set<number>();
  const localIpv6 = new Set<number>();
  for (const { family, first, last } of attachment?.localAddresses ?? []) {
    if (family === 4) {
      for (let address = first; address <= last && localIpv4.size < 65_536; address += 1n) localIpv4.add(Number(address));
    } else {
      for (let index = lowerBound(dictionary.ipv6Addresses, first); index < dictionary.ipv6Addresses.length; index += 1) {
        if ((dictionary.ipv6Addresses[index] ?? 0n) > last) break;
        localIpv6.add(index);
      }
    }
  }
  return { localIpv4, localIpv6 };
}

/** The first index whose value is at least `value`; the length when there is none. */
function lowerBound(ascending: readonly bigint[], value: bigint): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0n) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A few rules need little; below this a share is not worth counting. */
const LEAST_BUDGET = 1 << 20;

class LayerCompiler {
  readonly compiled: CompiledLayer[] = [];
  readonly #byKey = new Map<string, CompiledLayer>();
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #dictionary: FlowDictionary;
  readonly #options: PlanOptions;

  constructor(policies: ReadonlyMap<string, Policy>, dictionary: FlowDictionary, options: PlanOptions) {
    this.#policies = policies;
    this.#dictionary = dictionary;
    this.#options = options;
  }

  /** A layer's share of the whole budget, by its number of rules; asked when the layer is first used, after all of them are known. */
  #budgetOf(ruleCount: number): number {
    const all = this.compiled.reduce((sum, layer) => sum + layer.entries.length, 0);
    return Math.max(LEAST_BUDGET, Math.floor((this.#options.memoryBudgetBytes * ruleCount) / Math.max(1, all)));
  }

  /** Of an `unwatched` layer nobody asks which flows lie in the match of its rules. */
  compile(ids: readonly string[], watching: 'watched' | 'unwatched' = 'watched'): CompiledLayer {
    const sorted = [...new Set(ids)].sort();
    const key = JSON.stringify(sorted);
    const existing = this.#byKey.get(key);
    if (existing !== undefined) return existing;
    const policies = sorted.map((id) => this.#policies.get(id)).filter((policy) => policy !== undefined);
    const options = watching === 'watched' ? this.#options : { ...this.#options, watched: new Map() };
    const layer = compileLayer(this.compiled.length, policies, this.#dictionary, options, (ruleCount) => this.#budgetOf(ruleCount));
    this.#byKey.set(key, layer);
    this.compiled.push(layer);
    return layer;
  }
}

function compileLayer(
  index: number,
  policies: readonly Policy[],
  dictionary: FlowDictionary,
  { unseen, watched: watchedIds }: PlanOptions,
  budgetOf: (ruleCount: number) => number,
): CompiledLayer {
  const first = policies[0];
  if (first === undefined) throw new Error('a layer needs at least one policy');
  const rules = policies.flatMap((policy) =>
    [...policy.rules, ...policy.retiredRules].map((rule): { policy: Policy; rule: Rule } => ({ policy, rule })),
  );
  // Retired rules of an ordered policy stand where their rank puts them.
  if (first.evaluation === 'first-match') rules.sort((a, b) => a.rule.rank - b.rule.rank);
  const { entries, firstEntryOf } = toEntries(rules);
  const watched = rules.filter(({ policy, rule }) => rule.presence.retiredAt === null && watchedIds?.get(policy.id)?.has(rule.id) === true);
  const classifiers = new Map<string, Classifier>();
  const boxesOf = (some: readonly WatchedRule[], family: AddressFamily): RuleBoxes =>
    toRuleBoxes(
      some.map(({ rule }) => rule),
      family,
      unseen,
    );
  const remember = (key: string, boxes: () => RuleBoxes, evaluation: Evaluation, ruleCount: number): Classifier => {
    const existing = classifiers.get(key);
    if (existing !== undefined) return existing;
    const classifier = buildClassifier(boxes(), evaluation, {
      ipv6Addresses: dictionary.ipv6Addresses,
      memoryBudgetBytes: budgetOf(ruleCount),
    });
    classifiers.set(key, classifier);
    return classifier;
  };
  const classifierFor = (family: AddressFamily, evaluation: Evaluation): Classifier =>
    remember(`${evaluation} ${family}`, () => toEntryBoxes(boxesOf(rules, family), entries, firstEntryOf), evaluation, rules.length);
  return {
    index,
    policies,
    evaluation: first.evaluation,
    stateful: first.stateful,
    defaultAction: first.defaultAction,
    entries,
    datedFrom: Math.max(...policies.map((policy) => policy.snapshots[0] ?? Number.POSITIVE_INFINITY)),
    classifier: (family) => classifierFor(family, first.evaluation),
    everyMatch: (family) => classifierFor(family, 'any-permit'),
    watched,
    watchedMatch: (family) => remember(`watched ${family}`, () => boxesOf(watched, family), 'any-permit', watched.length),
  };
}

function toEntries(rules: readonly { policy: Policy; rule: Rule }[]): { entries: LayerEntry[]; firstEntryOf: number[] } {
  const entries: LayerEntry[] = [];
  const firstEntryOf: number[] = [];
  for (const { policy, rule } of rules) {
    firstEntryOf.push(entries.length);
    if (isAlwaysPresent(rule.presence)) {
      entries.push({ policy, rule, mode: 'always' });
    } else {
      entries.push({ policy, rule, mode: 'certain-if-present' }, { policy, rule, mode: 'possible-if-present' });
    }
  }
  return { entries, firstEntryOf };
}

/**
 * Boxes numbered by entry instead of by rule. The order by entry needs no sorting: a rule's certain boxes come first, as its first entry does.
 */
function toEntryBoxes(boxes: RuleBoxes, entries: readonly LayerEntry[], firstEntryOf: readonly number[]): RuleBoxes {
  if (entries.length === boxes.ruleCount) return boxes;
  const rule = new Uint32Array(boxes.count);
  const certain = new Uint8Array(boxes.count);
  for (let box = 0; box < boxes.count; box += 1) {
    const first = firstEntryOf[boxes.rule[box] ?? 0] ?? 0;
    const always = entries[first]?.mode === 'always';
    const surely = boxes.certain[box] === 1;
    rule[box] = always || surely ? first : first + 1;
    certain[box] = always && surely ? 1 : 0;
  }
  return { ...boxes, ruleCount: entries.length, rule, certain };
}
