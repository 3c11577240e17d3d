import { type AddressRange, normaliseRanges } from '../../model/address.ts';
import { subtractRanges } from '../../model/address-sets.ts';
import type { Endpoint, MatchProduct } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';

/**
 * References as the inventory has them: members belong, and what else the reference may hold stays a question. Without this a reference is a
 * question for every address, also for those whose answer the exports give.
 */
export function asInventoried(policy: Policy): Policy {
  if (policy.rules.every((rule) => !rule.match.products.some(hasMembers))) return policy;
  return {
    ...policy,
    rules: policy.rules.map((rule) => ({ ...rule, match: { products: rule.match.products.flatMap(splitProduct) } })),
  };
}

function hasMembers({ source, destination }: MatchProduct): boolean {
  return [source, destination].some(({ membership }) => membership !== null && membership.members !== null);
}

function splitProduct(product: MatchProduct): MatchProduct[] {
  return splitEndpoint(product.source).flatMap((source) =>
    splitEndpoint(product.destination).map((destination) => ({ ...product, source, destination })),
  );
}

function splitEndpoint(endpoint: Endpoint): Endpoint[] {
  const { membership, ranges } = endpoint;
  if (membership === null || membership.members === null) return [endpoint];
  const members = normaliseRanges(membership.members);
  const others: readonly AddressRange[] = subtractRanges(ranges, members);
  const parts: Endpoint[] = [];
  if (members.length > 0) parts.push({ ranges: members, membership: null });
  if (others.length > 0) parts.push({ ranges: others, membership: { axis: membership.axis, members: null } });
  return parts.length === 0 ? [{ ranges: [], membership: null }] : parts;
}
