import { intersectRanges } from '../../model/address-sets.ts';
import type { Introduced } from '../../model/check-result.ts';
import type { PacketSet } from '../../model/packet-area.ts';
import type { Policy } from '../../model/policy.ts';
import type { Region } from '../../model/region-notation.ts';
import { DEFAULT_RULE, type Rule } from '../../model/rule.ts';
import { regionsOf, toPacketSet } from '../ask/areas.ts';
import { ruleKey } from '../findings/rule-key.ts';
import { openingsOf } from '../findings/rule-width.ts';
import type { Piece } from '../trace/divide.ts';
import { addCounts, countRegion, NO_PACKETS } from '../trace/packet-count.ts';
import { type ChangedPolicy, causeOf } from './changed-policy.ts';
import { DeciderTeller } from './decided-pieces.ts';
import type { IntroducedDraft } from './draft.ts';

/** Packets that are permitted after the change and were not before, for some value of the unknowns, by the rule that now permits them. */
export interface WidenedRule {
  readonly policy: Policy;
  /** Null: the default of the policy. */
  readonly rule: Rule | null;
  readonly packets: PacketSet;
  /** The same as regions, all of them. */
  readonly regions: readonly Region[];
}

/** By rank, the default last. A packet that several rules permit stands with each of them. */
export function findWidened({ pair, traced: { traced } }: ChangedPolicy): WidenedRule[] {
  const policy = pair.after;
  if (policy === null) return [];
  const { space, after, groups } = traced;
  const teller = new DeciderTeller(space, after);
  const pieces = new Map<string, Piece[]>();
  for (const { group, caseChanges } of groups) {
    const places = caseChanges.flatMap((change, i) => (change === 'widened' ? [i] : []));
    if (places.length === 0) continue;
    const cases = group.cases.filter((_, i) => places.includes(i));
    const deciders = new Set(places.flatMap((i) => group.deciders[2 * i + 1]?.entries ?? []));
    const widening = group.pieces.map((piece) => ({ ...piece, cases }));
    for (const { piece, entries } of teller.tell(widening, [...deciders])) {
      for (const entry of entries) {
        const id = entry < 0 ? DEFAULT_RULE : (space.entries[entry]?.id ?? '');
        const known = pieces.get(id);
        if (known === undefined) pieces.set(id, [piece]);
        else known.push(piece);
      }
    }
  }
  const byId = new Map(policy.rules.map((rule) => [rule.id, rule]));
  const rankOf = (id: string): number => byId.get(id)?.rank ?? Number.MAX_SAFE_INTEGER;
  return [...pieces]
    .filter(([id]) => (byId.get(id)?.effect.verdict ?? policy.defaultAction) === 'permit')
    .sort(([a], [b]) => rankOf(a) - rankOf(b))
    .map(([id, own]) => {
      const regions = regionsOf(space, own);
      const packets = own.reduce((sum, { bounds }) => addCounts(sum, countRegion(space, bounds)), NO_PACKETS);
      const group = { pieces: own, cases: own[0]?.cases ?? [], deciders: [], packets };
      return { policy, rule: byId.get(id) ?? null, packets: toPacketSet(space, group, regions), regions };
    });
}

/** What of the packets can come by where the policy stands: the local side of an interface is its own address. */
export function whereItStands({ local }: ChangedPolicy, { policy, regions }: WidenedRule): Region[] {
  if (local === null) return [...regions];
  const side = policy.direction === 'in' ? 'destination' : 'source';
  return regions.flatMap((region): Region[] => {
    const ranges = intersectRanges(region[side], local);
    const families = region.families.filter((family) => ranges.some((range) => range.family === family));
    if (families.length === 0) return [];
    const ofFamilies = (all: Region['source']): Region['source'] => all.filter((range) => families.includes(range.family));
    return [{ ...region, families, source: ofFamilies(region.source), destination: ofFamilies(region.destination), [side]: ranges }];
  });
}

/** Rules that permit more than before although nobody edited them, and edited ones that now permit more to or from a wide network. */
export function widenedSpace(changed: ChangedPolicy, widened: readonly WidenedRule[]): IntroducedDraft[] {
  return widened.flatMap(({ policy, rule, packets }): IntroducedDraft[] => {
    if (rule === null) return [];
    const cause = causeOf(changed, rule);
    const isWide = openingsOf(policy, rule).some(({ breadth }) => breadth !== 'chosen');
    if (cause === 'rule added' || (cause === 'rule edited' && !isWide)) return [];
    return [
      {
        kind: 'widened-space',
        severity: isWide ? 'high' : 'medium',
        policy: policy.id,
        rule: rule.id,
        ruleKey: ruleKey(rule),
        asWritten: rule.asWritten,
        sourceRef: rule.sourceRef,
        cause,
        message: whyWidened(cause),
        clause: null,
        packets,
        finding: null,
      },
    ];
  });
}

function whyWidened(cause: Introduced['cause']): string {
  switch (cause) {
    case 'rule edited':
      return 'The edited rule permits more than before, to or from any address or a network of a /8 or more. Narrow it to what is needed.';
    case 'rule moved':
      return 'The rule says what it said, but permits more than before, because it now stands before rules that took these packets, or they are gone or narrower. Say that this is meant, or put it back.';
    default:
      return 'Nobody edited this rule, but it permits more than before, because rules that took these packets before are gone, narrower or elsewhere. Say that this is meant, or narrow it.';
  }
}
