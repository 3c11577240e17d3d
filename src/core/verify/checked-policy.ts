import type { AddressFamily, AddressRange } from '../../model/address.ts';
import type { Endpoint, Match, MatchProduct } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import type { Action, Effect, Rule } from '../../model/rule.ts';
import { ICMP, ICMPV6, PROTOCOLS_WITH_PORTS, type Service } from '../../model/service.ts';
import type { Product, WholeAxis } from './product.ts';
import { findRulesNear } from './rules-near.ts';
import { intersect, toValueSet, type ValueSet } from './value-set.ts';

/** A policy as the checker sees it: the rules that have a part in it, each with what it matches written out as products of sets. */
export interface CheckedPolicy {
  readonly id: string;
  readonly isOrdered: boolean;
  /** In evaluation order. */
  readonly rules: readonly CheckedRule[];
  readonly ruleOf: ReadonlyMap<string, CheckedRule>;
  /** In evaluation order: every rule that meets the product, and perhaps others. */
  readonly rulesNear: (product: Product) => readonly CheckedRule[];
  /** Rules that are switched off, or whose reference is gone: they match nothing. */
  readonly idle: ReadonlySet<string>;
  readonly defaultVerdict: Action;
  readonly defaultEffect: string;
  readonly wholeOf: WholeAxis;
  /** Number of each value that some rule names on a finite axis; {@link ANY_OTHER_VALUE} stands for all others. */
  readonly finiteValues: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
}

export interface CheckedRule {
  readonly id: string;
  /** Place among the rules that have a part in the policy. */
  readonly place: number;
  readonly verdict: Action;
  /** Equal texts are equal effects. */
  readonly effect: string;
  readonly parts: readonly Product[];
}

/** Every value of a finite axis that no rule names. */
export const ANY_OTHER_VALUE = '(any other)';

export const NO = toValueSet([{ first: 0n, last: 0n }]);
export const YES = toValueSet([{ first: 1n, last: 1n }]);

const LAST_VALUES: Readonly<Record<string, bigint>> = {
  source: (1n << 128n) - 1n,
  destination: (1n << 128n) - 1n,
  protocol: 255n,
  'source-port': 65535n,
  'destination-port': 65535n,
  'icmp-type': 255n,
  'icmp-code': 255n,
};

export function unknownAxis(name: string): string {
  return `unknown ${name}`;
}

export function finiteAxis(name: string): string {
  return `finite ${name}`;
}

export function toCheckedPolicy(policy: Policy): CheckedPolicy {
  const active = policy.rules.filter(hasPart);
  const finiteValues = numberFiniteValues(active);
  const rules = active.map(
    (rule, place): CheckedRule => ({
      id: rule.id,
      place,
      verdict: rule.effect.verdict,
      effect: effectText(rule.effect),
      parts: partsOf(rule.match, finiteValues),
    }),
  );
  return {
    id: policy.id,
    isOrdered: policy.evaluation === 'first-match',
    rules,
    rulesNear: findRulesNear(rules),
    ruleOf: new Map(rules.map((rule) => [rule.id, rule])),
    idle: new Set(policy.rules.filter((rule) => !hasPart(rule)).map(({ id }) => id)),
    defaultVerdict: policy.defaultAction,
    defaultEffect: effectText({ verdict: policy.defaultAction, attributes: {} }),
    wholeOf: (axis) => wholeOf(axis, finiteValues),
    finiteValues,
  };
}

function hasPart(rule: Rule): boolean {
  return rule.enabled && rule.staleReference === null;
}

function numberFiniteValues(rules: readonly Rule[]): Map<string, Map<string, bigint>> {
  const numbers = new Map<string, Map<string, bigint>>();
  for (const { match } of rules) {
    for (const { axis, values } of match.products.flatMap(({ finite }) => finite)) {
      const known = numbers.get(axis) ?? new Map([[ANY_OTHER_VALUE, 0n]]);
      for (const value of values) if (!known.has(value)) known.set(value, BigInt(known.size));
      numbers.set(axis, known);
    }
  }
  return numbers;
}

