import type { Finding } from '../../model/finding.ts';
import type { ProofDocument } from '../../model/proof.ts';

/** Kinds of findings that are proven by the configuration alone. */
const PROVEN_KINDS: readonly Finding['kind'][] = [
  'shadowed',
  'redundant',
  'duplicate',
  'unmatchable',
  'partly-shadowed',
  'correlation',
  'generalization',
  'mergeable',
];

/** Whether the finding says that the configuration alone proves it, so that it has to name a proof. */
export function needsProof({ kind, evidence, proof }: Finding): boolean {
  return PROVEN_KINDS.includes(kind) && (proof !== null || evidence.grade === 'P');
}

/** Whether the finding says that the rule never decides, which one hit that the device counted refutes. */
export function saysNeverDecides({ kind, by, evidence }: Finding, isOrdered: boolean): boolean {
  if (evidence.grade === 'I') return false;
  return kind === 'shadowed' || kind === 'unmatchable' || (kind === 'redundant' && by === 'earlier') || (kind === 'duplicate' && isOrdered);
}

type FindingProof = Extract<ProofDocument, { readonly finding: string }>;

/** Where a proof proves something else than the finding says: what it should prove and what it does. Null when they agree. */
export function findMismatch(finding: Finding, proof: FindingProof, isOrdered: boolean): string | null {
  if (proof.policy !== finding.policy || proof.rule !== finding.rule) {
    return `is about rule ${proof.policy}/${proof.rule}; expected ${finding.policy}/${finding.rule}`;
  }
  const expected = expectedClaim(finding, isOrdered);
  const proved = claimOf(proof);
  return proved === expected ? null : `proves "${proved}"; the finding needs "${expected}"`;
}

function claimOf(proof: FindingProof): string {
  switch (proof.type) {
    case 'comparison':
      return `equal to ${proof.other}`;
    case 'overlap':
      return `${proof.claim} of ${proof.packets.map(({ decidedBy }) => decidedBy).join(', ')}`;
    case 'merge':
      return `mergeable with ${proof.merges.map((merge) => merge.with).join(', ')}`;
    case 'partition':
      return proof.disagreement === undefined ? proof.claim : `${proof.claim}, ${proof.disagreement.relation}`;
  }
}

/** The definitions of README, "Findings", as claims of proofs. */
function expectedClaim({ kind, relation, by, coveredBy, mergeWith }: Finding, isOrdered: boolean): string {
  switch (kind) {
    case 'unmatchable':
      return 'matches-nothing';
    case 'duplicate':
      return `equal to ${coveredBy[0]?.rule ?? 'a copy that is kept'}`;
    case 'redundant':
      if (by === 'earlier') return 'decided-alike';
      return (by === 'others') === !isOrdered ? 'removable' : `redundant by ${by} in a policy ${isOrdered ? 'with' : 'without'} order`;
    case 'shadowed':
      return relation === 'opposite' ? 'decided-otherwise' : `covered, ${relation}`;
    case 'partly-shadowed':
    case 'correlation':
    case 'generalization':
      return `${kind} of ${coveredBy.map(({ rule }) => rule).join(', ')}`;
    case 'mergeable':
      return `mergeable with ${(mergeWith ?? []).map(({ rule }) => rule).join(', ')}`;
    default:
      return `nothing, as findings of kind ${kind} have no proofs`;
  }
}
