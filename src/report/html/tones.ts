import type { RuleStanding } from '../rule-standing.ts';

/** The colour of each standing, as a name of the style sheet. Colour never stands alone: the word is always beside it. */
export const STANDING_TONES: Readonly<Record<RuleStanding, string>> = {
  used: 'used',
  unused: 'unused',
  'possibly used': 'possible',
  'no hits seen': 'silent',
  indeterminate: 'unsure',
  contradictory: 'clash',
  'not assessed': 'none',
};
