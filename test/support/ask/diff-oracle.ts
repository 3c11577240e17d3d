import { comparePolicyPair, DIFFERENCE_BUDGET } from '../../../src/core/ask/policy-difference.ts';
import type { AreaCondition, Decided, PacketTotal } from '../../../src/model/packet-area.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { ChangedArea, ChangeKind, PolicyDifference } from '../../../src/model/policy-diff.ts';
import type { Region } from '../../../src/model/region-notation.ts';
import { seededRandom } from '../trace/random-policies.ts';
import { findDiffLawBreaks } from './diff-laws.ts';
import { isIn, type Judgement, judgePacket, type Situation, situationsOf } from './judge-packets.ts';
import { holdsPacket, type PacketClass, packetClasses, show, termsOf } from './packet-classes.ts';
import { differ, totalOf } from './packet-totals.ts';
import { editedPolicy, rewrittenPolicy } from './random-edits.ts';
import { randomModelPolicy } from './random-rule-bases.ts';
import { readRegion, readWitness } from './read-back.ts';

export interface PolicyPairCase {
  readonly before: Policy | null;
  readonly after: Policy | null;
}

export type Compare = (before: Policy | null, after: Policy | null) => PolicyDifference;

/** The code under test. */
export const COMPARE: Compare = (before, after) => comparePolicyPair(before, after, DIFFERENCE_BUDGET).difference;

/**
 * A random policy and another, mostly an edited one: every packet that changes in some situation is in one area, which says how and by which rules,
 * and the laws hold.
 *
 * @throws {Error} with a sentence on everything that differs
 */
export function checkDiff(seed: number): void {
  const pair = randomPair(seed);
  const disagreements = findDiffDisagreements(pair, COMPARE);
  if (seed % 4 === 0) disagreements.push(...findDiffLawBreaks(pair, COMPARE, seededRandom(-seed)));
  if (disagreements.length > 0) throw new Error(disagreements.join('\n'));
}

export function randomPair(seed: number): PolicyPairCase {
  const random = seededRandom(seed);
  const { policy } = randomModelPolicy(random, 'fw');
  const kind = random();
  if (kind < 0.04) return { before: null, after: policy };
  if (kind < 0.08) return { before: policy, after: null };
  if (kind < 0.2) return { before: policy, after: { ...randomModelPolicy(random, 'fw').policy } };
  if (kind < 0.28) return { before: policy, after: rewrittenPolicy(random, policy) };
  return { before: policy, after: editedPolicy(random, policy) };
}

/** A packet with what both sides do with it in each situation. */
interface Compared {
  readonly packet: PacketClass;
  readonly before: readonly Judgement[];
  readonly after: readonly Judgement[];
}

export function findDiffDisagreements({ before, after }: PolicyPairCase, compare: Compare): string[] {
  const sides = [before ?? nothing(after), after ?? nothing(before)] as const;
  const found = compare(before, after);
  const situations = situationsOf(sides);
  const areaRegions = found.areas.map(({ regions }) => regions.map(readRegion));
  const products = sides.flatMap(({ rules }) => rules.flatMap(({ match }) => match.products));
  const compared = packetClasses(termsOf(products, areaRegions.flat())).map(
    (packet): Compared => ({
      packet,
      before: judgePacket(sides[0], packet, situations),
      after: judgePacket(sides[1], packet, situations),
    }),
  );
  const changed = compared.filter((each) => situations.some((_, s) => changes(each, s)));
  const disagreements: string[] = [];
  if (found.equal !== (changed.length === 0)) disagreements.push(`equal: expected ${changed.length === 0}, found ${found.equal}`);
  const areaPackets = found.areas.map((): Compared[] => []);
  const isCut = found.areasOmitted !== null || found.areas.some(({ regionsOmitted }) => regionsOmitted > 0);
  for (const each of compared) {
    const places = areaRegions.flatMap((regions, place) => regions.filter((region) => holdsPacket(region, each.packet)).map(() => place));
    const isWrong = changed.includes(each) ? places.length > 1 || (places.length === 0 && !isCut) : places.length > 0;
    if (isWrong) disagreements.push(`${show(each.packet)} is in ${places.length} areas`);
    else if (places[0] !== undefined) areaPackets[places[0]]?.push(each);
  }
  found.areas.forEach((area, place) => {
    const wrong = compareArea(area, areaPackets[place] ?? [], sides, situations);
    const witness = compareWitness(area, areaRegions[place] ?? [], sides, situations);
    disagreements.push(...[...wrong, ...witness].map((text) => `area ${area.regions.join(' | ')}: ${text}`));
  });
  return [...disagreements, ...compareTotals(found, changed, situations), ...compareRules(found, changed, sides, situations)];
}

