import { ASK_BUDGET, askPoint } from '../../../src/core/ask/ask-point.ts';
import { type EnforcementPoint, findPoints } from '../../../src/core/ask/enforcement-points.ts';
import type { Policy, RuleBase } from '../../../src/model/policy.ts';
import type { QueryArea, QueryPoint } from '../../../src/model/query-answer.ts';
import type { Region } from '../../../src/model/region-notation.ts';
import { seededRandom } from '../trace/random-policies.ts';
import { aroundOf, comparePoints } from './compare-points.ts';
import { isIn, type Judgement, judgePacket, type Situation, situationsOf } from './judge-packets.ts';
import { holdsAddress, holdsPacket, type PacketClass, packetClasses, show, termsOf } from './packet-classes.ts';
import { differ, totalOf } from './packet-totals.ts';
import { randomRegion, randomRuleBase } from './random-rule-bases.ts';
import { readRegion, readWitness } from './read-back.ts';

export interface QueryCase {
  readonly ruleBase: RuleBase;
  readonly region: Region;
  readonly text: string;
}

export type Ask = (point: EnforcementPoint) => QueryPoint | null;

/** The code under test. */
export const ASK: Ask = (point) => askPoint(point, ASK_BUDGET);

/**
 * A random rule base and a random region: the points that judge its packets, and every answer, are those of the enumeration of every packet and
 * every value of what nobody knows.
 *
 * @throws {Error} with a sentence on everything that differs
 */
export function checkQuery(seed: number): void {
  const queryCase = randomQueryCase(seed);
  const disagreements = findQueryDisagreements(queryCase, ASK);
  if (disagreements.length > 0) throw new Error(`${queryCase.text}:\n${disagreements.join('\n')}`);
}

export function randomQueryCase(seed: number): QueryCase {
  const random = seededRandom(seed);
  const { ruleBase, universe } = randomRuleBase(random);
  return { ruleBase, ...randomRegion(random, universe) };
}

export function findQueryDisagreements({ ruleBase, region }: QueryCase, ask: Ask): string[] {
  const found = findPoints(ruleBase, region, { interface: null, direction: null, policies: [] });
  return [...comparePoints(ruleBase, region, found), ...found.points.flatMap((point) => compareAnswer(point, ask(point)))];
}

/** An asked packet with what the point does with it in each situation. */
interface Asked {
  readonly packet: PacketClass;
  readonly permits: readonly boolean[];
  /** What each policy does, by its id; empty for one in a layer that does not look at the packet. */
  readonly judgements: ReadonlyMap<string, readonly Judgement[]>;
}

function compareAnswer(point: EnforcementPoint, answer: QueryPoint | null): string[] {
  if (answer === null) return ['the answer went over its budget'];
  const policies = point.layers.flatMap((layer) => layer.policies);
  const situations = situationsOf(policies);
  const areaRegions = answer.areas.map(({ regions }) => regions.map(readRegion));
  const around = point.layers.map(({ exceptRemote }) => aroundOf(exceptRemote));
  const own = answer.region.map(readRegion);
  const products = policies.flatMap(({ rules }) => rules.flatMap(({ match }) => match.products));
  const classes = packetClasses(termsOf(products, [point.region, ...own, ...areaRegions.flat(), ...around]));
  const disagreements: string[] = [];
  if (JSON.stringify(answer.layers) !== JSON.stringify(point.layers.map((layer) => layer.policies.map(({ id }) => id))))
    disagreements.push(`the layers are ${JSON.stringify(answer.layers)}`);
  const asked: Asked[] = [];
  const areaPackets = answer.areas.map((): Asked[] => []);
  for (const packet of classes) {
    const isAsked = holdsPacket(point.region, packet);
    if (own.filter((region) => holdsPacket(region, packet)).length !== Number(isAsked))
      disagreements.push(`the region as said: ${show(packet)} is ${isAsked ? 'not in it, or twice' : 'in it'}`);
    const places = areaRegions.flatMap((regions, place) => regions.filter((region) => holdsPacket(region, packet)).map(() => place));
    const judged = isAsked ? judgeAsked(point, packet, situations) : null;
    if (judged !== null) asked.push(judged);
    const isCut = answer.areasOmitted !== null || answer.areas.some(({ regionsOmitted }) => regionsOmitted > 0);
    if (judged === null ? places.length > 0 : places.length > 1 || (places.length === 0 && !isCut))
      disagreements.push(`${show(packet)} is in ${places.length} areas`);
    else if (judged !== null && places[0] !== undefined) areaPackets[places[0]]?.push(judged);
  }
  answer.areas.forEach((area, place) => {
    disagreements.push(
      ...compareArea(area, areaPackets[place] ?? [], point, situations).map((text) => `area ${area.regions.join(' | ')}: ${text}`),
    );
    disagreements.push(...compareWitness(area, areaRegions[place] ?? [], point, situations));
  });
  return [...disagreements, ...compareTotals(answer, asked), ...compareOrder(answer), ...compareRules(answer, point, asked)];
}

