import type { AddressFamily } from '../../model/address.ts';
import { type ConversationBatch, EVIDENCE_RESPONDER, EVIDENCE_SHIFT_BA, type FlowDictionary, type Window } from '../../model/flow.ts';
import { DEFAULT_RULE } from '../../model/rule.ts';
import {
  asksEveryMatch,
  DEFAULT_ENTRY,
  type JudgedAs,
  type Judgement,
  judge,
  judgeNamed,
  type Outcome,
  type Refusal,
  refusalOf,
} from './judge.ts';
import type { CompiledLayer, LayerEntry } from './layers.ts';
import { hasMembership, PartTracker, peerPartsOf } from './part-tracker.ts';
import { cutIntoSegments, type PresenceSegments } from './presence.ts';
import { SlotIndex, SlotTable } from './slot-table.ts';

const SECONDS_PER_DAY = 86_400;

const WAYS: readonly JudgedAs[] = [
  'accept',
  'accept-weak',
  'accept-reply',
  'reject',
  'reject-ambiguous',
  'reject-unexplained',
  'unexplained-accept',
  'unexplained-reject',
  'unplaced-accept',
  'unplaced-reject',
  'unplaced',
  'no-action',
];
const REFUSALS: readonly Refusal[] = ['no', 'maybe', 'yes'];

/** What a slot stands for. */
export interface Slot {
  readonly layer: CompiledLayer;
  readonly family: AddressFamily;
  readonly as: JudgedAs;
  readonly judgement: Judgement;
  /** Null where parts of rules are of no interest: stateless layers, refused records. */
  readonly parts: PartTracker | null;
  /** Of records that name their rule: whether our own matching agrees. Null for all others. */
  readonly agrees: boolean | null;
}

/** Per layer and family: which slots stand for which results. */
interface LayerSlots {
  readonly index: SlotIndex;
  readonly refusals: SlotIndex;
  readonly named: Map<string, number>;
}

/**
 * Counts conversations by what they prove. Conversations with the same result of the same layer, judged the same way in the same stretch of days,
 * prove the same, so they share a slot and are judged once.
 */
export class SlotBook {
  readonly table: SlotTable;
  readonly slots: Slot[] = [];
  readonly firstDay: number;
  /** Whether anything was counted that has no day, so that the days of a slot are not all of them. */
  hasUndated = false;
  readonly #dictionary: FlowDictionary;
  readonly #byLayer: readonly LayerSlots[];
  readonly #segments: readonly PresenceSegments[];
  readonly #names: NamedRules;