function nothing(other: Policy | null): Policy {
  if (other === null) throw new Error('no policy on either side');
  return { ...other, defaultAction: 'deny', rules: [] };
}

function changes({ before, after }: Compared, situation: number): boolean {
  return before[situation]?.effects.join() !== after[situation]?.effects.join();
}

function kindOf({ before, after }: Compared, situations: readonly number[]): ChangeKind | null {
  const kinds = new Set(
    situations.flatMap((s): ChangeKind[] => {
      const [old, now] = [before[s], after[s]];
      if (old === undefined || now === undefined || old.effects.join() === now.effects.join()) return [];
      if (old.permits === now.permits) return ['effect'];
      return [now.permits ? 'widened' : 'narrowed'];
    }),
  );
  if (kinds.has('widened') && kinds.has('narrowed')) return 'mixed';
  return (['widened', 'narrowed', 'effect'] as const).find((kind) => kinds.has(kind)) ?? null;
}

function compareArea(
  area: ChangedArea,
  packets: readonly Compared[],
  [before, after]: readonly [Policy, Policy],
  situations: readonly Situation[],
): string[] {
  const disagreements: string[] = [];
  const every = situations.map((_, s) => s);
  const isWhole = area.regionsOmitted === 0;
  if (isWhole) disagreements.push(...differ('packets', area.count, totalOf(packets)));
  const kind = packets.find((each) => kindOf(each, every) !== area.change);
  if (kind !== undefined) disagreements.push(`is ${area.change}, but ${show(kind.packet)} is ${kindOf(kind, every)}`);
  const caseOf = situations.map((situation) => area.cases.filter(({ when }) => isIn(when, situation)));
  if (caseOf.some((cases) => cases.length > 1)) disagreements.push('the cases overlap');
  const unlisted = packets.find((each) => every.some((s) => changes(each, s) !== (caseOf[s]?.length === 1)));
  if (unlisted !== undefined) disagreements.push(`${show(unlisted.packet)} changes in other cases than those listed`);
  for (const each of area.cases) {
    const within = every.filter((s) => caseOf[s]?.[0] === each);
    disagreements.push(
      ...compareDecided(
        'before',
        each.before,
        before,
        packets.flatMap((packet) => within.flatMap((s) => packet.before[s] ?? [])),
        isWhole,
      ),
      ...compareDecided(
        'after',
        each.after,
        after,
        packets.flatMap((packet) => within.flatMap((s) => packet.after[s] ?? [])),
        isWhole,
      ),
    );
  }
  return disagreements;
}

function compareDecided(
  side: string,
  { verdict, attributes, by }: Decided,
  policy: Policy,
  judgements: readonly Judgement[],
  isWhole: boolean,
): string[] {
  const disagreements: string[] = [];
  if (judgements.some(({ permits }) => permits !== (verdict === 'permit'))) disagreements.push(`${side}: not always ${verdict}`);
  // Where several effects are in force, each name has the value of one of them.
  const isTrue = judgements.every(
    (judgement) =>
      Object.entries(attributes).every(([name, value]) => judgement.attributes.some((own) => own[name] === value)) &&
      judgement.attributes.every((own) => Object.keys(own).every((name) => name in attributes)),
  );
  if (!isTrue) disagreements.push(`${side}: the attributes are not ${JSON.stringify(attributes)}`);
  const expected = new Set(judgements.flatMap(({ rules }) => rules));
  const wanted = [...policy.rules.map(({ id }) => id), 'default'].filter((id) => expected.has(id));
  const found = by.rules.map(({ rule }) => rule);
  if (!by.complete) disagreements.push(`${side}: the list of who decides is not complete`);
  if (by.rules.some(({ policy: id }) => id !== policy.id)) disagreements.push(`${side}: rules of another policy than ${policy.id}`);
  if (isWhole && (found.join() !== wanted.slice(0, 20).join() || by.omitted !== wanted.length - found.length))
    disagreements.push(`decided ${side} by: expected ${wanted.join()}, found ${found.join()}`);
  return disagreements;
}

