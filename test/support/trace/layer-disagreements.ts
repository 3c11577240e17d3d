import { LayerTrace } from '../../../src/core/trace/layers.ts';
import type { Witness } from '../../../src/core/trace/witness.ts';
import type { Policy } from '../../../src/model/policy.ts';
import { randomRules } from './random-policies.ts';
import { TinyOracle } from './tiny-oracle.ts';
import type { TinyPolicy, TinyUniverse } from './tiny-policy.ts';
import { pointsOfWitness, toModelPolicy } from './tiny-to-model.ts';

/**
 * Several groups and a list on several interfaces: which rules another layer denies whole, and which other groups of an interface make redundant, by
 * enumeration and by the engine. Sentences on every difference.
 */
export function findLayerDisagreements(random: () => number): string[] {
  const below = (end: number): number => Math.floor(random() * end);
  const { universe, list, groups } = randomLayers(random);
  const policies = [list, ...groups];
  const oracles = new Map(policies.map(({ id, tiny }) => [id, new TinyOracle(tiny)]));
  const trace = new LayerTrace(
    policies.map(({ model }) => model),
    [],
    100_000,
  );
  // Each interface carries one or more of the groups, behind the list.
  const interfaces = Array.from({ length: 1 + below(3) }, () => groups.filter(() => random() < 0.6)).map((on) =>
    on.length > 0 ? on : groups.slice(0, 1),
  );
  return interfaces.flatMap((on) => {
    const names = on.map(({ id }) => id);
    return [
      ...on.flatMap(({ id }) => compareDenied(trace, oracles, universe, id, [['list']])),
      ...compareDenied(trace, oracles, universe, 'list', [names]),
      ...on.flatMap(({ id }) => compareCovered(trace, oracles, universe, id, names)),
    ];
  });
}

export interface NamedPolicy {
  readonly id: string;
  readonly tiny: TinyPolicy;
  readonly model: Policy;
}

export function randomLayers(random: () => number): { universe: TinyUniverse; list: NamedPolicy; groups: NamedPolicy[] } {
  const { universe, make } = randomRules(random);
  const named = (id: string, tiny: TinyPolicy): NamedPolicy => ({ id, tiny, model: toModelPolicy(tiny, id) });
  const count = 2 + Math.floor(random() * 2);
  const list = named('list', { universe, evaluation: 'first-match', defaultVerdict: 'deny', chains: [make('first-match')] });
  const groups = Array.from({ length: count }, (_, i) =>
    named(`group ${i}`, { universe, evaluation: 'any-permit', defaultVerdict: 'deny', chains: [make('any-permit')] }),
  );
  return { universe, list, groups };
}

function compareDenied(
  trace: LayerTrace,
  oracles: ReadonlyMap<string, TinyOracle>,
  universe: TinyUniverse,
  policy: string,
  layers: readonly (readonly string[])[],
): string[] {
  const oracle = oracles.get(policy) as TinyOracle;
  const passes = (point: number): boolean =>
    layers.every((layer) => layer.some((name) => (oracles.get(name) as TinyOracle).at(point).verdict === 'permit'));
  return oracle.rules.flatMap((rule, place) => {
    if (rule.verdict !== 'permit') return [];
    const isOwn = (point: number): boolean => oracle.policy.evaluation === 'any-permit' || oracle.at(point).decider === place;
    const shows = (point: number): boolean => oracle.matches[place]?.[point] === true && isOwn(point) && passes(point);
    const expected = !oracle.points.some((_, point) => shows(point));
    const answer = trace.deniedByLayers(policy, rule.id, layers);
    if (answer?.holds !== expected)
      return [`${policy}/${rule.id} denied by ${layers.join()}: expected ${expected}, found ${answer?.holds}`];
    return answer.holds ? [] : checkWitness(answer.witness, universe, oracle, shows, `${policy}/${rule.id} denied`);
  });
}

function compareCovered(
  trace: LayerTrace,
  oracles: ReadonlyMap<string, TinyOracle>,
  universe: TinyUniverse,
  policy: string,
  names: readonly string[],
): string[] {
  const oracle = oracles.get(policy) as TinyOracle;
  return oracle.rules.flatMap((rule, place) => {
    const others = names.flatMap((name) => {
      const other = oracles.get(name) as TinyOracle;
      return other.rules.map((each, i) => ({
        each,
        matches: other.matches[i] as readonly boolean[],
        isOwn: name === policy && i === place,
      }));
    });
    const alike = others.filter(({ each, isOwn }) => !isOwn && each.verdict === rule.verdict && each.attribute === rule.attribute);
    const shows = (point: number): boolean => oracle.matches[place]?.[point] === true && !alike.some(({ matches }) => matches[point]);
    const expected = !oracle.points.some((_, point) => shows(point));
    const answer = trace.coveredInLayer(policy, rule.id, names, () => false);
    if (answer?.holds !== expected)
      return [`${policy}/${rule.id} covered by ${names.join()}: expected ${expected}, found ${answer?.holds}`];
    return answer.holds ? [] : checkWitness(answer.witness, universe, oracle, shows, `${policy}/${rule.id} covered`);
  });
}

function checkWitness(
  witness: Witness,
  universe: TinyUniverse,
  oracle: TinyOracle,
  shows: (point: number) => boolean,
  what: string,
): string[] {
  const points = pointsOfWitness(witness, universe, oracle.points);
  return points.length > 0 && points.every(shows) ? [] : [`${what}: the witness does not show it`];
}
