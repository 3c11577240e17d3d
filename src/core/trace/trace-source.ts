import type { Match } from '../../model/match.ts';
import type { Evaluation, Policy } from '../../model/policy.ts';
import type { Action } from '../../model/rule.ts';

/** What the trace runs, before it is compiled: chains of entries in evaluation order. A plain policy is one chain of deciding entries. */
export interface TraceSource {
  /** Unique among the sources compiled together: the id of the policy. */
  readonly name: string;
  readonly evaluation: Evaluation;
  /** Decides what falls out of the first chain. */
  readonly defaultEffect: TraceEffect;
  /** Evaluation begins at the first. `any-permit` has exactly one, of deciding entries only. */
  readonly chains: readonly TraceChain[];
}

export interface TraceChain {
  /** Unique in the source. */
  readonly name: string;
  readonly entries: readonly TraceEntry[];
}

export interface TraceEntry {
  /** The id of the rule, unique in the source. */
  readonly id: string;
  readonly match: Match;
  readonly effect: TraceEffect;
  readonly control: Control;
}

/** As the effect of a rule, but entries that only divert or note a packet have no verdict. */
export interface TraceEffect {
  readonly verdict: Action | null;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * What becomes of a packet that the entry matches. `continue` (log, count, mark) goes on with the next entry; `jump` comes back behind the
 * entry when the chain it names returns or ends; `goto` does not come back: the end of that chain is the end of this one. A `return` in the
 * first chain leads to the default.
 */
export type Control =
  | { readonly kind: 'decide' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'goto'; readonly chain: string }
  | { readonly kind: 'return' };

export const DECIDE: Control = { kind: 'decide' };

/** A policy as it stands: rules that are switched off, or whose reference is gone, have no part in it. */
export function toTraceSource(policy: Policy): TraceSource {
  const entries = policy.rules
    .filter((rule) => rule.enabled && rule.staleReference === null)
    .map((rule): TraceEntry => ({ id: rule.id, match: rule.match, effect: rule.effect, control: DECIDE }));
  return {
    name: policy.id,
    evaluation: policy.evaluation,
    defaultEffect: { verdict: policy.defaultAction, attributes: {} },
    chains: [{ name: policy.id, entries }],
  };
}
