import type { Policy } from '../../model/policy.ts';
import { type Detector, type FindingDraft, NOTHING_LOST, type RuleFacts } from './detector.ts';
import { canonicalRule } from './rule-content.ts';

/** Rules of one policy with the same match and the same effect: all but one may go. */
export const duplicate: Detector = {
  title: 'the same rule twice',
  detect: ({ policies }) => policies.flatMap(({ policy, rules }) => duplicatesIn(policy, rules)),
};

function duplicatesIn(policy: Policy, rules: readonly RuleFacts[]): FindingDraft[] {
  const copies = new Map<string, RuleFacts[]>();
  for (const facts of rules) {
    if (!facts.rule.enabled || facts.rule.evaluable === 'no' || facts.rule.staleReference !== null) continue;
    const content = canonicalRule(facts.rule);
    copies.set(content, [...(copies.get(content) ?? []), facts]);
  }
  return [...copies.values()].filter((group) => group.length > 1).flatMap((group) => draftsFor(policy, group));
}

function draftsFor(policy: Policy, group: readonly RuleFacts[]): FindingDraft[] {
  const kept = policy.evaluation === 'first-match' ? group[0] : [...group].sort(byWorthKeeping)[0];
  if (kept === undefined) return [];
  return group
    .filter((facts) => facts !== kept)
    .map(({ rule }) => ({
      kind: 'duplicate',
      policy: policy.id,
      rule: rule.id,
      severity: 'low',
      coveredBy: [{ policy: policy.id, rule: kept.rule.id, packets: null, share: '1' }],
      evidence: { grade: 'P', reasons: [] },
      removal: NOTHING_LOST,
      explanation: `Says the same as rule ${kept.rule.id}, which is kept${whyKept(policy, kept, rule)}. Removing this copy changes no decision.`,
    }));
}

/** In an unordered policy: the copy with a description, else with an owner, else with more hits, else with the smaller id. */
function byWorthKeeping(a: RuleFacts, b: RuleFacts): number {
  return (
    Number(b.rule.description !== '') - Number(a.rule.description !== '') ||
    Number(b.rule.metadata.owner !== '') - Number(a.rule.metadata.owner !== '') ||
    (b.usage?.certain ?? 0) - (a.usage?.certain ?? 0) ||
    (a.rule.id < b.rule.id ? -1 : 1)
  );
}

function whyKept(policy: Policy, kept: RuleFacts, other: RuleFacts['rule']): string {
  if (policy.evaluation === 'first-match') return ' because it stands first';
  if (kept.rule.description !== '' && other.description === '') return ' because it has a description';
  if (kept.rule.metadata.owner !== '' && other.metadata.owner === '') return ' because it has an owner';
  return '';
}
