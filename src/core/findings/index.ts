import { brokenIntent } from './broken-intent.ts';
import { disabled, notEvaluable, staleReference, unattached } from './configuration.ts';
import { deniedByNextLayer } from './denied-by-next-layer.ts';
import type { Detector } from './detector.ts';
import { mergeable } from './mergeable.ts';
import { overPermissive } from './over-permissive.ts';
import { overlapping } from './overlapping.ts';
import { partlyUnused } from './partly-unused.ts';
import { redundantAcrossPolicies } from './redundant-across-policies.ts';
import { structural } from './structural.ts';
import { counterDisagreement, unanswered, unused } from './unused.ts';

/** Everything the audit looks for. A new finding is a new detector here. */
export const detectors: readonly Detector[] = [
  structural,
  redundantAcrossPolicies,
  overlapping,
  brokenIntent,
  deniedByNextLayer,
  overPermissive,
  staleReference,
  disabled,
  unattached,
  unused,
  partlyUnused,
  unanswered,
  counterDisagreement,
  mergeable,
  notEvaluable,
];
