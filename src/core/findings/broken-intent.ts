import type { Finding } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import { nameCover } from './coverers.ts';
import type { Detector, FindingDraft, PolicyFacts } from './detector.ts';
import { isMostlyLost } from './overlapping.ts';
import { nameRules } from './rule-names.ts';

/**
 * Rules that never decide, or lose half of their packets or more, while the logs hold connections that they wanted decided the other way: somebody is
 * refused what a rule permits, or let in although a rule denies it.
 */
export const brokenIntent: Detector = {
  title: 'traffic that a covered rule wanted decided otherwise',
  detect: ({ policies, opposed }) =>
    policies.flatMap((facts) => {
      const flows = opposed.get(facts.policy.id);
      return flows === undefined ? [] : detectIn(facts, flows);
    }),
};

function detectIn({ policy, rules, analysis }: PolicyFacts, flows: ReadonlyMap<string, number>): FindingDraft[] {
  return rules.flatMap(({ rule }) => {
    const count = flows.get(rule.id) ?? 0;
    if (count === 0 || rule.evaluable === 'no') return [];
    if (analysis.verdictOf(rule.id)?.kind === 'shadowed')
      return [toDraft(policy, rule, count, nameCover(policy.id, analysis.coverOf(rule.id)))];
    const overlap = analysis.overlapOf(rule.id);
    if (overlap === null || !isMostlyLost(rule, overlap)) return [];
    return [toDraft(policy, rule, count, nameCover(policy.id, overlap.coverage, [], rule.id))];
  });
}

function toDraft(policy: Policy, rule: Rule, count: number, cover: Pick<Finding, 'coveredBy'>): FindingDraft {
  const isPermit = rule.effect.verdict === 'permit';
  const connections = `${count} ${count === 1 ? 'connection' : 'connections'} that this rule ${isPermit ? 'permits' : 'denies'}`;
  const names = nameRules(cover.coveredBy);
  const by = names === '' ? 'an earlier rule' : names;
  return {
    kind: 'broken-intent',
    policy: policy.id,
    rule: rule.id,
    severity: isPermit ? 'high' : 'critical',
    ...cover,
    evidence: { grade: 'P', reasons: [] },
    removal: { changesDecisions: false, safeAlone: false },
    explanation: `${connections} ${count === 1 ? 'was' : 'were'} ${isPermit ? 'refused' : 'let through'}, because ${by} ${by.startsWith('rules') ? 'decide' : 'decides'} first. Either the order is wrong or the rule is.`,
  };
}
