import { type AddressRange, rangeContains } from '../../model/address.ts';
import { intersectRanges } from '../../model/address-sets.ts';
import type { MatchProduct } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import type { PortRange, Service } from '../../model/service.ts';
import { toMatchBoxes } from '../trace/match-boxes.ts';

/**
 * The policy without the rules that match no packet of the products: to those packets it does the same, and is looked at much faster. A rule may stay that
 * meets none of them; none goes that does.
 *
 * @param kept ids of rules that stay in any case
 */
export function restrictPolicy(policy: Policy, products: readonly MatchProduct[], kept: ReadonlySet<string> = NOTHING): Policy {
  const near = policy.rules.filter((rule) => meetsAny(rule.match.products, products) || kept.has(rule.id));
  if (!policy.rules.some(isNaming)) return { ...policy, rules: near };
  const stays = new Set(near);
  for (const rule of findNames(policy.rules, stays)) stays.add(rule);
  return { ...policy, rules: policy.rules.filter((rule) => stays.has(rule)) };
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Rules without which a value of a finite axis would be named nowhere: it would become one of "any other" value, which matches may ask for.
 *
 * @param stays rules that name values in any case
 */
function findNames(rules: readonly Rule[], stays: ReadonlySet<Rule>): Rule[] {
  const naming = rules.filter(isNaming);
  const named = new Set(naming.filter((rule) => stays.has(rule)).flatMap(namesOf));
  return naming.filter((rule) => {
    const news = stays.has(rule) ? [] : namesOf(rule).filter((name) => !named.has(name));
    for (const name of news) named.add(name);
    return news.length > 0;
  });
}

function isNaming(rule: Rule): boolean {
  for (const { finite } of rule.match.products) if (finite.length > 0) return rule.enabled && rule.staleReference === null;
  return false;
}

/** Values that the rule names with packets to match them: without any it names nothing. */
function namesOf({ match }: Rule): string[] {
  return toMatchBoxes(match).flatMap(({ finite }) =>
    finite.flatMap(({ axis, values }) => values.map((value) => JSON.stringify([axis, value]))),
  );
}

/** Looked at for every rule of a large policy, so without closures, and what tells most apart for the least work first. */
function meetsAny(these: readonly MatchProduct[], those: readonly MatchProduct[]): boolean {
  for (const one of these) {
    for (const other of those) {
      if (
        one.family === other.family &&
        someServicesMeet(one.services, other.services) &&
        rangesMeet(one.destination.ranges, other.destination.ranges) &&
        rangesMeet(one.source.ranges, other.source.ranges)
      )
        return true;
    }
  }
  return false;
}

/** Pairs that are compared one by one; longer lists are sorted first. */
const FEW_PAIRS = 64;

function rangesMeet(a: readonly AddressRange[], b: readonly AddressRange[]): boolean {
  if (a.length * b.length > FEW_PAIRS) return intersectRanges(a, b).length > 0;
  for (const one of a) {
    for (const other of b) if (one.family === other.family && one.first <= other.last && other.first <= one.last) return true;
  }
  return false;
}

function someServicesMeet(a: readonly Service[], b: readonly Service[]): boolean {
  for (const one of a) {
    for (const other of b) if (servicesMayMeet(one, other)) return true;
  }
  return false;
}

function servicesMayMeet(a: Service, b: Service): boolean {
  if (a.protocolFirst > b.protocolLast || b.protocolFirst > a.protocolLast) return false;
  // With a condition on ICMP beside it, ports do not say everything.
  const onlyPorts = (service: Service): boolean => service.icmpType === null && service.icmpCode === null;
  if (!onlyPorts(a) && !onlyPorts(b)) return true;
  return portsMeet(a.destinationPort, b.destinationPort) && portsMeet(a.sourcePort, b.sourcePort);
}

function portsMeet(a: PortRange | null, b: PortRange | null): boolean {
  return a === null || b === null || (a.first <= b.last && b.first <= a.last);
}

/** Whether every range of the second lies in one of the first. May say no where several ranges of the first hold one together. */
export function holdsRanges(outer: readonly AddressRange[], inner: readonly AddressRange[]): boolean {
  return inner.every((range) => outer.some((each) => rangeContains(each, range)));
}

/** Whether every service of the second lies in one of the first. May say no where several of the first hold one together. */
export function holdsServices(outer: readonly Service[], inner: readonly Service[]): boolean {
  return inner.every((service) => outer.some((each) => holdsService(each, service)));
}

export function holdsService(outer: Service, inner: Service): boolean {
  if (outer.protocolFirst > inner.protocolFirst || outer.protocolLast < inner.protocolLast) return false;
  const holdsPorts = (out: PortRange | null, own: PortRange | null): boolean =>
    out === null || (own !== null && out.first <= own.first && own.last <= out.last);
  const asks = [outer.sourcePort, outer.destinationPort, outer.icmpType, outer.icmpCode].some((condition) => condition !== null);
  if (!asks) return true;
  return (
    holdsPorts(outer.sourcePort, inner.sourcePort) &&
    holdsPorts(outer.destinationPort, inner.destinationPort) &&
    (outer.icmpType === null || outer.icmpType === inner.icmpType) &&
    (outer.icmpCode === null || outer.icmpCode === inner.icmpCode)
  );
}
