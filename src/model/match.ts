import type { AddressFamily, AddressRange } from './address.ts';
import { anyAddress } from './address.ts';
import { ANY_SERVICE, type Service } from './service.ts';

/**
 * What a rule matches: a union of products of sets over the axes. No product at all matches nothing.
 *
 * Interval axes: family, source, destination, protocol, ports, ICMP type and code. Finite axes: connection state, TCP flag tests, interfaces,
 * zones. A condition that cannot be computed is an unknown axis, named by its text: equal texts are one axis, different texts independent.
 */
export interface Match {
  readonly products: readonly MatchProduct[];
}

/** A product of sets: a packet belongs to it when it is in every one of them. */
export interface MatchProduct {
  readonly family: AddressFamily;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** A union; empty matches nothing. */
  readonly services: readonly Service[];
  /** Values allowed on finite axes, by axis name (`state`, `ingress-zone`, …); an axis that is not named is unconstrained. */
  readonly finite: readonly FiniteConstraint[];
  /** Names of the unknown axes that all have to answer yes. */
  readonly unknowns: readonly string[];
}

export interface FiniteConstraint {
  readonly axis: string;
  readonly values: readonly string[];
}

/**
 * One side of a packet. `ranges` is what the side may hold *at any time* (of the product's family, sorted and disjoint).
 *
 * With `membership` the side is a reference (security group, prefix list, tag) that has a second reading: `members` are the addresses that
 * surely belonged to it at the time of the flows, null when the reference could not be resolved. Structurally it is the unknown axis `axis`
 * inside `ranges`; for attribution a packet from `members` matches certainly and one from the rest of `ranges` possibly.
 */
export interface Endpoint {
  readonly ranges: readonly AddressRange[];
  readonly membership: Membership | null;
}

export interface Membership {
  readonly axis: string;
  readonly members: readonly AddressRange[] | null;
}

/** Every address of one family. */
export function anyEndpoint(family: AddressFamily): Endpoint {
  return { ranges: [anyAddress(family)], membership: null };
}

/** Every packet of both families, if all the unknowns named answer yes. Without unknowns: every packet. */
export function matchEverything(unknowns: readonly string[] = []): Match {
  return {
    products: ([4, 6] as const).map((family) => ({
      family,
      source: anyEndpoint(family),
      destination: anyEndpoint(family),
      services: [ANY_SERVICE],
      finite: [],
      unknowns,
    })),
  };
}

/** The unknown axes that a match leans on, without repetition, in order of appearance. */
export function unknownAxes(match: Match): string[] {
  const axes = new Set<string>();
  for (const product of match.products) {
    for (const endpoint of [product.source, product.destination]) {
      if (endpoint.membership !== null) axes.add(endpoint.membership.axis);
    }
    for (const unknown of product.unknowns) axes.add(unknown);
  }
  return [...axes];
}
