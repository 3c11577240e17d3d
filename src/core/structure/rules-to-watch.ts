import type { Policy } from '../../model/policy.ts';
import type { OrderedStructures, PolicyStructure } from './analyse-structure.ts';

/** Of one policy at most so many: each of them makes the count a little slower. */
const MOST_WATCHED = 1000;

/**
 * Rules of which packets are decided otherwise before they are asked: the flows among these packets are worth counting. Shadowed rules come first, then
 * partly shadowed ones, each by rank.
 *
 * @returns rule ids by policy; policies without such a rule are left out
 */
export function rulesToWatch(policies: readonly Policy[], structures: OrderedStructures): ReadonlyMap<string, ReadonlySet<string>> {
  const watched = new Map<string, ReadonlySet<string>>();
  for (const policy of policies) {
    const structure = structures.get(policy.id);
    const rules = structure === undefined ? [] : [...shadowedIn(policy, structure), ...opposedIn(policy, structure)];
    if (rules.length > 0) watched.set(policy.id, new Set(rules.slice(0, MOST_WATCHED)));
  }
  return watched;
}

function shadowedIn(policy: Policy, structure: PolicyStructure): string[] {
  return readableRules(policy).filter((rule) => structure.verdictOf(rule)?.kind === 'shadowed');
}

function opposedIn(policy: Policy, structure: PolicyStructure): string[] {
  return readableRules(policy).filter((rule) => (structure.overlapOf(rule)?.opposing.length ?? 0) > 0);
}

function readableRules({ rules }: Policy): string[] {
  return rules.filter((rule) => rule.evaluable !== 'no').map((rule) => rule.id);
}
