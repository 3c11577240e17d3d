import { type AddressFamily, LAST_ADDRESS } from '../../model/address.ts';
import type { Endpoint } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import type { Service } from '../../model/service.ts';

/** How much of the address space the other side of a rule is: every address, a large block, or something that somebody chose. */
export type Breadth = 'anywhere' | 'wide' | 'chosen';

/** A block of this size or more counts as wide: a /8 of IPv4, a /32 of IPv6. */
const WIDE_SIZE: Readonly<Record<AddressFamily, bigint>> = { 4: 1n << 24n, 6: 1n << 96n };

/** One way through a rule for which every condition is known: what it lets through, to or from how much of the world. */
export interface Opening {
  readonly breadth: Breadth;
  readonly services: readonly Service[];
}

/**
 * What a rule is open to. Of a policy on the way out the destination counts, else the source. A product
 * under an unknown condition, or that names a reference, is not counted as open: nobody knows how wide it is.
 */
export function openingsOf(policy: Policy, rule: Rule): Opening[] {
  return rule.match.products
    .filter(({ unknowns, finite }) => unknowns.length === 0 && finite.length === 0)
    .map(({ family, source, destination, services }) => ({
      breadth: breadthOf(policy.direction === 'out' ? destination : source, family),
      services,
    }));
}

/**
 * A rule for everything that is left: every address on both sides, to deny it or with every service. Earlier rules are its exceptions, on purpose.
 */
export function isCleanUp(rule: Rule): boolean {
  return rule.match.products.some(
    ({ family, source, destination, services, unknowns, finite }) =>
      unknowns.length === 0 &&
      finite.length === 0 &&
      breadthOf(source, family) === 'anywhere' &&
      breadthOf(destination, family) === 'anywhere' &&
      (rule.effect.verdict === 'deny' || services.some(isEveryService)),
  );
}

/** Every protocol and port. */
export function isEveryService({ protocolFirst, protocolLast, sourcePort, destinationPort, icmpType }: Service): boolean {
  return protocolFirst === 0 && protocolLast === 255 && sourcePort === null && destinationPort === null && icmpType === null;
}

function breadthOf({ ranges, membership }: Endpoint, family: AddressFamily): Breadth {
  if (membership !== null) return 'chosen';
  const size = ranges.reduce((sum, { first, last }) => sum + (last - first + 1n), 0n);
  if (size > LAST_ADDRESS[family]) return 'anywhere';
  return size >= WIDE_SIZE[family] ? 'wide' : 'chosen';
}
