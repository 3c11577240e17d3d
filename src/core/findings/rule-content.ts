import { compareRanges, formatAddressRange, normaliseRanges } from '../../model/address.ts';
import type { Endpoint, Match, MatchProduct } from '../../model/match.ts';
import type { Rule } from '../../model/rule.ts';
import { formatService, type Service } from '../../model/service.ts';

/**
 * A match as canonical text: equal texts mean equal matches, however the sets were written, ordered or split into ranges. (The
 * converse needs the exact trace: two matches cut into products differently may be equal and have different texts.)
 */
export function canonicalMatch(match: Match): string {
  const products = mergeProducts(match.products.map(canonicalProduct));
  return products
    .map((product) => JSON.stringify(product))
    .sort()
    .join('\n');
}

/** What a rule says and does, whatever its id, name and place: the input of its key. */
export function canonicalRule(rule: Rule): string {
  const attributes = Object.entries(rule.effect.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([rule.effect.verdict, attributes, rule.enabled, canonicalMatch(rule.match)]);
}

interface CanonicalProduct {
  readonly family: number;
  readonly source: readonly string[];
  readonly destination: readonly string[];
  readonly services: readonly string[];
  readonly finite: readonly string[];
  readonly unknowns: readonly string[];
}

function canonicalProduct(product: MatchProduct): CanonicalProduct {
  return {
    family: product.family,
    source: canonicalEndpoint(product.source),
    destination: canonicalEndpoint(product.destination),
    services: canonicalServices(product.services),
    finite: product.finite.map(({ axis, values }) => `${axis}=${[...new Set(values)].sort().join(',')}`).sort(),
    unknowns: [...new Set(product.unknowns)].sort(),
  };
}

/** A reference is its axis; who is in it today, and where members may live, is not part of the rule. */
function canonicalEndpoint(endpoint: Endpoint): string[] {
  if (endpoint.membership !== null) return [`@${endpoint.membership.axis}`];
  return normaliseRanges(endpoint.ranges).sort(compareRanges).map(formatAddressRange);
}

function canonicalServices(services: readonly Service[]): string[] {
  const merged = mergePorts(services.map(withoutVacuousPorts));
  return [...new Set(merged.map(formatService))].sort();
}

function withoutVacuousPorts(service: Service): Service {
  const isWhole = (ports: Service['sourcePort']): boolean => ports !== null && ports.first === 0 && ports.last === 65535;
  // All ports of one protocol are no constraint; of "any protocol" they still ask for one that has ports.
  if (service.protocolFirst !== service.protocolLast) return service;
  return {
    ...service,
    sourcePort: isWhole(service.sourcePort) ? null : service.sourcePort,
    destinationPort: isWhole(service.destinationPort) ? null : service.destinationPort,
  };
}

/** Joins destination-port ranges that touch, where everything else is the same. */
function mergePorts(services: readonly Service[]): Service[] {
  const sorted = [...services].sort(
    (a, b) =>
      a.protocolFirst - b.protocolFirst ||
      a.protocolLast - b.protocolLast ||
      (a.sourcePort?.first ?? -1) - (b.sourcePort?.first ?? -1) ||
      (a.sourcePort?.last ?? -1) - (b.sourcePort?.last ?? -1) ||
      (a.icmpType ?? -1) - (b.icmpType ?? -1) ||
      (a.icmpCode ?? -1) - (b.icmpCode ?? -1) ||
      (a.destinationPort?.first ?? -1) - (b.destinationPort?.first ?? -1) ||
      (a.destinationPort?.last ?? -1) - (b.destinationPort?.last ?? -1),
  );
  const merged: Service[] = [];
  for (const service of sorted) {
    const before = merged.at(-1);
    const sameButPorts =
      before !== undefined && formatService({ ...before, destinationPort: null }) === formatService({ ...service, destinationPort: null });
    if (sameButPorts && before.destinationPort === null) continue;
    if (
      sameButPorts &&
      before.destinationPort !== null &&
      service.destinationPort !== null &&
      service.destinationPort.first <= before.destinationPort.last + 1
    ) {
      const last = Math.max(before.destinationPort.last, service.destinationPort.last);
      merged[merged.length - 1] = { ...before, destinationPort: { first: before.destinationPort.first, last } };
    } else {
      merged.push(service);
    }
  }
  return merged;
}

/** Products that are equal but for their services become one. */
function mergeProducts(products: readonly CanonicalProduct[]): CanonicalProduct[] {
  const byRest = new Map<string, CanonicalProduct>();
  for (const product of products) {
    const key = JSON.stringify({ ...product, services: [] });
    const before = byRest.get(key);
    byRest.set(
      key,
      before === undefined ? product : { ...before, services: [...new Set([...before.services, ...product.services])].sort() },
    );
  }
  return [...byRest.values()];
}
