import { type AddressRange, normaliseRanges } from '../../model/address.ts';
import { subtractRanges } from '../../model/address-sets.ts';
import type { MatchProduct } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import { type Region, toMatchProducts } from '../../model/region-notation.ts';
import { formatRuleRef, type Rule } from '../../model/rule.ts';
import type { Service } from '../../model/service.ts';
import { holdsRanges, holdsService, holdsServices } from '../ask/restrict-policy.ts';
import type { Candidate } from './candidate.ts';
import { productSize } from './product-size.ts';

// Services first: they tell most rules apart.
const AXES = ['services', 'destination', 'source'] as const;
type Axis = (typeof AXES)[number];

/** A rule that would get this many times what is asked for is no answer to it: a host for one port is no reason to open a network for all ports. */
const MOST_MORE = 4096n;

const NAMES: Readonly<Record<Axis, string>> = { source: 'sources', destination: 'destinations', services: 'services' };

/**
 * Permitting rules that hold the region on all sides but one, and hold all of it once that one set gets what is missing there. Those first that would hold
 * the fewest packets more; rules that lean on anything we cannot compute are left out, and those that would open far more than was asked for.
 *
 * @param most candidates at most
 */
export function widenCandidates(policy: Policy, region: Region, most: number): Candidate[] {
  const wanted = toMatchProducts(region);
  const asked = wanted.reduce((sum, product) => sum + productSize(product), 0n);
  return policy.rules
    .flatMap((rule) => {
      const axis = findMissing(rule, wanted);
      return axis !== null && isPlainPermit(rule) && isOneProduct(rule) ? [widen(policy, rule, wanted, axis)] : [];
    })
    .map((candidate) => ({ candidate, size: candidate.touched.reduce((sum, product) => sum + productSize(product), 0n) }))
    .filter(({ size }) => size <= MOST_MORE * asked)
    .sort((a, b) => compareSizes(a.size, b.size))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** Of equal sizes the order of the policy stays. */
function compareSizes(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

/** A rule in force that permits, and whose match is addresses and services alone. */
export function isPlainPermit(rule: Rule): boolean {
  return rule.enabled && rule.staleReference === null && permitsPlainly(rule);
}

export function permitsPlainly({ effect, evaluable, match }: Rule): boolean {
  return effect.verdict === 'permit' && evaluable === 'full' && match.products.length > 0 && match.products.every(isPlain);
}

function isPlain({ source, destination, finite, unknowns }: MatchProduct): boolean {
  return source.membership === null && destination.membership === null && finite.length === 0 && unknowns.length === 0;
}

/** Whether lists of sources, destinations and services say all of it: one product for each family, with the same services. */
function isOneProduct({ match: { products } }: Rule): boolean {
  const [first, ...others] = products;
  const families = new Set(products.map(({ family }) => family));
  return families.size === products.length && others.every(({ services }) => JSON.stringify(services) === JSON.stringify(first?.services));
}

/** The only set that does not hold what is wanted; null when there are several, or none. Asked of every rule of a large policy. */
function findMissing({ match: { products } }: Rule, wanted: readonly MatchProduct[]): Axis | null {
  let missing: Axis | null = null;
  for (const want of wanted) {
    const own = products.find(({ family }) => family === want.family);
    if (own === undefined) return null;
    for (const axis of AXES) {
      if (axis === missing || holds(own, want, axis)) continue;
      if (missing !== null) return null;
      missing = axis;
    }
  }
  return missing;
}

function widen(policy: Policy, rule: Rule, wanted: readonly MatchProduct[], axis: Axis): Candidate {
  const { products } = rule.match;
  const match = products.map((product) => {
    const want = wanted.find(({ family }) => family === product.family);
    if (axis === 'services') return { ...product, services: addServices(product.services, wanted[0]?.services ?? []) };
    return want === undefined ? product : { ...product, [axis]: addRanges(product[axis].ranges, want[axis].ranges) };
  });
  const widened: Rule = { ...rule, match: { products: match } };
  return {
    kind: 'widen-rule',
    rule,
    group: null,
    before: null,
    match,
    touched: match.map((product, i) => onlyNew(products[i] as MatchProduct, product, axis)).filter(isNotEmpty),
    policies: [policy],
    kept: new Set([rule.id]),
    edits: [{ policy, rule }],
    change: (changed) =>
      changed.id === policy.id ? { ...changed, rules: changed.rules.map((each) => (each.id === rule.id ? widened : each)) } : changed,
    explanation: `${formatRuleRef({ policy: policy.id, rule: rule.id })} holds the ${heldNames(axis)} already; only its ${NAMES[axis]} get more.`,
  };
}

function heldNames(axis: Axis): string {
  return (['source', 'destination', 'services'] as const)
    .filter((each) => each !== axis)
    .map((each) => NAMES[each])
    .join(' and ');
}

function holds(own: MatchProduct, want: MatchProduct, axis: Axis): boolean {
  return axis === 'services' ? holdsServices(own.services, want.services) : holdsRanges(own[axis].ranges, want[axis].ranges);
}

function addRanges(own: readonly AddressRange[], more: readonly AddressRange[]): MatchProduct['source'] {
  return { ranges: normaliseRanges([...own, ...more]), membership: null };
}

/** Without those that the new ones hold. */
function addServices(own: readonly Service[], more: readonly Service[]): Service[] {
  const missing = more.filter((service) => !own.some((each) => holdsService(each, service)));
  return [...own.filter((service) => !missing.some((each) => holdsService(each, service))), ...missing];
}

/** What the wider product holds and the other one does not, and perhaps more of the services. */
function onlyNew(own: MatchProduct, wide: MatchProduct, axis: Axis): MatchProduct {
  if (axis === 'services') return { ...wide, services: wide.services.filter((service) => !own.services.includes(service)) };
  return { ...wide, [axis]: { ranges: subtractRanges(wide[axis].ranges, own[axis].ranges), membership: null } };
}

function isNotEmpty({ source, destination, services }: MatchProduct): boolean {
  return source.ranges.length > 0 && destination.ranges.length > 0 && services.length > 0;
}
