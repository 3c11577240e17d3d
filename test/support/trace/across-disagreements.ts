import type { FindingDraft } from '../../../src/core/findings/detector.ts';
import { redundantAcrossPolicies } from '../../../src/core/findings/redundant-across-policies.ts';
import type { Attachment, Policy } from '../../../src/model/policy.ts';
import { contextOf } from '../detection.ts';
import { type NamedPolicy, randomLayers } from './layer-disagreements.ts';
import { packetsAt, TinyOracle, type TinyVerdict } from './tiny-oracle.ts';
import type { TinyPoint, TinyRule } from './tiny-policy.ts';

/** What was looked at, so that a run can say that its sample is worth its name. */
export interface AcrossSample {
  readonly disagreements: readonly string[];
  readonly findings: number;
  /** Rules that other groups cover on one interface that carries them, and not on another. */
  readonly partly: number;
}

/**
 * Random groups on random interfaces: the rules that every one of their interfaces could do without, by looking at every point on every interface,
 * and by the detector. Sentences on every difference, also in the shares of who stands in.
 */
export function compareAcross(random: () => number): AcrossSample {
  const { groups } = randomLayers(random);
  const layers = Array.from({ length: 1 + Math.floor(random() * 3) }, () => groups.filter(() => random() < 0.6));
  const places: Place[] = [];
  for (const group of groups) places.push(new Place(group, places, layers));
  const drafts = detect(groups, layers);
  const disagreements: string[] = [];
  let partly = 0;
  for (const place of places) {
    for (const rule of place.oracle.rules) {
      const draft = drafts.find((each) => each.policy === place.group.id && each.rule === rule.id);
      const coveredOn = place.layers.map((layer) => place.isCovered(rule, layer));
      const isNeeded = place.verdicts.get(rule.id)?.kind === 'live';
      const expected = isNeeded && coveredOn.length > 0 && coveredOn.every(Boolean);
      if (isNeeded && coveredOn.includes(true) && coveredOn.includes(false)) partly++;
      if ((draft !== undefined) !== expected) disagreements.push(`${place.group.id}/${rule.id}: expected ${expected}, found ${!expected}`);
      else if (draft !== undefined) disagreements.push(...checkCoverers(place, rule, draft, places));
    }
  }
  return { disagreements, findings: drafts.length, partly };
}

type Layer = readonly NamedPolicy[];

/** A group with the interfaces that carry it. */
class Place {
  readonly group: NamedPolicy;
  readonly oracle: TinyOracle;
  readonly verdicts: ReadonlyMap<string, TinyVerdict>;
  readonly layers: readonly Layer[];
  readonly #places: readonly Place[];

  /** @param places of all groups, to be filled before anything is asked */
  constructor(group: NamedPolicy, places: readonly Place[], layers: readonly Layer[]) {
    this.group = group;
    this.oracle = new TinyOracle(group.tiny);
    this.verdicts = new Map(this.oracle.verdicts().map((verdict) => [verdict.rule, verdict]));
    this.layers = layers.filter((layer) => layer.includes(group));
    this.#places = places;
  }

  /** Whether others of the interface match every point of the rule. */
  isCovered(rule: TinyRule, layer: Layer): boolean {
    return this.pointsOf(rule).every((point) => this.standIns(rule, layer).some(({ oracle, place }) => oracle.matches[place]?.[point]));
  }

  pointsOf(rule: TinyRule): number[] {
    return this.oracle.pointsOf(this.oracle.rules.indexOf(rule));
  }

  /** Rules of the same effect that stay: no copies, and of its own group only those that are needed there. By group and rank. */
  standIns(rule: TinyRule, layer: Layer): { group: string; id: string; oracle: TinyOracle; place: number }[] {
    return this.#places
      .filter(({ group }) => layer.includes(group))
      .flatMap(({ group, oracle, verdicts }) => {
        const isOwn = group === this.group;
        return oracle.rules.flatMap((other, place) => {
          const kind = verdicts.get(other.id)?.kind;
          const counts = other.attribute === rule.attribute && kind !== 'duplicate' && !(isOwn && (other === rule || kind === 'redundant'));
          return counts ? [{ group: group.id, id: other.id, oracle, place }] : [];
        });
      });
  }
}

function detect(groups: readonly NamedPolicy[], layers: readonly Layer[]): readonly FindingDraft[] {
  const attachments = layers.map(
    (layer, i): Attachment => ({
      id: `eni-${i}`,
      localAddresses: [],
      in: [{ policies: layer.map(({ id }) => id), exceptRemote: [] }],
      out: [],
      note: '',
    }),
  );
  const policies = groups.map(({ id, model }): Policy => {
    const on = attachments.filter(({ in: [layer] }) => layer?.policies.includes(id)).map((attachment) => attachment.id);
    return { ...model, direction: 'in', interfaceBound: true, attachments: on };
  });
  return redundantAcrossPolicies.detect(contextOf(policies, attachments));
}

function checkCoverers(place: Place, rule: TinyRule, { coveredBy, undecided }: FindingDraft, places: readonly Place[]): string[] {
  const what = `${place.group.id}/${rule.id}`;
  const isNamed = (group: string, id: string): boolean => coveredBy.some((coverer) => coverer.policy === group && coverer.rule === id);
  const named = (layer: Layer) => place.standIns(rule, layer).filter(({ group, id }) => isNamed(group, id));
  const suffices = place.layers.every((layer) =>
    place.pointsOf(rule).every((point) => named(layer).some((each) => each.oracle.matches[each.place]?.[point])),
  );
  if (!suffices) return [`${what}: the rules named do not cover it on every interface`];
  if (coveredBy.some(({ packets }) => packets === null)) return [];
  const everywhere = places.map(({ group }) => group).filter((group) => place.layers.every((layer) => layer.includes(group)));
  const expected = sharesOf(place, rule, everywhere);
  const found = new Map(coveredBy.filter(({ packets }) => packets !== '0').map((each) => [`${each.policy}/${each.rule}`, each.packets]));
  if (undecided !== undefined) found.set('undecided', undecided.packets);
  const text = (shares: ReadonlyMap<string, unknown>): string =>
    [...shares]
      .map(([key, packets]) => `${key} ${packets}`)
      .sort()
      .join();
  return text(found) === text(expected) ? [] : [`${what}: expected the shares ${text(expected)}, found ${text(found)}`];
}

/** Packets by the first of the others that matches; `undecided` where that depends on more than the packet. */
function sharesOf(place: Place, rule: TinyRule, layer: Layer): Map<string, bigint> {
  const { oracle } = place;
  const others = place.standIns(rule, layer);
  const packets = new Map<string, { at: TinyPoint; deciders: Set<string> }>();
  for (const point of place.pointsOf(rule)) {
    const at = oracle.points[point] as TinyPoint;
    const key = [at.family, at.source, at.destination, at.service].join();
    const decider = others.find((each) => each.oracle.matches[each.place]?.[point]);
    const known = packets.get(key) ?? { at, deciders: new Set() };
    packets.set(key, known);
    known.deciders.add(decider === undefined ? 'nobody' : `${decider.group}/${decider.id}`);
  }
  const shares = new Map<string, bigint>();
  for (const { at, deciders } of packets.values()) {
    const key = deciders.size === 1 ? ([...deciders][0] as string) : 'undecided';
    shares.set(key, (shares.get(key) ?? 0n) + packetsAt(place.group.tiny, at));
  }
  return shares;
}
