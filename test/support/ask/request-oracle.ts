import { ASK_BUDGET, askPoint } from '../../../src/core/ask/ask-point.ts';
import type { EnforcementPoint } from '../../../src/core/ask/enforcement-points.ts';
import { restrictPoints } from '../../../src/core/ask/restrict-points.ts';
import { judgeAppended } from '../../../src/core/request/appended-rule.ts';
import { findAskedLayers } from '../../../src/core/request/asked-layers.ts';
import { verdictOfPoints } from '../../../src/core/request/request-verdict.ts';
import { suggestChanges } from '../../../src/core/request/suggest-changes.ts';
import type { PacketTotal } from '../../../src/model/packet-area.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { QueryPoint } from '../../../src/model/query-answer.ts';
import { formatRegion, parseRegion, type Region, toMatchProducts } from '../../../src/model/region-notation.ts';
import type { AppendedRule, RequestAnswer, Suggestion } from '../../../src/model/request-answer.ts';
import { randomList } from '../trace/random-lists.ts';
import { seededRandom } from '../trace/random-policies.ts';
import { packetsAt, TinyOracle } from '../trace/tiny-oracle.ts';
import { type TinyBox, type TinyPoint, type TinyPolicy, type TinyUniverse, tinyMatches } from '../trace/tiny-policy.ts';
import { cellStart, toMatch, toModelPolicy } from '../trace/tiny-to-model.ts';
import { applySuggestion } from './apply-suggestion.ts';

/** A policy, and packets that somebody wants permitted there: one box for each family, alike but for the family. */
export interface RequestCase {
  readonly policy: TinyPolicy;
  readonly boxes: readonly TinyBox[];
  /** The rules name the source only. */
  readonly isDirected: boolean;
}

/**
 * Asks for a random region of a random policy and looks at every packet and every value of the unknowns: what is permitted, what would become of a rule at
 * the end, and for each suggestion, applied by hand, that all of the request is permitted afterwards and nothing else changed but what it says.
 *
 * @throws {Error} when the answer says anything else
 */
