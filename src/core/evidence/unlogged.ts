import { rangeContains } from '../../model/address.ts';
import type { Endpoint, MatchProduct } from '../../model/match.ts';
import type { Rule } from '../../model/rule.ts';
import type { PortRange, Service } from '../../model/service.ts';

/** Whether everything a rule can match is traffic that the platform never logs, so that it can never show a hit. A rule that matches nothing is not. */
export function isNeverLogged(rule: Rule, unlogged: readonly MatchProduct[]): boolean {
  const { products } = rule.match;
  return products.length > 0 && products.every((product) => unlogged.some((whole) => productContains(whole, product)));
}

function productContains(outer: MatchProduct, inner: MatchProduct): boolean {
  return (
    outer.family === inner.family &&
    endpointContains(outer.source, inner.source) &&
    endpointContains(outer.destination, inner.destination) &&
    inner.services.every((service) => outer.services.some((whole) => serviceContains(whole, service)))
  );
}

function endpointContains(outer: Endpoint, inner: Endpoint): boolean {
  return inner.ranges.every((range) => outer.ranges.some((whole) => rangeContains(whole, range)));
}

function serviceContains(outer: Service, inner: Service): boolean {
  return (
    outer.protocolFirst <= inner.protocolFirst &&
    inner.protocolLast <= outer.protocolLast &&
    portsContain(outer.sourcePort, inner.sourcePort) &&
    portsContain(outer.destinationPort, inner.destinationPort) &&
    (outer.icmpType === null || outer.icmpType === inner.icmpType) &&
    (outer.icmpCode === null || outer.icmpCode === inner.icmpCode)
  );
}

function portsContain(outer: PortRange | null, inner: PortRange | null): boolean {
  if (outer === null) return true;
  return inner !== null && outer.first <= inner.first && inner.last <= outer.last;
}
