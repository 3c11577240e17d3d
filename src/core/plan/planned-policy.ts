import type { Policy } from '../../model/policy.ts';
import type { PolicyAnalysis } from '../trace/analyse-policy.ts';

/** A policy and what its configuration alone says. */
export interface PlannedPolicy {
  readonly policy: Policy;
  readonly analysis: PolicyAnalysis;
}
