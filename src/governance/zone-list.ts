import type { AddressRange } from '../model/address.ts';
import type { Guardrails } from '../model/guardrails.ts';
import { divideByZone } from './zones.ts';

/** Every zone with its addresses, sorted and disjoint, in the order of the file. */
export function listZones({ zones }: Pick<Guardrails, 'zones'>): { readonly name: string; readonly ranges: readonly AddressRange[] }[] {
  const divided = divideByZone(zones);
  return [...zones.keys()].map((name) => ({ name, ranges: divided.ofZone(name) }));
}