  constructor(layers: readonly CompiledLayer[], dictionary: FlowDictionary, window: Window) {
    this.firstDay = Math.floor(window.start / SECONDS_PER_DAY);
    this.table = new SlotTable(Math.ceil(window.end / SECONDS_PER_DAY) - this.firstDay, dictionary.attachments.length);
    this.#dictionary = dictionary;
    this.#names = new NamedRules(dictionary);
    this.#byLayer = Array.from({ length: layers.length * 4 }, () => ({
      index: new SlotIndex(),
      refusals: new SlotIndex(),
      named: new Map(),
    }));
    this.#segments = layers.map((layer) => cutIntoSegments(layer.entries.map(({ rule }) => rule.presence)));
  }

  /** Whether a dated export of every policy of the layer was in force during the whole day. */
  isDated(layer: CompiledLayer, day: number): boolean {
    return day >= 0 && day * SECONDS_PER_DAY >= layer.datedFrom;
  }

  outcome(slot: number): Outcome {
    return this.slots[slot]?.judgement.outcome ?? 'undecided';
  }

  creditsAnybody(slot: number): boolean {
    return (this.slots[slot]?.judgement.credits.length ?? 0) > 0;
  }

  /** Whether the layer could have refused what the deciding classifier found, remembered per result. */
  refusal(layer: CompiledLayer, family: AddressFamily, result: number, day: number): Refusal {
    const segment = this.#segmentOf(layer, day);
    const refusals = this.#slotsOf(layer, family, false).refusals;
    const key = result * 4096 + segment;
    const known = refusals.find(key);
    if (known >= 0) return REFUSALS[known] ?? 'maybe';
    const set = layer.classifier(family).resultSets[result];
    const refusal = set === undefined ? 'maybe' : refusalOf(layer, set, this.#dayIn(layer, segment));
    refusals.add(key, REFUSALS.indexOf(refusal));
    return refusal;
  }

  /**
   * Adds one conversation, or one half of it, to its slot and returns the slot.
   *
   * @param half the half that opened, or that passed: 0 is a→b, 1 is b→a
   */
  add(
    layer: CompiledLayer,
    batch: ConversationBatch,
    row: number,
    half: 0 | 1,
    result: number,
    as: JudgedAs,
    extent: 'half' | 'conversation',
  ): number {
    const day = batch.day[row] ?? -1;
    const slot = this.#slotFor(layer, batch.family, result, as, day, batch.namedRule[row] ?? 0);
    this.#count(slot, batch, row, half, extent, day);
    const parts = this.slots[slot]?.parts;
    if (parts !== null && parts !== undefined) {
      const fromA = half === 0;
      parts.add(
        (fromA ? batch.aAddress[row] : batch.bAddress[row]) ?? 0,
        (fromA ? batch.bAddress[row] : batch.aAddress[row]) ?? 0,
        batch.protocol[row] ?? 0,
        (fromA ? batch.bPort[row] : batch.aPort[row]) ?? 0,
        batch.family,
        this.#dictionary.ipv6Addresses,
      );
    }
    return slot;
  }

  #slotFor(layer: CompiledLayer, family: AddressFamily, result: number, as: JudgedAs, day: number, namedRule: number): number {
    const every = asksEveryMatch(as);
    const named = every || namedRule === 0 ? null : this.#names.entryOf(layer, namedRule);
    const segment = this.#segmentOf(layer, day);
    const dated = this.isDated(layer, day);
    const key = (result * 4096 + segment) * 32 + WAYS.indexOf(as) * 2 + (dated ? 1 : 0);
    const { index, named: namedIndex } = this.#slotsOf(layer, family, every);
    const known = named === null ? index.find(key) : (namedIndex.get(`${named} ${key}`) ?? -1);
    if (known >= 0) return known;
    const set = (every ? layer.everyMatch(family) : layer.classifier(family)).resultSets[result];
    if (set === undefined) throw new Error(`the classifier of layer ${layer.index} has no result ${result}`);
    const dayIn = this.#dayIn(layer, segment);
    const byName = named === null ? null : judgeNamed(layer, set, as, dayIn, dated, named);
    const judgement = byName ?? judge(layer, set, as, dayIn, dated);
    const slot = this.table.open();
    this.slots.push({ layer, family, as, judgement, parts: partsOf(layer, as, judgement), agrees: byName?.agrees ?? null });
    if (named === null) index.add(key, slot);
    else namedIndex.set(`${named} ${key}`, slot);
    return slot;
  }

  #count(slot: number, batch: ConversationBatch, row: number, half: 0 | 1, extent: 'half' | 'conversation', day: number): void {
    const { table } = this;
    const ab = extent === 'conversation' || half === 0;
    const ba = extent === 'conversation' || half === 1;
    table.connections[slot] = (table.connections[slot] ?? 0) + 1;
    table.records[slot] = (table.records[slot] ?? 0) + (ab ? (batch.recordsAb[row] ?? 0) : 0) + (ba ? (batch.recordsBa[row] ?? 0) : 0);
    table.packets[slot] = (table.packets[slot] ?? 0) + (ab ? (batch.packetsAb[row] ?? 0) : 0) + (ba ? (batch.packetsBa[row] ?? 0) : 0);
    table.bytes[slot] = (table.bytes[slot] ?? 0) + (ab ? (batch.bytesAb[row] ?? 0) : 0) + (ba ? (batch.bytesBa[row] ?? 0) : 0);
    if (isAnswered(batch, row, half)) table.answered[slot] = (table.answered[slot] ?? 0) + 1;
    const first = batch.firstStart[row] ?? Number.NaN;
    const last = batch.lastEnd[row] ?? Number.NaN;
    if (first < (table.firstStart[slot] ?? 0)) table.firstStart[slot] = first;
    if (last > (table.lastEnd[slot] ?? 0)) table.lastEnd[slot] = last;
    const offset = day - this.firstDay;
    if (day >= 0 && offset >= 0 && offset < table.dayWords * 32) {
      const word = slot * table.dayWords + (offset >>> 5);
      table.days[word] = (table.days[word] ?? 0) | (1 << (offset & 31));
    } else {
      this.hasUndated = true;
    }
    const attachment = batch.attachment[row] ?? 0;
    const word = slot * table.attachmentWords + (attachment >>> 5);
    table.attachments[word] = (table.attachments[word] ?? 0) | (1 << (attachment & 31));
  }

  #slotsOf(layer: CompiledLayer, family: AddressFamily, every: boolean): LayerSlots {
    const slots = this.#byLayer[layer.index * 4 + (family === 4 ? 0 : 1) + (every ? 2 : 0)];
    if (slots === undefined) throw new Error(`layer ${layer.index} is not part of this plan`);
    return slots;
  }

  #segmentOf(layer: CompiledLayer, day: number): number {
    const segments = this.#segments[layer.index];
    if (segments === undefined || segments.count === 1) return 0;
    // Without a time nobody knows which rules were in force; the newest stretch is the rule set that is audited.
    return day < 0 ? segments.count - 1 : segments.segmentOf(day);
  }

  #dayIn(layer: CompiledLayer, segment: number): number {
    return this.#segments[layer.index]?.dayIn(segment) ?? 0;
  }
}

