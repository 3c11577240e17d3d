import type { Policy } from '../../model/policy.ts';
import type { ChangedRule } from '../../model/policy-diff.ts';
import type { Rule } from '../../model/rule.ts';
import { canonicalRule } from '../findings/rule-content.ts';
import { commonOrder } from '../trace/compare-policies.ts';
import { type ContentReader, isEqualData, readContents } from '../trace/equal-contents.ts';

/** A change of one rule; whether packets change is for the trace to say. */
export interface RuleChange {
  readonly change: ChangedRule['change'];
  readonly before: Rule | null;
  readonly after: Rule | null;
}

/**
 * How the rules of a policy changed, by content: rules of the same content in the same order are the same, whatever they are called. Where order means
 * nothing no rule moves. In the order of the new policy, those that are gone after what stood before them.
 */
export function findChangedRules(before: Policy, after: Policy): RuleChange[] {
  const isOrdered = before.evaluation === 'first-match' || after.evaluation === 'first-match';
  const [old, now] = readContents(before.rules, after.rules, RULES);
  const partner = new Map<number, number>();
  const moved = new Set<number>();
  for (const [i, k] of commonOrder(old, now)) partner.set(k, i);
  pairRest(old, now, partner, moved);
  const pairedOld = new Set(partner.values());
  const goneById = new Map<string, number>();
  before.rules.forEach((rule, i) => {
    if (!pairedOld.has(i)) goneById.set(rule.id, i);
  });
  const changes: { readonly place: number; readonly change: RuleChange }[] = [];
  after.rules.forEach((rule, k) => {
    const i = partner.get(k);
    const was = i === undefined ? undefined : before.rules[i];
    if (was !== undefined) {
      if (isOrdered && moved.has(k)) changes.push({ place: k, change: { change: 'moved', before: was, after: rule } });
      else if (!isEqualData(textOf(was), textOf(rule))) changes.push({ place: k, change: { change: 'renamed', before: was, after: rule } });
      return;
    }
    const edited = goneById.get(rule.id);
    if (edited === undefined) changes.push({ place: k, change: { change: 'added', before: null, after: rule } });
    else {
      goneById.delete(rule.id);
      pairedOld.add(edited);
      changes.push({ place: k, change: { change: 'edited', before: before.rules[edited] as Rule, after: rule } });
    }
  });
  const placeOf = new Map([...partner].map(([k, i]) => [i, k]));
  let place = -1;
  before.rules.forEach((rule, i) => {
    place = placeOf.get(i) ?? place;
    if (!pairedOld.has(i)) changes.push({ place: place + 0.5, change: { change: 'removed', before: rule, after: null } });
  });
  return changes.sort((a, b) => a.place - b.place).map(({ change }) => change);
}

const RULES: ContentReader<Rule> = {
  idOf: ({ id }) => id,
  contentOf: ({ effect, enabled, match }) => ({ effect, enabled, match }),
  textOf: canonicalRule,
};

/** Equal contents that are left over stand elsewhere: they moved. */
function pairRest(old: readonly string[], now: readonly string[], partner: Map<number, number>, moved: Set<number>): void {
  const paired = new Set(partner.values());
  const left = new Map<string, number[]>();
  old.forEach((content, i) => {
    if (!paired.has(i)) left.set(content, [...(left.get(content) ?? []), i]);
  });
  now.forEach((content, k) => {
    const i = partner.has(k) ? undefined : left.get(content)?.shift();
    if (i === undefined) return;
    partner.set(k, i);
    moved.add(k);
  });
}

/** What people read, beside what the rule matches and does. */
function textOf({ id, name, description, metadata }: Rule): unknown {
  return [id, name, description, metadata];
}