function judgeAsked(point: EnforcementPoint, packet: PacketClass, situations: readonly Situation[]): Asked {
  const judgements = new Map<string, readonly Judgement[]>();
  const permits = situations.map(() => true);
  for (const { policies, exceptRemote } of point.layers) {
    const remote = point.direction === 'in' ? packet.source : packet.destination;
    if (point.direction !== null && holdsAddress(exceptRemote, packet.family, remote)) {
      for (const { id } of policies) judgements.set(id, []);
      continue;
    }
    const own = policies.map((policy) => judgePacket(policy, packet, situations));
    for (const [i, judged] of own.entries()) judgements.set(policies[i]?.id ?? '', judged);
    situations.forEach((_, s) => {
      if (!own.some((judged) => judged[s]?.permits)) permits[s] = false;
    });
  }
  return { packet, permits, judgements };
}

function compareArea(area: QueryArea, packets: readonly Asked[], point: EnforcementPoint, situations: readonly Situation[]): string[] {
  const disagreements: string[] = [];
  if (area.cases.length === 1 && area.cases[0]?.when.length !== 0) disagreements.push('a single case has conditions');
  const kinds = new Set(area.cases.map(({ decided }) => decided.verdict));
  const verdict = kinds.size > 1 ? 'depends' : kinds.has('permit') ? 'permitted' : 'denied';
  if (verdict !== area.verdict) disagreements.push(`the verdict is ${area.verdict}, that of its cases ${verdict}`);
  const isWhole = area.regionsOmitted === 0;
  if (isWhole) disagreements.push(...differ('packets', area.count, totalOf(packets)));
  const caseOf = situations.map((situation) => area.cases.filter(({ when }) => isIn(when, situation)));
  if (caseOf.some((cases) => cases.length !== 1)) return [...disagreements, 'the cases overlap or leave something out'];
  for (const each of area.cases) {
    const expected = new Set<string>();
    situations.forEach((_, s) => {
      if (caseOf[s]?.[0] !== each) return;
      for (const { packet, permits, judgements } of packets) {
        if (permits[s] !== (each.decided.verdict === 'permit')) disagreements.push(`${show(packet)} is not always ${each.decided.verdict}`);
        for (const name of decidersAt(point, judgements, permits[s] === true, s)) expected.add(name);
      }
    });
    const { rules, omitted, complete } = each.decided.by;
    const found = rules.map(({ policy, rule }) => `${policy}/${rule}`);
    const wanted = inOrder(point, expected);
    if (!complete) disagreements.push('the list of who decides is not complete');
    if (isWhole && found.join() !== wanted.slice(0, 20).join())
      disagreements.push(`decided ${each.decided.verdict} by: expected ${wanted.join()}, found ${found.join()}`);
    if (isWhole && omitted !== Math.max(0, wanted.length - 20)) disagreements.push(`${omitted} rules left out of ${wanted.length}`);
  }
  return disagreements;
}

/** Permitted: by the policies that permit; denied: by all policies of the layers that deny. */
function decidersAt(
  point: EnforcementPoint,
  judgements: ReadonlyMap<string, readonly Judgement[]>,
  isPermitted: boolean,
  situation: number,
): string[] {
  return point.layers.flatMap(({ policies }) => {
    const own = policies.flatMap(({ id }) => {
      const judged = judgements.get(id)?.[situation];
      return judged === undefined ? [] : [{ id, judged }];
    });
    if (!isPermitted && own.some(({ judged }) => judged.permits)) return [];
    return own.flatMap(({ id, judged }) => (judged.permits === isPermitted ? judged.rules.map((rule) => `${id}/${rule}`) : []));
  });
}

function inOrder(point: EnforcementPoint, names: ReadonlySet<string>): string[] {
  const order = point.layers.flatMap(({ policies }) =>
    policies.flatMap(({ id, rules }) => [...rules.map((rule) => `${id}/${rule.id}`), `${id}/default`]),
  );
  return [...new Set(order)].filter((name) => names.has(name));
}

