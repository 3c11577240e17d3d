import type { Policy } from '../../model/policy.ts';
import { type Region, toMatchProducts } from '../../model/region-notation.ts';
import type { EnforcementPoint } from './enforcement-points.ts';
import { restrictPolicy } from './restrict-policy.ts';

/** The points with the rules alone that the request meets: to its packets they do the same, and answer faster. Each policy stays one value. */
export function restrictPoints(points: readonly EnforcementPoint[], request: Region): EnforcementPoint[] {
  const products = toMatchProducts(request);
  const near = new Map<Policy, Policy>();
  const toNear = (policy: Policy): Policy => {
    const known = near.get(policy) ?? restrictPolicy(policy, products);
    near.set(policy, known);
    return known;
  };
  return points.map((point) => ({ ...point, layers: point.layers.map((layer) => ({ ...layer, policies: layer.policies.map(toNear) })) }));
}
