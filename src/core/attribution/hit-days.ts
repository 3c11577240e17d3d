import type { Policy } from '../../model/policy.ts';
import type { Attribution } from './attribute.ts';
import { DEFAULT_ENTRY } from './judge.ts';

/** The UTC days on which a rule was hit, as bit sets: bit i is the i-th day of the window. */
export interface HitDays {
  readonly certain: Uint32Array;
  readonly possible: Uint32Array;
}

/** By policy and rule id. Only rules with a possible hit are there; a rule that is not was silent. */
export type HitDaysOfPolicies = ReadonlyMap<string, ReadonlyMap<string, HitDays>>;

/**
 * Reads from the slots on which days every rule was hit. Takes two bits for each rule that was hit and day of the window, whatever the traffic. A
 * connection belongs to the day of its start; rules that only older exports hold, and defaults, are not among them.
 */
export function collectHitDays(policies: readonly Policy[], { slots: { slots, table } }: Attribution): HitDaysOfPolicies {
  const words = table.dayWords;
  const hitDays = new Map(policies.map((policy) => [policy.id, new Map<string, HitDays>()]));
  slots.forEach(({ layer, judgement }, slot) => {
    for (const { entry, certain } of judgement.credits) {
      const credited = entry === DEFAULT_ENTRY ? undefined : layer.entries[entry];
      const ofPolicy = credited === undefined ? undefined : hitDays.get(credited.policy.id);
      if (credited === undefined || ofPolicy === undefined || credited.rule.presence.retiredAt !== null) continue;
      let days = ofPolicy.get(credited.rule.id);
      if (days === undefined) {
        days = { certain: new Uint32Array(words), possible: new Uint32Array(words) };
        ofPolicy.set(credited.rule.id, days);
      }
      addBits(days.possible, table.days, slot * words);
      if (certain) addBits(days.certain, table.days, slot * words);
    }
  });
  return hitDays;
}

function addBits(union: Uint32Array, bits: Uint32Array, from: number): void {
  for (let word = 0; word < union.length; word += 1) union[word] = (union[word] ?? 0) | (bits[from + word] ?? 0);
}

/** Whether any of the days `first` (inclusive) to `end` (exclusive), counted from the first of the window, is set. */
export function isAnyDaySet(bits: Uint32Array, first: number, end: number): boolean {
  for (let day = first; day < end; day += 1) if (((bits[day >>> 5] ?? 0) & (1 << (day & 31))) !== 0) return true;
  return false;
}
