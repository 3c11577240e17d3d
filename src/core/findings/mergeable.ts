import type { RuleRef } from '../../model/rule.ts';
import { type Detector, type FindingDraft, NOTHING_LOST, type PolicyFacts } from './detector.ts';
import { findMergeablePairs, type MergeablePair } from './mergeable-pairs.ts';
import { nameRules } from './rule-names.ts';

/** Pairs of rules that one rule could stand for. One finding per later rule, naming the earlier ones; listed, never proposed as a removal. */
export const mergeable: Detector = {
  title: 'two rules that one could stand for',
  detect: ({ policies }) => policies.flatMap(detectIn),
};

function detectIn({ policy, analysis }: PolicyFacts): FindingDraft[] {
  const byLater = new Map<string, MergeablePair[]>();
  for (const pair of findMergeablePairs(policy, analysis)) {
    const before = byLater.get(pair.later.id);
    if (before === undefined) byLater.set(pair.later.id, [pair]);
    else before.push(pair);
  }
  return [...byLater].map(([rule, pairs]): FindingDraft => {
    const mergeWith = pairs.map(({ earlier }): RuleRef => ({ policy: policy.id, rule: earlier.id }));
    return {
      kind: 'mergeable',
      policy: policy.id,
      rule,
      severity: 'info',
      coveredBy: [],
      mergeWith,
      evidence: { grade: 'P', reasons: [] },
      removal: NOTHING_LOST,
      explanation: explain(pairs),
    };
  });
}

const FIELD_WORDS: Readonly<Record<MergeablePair['field'], string>> = {
  source: 'source',
  destination: 'destination',
  'source-port': 'source port',
  'destination-port': 'destination port',
};

function explain(pairs: readonly MergeablePair[]): string {
  const ways = pairs.map(({ earlier, field, value }) => `${nameRules([{ rule: earlier.id }])} with ${FIELD_WORDS[field]} ${value}`);
  return `Differs from another rule in one field only, and no rule between them interferes: ${ways.join(', or ')} would say the same as both.`;
}
