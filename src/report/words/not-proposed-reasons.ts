import type { NotProposed } from '../../model/audit-result.ts';

/** Why a candidate is not in the plan. */
export const NOT_PROPOSED_WORDS: Readonly<Record<NotProposed['reason'], string>> = {
  NEEDS_STAGED_CHANGE: 'needs a staged change: disable and observe first',
  NEEDS_OWNER: 'needs a decision of its owner',
  WEAK_EVIDENCE: 'the evidence is too weak',
  AGE_UNKNOWN: 'the age of the rule is not known',
  SHADOWED: 'its intent is lost: reorder or remove is a person’s decision',
  DENY_WITHOUT_PROOF: 'removing a deny needs a proof',
  NOT_EVALUABLE: 'the rule cannot be evaluated fully',
  POLICY_UNATTACHED: 'its whole policy is attached to nothing: decide on the policy',
  NARROWING: 'it would narrow what is permitted',
  PROTECTED: 'the rule is protected',
  OTHER_CONSUMER: 'something else uses it',
  INVENTORY_BOUND: 'the claim holds for today’s inventory only',
  MANAGED_ELSEWHERE: 'the rule is managed by another system',
  NO_EMITTER: 'no change can be written for this platform yet',
  INCOMPLETE_INPUT: 'the input is incomplete',
  DECISION_ACCEPTED: 'the finding was accepted',
  ALTERNATIVE_CHOSEN: 'another of two alternatives was chosen',
  BUDGET: 'the analysis budget was spent',
  CHANGES_DECISIONS: 'removing it would change decisions',
  PROOFS_VOID: 'the traffic contradicts our model of the policy',
};
