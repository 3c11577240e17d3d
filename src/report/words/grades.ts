import type { Grade } from '../../model/finding.ts';

export interface Term {
  readonly title: string;
  readonly meaning: string;
}

/** The one scale of evidence, strongest first, in words. */
export const GRADE_WORDS: Readonly<Record<Grade, Term>> = {
  P: {
    title: 'proven by configuration',
    meaning: 'The rule cannot take effect, or changes no effect, whatever traffic comes. Needs no logs.',
  },
  A: {
    title: 'unused, two sources',
    meaning:
      "The logs hold no possible hit and the device's own counter agrees: at least 90 days in which the rule was in force, 99 % coverage, and its age is known.",
  },
  B: {
    title: 'unused, one source',
    meaning: 'The logs hold no possible hit: at least 90 days in which the rule was in force, 95 % coverage, and its age is known.',
  },
  C: {
    title: 'no hits seen, weak',
    meaning: 'The logs hold no possible hit over at least 30 days, but coverage, the age of the rule or the calendar leave room for doubt.',
  },
  D: {
    title: 'no hits seen, not enough data',
    meaning: 'The window is too short, too patchy or sampled. Collect more logs; this is not called unused.',
  },
  I: {
    title: 'indeterminate',
    meaning: 'The platform or the log cannot show a hit on this rule, or cannot tell it from a hit on another. Says nothing about use.',
  },
  X: { title: 'contradictory', meaning: 'The sources disagree with each other. Repair the data before deciding anything.' },
  U: { title: 'used', meaning: 'At least one connection was surely decided by this rule.' },
};
