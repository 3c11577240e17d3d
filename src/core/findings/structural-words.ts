import type { Finding } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import type { Action, Rule } from '../../model/rule.ts';
import type { RuleVerdict } from '../trace/analyse-policy.ts';
import { formatWitness } from '../trace/witness.ts';
import type { NamedCover } from './coverers.ts';
import { nameRules, sentenceCase } from './rule-names.ts';

export const UNMATCHABLE = 'Its conditions contradict each other, so that no packet can match it, whatever else the policy says.';

export function explainCopy(policy: Policy, copy: Rule, keptId: string): string {
  const kept = policy.rules.find((rule) => rule.id === keptId);
  const why = kept === undefined ? '' : whyKept(policy, kept, copy);
  return `Says the same as rule ${keptId}, which is kept${why}. Removing this copy changes no decision.`;
}

function whyKept(policy: Policy, kept: Rule, other: Rule): string {
  if (policy.evaluation === 'first-match') return ' because it stands first';
  if (kept.description !== '' && other.description === '') return ' because it has a description';
  if (kept.metadata.owner !== '' && other.metadata.owner === '') return ' because it has an owner';
  return '';
}

/** Who takes its packets, and what becomes of them. */
export function explainShadowed(rule: Rule, relation: NonNullable<Finding['relation']>, cover: NamedCover): string {
  const { verdict } = rule.effect;
  const who = subjectOf(cover, 'earlier rules');
  const take = `${sentenceCase(who.name)}${who.isOne ? ' takes' : who.isUnnamed ? ' take' : ' together take'} all of its packets`;
  if (relation === 'opposite')
    return `${take} and ${inflect(verdict === 'permit' ? 'deny' : 'permit', who)} them; its ${verdict} never happens.`;
  const fate =
    relation === 'mixed'
      ? 'some are permitted and some denied'
      : 'whether they are permitted or denied depends on a condition that nobody can compute';
  return `${take}: ${fate}. The rule itself never decides, so that its ${verdict} is partly lost.`;
}

/** A packet that is decided against the rule; empty where all of them are. */
export function exampleOf({ disagreement }: RuleVerdict): string {
  return disagreement === undefined ? '' : ` Decided otherwise: ${formatWitness(disagreement.opposite)}.`;
}

/** Why the rule may go, and on what that depends. */
export function explainRedundant(rule: Rule, by: NonNullable<Finding['by']>, cover: NamedCover): string {
  const { verdict } = rule.effect;
  if (by === 'earlier') {
    const who = subjectOf(cover, 'earlier rules');
    const take = who.isOne ? 'takes' : who.isUnnamed ? 'take' : 'together take';
    return `${sentenceCase(who.name)} ${take} all of its packets first and ${inflect(verdict, who)} them, too. Removing it changes no decision.`;
  }
  const who = subjectOf(cover, by === 'later' ? 'rules behind it' : 'other rules');
  const needs = who.name === 'the default' ? '' : ` while ${who.isOne ? 'that one stays' : 'they stay'}`;
  const does = `${inflect(verdict, who)} ${by === 'later' ? 'all that it decides, too' : 'everything that it permits'}`;
  return by === 'later'
    ? `Without it ${who.name} ${does}. Removing it changes no decision${needs}.`
    : `${sentenceCase(who.name)} ${does}. Removing it changes no decision${needs}.`;
}

interface Subject {
  readonly name: string;
  readonly isOne: boolean;
  readonly isUnnamed: boolean;
}

function subjectOf(cover: NamedCover, unnamed: string): Subject {
  const name = nameRules(cover.coveredBy, cover.coveredByOmitted?.count);
  return { name: name || unnamed, isOne: cover.coveredBy.length === 1, isUnnamed: name === '' };
}

function inflect(verdict: Action, { isOne }: Subject): string {
  if (!isOne) return verdict;
  return verdict === 'permit' ? 'permits' : 'denies';
}
