import type { CheckKind } from '../../model/check-result.ts';
import { FINDING_KIND_WORDS } from './finding-kinds.ts';
import type { Term } from './grades.ts';

/** What each kind that a change can introduce means. */
export const CHECK_KIND_WORDS: Readonly<Record<CheckKind, Term>> = {
  shadowed: FINDING_KIND_WORDS.shadowed,
  redundant: FINDING_KIND_WORDS.redundant,
  duplicate: FINDING_KIND_WORDS.duplicate,
  unmatchable: FINDING_KIND_WORDS.unmatchable,
  'over-permissive': { title: FINDING_KIND_WORDS['over-permissive'].title, meaning: 'Open to far more than a rule for one purpose needs.' },
  'any-any': { title: 'Any to any', meaning: 'Permits every service between all addresses.' },
  'widened-space': { title: 'Widened', meaning: 'A rule that was there before permits more than it did.' },
  'insecure-service': { title: 'Insecure service', meaning: 'Permits a service that the guardrails call insecure.' },
  'risky-service': { title: 'Risky service', meaning: 'Permits a service that the guardrails warn of.' },
  'zone-matrix': { title: 'Zone matrix', meaning: 'Permits from one zone to another what the guardrails do not allow there.' },
  'protected-rule': { title: 'Protected rule', meaning: 'The guardrails say that this rule must not be touched.' },
  'expired-exception': {
    title: 'Expired exception',
    meaning: 'An exception of the guardrails has ended, and what it excused counts again.',
  },
  'not-evaluable': FINDING_KIND_WORDS['not-evaluable'],
};
