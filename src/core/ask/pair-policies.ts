import type { Policy } from '../../model/policy.ts';
import { isEqualData } from '../trace/equal-contents.ts';

export interface PolicyPair {
  readonly before: Policy | null;
  readonly after: Policy | null;
}

/**
 * Which policies of two rule bases are the same one: those with the same id; and what is left over, where there is exactly one on each side for a
 * direction (the same policy on another platform, or under another name). The others are new or gone. By id, that of the new side first.
 */
export function pairPolicies(before: readonly Policy[], after: readonly Policy[]): PolicyPair[] {
  const old = new Map(before.map((policy) => [policy.id, policy]));
  const pairs = after.flatMap((policy): PolicyPair[] => {
    const same = old.get(policy.id);
    return same === undefined ? [] : [{ before: same, after: policy }];
  });
  const paired = new Set(pairs.map((pair) => pair.after?.id));
  const gone = before.filter(({ id }) => !paired.has(id));
  const fresh = after.filter(({ id }) => !paired.has(id));
  const taken = new Set<Policy>();
  for (const policy of fresh) {
    const others = gone.filter(({ direction }) => direction === policy.direction);
    const rivals = fresh.filter(({ direction }) => direction === policy.direction);
    const [only] = others;
    if (only === undefined || others.length > 1 || rivals.length > 1) {
      pairs.push({ before: null, after: policy });
      continue;
    }
    taken.add(only);
    pairs.push({ before: only, after: policy });
  }
  for (const policy of gone) if (!taken.has(policy)) pairs.push({ before: policy, after: null });
  return pairs.sort((a, b) => compareText(nameOf(a), nameOf(b)));
}

function nameOf({ before, after }: PolicyPair): string {
  return after?.id ?? before?.id ?? '';
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Whether nothing differs that a comparison would show: then there is nothing to trace. */
export function isSameToTheLetter({ before, after }: PolicyPair): boolean {
  if (before === null || after === null || before.rules.length !== after.rules.length) return false;
  const { defaultAction, evaluation, stateful } = before;
  if (before.id !== after.id || defaultAction !== after.defaultAction || evaluation !== after.evaluation || stateful !== after.stateful)
    return false;
  if (JSON.stringify(before.attachments) !== JSON.stringify(after.attachments)) return false;
  return before.rules.every((rule, i) => isEqualData(contentOf(rule), contentOf(after.rules[i])));
}

/** Everything but where a rule was read, and what only its own platform understands. */
function contentOf(rule: Policy['rules'][number] | undefined): unknown {
  if (rule === undefined) return null;
  const { id, name, description, metadata, enabled, staleReference, effect, match } = rule;
  return [id, name, description, metadata, enabled, staleReference, effect, match];
}
