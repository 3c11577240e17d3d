import { ANY_OTHER_VALUE } from '../../../src/core/trace/trace-axes.ts';
import type { Endpoint, MatchProduct } from '../../../src/model/match.ts';
import type { AreaCondition } from '../../../src/model/packet-area.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { holdsAddress, holdsOneOf, type PacketClass } from './packet-classes.ts';

/** One value for everything beyond the packet. */
export interface Situation {
  /** Unknowns that answer yes. */
  readonly holds: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** What a policy does with a packet in a situation, straight from the definitions. */
export interface Judgement {
  readonly permits: boolean;
  /** The rule that decides, or all that match where any permit is enough; `default` where none does. */
  readonly rules: readonly string[];
  /** Everything in force: verdicts with attributes, sorted. */
  readonly effects: readonly string[];
  readonly attributes: readonly Readonly<Record<string, string>>[];
}

/** Every situation that the policies tell apart. */
export function situationsOf(policies: readonly Policy[]): Situation[] {
  const products = policies.flatMap(activeRules).flatMap(({ match }) => match.products.filter(canHold));
  const unknowns = new Set(
    products.flatMap((product) => [product.source, product.destination].flatMap(({ membership }) => membership?.axis ?? [])),
  );
  const axes = new Map<string, Set<string>>();
  for (const product of products) {
    for (const unknown of product.unknowns) unknowns.add(unknown);
    for (const { axis, values } of product.finite) {
      const known = axes.get(axis) ?? new Set([ANY_OTHER_VALUE]);
      axes.set(axis, known);
      for (const value of values) known.add(value);
    }
  }
  let situations: Situation[] = [{ holds: new Set(), values: new Map() }];
  for (const unknown of unknowns) situations = situations.flatMap((each) => [each, { ...each, holds: new Set([...each.holds, unknown]) }]);
  for (const [axis, values] of axes) {
    situations = situations.flatMap((each) => [...values].map((value) => ({ ...each, values: new Map([...each.values, [axis, value]]) })));
  }
  return situations;
}

export function isIn(when: readonly AreaCondition[], { holds, values }: Situation): boolean {
  return when.every((condition) =>
    'unknown' in condition
      ? holds.has(condition.unknown) === condition.holds
      : condition.values.includes(values.get(condition.axis) ?? ANY_OTHER_VALUE),
  );
}

/** What the policy does with the packet in each of the situations. */
export function judgePacket(policy: Policy, packet: Omit<PacketClass, 'weight'>, situations: readonly Situation[]): Judgement[] {
  const candidates = activeRules(policy).flatMap((rule) => {
    const conditions = rule.match.products.flatMap((product) => conditionOf(product, packet));
    return conditions.length === 0 ? [] : [{ rule, conditions }];
  });
  const isOpen = candidates.some(
    ({ conditions }) => !conditions.some((condition) => condition.unknowns.length + condition.finite.length === 0),
  );
  const judge = (situation: Situation): Judgement => {
    const matching = candidates.filter(({ conditions }) => conditions.some((condition) => isMet(condition, situation)));
    return toJudgement(
      policy,
      (policy.evaluation === 'any-permit' ? matching : matching.slice(0, 1)).map(({ rule }) => rule),
    );
  };
  if (isOpen) return situations.map(judge);
  const [first] = situations;
  const only = first === undefined ? null : judge(first);
  return situations.flatMap(() => only ?? []);
}

export function activeRules(policy: Policy): Rule[] {
  return policy.rules.filter(({ enabled, staleReference }) => enabled && staleReference === null);
}

function toJudgement(policy: Policy, deciding: readonly Rule[]): Judgement {
  const effects = deciding.length === 0 ? [{ verdict: policy.defaultAction, attributes: {} }] : deciding.map(({ effect }) => effect);
  return {
    permits: effects.some(({ verdict }) => verdict === 'permit'),
    rules: deciding.length === 0 ? ['default'] : deciding.map(({ id }) => id),
    effects: [...new Set(effects.map((effect) => JSON.stringify(effect)))].sort(),
    attributes: effects.map(({ attributes }) => attributes),
  };
}

interface Condition {
  readonly unknowns: readonly string[];
  readonly finite: MatchProduct['finite'];
}

/** Under what the product holds the packet; nothing where it does not in any situation. */
function conditionOf(product: MatchProduct, packet: Omit<PacketClass, 'weight'>): Condition[] {
  if (product.family !== packet.family || !holdsOneOf(product.services, packet)) return [];
  const source = sideCondition(product.source, packet.family, packet.source);
  const destination = sideCondition(product.destination, packet.family, packet.destination);
  if (source === null || destination === null) return [];
  return [{ unknowns: [...source, ...destination, ...product.unknowns], finite: product.finite }];
}

/** A reference holds its members, and what else is in its ranges if its question is answered so. */
function sideCondition({ ranges, membership }: Endpoint, family: 4 | 6, address: bigint): readonly string[] | null {
  if (membership?.members != null && holdsAddress(membership.members, family, address)) return [];
  if (!holdsAddress(ranges, family, address)) return null;
  return membership === null ? [] : [membership.axis];
}

function isMet({ unknowns, finite }: Condition, { holds, values }: Situation): boolean {
  return (
    unknowns.every((unknown) => holds.has(unknown)) &&
    finite.every(({ axis, values: own }) => own.includes(values.get(axis) ?? ANY_OTHER_VALUE))
  );
}

function canHold({ family, source, destination, services, finite }: MatchProduct): boolean {
  const isSome = ({ ranges }: Endpoint): boolean => ranges.some((range) => range.family === family);
  return isSome(source) && isSome(destination) && services.length > 0 && finite.every(({ values }) => values.length > 0);
}
