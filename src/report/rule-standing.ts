import type { AuditedRule } from '../model/audit-result.ts';
import type { Finding } from '../model/finding.ts';
import type { Term } from './words/grades.ts';

/** What the traffic says about a rule, in the words of the reports. */
export type RuleStanding = 'used' | 'unused' | 'no hits seen' | 'possibly used' | 'contradictory' | 'indeterminate' | 'not assessed';

/**
 * `unused` only where the audit made the finding `unused`, never from zero hits alone: a deny without hits may be working, a shadowed rule has
 * none for another reason, and at grade D or I silence says nothing.
 */
export function toStanding(rule: AuditedRule, findings: readonly Finding[]): RuleStanding {
  if (rule.usage === null || rule.evidence === null) return 'not assessed';
  if (rule.evidence.grade === 'X') return 'contradictory';
  if (rule.usage.certain > 0) return 'used';
  if (findings.some((finding) => finding.kind === 'unused' && finding.status !== 'fixed')) return 'unused';
  if (rule.usage.possible > 0) return 'possibly used';
  return rule.evidence.grade === 'I' ? 'indeterminate' : 'no hits seen';
}

/** In the order in which reports show them. */
export const STANDING_WORDS: Readonly<Record<RuleStanding, Term>> = {
  used: { title: 'Used', meaning: 'At least one connection was surely decided by the rule.' },
  unused: { title: 'Unused', meaning: 'A permit rule without one possible hit, with enough evidence to say so (grade A, B or C).' },
  'possibly used': { title: 'Possibly used', meaning: 'Connections may have been decided by the rule; the log cannot tell.' },
  'no hits seen': {
    title: 'No hits seen',
    meaning: 'No possible hit, but that is no finding: too little data, a deny rule, or another cause such as a duplicate.',
  },
  indeterminate: { title: 'Indeterminate', meaning: 'The log cannot show use of this rule. Says nothing about use.' },
  contradictory: { title: 'Contradictory', meaning: 'The sources disagree with each other.' },
  'not assessed': { title: 'Not assessed', meaning: 'No traffic was given, so there is no statement about use.' },
};

export const STANDINGS = Object.keys(STANDING_WORDS) as readonly RuleStanding[];
