import { type AddressRange, normaliseRanges } from '../../model/address.ts';
import type { Endpoint, MatchProduct } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import { type Region, toMatchProducts } from '../../model/region-notation.ts';
import { formatRuleRef, type Rule } from '../../model/rule.ts';
import { ANY_SERVICE } from '../../model/service.ts';
import { holdsRanges, holdsServices } from '../ask/restrict-policy.ts';
import type { Candidate, RuleInPolicy } from './candidate.ts';
import { productSize } from './product-size.ts';

const SIDES = ['source', 'destination'] as const;
type Side = (typeof SIDES)[number];

/** More rules than these are counted, not named. */
const MOST_NAMED = 5;

/**
 * References to which the region's addresses of one side could be added, because a permitting rule holds the rest. One candidate for each reference; those
 * first whose rules would hold the fewest packets more.
 *
 * @param all every policy: a reference stands in all of them
 * @param most candidates at most
 */
export function groupCandidates(policy: Policy, region: Region, all: readonly Policy[], most: number): Candidate[] {
  const wanted = toMatchProducts(region);
  const found = new Map<string, Reference>();
  for (const rule of policy.rules) {
    for (const side of SIDES) {
      const axis = findReference(rule, wanted, side);
      if (axis !== null && !found.has(axis)) found.set(axis, { axis, rule, side });
    }
  }
  return [...found.values()]
    .slice(0, MOST_LOOKED_AT)
    .map((reference) => toCandidate(policy, reference, wanted, all))
    .map((candidate) => ({ candidate, size: candidate.touched.reduce((sum, product) => sum + productSize(product), 0n) }))
    .sort((a, b) => (a.size < b.size ? -1 : Number(a.size > b.size)))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** References whose other rules are looked up. */
const MOST_LOOKED_AT = 50;

interface Reference {
  /** The unknown axis of the membership. */
  readonly axis: string;
  readonly rule: Rule;
  readonly side: Side;
}

/** The axis that stands between the rule and the packets; null when it is not the only thing that does. */
function findReference({ enabled, staleReference, effect, match }: Rule, wanted: readonly MatchProduct[], side: Side): string | null {
  if (!enabled || staleReference !== null || effect.verdict !== 'permit') return null;
  const other = side === 'source' ? 'destination' : 'source';
  const axes = wanted.map((want) => {
    const own = match.products.find(
      (product) =>
        product.family === want.family &&
        product[side].membership !== null &&
        product[other].membership === null &&
        product.finite.length === 0 &&
        product.unknowns.length === 0 &&
        holdsRanges(product[other].ranges, want[other].ranges) &&
        holdsServices(product.services, want.services) &&
        // Nothing else can be a member at any time.
        holdsRanges(product[side].ranges, want[side].ranges),
    );
    const membership = own?.[side].membership ?? null;
    if (membership === null) return null;
    return membership.members !== null && holdsRanges(membership.members, want[side].ranges) ? null : membership.axis;
  });
  const [axis = null] = axes;
  return axes.every((each) => each === axis) ? axis : null;
}

function toCandidate(policy: Policy, { axis, rule, side }: Reference, wanted: readonly MatchProduct[], all: readonly Policy[]): Candidate {
  const members = normaliseRanges(wanted.flatMap((want) => want[side].ranges));
  const naming = all.flatMap((each) => each.rules.filter((own) => names(own, axis)).map((own) => ({ policy: each, rule: own })));
  const policies = [policy, ...new Set(naming.map((each) => each.policy).filter(({ id }) => id !== policy.id))];
  const group = axis.replace(/^(?:member of|in prefix list) /, '');
  return {
    kind: 'group-member',
    rule,
    group,
    before: null,
    match: wanted.map((want) => whatItGets(want, side)),
    touched: naming.flatMap(({ rule: own }) => own.match.products.flatMap((product) => touchedOf(product, axis, members))),
    policies,
    kept: new Set(naming.map(({ rule: own }) => own.id)),
    edits: naming,
    change: (changed) => addMembers(changed, axis, members),
    explanation: explain(policy, rule, group, naming, all),
  };
}

function names({ match }: Rule, axis: string): boolean {
  return match.products.some((product) => SIDES.some((side) => product[side].membership?.axis === axis));
}

/** The members alone. */
function whatItGets(want: MatchProduct, side: Side): MatchProduct {
  const nothing: Endpoint = { ranges: [], membership: null };
  return { ...want, source: nothing, destination: nothing, [side]: want[side], services: [ANY_SERVICE] };
}

function touchedOf(product: MatchProduct, axis: string, members: readonly AddressRange[]): MatchProduct[] {
  const own = members.filter(({ family }) => family === product.family);
  if (own.length === 0) return [];
  return SIDES.filter((side) => product[side].membership?.axis === axis).map((side) => ({
    ...product,
    [side]: { ranges: own, membership: null },
  }));
}

/** The reference with more members, wherever the policy names it. */
function addMembers(policy: Policy, axis: string, members: readonly AddressRange[]): Policy {
  const grow = (endpoint: Endpoint, family: number): Endpoint => {
    if (endpoint.membership?.axis !== axis) return endpoint;
    const more = members.filter((range) => range.family === family);
    return {
      ranges: normaliseRanges([...endpoint.ranges, ...more]),
      membership: { axis, members: normaliseRanges([...(endpoint.membership.members ?? []), ...more]) },
    };
  };
  return {
    ...policy,
    rules: policy.rules.map((rule) =>
      names(rule, axis)
        ? {
            ...rule,
            match: {
              products: rule.match.products.map((product) => ({
                ...product,
                source: grow(product.source, product.family),
                destination: grow(product.destination, product.family),
              })),
            },
          }
        : rule,
    ),
  };
}

function explain(policy: Policy, rule: Rule, group: string, naming: readonly RuleInPolicy[], all: readonly Policy[]): string {
  const others = naming
    .filter((each) => each.policy.id !== policy.id || each.rule.id !== rule.id)
    .map((each) => formatRuleRef({ policy: each.policy.id, rule: each.rule.id }));
  const more = others.length - MOST_NAMED;
  const named = `${others.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const own = all.filter(({ scope }) => scope.nativeId === group).map(({ id }) => id);
  return [
    `${formatRuleRef({ policy: policy.id, rule: rule.id })} permits it for members of ${group}.`,
    others.length === 0 ? 'No other rule names it.' : `A member is also meant by ${named}.`,
    ...(own.length === 0 ? [] : [`It gets the rules of ${own.join(', ')} as well.`]),
  ].join(' ');
}
