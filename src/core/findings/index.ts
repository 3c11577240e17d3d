import { disabled, notEvaluable, staleReference, unattached } from './configuration.ts';
import type { Detector } from './detector.ts';
import { duplicate } from './duplicate.ts';
import { partlyUnused } from './partly-unused.ts';
import { counterDisagreement, unanswered, unused } from './unused.ts';

/** Everything the audit looks for. A new finding is a new detector here. */
export const detectors: readonly Detector[] = [
  duplicate,
  staleReference,
  disabled,
  unattached,
  unused,
  partlyUnused,
  unanswered,
  counterDisagreement,
  notEvaluable,
];
