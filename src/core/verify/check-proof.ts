import type { ProofDocument } from '../../model/proof.ts';
import { checkDisagreement } from './check-disagreement.ts';
import { checkInclusion } from './check-inclusion.ts';
import { checkMerge } from './check-merge.ts';
import { checkOverlap, checkPosition } from './check-overlap.ts';
import { checkReaches } from './check-packet.ts';
import { checkPartition } from './check-partition.ts';
import type { CheckedPolicy, CheckedRule } from './checked-policy.ts';
import { ProofFault } from './proof-fault.ts';

export type CheckableProof = Exclude<ProofDocument, { readonly type: 'removal-set' }>;

/** What is no longer there where a proof speaks of a policy without some of its rules. */
export interface GoneRules {
  /** The flagged copies of the policy. */
  readonly copies: ReadonlySet<string>;
  /** For a removal: the rules that the plan removes before it in the same policy. */
  readonly removedBefore: ReadonlySet<string>;
}

/**
 * Checks one proof against the rules and nothing else: no search, no engine. What the proof says of every leaf is looked up in the rules.
 *
 * @returns why the proof does not hold, as the rest of a sentence; null when it holds
 */
export function checkProof(policy: CheckedPolicy, proof: CheckableProof, gone: GoneRules): string | null {
  try {
    check(policy, proof, gone);
    return null;
  } catch (fault) {
    if (fault instanceof ProofFault) return fault.message;
    throw fault;
  }
}

function check(policy: CheckedPolicy, proof: CheckableProof, { copies, removedBefore }: GoneRules): void {
  if (proof.type === 'removal' && policy.idle.has(proof.rule)) {
    if (proof.parts.length > 0) throw new ProofFault('divides packets of a rule that has no part in the policy');
    return;
  }
  const rule = ruleOf(policy, proof.rule);
  switch (proof.type) {
    case 'partition':
      checkPartition({ policy, rule, claim: proof.claim, gone: copies, assuming: new Map() }, proof.parts);
      if (proof.disagreement !== undefined) checkDisagreement(policy, rule, proof.disagreement);
      return;
    case 'removal':
      checkPartition({ policy, rule, claim: proof.claim, gone: removedBefore, assuming: new Map() }, proof.parts);
      return;
    case 'witness':
      checkReaches(policy, rule, proof.packet, copies);
      return;
    case 'overlap':
      for (const { decidedBy, packet } of proof.packets) checkOverlap(policy, rule, ruleOf(policy, decidedBy), packet);
      checkPosition(
        policy,
        proof.claim,
        rule,
        proof.packets.map(({ decidedBy }) => ruleOf(policy, decidedBy)),
      );
      return;
    case 'merge':
      for (const merge of proof.merges) checkMerge(policy, rule, ruleOf(policy, merge.with), merge, copies);
      return;
    case 'comparison':
      checkCopy(policy, rule, ruleOf(policy, proof.other), copies);
      checkInclusion(policy, rule, ruleOf(policy, proof.other), proof.there);
      checkInclusion(policy, ruleOf(policy, proof.other), rule, proof.back);
  }
}

function checkCopy(policy: CheckedPolicy, copy: CheckedRule, kept: CheckedRule, copies: ReadonlySet<string>): void {
  if (kept === copy) throw new ProofFault('compares the rule with itself');
  if (copies.has(kept.id)) throw new ProofFault(`keeps rule ${kept.id}, which is flagged as a copy itself`);
  if (policy.isOrdered && kept.place > copy.place)
    throw new ProofFault(`keeps rule ${kept.id}, which comes later; expected the first copy`);
  if (kept.effect !== copy.effect) throw new ProofFault(`compares rules of different effects, ${copy.effect} and ${kept.effect}`);
}

function ruleOf(policy: CheckedPolicy, id: string): CheckedRule {
  const rule = policy.ruleOf.get(id);
  if (rule === undefined) throw new ProofFault(`speaks of rule ${id}, which has no part in the policy`);
  return rule;
}
