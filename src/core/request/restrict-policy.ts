import { type AddressRange, rangeContains } from '../../model/address.ts';
import { intersectRanges } from '../../model/address-sets.ts';
import type { MatchProduct } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import type { PortRange, Service } from '../../model/service.ts';

/**
 * The policy without the rules that match no packet of the products: to those packets it does the same, and is looked at much faster. A rule may stay that
 * meets none of them; none goes that does.
 *
 * @param kept ids of rules that stay in any case
 */
export function restrictPolicy(policy: Policy, products: readonly MatchProduct[], kept: ReadonlySet<string> = NOTHING): Policy {
  return { ...policy, rules: policy.rules.filter((rule) => kept.has(rule.id) || meetsAny(rule.match.products, products)) };
}

const NOTHING: ReadonlySet<string> = new Set();

export function meetsAny(these: readonly MatchProduct[], those: readonly MatchProduct[]): boolean {
  return these.some((one) => those.some((other) => mayMeet(one, other)));
}

function mayMeet(a: MatchProduct, b: MatchProduct): boolean {
  return (
    a.family === b.family &&
    rangesMeet(a.source.ranges, b.source.ranges) &&
    rangesMeet(a.destination.ranges, b.destination.ranges) &&
    a.services.some((one) => b.services.some((other) => servicesMayMeet(one, other)))
  );
}

/** Pairs that are compared one by one; longer lists are sorted first. */
const FEW_PAIRS = 64;

function rangesMeet(a: readonly AddressRange[], b: readonly AddressRange[]): boolean {
  if (a.length * b.length > FEW_PAIRS) return intersectRanges(a, b).length > 0;
  return a.some((one) => b.some((other) => one.family === other.family && one.first <= other.last && other.first <= one.last));
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
