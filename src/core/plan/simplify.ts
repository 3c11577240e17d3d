import type { Merge, Simplification } from '../../model/audit-result.ts';
import type { Finding } from '../../model/finding.ts';
import { findMergeablePairs } from '../findings/mergeable-pairs.ts';
import { askMerge } from '../trace/merge.ts';
import { DESTINATION, DESTINATION_PORT, SOURCE, SOURCE_PORT } from '../trace/trace-axes.ts';
import { createTraceContext, excludeEntry } from '../trace/trace-context.ts';
import { entryOfRule } from '../trace/trace-space.ts';
import type { PlannedPolicy } from './planned-policy.ts';

/** Merges that findings ask for and nobody decided against, of rules that stay. */
export function planMerges({ policy, analysis }: PlannedPolicy, findings: readonly Finding[], removed: ReadonlySet<string>): Merge[] {
  const asked = new Map(
    findings.filter(({ kind, status }) => kind === 'mergeable' && status !== 'accepted').map((finding) => [finding.rule, finding]),
  );
  if (asked.size === 0) return [];
  return findMergeablePairs(policy, analysis).flatMap(({ earlier, later, field, value }): Merge[] => {
    const finding = asked.get(later.id);
    const isAsked = finding?.mergeWith?.some(({ rule }) => rule === earlier.id) === true;
    if (!isAsked || removed.has(earlier.id) || removed.has(later.id)) return [];
    return [{ policy: policy.id, rule: later.id, into: earlier.id, because: [finding.id], field, value }];
  });
}

/**
 * How many rules would do. The removals are verified as a set already. A merge moves a rule up to the one it joins; where nothing of another effect
 * decides its points on the way, in the policy without the removals, it is counted. Such moves do not disturb each other: what a rule passes on its way
 * stands no lower after the others have moved.
 */
export function simplify(
  { policy, analysis }: PlannedPolicy,
  removed: ReadonlySet<string>,
  merges: readonly Merge[],
  budget: number,
): Simplification {
  const { space, program } = analysis;
  const context = createTraceContext(space, program, budget);
  for (const rule of removed) if (program.entryOf.has(rule)) excludeEntry(context, entryOfRule(program, rule));
  const standsFor = new Map<number, number>();
  for (const { rule, into, field } of inOneField(merges, (rule) => entryOfRule(program, rule))) {
    const later = entryOfRule(program, rule);
    const target = entryOfRule(program, into);
    const earlier = standsFor.get(target) ?? target;
    const isFree = program.evaluation === 'any-permit' || askMerge(context, { earlier, later, axis: AXES[field] }).kind === 'none';
    if (isFree) standsFor.set(later, earlier);
  }
  const rules = policy.rules.length;
  return { policy: policy.id, rules, couldBe: rules - removed.size - standsFor.size, removals: removed.size, merges: standsFor.size };
}

const AXES: Readonly<Record<Merge['field'], number>> = {
  source: SOURCE,
  destination: DESTINATION,
  'source-port': SOURCE_PORT,
  'destination-port': DESTINATION_PORT,
};

/** In order of the rules that go; each rule grows in one field only, for in two at once it would be more than its parts, and goes only once. */
function inOneField(merges: readonly Merge[], entryOf: (rule: string) => number): Merge[] {
  const fieldOf = new Map<string, string>();
  const gone = new Set<string>();
  return [...merges]
    .sort((a, b) => entryOf(a.rule) - entryOf(b.rule))
    .filter(({ rule, into, field }) => {
      if ([rule, into].some((each) => (fieldOf.get(each) ?? field) !== field) || gone.has(rule)) return false;
      for (const each of [rule, into]) fieldOf.set(each, field);
      gone.add(rule);
      return true;
    });
}