function compareWitness(
  area: ChangedArea,
  regions: readonly Region[],
  [before, after]: readonly [Policy, Policy],
  situations: readonly Situation[],
): string[] {
  const read = readWitness(area.witness);
  if (read === null) return [`the witness "${area.witness}" is no packet`];
  if (area.regionsOmitted === 0 && !regions.some((region) => holdsPacket(region, read.packet))) return [`${area.witness} is not in it`];
  const possible = situations.filter((situation) => isIn(read.when as readonly AreaCondition[], situation));
  const packet = { ...read.packet, weight: 1n };
  const shown: Compared = { packet, before: judgePacket(before, packet, possible), after: judgePacket(after, packet, possible) };
  return possible.length > 0 && possible.every((_, s) => changes(shown, s)) ? [] : [`${area.witness} does not show the change`];
}

function compareTotals(found: PolicyDifference, changed: readonly Compared[], situations: readonly Situation[]): string[] {
  const every = situations.map((_, s) => s);
  const of = (...kinds: readonly ChangeKind[]): PacketTotal =>
    totalOf(changed.filter((each) => kinds.some((kind) => kind === kindOf(each, every))));
  const hidden = BigInt(found.areasOmitted?.packets.packets ?? '0');
  const listed = found.areas.reduce((sum, { count }) => sum + BigInt(count.packets), hidden);
  const total = [found.widened, found.narrowed, found.otherwise].reduce((sum, { packets }) => sum + BigInt(packets), 0n);
  const order = ['widened', 'mixed', 'narrowed', 'effect'];
  const isOrdered = found.areas.every((area, i) => {
    const next = found.areas[i + 1];
    return next === undefined || order.indexOf(area.change) <= order.indexOf(next.change);
  });
  return [
    ...differ('widened', found.widened, of('widened')),
    ...differ('narrowed', found.narrowed, of('narrowed')),
    ...differ('otherwise', found.otherwise, of('mixed', 'effect')),
    ...(listed === total ? [] : [`the areas have ${listed} packets, the totals ${total}`]),
    ...(isOrdered ? [] : ['the areas are not in order']),
  ];
}

/** Of the rules that changed: whether they decide packets that change, on their side. */
function compareRules(
  found: PolicyDifference,
  changed: readonly Compared[],
  [before, after]: readonly [Policy, Policy],
  situations: readonly Situation[],
): string[] {
  const deciding = { before: new Set<string>(), after: new Set<string>() };
  for (const each of changed) {
    situations.forEach((_, s) => {
      if (!changes(each, s)) return;
      for (const rule of each.before[s]?.rules ?? []) deciding.before.add(rule);
      for (const rule of each.after[s]?.rules ?? []) deciding.after.add(rule);
    });
  }
  const wrong = found.rules.flatMap((rule) => {
    const expected = [
      rule.before !== null && deciding.before.has(rule.before.rule),
      rule.after !== null && deciding.after.has(rule.after.rule),
    ].some(Boolean);
    const name = `${rule.change} ${rule.before?.rule ?? ''} ${rule.after?.rule ?? ''}`;
    return rule.changesPackets === expected ? [] : [`${name} changes packets: expected ${expected}, found ${rule.changesPackets}`];
  });
  const places = (side: 'before' | 'after'): string[] => found.rules.flatMap((rule) => rule[side]?.rule ?? []);
  const isTwice = (['before', 'after'] as const).some((side) => new Set(places(side)).size !== places(side).length);
  const grown = found.rules.reduce((sum, { change }) => sum + Number(change === 'added') - Number(change === 'removed'), 0);
  return [
    ...wrong,
    ...(isTwice ? ['a rule changed twice'] : []),
    ...(before.rules.length + grown === after.rules.length ? [] : ['the rules added and removed do not add up']),
    ...(found.rules.every(isWellFormed) ? [] : ['a change lacks a side']),
  ];
}

function isWellFormed({ change, before, after }: PolicyDifference['rules'][number]): boolean {
  return (before === null) === (change === 'added') && (after === null) === (change === 'removed');
}
