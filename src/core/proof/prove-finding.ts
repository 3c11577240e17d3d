import type { Finding } from '../../model/finding.ts';
import type { PartitionClaim, ProofDisagreement, ProofDocument } from '../../model/proof.ts';
import type { Action, Rule } from '../../model/rule.ts';
import { proveDisagreement } from './disagreement.ts';
import type { PolicyProofs, WrittenAnswer } from './policy-proofs.ts';

/** Kinds of findings that are claims about the configuration alone, and carry a proof. */
export const PROVEN_KINDS: ReadonlySet<Finding['kind']> = new Set(['shadowed', 'redundant', 'duplicate', 'unmatchable']);

/** The proof of one finding; null when it cannot be given within the budget. Kinds without proofs have none. */
export function proveFinding(proofs: PolicyProofs, finding: Finding, rule: Rule): ProofDocument | null {
  switch (finding.kind) {
    case 'unmatchable':
      return toPartition(finding, 'matches-nothing', { kind: 'none', parts: [] });
    case 'duplicate':
      return proveDuplicate(proofs, finding);
    case 'redundant':
      return finding.by === 'earlier'
        ? toPartition(finding, 'decided-alike', proofs.decidedWith(rule.id, rule.effect.verdict))
        : toPartition(finding, 'removable', proofs.removable(rule.id));
    case 'shadowed':
      return proveShadowed(proofs, finding, rule);
    default:
      return null;
  }
}

function proveDuplicate(proofs: PolicyProofs, finding: Finding): ProofDocument | null {
  const other = finding.coveredBy[0]?.rule;
  if (other === undefined) return null;
  const there = proofs.inside(finding.rule, other);
  const back = proofs.inside(other, finding.rule);
  if (there.kind !== 'none' || back.kind !== 'none') return null;
  return {
    type: 'comparison',
    finding: finding.id,
    policy: finding.policy,
    rule: finding.rule,
    other,
    there: there.parts,
    back: back.parts,
  };
}

function proveShadowed(proofs: PolicyProofs, finding: Finding, { id, effect }: Rule): ProofDocument | null {
  const opposite: Action = effect.verdict === 'permit' ? 'deny' : 'permit';
  if (finding.relation === 'opposite') return toPartition(finding, 'decided-otherwise', proofs.decidedWith(id, opposite));
  const disagreement = proveDisagreement(proofs, id, effect.verdict);
  if (disagreement === null || disagreement.relation !== finding.relation) return null;
  return toPartition(finding, 'covered', proofs.covered(id), disagreement);
}

function toPartition(
  { id, policy, rule }: Finding,
  claim: PartitionClaim,
  answer: WrittenAnswer,
  disagreement: ProofDisagreement | null = null,
): ProofDocument | null {
  if (answer.kind !== 'none') return null;
  return {
    type: 'partition',
    finding: id,
    policy,
    rule,
    claim,
    parts: answer.parts,
    ...(disagreement === null ? {} : { disagreement }),
  };
}