/** The witness is in the area, and what its first case says happens to it under the conditions named. */
function compareWitness(area: QueryArea, regions: readonly Region[], point: EnforcementPoint, situations: readonly Situation[]): string[] {
  const read = readWitness(area.witness);
  if (read === null) return [`the witness "${area.witness}" is no packet`];
  const disagreements: string[] = [];
  if (area.regionsOmitted === 0 && !regions.some((region) => holdsPacket(region, read.packet)))
    disagreements.push(`${area.witness} is not in its area`);
  const { permits } = judgeAsked(point, { ...read.packet, weight: 1n }, situations);
  const possible = situations.map((_, s) => s).filter((s) => isIn(read.when, situations[s] as Situation));
  const isPermitted = area.cases[0]?.decided.verdict === 'permit';
  if (possible.length === 0 || possible.some((s) => permits[s] !== isPermitted))
    disagreements.push(`${area.witness} does not show its area`);
  return disagreements;
}

function compareTotals(answer: QueryPoint, asked: readonly Asked[]): string[] {
  const kindOf = ({ permits }: Asked): string => (permits.every(Boolean) ? 'permitted' : permits.some(Boolean) ? 'depends' : 'denied');
  const kinds = new Set(asked.map(kindOf));
  const verdict = kinds.size === 1 ? [...kinds][0] : 'partly';
  const hidden = answer.areasOmitted?.packets.packets ?? '0';
  const sum = answer.areas.reduce((all, { count }) => all + BigInt(count.packets), BigInt(hidden));
  return [
    ...(verdict === answer.verdict ? [] : [`verdict: expected ${verdict}, found ${answer.verdict}`]),
    ...differ('asked', answer.asked, totalOf(asked)),
    ...(['permitted', 'denied', 'depends'] as const).flatMap((kind) =>
      differ(kind, answer[kind], totalOf(asked.filter((each) => kindOf(each) === kind))),
    ),
    ...(String(sum) === answer.asked.packets ? [] : [`the areas have ${sum} packets, asked are ${answer.asked.packets}`]),
  ];
}

/** Permitted first, then what depends, then denied; where there is one family, most packets first. */
function compareOrder({ areas, asked }: QueryPoint): string[] {
  const order = ['permitted', 'depends', 'denied'];
  const hasBoth = asked.ipv4 !== '0' && asked.ipv6 !== '0';
  const isWrong = areas.some((area, i) => {
    const before = areas[i - 1];
    if (before === undefined) return false;
    const rises = order.indexOf(area.verdict) - order.indexOf(before.verdict);
    return rises < 0 || (rises === 0 && !hasBoth && BigInt(area.count.packets) > BigInt(before.count.packets));
  });
  return isWrong ? ['the areas are not in order'] : [];
}

/** Who has a part in the region: in a list whoever decides some packet in some situation, without order whoever matches one. */
function compareRules(answer: QueryPoint, point: EnforcementPoint, asked: readonly Asked[]): string[] {
  const parts = new Map(
    point.layers.flatMap(({ policies }) =>
      policies.flatMap((policy) => [...partsOf(policy, asked)].map(([rule, sure]) => [`${policy.id}/${rule}`, sure] as [string, Asked[]])),
    ),
  );
  const found = answer.rules.map(({ policy, rule }) => `${policy}/${rule}`);
  const wanted = inOrder(point, new Set(parts.keys()));
  if (found.join() !== wanted.join()) return [`rules with a part: expected ${wanted.join()}, found ${found.join()}`];
  return answer.rules.flatMap(({ policy, rule, packets }) => {
    const name = `${policy}/${rule}`;
    return packets === null ? [`${name} has no count`] : differ(`packets of ${name}`, packets, totalOf(parts.get(name) ?? []));
  });
}

/** Rules with the packets that are theirs in every situation. Without order the default is no rule with a part. */
function partsOf({ id, evaluation }: Policy, asked: readonly Asked[]): Map<string, Asked[]> {
  const parts = new Map<string, Asked[]>();
  for (const each of asked) {
    const judged = each.judgements.get(id) ?? [];
    for (const rule of new Set(judged.flatMap(({ rules }) => rules))) {
      if (rule === 'default' && evaluation === 'any-permit') continue;
      const sure = parts.get(rule) ?? [];
      parts.set(rule, sure);
      if (judged.every(({ rules }) => rules.includes(rule))) sure.push(each);
    }
  }
  return parts;
}