function wholeOf(axis: string, finiteValues: CheckedPolicy['finiteValues']): ValueSet {
  if (axis === 'family')
    return [
      { first: 4n, last: 4n },
      { first: 6n, last: 6n },
    ];
  if (axis.startsWith('unknown ')) return [{ first: 0n, last: 1n }];
  const last = LAST_VALUES[axis] ?? BigInt((finiteValues.get(axis.slice(finiteAxis('').length))?.size ?? 1) - 1);
  return [{ first: 0n, last }];
}

function effectText({ verdict, attributes }: Effect): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([verdict, sorted]);
}

/** What a match holds, at any time and under any value of the unknowns. None for one that nothing satisfies. */
function partsOf(match: Match, finiteValues: CheckedPolicy['finiteValues']): Product[] {
  return match.products.flatMap((product) => partsOfProduct(product, finiteValues));
}

function partsOfProduct(product: MatchProduct, finiteValues: CheckedPolicy['finiteValues']): Product[] {
  const common = new Map<string, ValueSet>([['family', familySet(product.family)]]);
  for (const side of ['source', 'destination'] as const) common.set(side, addressSet(product[side].ranges, product.family));
  for (const name of [...product.unknowns, ...memberships(product)]) common.set(unknownAxis(name), YES);
  for (const { axis, values } of product.finite) {
    const set = finiteSet(values, finiteValues.get(axis) ?? new Map());
    const before = common.get(finiteAxis(axis));
    common.set(finiteAxis(axis), before === undefined ? set : intersect(before, set));
  }
  return product.services
    .flatMap(partsOfService)
    .map((service) => new Map([...common, ...service]))
    .filter((part) => [...part.values()].every((set) => set.length > 0));
}

/** A reference is everything it may hold, under the condition that the address belongs to it. */
function memberships({ source, destination }: MatchProduct): string[] {
  return [source, destination].flatMap(({ membership }: Endpoint) => (membership === null ? [] : [membership.axis]));
}

export function familySet(family: AddressFamily): ValueSet {
  return [{ first: BigInt(family), last: BigInt(family) }];
}

export function addressSet(ranges: readonly AddressRange[], family: AddressFamily): ValueSet {
  return toValueSet(ranges.filter((range) => range.family === family).map(({ first, last }) => ({ first, last })));
}

/** Values without a number are named by no rule: they are among the others. */
function finiteSet(values: readonly string[], numbers: ReadonlyMap<string, bigint>): ValueSet {
  return toValueSet(values.map((value) => numbers.get(value) ?? 0n).map((number) => ({ first: number, last: number })));
}

/**
 * Ports are asked of protocols that have them, types and codes of ICMP; a service that asks for both holds what satisfies either. The packets of
 * other protocols are on neither of these axes.
 */
function partsOfService({ protocolFirst, protocolLast, sourcePort, destinationPort, icmpType, icmpCode }: Service): Product[] {
  const asksForPorts = sourcePort !== null || destinationPort !== null;
  const asksForIcmp = icmpType !== null || icmpCode !== null;
  if (!asksForPorts && !asksForIcmp) return [new Map([['protocol', stretch(protocolFirst, protocolLast)]])];
  const asked = (protocols: readonly number[]): ValueSet =>
    toValueSet(
      protocols
        .filter((each) => protocolFirst <= each && each <= protocolLast)
        .map((each) => ({ first: BigInt(each), last: BigInt(each) })),
    );
  const parts: Product[] = [];
  if (asksForPorts) {
    const part = new Map([['protocol', asked(PROTOCOLS_WITH_PORTS)]]);
    if (sourcePort !== null) part.set('source-port', stretch(sourcePort.first, sourcePort.last));
    if (destinationPort !== null) part.set('destination-port', stretch(destinationPort.first, destinationPort.last));
    parts.push(part);
  }
  if (asksForIcmp) {
    const part = new Map([['protocol', asked([ICMP, ICMPV6])]]);
    if (icmpType !== null) part.set('icmp-type', stretch(icmpType, icmpType));
    if (icmpCode !== null) part.set('icmp-code', stretch(icmpCode, icmpCode));
    parts.push(part);
  }
  return parts;
}

function stretch(first: number, last: number): ValueSet {
  return toValueSet([{ first: BigInt(first), last: BigInt(last) }]);
}
