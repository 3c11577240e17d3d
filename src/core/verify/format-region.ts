import { type AddressFamily, formatAddressRange } from '../../model/address.ts';
import { ANY_OTHER_VALUE, type CheckedPolicy } from './checked-policy.ts';
import type { Product } from './product.ts';
import type { ValueSet } from './value-set.ts';

/** Sets with more stretches than these are cut short. */
const MOST_SHOWN = 3;

/** A region for a sentence: `source 10.0.0.0/8, destination any, protocol 6, destination-port 443`. */
export function formatRegion(policy: CheckedPolicy, region: Product): string {
  const family: AddressFamily = region.get('family')?.[0]?.first === 6n ? 6 : 4;
  return [...region]
    .filter(([axis]) => axis !== 'family')
    .map(([axis, set]) => `${axis} ${formatSet(policy, axis, family, set)}`)
    .join(', ');
}

function formatSet(policy: CheckedPolicy, axis: string, family: AddressFamily, set: ValueSet): string {
  const shown = set.slice(0, MOST_SHOWN).map(({ first, last }) => {
    if (axis === 'source' || axis === 'destination') return formatAddressRange({ family, first, last });
    if (axis.startsWith('unknown ')) return first === last ? (first === 1n ? 'holds' : 'does not hold') : 'either way';
    if (axis.startsWith('finite ')) return formatFinite(policy, axis, first, last);
    return first === last ? String(first) : `${first}-${last}`;
  });
  return shown.join(' or ') + (set.length > MOST_SHOWN ? ` or ${set.length - MOST_SHOWN} more` : '');
}

function formatFinite({ finiteValues }: CheckedPolicy, axis: string, first: bigint, last: bigint): string {
  const names = [...(finiteValues.get(axis.slice('finite '.length)) ?? [])].filter(([, number]) => first <= number && number <= last);
  return names.length === 0 ? ANY_OTHER_VALUE : names.map(([name]) => name).join(' or ');
}