export function checkRequest(seed: number): void {
  try {
    checkRequestOf(randomRequestCase(seededRandom(seed)));
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

export function randomRequestCase(random: () => number): RequestCase {
  const isDirected = random() < 0.2;
  const hasReferences = random() < 0.4;
  const list = randomList(random);
  const { universe } = list;
  const rewrite = (box: TinyBox): TinyBox => ({
    ...box,
    destination: isDirected ? [[0, universe.destinationCells - 1]] : box.destination,
    member: hasReferences ? (box.unknowns[0] ?? null) : box.member,
  });
  const chains = list.chains.map((chain) => chain.map((rule) => ({ ...rule, boxes: rule.boxes.map(rewrite) })));
  const policy: TinyPolicy = { ...list, chains };
  return { policy, boxes: randomRequest(random, list), isDirected };
}

/** Cells and services such as the rules have, so that a request often is nearly what a rule says. */
export function randomRequest(random: () => number, { universe, chains }: TinyPolicy): TinyBox[] {
  const known = chains.flat().flatMap(({ boxes }) => boxes);
  const pick = (): TinyBox | undefined => known[Math.floor(random() * known.length)];
  const cells = (count: number, like: TinyBox['source'] | undefined): TinyBox['source'] => {
    if (like !== undefined && like.length > 0 && random() < 0.5) return like;
    const chosen = Array.from({ length: count }, (_, cell) => [cell, cell] as const).filter(() => random() < 0.4);
    return chosen.length === 0 ? [[0, count - 1]] : chosen;
  };
  const any = { protocolFirst: 0, protocolLast: 255, sourcePorts: null, ports: null, type: null };
  const families = universe.families.filter(() => random() < 0.7);
  const box = {
    source: cells(universe.sourceCells, pick()?.source),
    destination: cells(universe.destinationCells, pick()?.destination),
    services: random() < 0.3 ? [any] : (pick()?.services ?? [any]),
    states: null,
    unknowns: [],
    member: null,
  };
  return (families.length === 0 ? universe.families : families).map((family) => ({ ...box, family }));
}

export function checkRequestOf(asked: RequestCase): void {
  const { policy, boxes, isDirected } = asked;
  const model: Policy = { ...toModelPolicy(policy), ...(isDirected ? { direction: 'in', interfaceBound: true } : {}) };
  const region = toRegion(boxes, policy.universe);
  const point: EnforcementPoint = {
    attachments: [],
    direction: model.direction,
    layers: [{ policies: [model], exceptRemote: [] }],
    region,
  };
  const near = restrictPoints([point], region);
  const layers = findAskedLayers(near);
  const changes = suggestChanges(layers, region, { policies: [model], protectionOf: () => null });
  if (changes.incompleteBecause.length > 0) throw new Error(`not complete: ${changes.incompleteBecause.join(' ')}`);
  const answer = askPoint(near[0] as EnforcementPoint, ASK_BUDGET);
  if (answer === null) throw new Error('the question takes more than the budget');

  const reading = new Reading(asked);
  reading.checkPoint(answer);
  reading.checkVerdict(verdictOfPoints([answer], 0, ({ region: own }) => own.join() === formatRegion(region).join()));
  reading.checkAppended(judgeAppended(model, [region], 1_000_000));
  reading.checkNumber(changes.suggestions);
  for (const suggestion of changes.suggestions) reading.checkSuggestion(suggestion);
}

export function toRegion(boxes: readonly TinyBox[], universe: TinyUniverse): Region {
  const products = toMatch(boxes, universe).products;
  return {
    families: boxes.map(({ family }) => family),
    source: products.flatMap(({ source }) => source.ranges),
    destination: products.flatMap(({ destination }) => destination.ranges),
    services: products[0]?.services ?? [],
  };
}

type PacketVerdict = 'permitted' | 'denied' | 'depends';

/** What enumeration says about a request. */
class Reading {
  readonly #case: RequestCase;
  readonly #before: TinyOracle;
  /** Whether each point is one of the request. */
  readonly #isAsked: readonly boolean[];
  readonly #perPacket: number;

  constructor(asked: RequestCase) {
    const { policy, boxes } = asked;
    const { universe } = policy;
    this.#case = asked;
    this.#before = new TinyOracle(policy);
    const rule = { id: 'request', boxes, verdict: 'permit', attribute: '', control: 'decide' } as const;
    this.#isAsked = this.#before.points.map((point) => tinyMatches(rule, point, universe));
    this.#perPacket = universe.states.length * (1 << universe.unknowns.length);
  }

  checkPoint({ permitted, denied, depends, asked }: QueryPoint): void {
    const sums = { permitted: 0n, denied: 0n, depends: 0n };
    for (const packet of this.#askedPackets()) sums[this.#verdictAt(packet)] += this.#weight(packet);
    const found = [permitted, denied, depends, asked].map((total) => total.packets).join();
    const expected = [sums.permitted, sums.denied, sums.depends, sums.permitted + sums.denied + sums.depends].join();
    if (found !== expected) this.#fail(`permitted, denied, depends, asked are ${found}, enumeration says ${expected}`);
  }

  checkVerdict(verdict: RequestAnswer['verdict']): void {
    const verdicts = new Set(this.#askedPackets().map((packet) => this.#verdictAt(packet)));
    const [only] = verdicts;
    const expected = verdicts.size === 1 && only !== undefined ? only : verdicts.has('denied') ? 'partly' : 'depends';
    if (verdict !== expected) this.#fail(`the verdict is ${verdict}, enumeration says ${expected}`);
  }

  checkAppended({ outcome, coveredBy }: AppendedRule): void {
    const points = this.#before.points.map((_, point) => point).filter((point) => this.#isAsked[point]);
    const expected = this.#case.policy.evaluation === 'any-permit' ? this.#addedOutcome(points) : this.#lastOutcome(points);
    if (outcome !== expected) this.#fail(`a rule at the end is "${outcome}", enumeration says "${expected}"`);
    const known = new Set(['default', ...this.#before.rules.map(({ id }) => id)]);
    const stranger = coveredBy.find(({ rule }) => !known.has(rule));
    if (stranger !== undefined) this.#fail(`${stranger.rule} covers it and is no rule`);
  }

  checkNumber(suggestions: readonly Suggestion[]): void {
    const isGranted = this.#askedPackets().every((packet) => this.#verdictAt(packet) === 'permitted');
    if (isGranted && suggestions.length > 0) this.#fail(`${suggestions.length} suggestions for what is permitted`);
    // Where rules cannot name the destination, a change may do more than is right.
    if (!isGranted && !this.#case.isDirected && suggestions.length === 0) this.#fail('no suggestion for what is not permitted');
  }

  checkSuggestion(suggestion: Suggestion): void {
    const after = new TinyOracle(applySuggestion(this.#case.policy, suggestion));
    const others = new Set<number>();
    for (const [point, isAsked] of this.#isAsked.entries()) {
      const [old, now] = [this.#before.at(point), after.at(point)];
      if (isAsked && now.verdict === 'deny') this.#fail(`not all is permitted after ${show(suggestion)}`, point);
      if (old.verdict === 'permit' && now.verdict === 'deny') this.#fail(`something is denied after ${show(suggestion)}`, point);
      if (old.effect === now.effect) continue;
      if (old.verdict === now.verdict && !isAsked) this.#fail(`an effect changes elsewhere after ${show(suggestion)}`, point);
      if (old.verdict === now.verdict || !isAsked) others.add(Math.floor(point / this.#perPacket) * this.#perPacket);
    }
    this.#checkOthers(suggestion, others);
    const granted = this.#askedPackets().filter((packet) => this.#verdictAt(packet) !== 'permitted');
    this.#checkTotal(suggestion.grants, granted, `grants of ${show(suggestion)}`);
  }

  #checkOthers(suggestion: Suggestion, others: ReadonlySet<number>): void {
    const { alsoChanges } = suggestion;
    if (alsoChanges === null) {
      const [first] = others;
      if (first !== undefined) this.#fail(`more changes than ${show(suggestion)} says`, first);
      return;
    }
    this.#checkTotal(alsoChanges.count, [...others], `what also changes by ${show(suggestion)}`);
    if (alsoChanges.regionsOmitted > 0) return;
    const products = alsoChanges.regions.flatMap((text) => {
      const parsed = parseRegion(text);
      if (!parsed.ok) throw new Error(parsed.reason);
      return toMatchProducts(parsed.value);
    });
    const { universe } = this.#case.policy;
    const isNamed = (point: TinyPoint): boolean => {
      const source = cellStart(point.family, point.source, universe.sourceCells);
      const destination = cellStart(point.family, point.destination, universe.destinationCells);
      return products.some(
        (product) =>
          product.family === point.family &&
          product.source.ranges.some(({ first, last }) => first <= source && source <= last) &&
          product.destination.ranges.some(({ first, last }) => first <= destination && destination <= last),
      );
    };
    for (const packet of others) {
      if (!isNamed(this.#before.points[packet] as TinyPoint))
        this.#fail(`a packet is in no region of what also changes by ${show(suggestion)}`, packet);
    }
  }

  #checkTotal(total: PacketTotal, packets: readonly number[], what: string): void {
    const sums = { 4: 0n, 6: 0n };
    for (const packet of packets) sums[(this.#before.points[packet] as TinyPoint).family] += this.#weight(packet);
    if (total.ipv4 !== String(sums[4]) || total.ipv6 !== String(sums[6]))
      this.#fail(`${what}: ${total.ipv4} and ${total.ipv6} packets, enumeration says ${sums[4]} and ${sums[6]}`);
  }

  #lastOutcome(points: readonly number[]): AppendedRule['outcome'] {
    const taken = points.filter((point) => this.#before.at(point).decider === -1);
    if (taken.length === 0) return this.#before.relation('permit', points) === 'same' ? 'redundant' : 'shadowed';
    if (this.#case.policy.defaultVerdict === 'permit') return 'redundant';
    return taken.length === points.length ? 'decides all' : 'decides some';
  }

  #addedOutcome(points: readonly number[]): AppendedRule['outcome'] {
    const permitted = points.filter((point) => this.#before.at(point).verdict === 'permit');
    if (permitted.length === points.length) return 'redundant';
    return permitted.length === 0 ? 'decides all' : 'decides some';
  }

  /** The first point of each packet. */
  #askedPackets(): number[] {
    return this.#before.points.map((_, point) => point).filter((point) => point % this.#perPacket === 0 && this.#isAsked[point] === true);
  }

  #verdictAt(packet: number): PacketVerdict {
    const verdicts = new Set<string>();
    for (let point = packet; point < packet + this.#perPacket; point++) verdicts.add(this.#before.at(point).verdict);
    if (verdicts.size > 1) return 'depends';
    return verdicts.has('permit') ? 'permitted' : 'denied';
  }

  #weight(packet: number): bigint {
    return packetsAt(this.#case.policy, this.#before.points[packet] as TinyPoint);
  }

  #fail(what: string, point: number | null = null): never {
    const where = point === null ? '' : ` at ${JSON.stringify(this.#before.points[point])}`;
    throw new Error(
      `${what}${where}\n${JSON.stringify(this.#case, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
    );
  }
}

function show(suggestion: Suggestion): string {
  const { explanation, alsoChanges, ...rest } = suggestion;
  return JSON.stringify({ ...rest, alsoChanges: alsoChanges?.regions ?? null, explanation });
}
