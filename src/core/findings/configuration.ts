import type { Reason } from '../../model/finding.ts';
import type { Rule } from '../../model/rule.ts';
import { type Detector, type FindingDraft, NOTHING_LOST, WHOLE_POLICY } from './detector.ts';

/** Rules that are switched off. */
export const disabled: Detector = {
  title: 'switched off',
  detect: ({ policies }) =>
    policies.flatMap(({ policy, rules }) =>
      rules
        .filter(({ rule }) => !rule.enabled)
        .map(
          ({ rule }): FindingDraft => ({
            kind: 'disabled',
            policy: policy.id,
            rule: rule.id,
            severity: 'low',
            coveredBy: [],
            evidence: { grade: 'P', reasons: ['DISABLED'] },
            removal: NOTHING_LOST,
            explanation: 'The rule is switched off in the configuration. Removing it changes no decision.',
          }),
        ),
    ),
};

/** Rules whose reference the input proves to be gone. */
export const staleReference: Detector = {
  title: 'refers to something that is gone',
  detect: ({ policies }) =>
    policies.flatMap(({ policy, rules }) =>
      rules
        .filter(({ rule }) => rule.staleReference !== null)
        .map(
          ({ rule }): FindingDraft => ({
            kind: 'stale-reference',
            policy: policy.id,
            rule: rule.id,
            severity: 'medium',
            coveredBy: [],
            evidence: { grade: 'P', reasons: ['STALE_REFERENCE'] },
            removal: NOTHING_LOST,
            explanation: `Gone: ${sentence(rule.staleReference ?? '')} The rule matches nothing while that is so, and comes alive if the name is defined again.`,
          }),
        ),
    ),
};

/** Policies that the inventory shows on no interface. */
export const unattached: Detector = {
  title: 'used by no interface',
  detect: ({ policies }) =>
    policies
      .filter(({ policy, rules }) => policy.attachments?.length === 0 && rules.length > 0)
      .map(
        ({ policy, rules }): FindingDraft => ({
          kind: 'unattached',
          policy: policy.id,
          rule: WHOLE_POLICY,
          severity: 'low',
          coveredBy: [],
          evidence: { grade: 'C', reasons: ['INVENTORY_BOUND'] },
          removal: NOTHING_LOST,
          explanation: `None of the interfaces in the inventory carries this policy (${rules.length} rules). Other consumers, such as launch templates, are not known.`,
        }),
      ),
};

/** Rules about which nothing, or not enough, can be said. */
export const notEvaluable: Detector = {
  title: 'cannot be judged',
  detect: ({ policies }) =>
    policies.flatMap(({ policy, rules, analysis }) =>
      rules.flatMap(({ rule }): FindingDraft[] => {
        const doubts = doubtsAbout(rule, analysis.verdictOf(rule.id)?.kind === 'not-evaluable');
        if (doubts.length === 0) return [];
        return [
          {
            kind: 'not-evaluable',
            policy: policy.id,
            rule: rule.id,
            severity: 'info',
            coveredBy: [],
            evidence: { grade: 'I', reasons: doubts.map(({ reason }) => reason) },
            removal: { changesDecisions: true, safeAlone: false },
            explanation: doubts.map(({ text }) => text).join(' '),
          },
        ];
      }),
    ),
};

function doubtsAbout(rule: Rule, isOverBudget: boolean): { readonly reason: Reason; readonly text: string }[] {
  if (!rule.enabled || rule.staleReference !== null) return [];
  if (rule.evaluable === 'no') {
    return [
      { reason: 'NOT_EVALUABLE', text: 'The rule could not be read, so nothing is claimed about it. See the diagnostics for the line.' },
    ];
  }
  const doubts: { reason: Reason; text: string }[] = [];
  if (rule.unresolvedReferences.length > 0) {
    doubts.push({
      reason: 'UNRESOLVED_REF',
      text: `${rule.unresolvedReferences.join(', ')} cannot be resolved from the files given, so hits are bounds only. Add the export that holds it.`,
    });
  }
  if (isOverBudget) {
    doubts.push({
      reason: 'ANALYSIS_BUDGET',
      text: 'Other rules overlap it in too many ways: the exact analysis was given up, so nothing is claimed about what covers it.',
    });
  }
  return doubts;
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