/** Which rules of a layer the names in the log mean: `POLICY/RULE`, a rule id, a native id or a name, the first that is unique. */
class NamedRules {
  readonly #dictionary: FlowDictionary;
  readonly #byLayer = new Map<CompiledLayer, readonly (number | null)[]>();

  constructor(dictionary: FlowDictionary) {
    this.#dictionary = dictionary;
  }

  /** @param namedRule 1 + index into the dictionary; null when the layer has no such rule */
  entryOf(layer: CompiledLayer, namedRule: number): number | null {
    let entries = this.#byLayer.get(layer);
    if (entries === undefined) {
      entries = this.#dictionary.namedRules.map((name) => findEntry(layer, name));
      this.#byLayer.set(layer, entries);
    }
    return entries[namedRule - 1] ?? null;
  }
}

function findEntry(layer: CompiledLayer, name: string): number | null {
  if (layer.policies.some((policy) => name === `${policy.id}/${DEFAULT_RULE}`)) return DEFAULT_ENTRY;
  const ways: ((entry: LayerEntry) => string | null)[] = [
    ({ policy, rule }) => `${policy.id}/${rule.id}`,
    ({ rule }) => rule.id,
    ({ rule }) => rule.nativeId,
    ({ rule }) => rule.name,
  ];
  for (const way of ways) {
    const found = layer.entries.flatMap((entry, index) => (way(entry) === name && entry.mode !== 'possible-if-present' ? [index] : []));
    const [only] = found;
    if (found.length === 1 && only !== undefined) return only;
  }
  return name === DEFAULT_RULE && layer.policies.length === 1 ? DEFAULT_ENTRY : null;
}

/** The responder's records stand in the other half; in a log of one direction only, its SYN-ACK cannot be missed either. */
function isAnswered(batch: ConversationBatch, row: number, half: 0 | 1): boolean {
  const answers = (half === 0 ? batch.recordsBa[row] : batch.recordsAb[row]) ?? 0;
  const evidence = batch.evidence[row] ?? 0;
  const other = half === 0 ? evidence >>> EVIDENCE_SHIFT_BA : evidence;
  return answers > 0 || (other & EVIDENCE_RESPONDER) !== 0;
}

const REFUSED: ReadonlySet<JudgedAs> = new Set([
  'reject',
  'reject-ambiguous',
  'reject-unexplained',
  'unexplained-reject',
  'unplaced-reject',
]);

function partsOf(layer: CompiledLayer, as: JudgedAs, judgement: Judgement): PartTracker | null {
  if (!layer.stateful || REFUSED.has(as)) return null;
  const rules = judgement.credits
    .map(({ entry }) => (entry === DEFAULT_ENTRY ? undefined : layer.entries[entry]?.rule))
    .filter((rule) => rule !== undefined);
  if (rules.length === 0) return null;
  return new PartTracker(rules.flatMap(peerPartsOf), rules.some(hasMembership));
}
