import type { Term } from './grades.ts';

/** The words for how wrong "unused" may be. */
export const DOUBT_WORDS: readonly Term[] = [
  {
    title: 'rate bound (λ95)',
    meaning:
      'Silence over n observed days still allows 2.996 / n uses a day at 95 %. It is a bound, not a forecast: at that very rate a use in the next n days is nearly sure.',
  },
  {
    title: 'backtest',
    meaning:
      'The window is cut in two. Of the permit rules that no connection of the first part can have used, it counts those that one of the rest did use. Only rules whose silence would be called unused take part.',
  },
  {
    title: '95 % interval',
    meaning:
      'The shares of missed rules that the count is compatible with (Clopper and Pearson, exact). It takes rules for independent: one job that uses many rules makes it too narrow.',
  },
  {
    title: 'expected number of missed rules',
    meaning:
      'Unused rules times the share of the backtest, for as many days as its second part has. What comes later, a yearly use for instance, it cannot tell.',
  },
];
