import type { MatchProduct } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import type { Suggestion } from '../../model/request-answer.ts';
import type { Rule } from '../../model/rule.ts';

/** A change that may grant a request; it is no suggestion before the trace has shown what it does. */
export interface Candidate extends Pick<Suggestion, 'kind' | 'group' | 'before' | 'explanation'> {
  /** The rule that gets wider, or refers to the group. */
  readonly rule: Rule | null;
  /** The match of the new rule, or of the rule afterwards; for a group what it gets. */
  readonly match: readonly MatchProduct[];
  /** Holds every packet that is treated otherwise afterwards, and perhaps more. */
  readonly touched: readonly MatchProduct[];
  /** Policies that change, as they are. */
  readonly policies: readonly Policy[];
  /** Rules without which the change cannot be made, by id. */
  readonly kept: ReadonlySet<string>;
  /** Rules that mean something else afterwards. */
  readonly edits: readonly RuleInPolicy[];
  /** A policy with the change: also one of which only rules near the change are left. Others stay as they are. */
  change(policy: Policy): Policy;
}

export interface RuleInPolicy {
  readonly policy: Policy;
  readonly rule: Rule;
}
