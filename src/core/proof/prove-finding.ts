import type { Finding } from '../../model/finding.ts';
import type { PartitionClaim, ProofDisagreement, ProofDocument } from '../../model/proof.ts';
import type { Action, Rule } from '../../model/rule.ts';
import type { Merge } from '../trace/analyse-policy.ts';
import { toWitness } from '../trace/witness.ts';
import { proveDisagreement } from './disagreement.ts';
import type { PolicyProofs, WrittenAnswer } from './policy-proofs.ts';
import { writePacket } from './write-packet.ts';

/** Kinds of findings that are claims about the configuration alone, and carry a proof. */
const PROVEN_KINDS: ReadonlySet<Finding['kind']> = new Set([
  'shadowed',
  'redundant',
  'duplicate',
  'unmatchable',
  'partly-shadowed',
  'correlation',
  'generalization',
  'mergeable',
]);

/** Whether the finding is to carry a proof. One that leans on an inventory is not proven by the configuration, whatever its kind. */
export function isProvable({ kind, evidence }: Finding): boolean {
  return PROVEN_KINDS.has(kind) && !evidence.reasons.includes('INVENTORY_BOUND');
}

/**
 * The proof of one finding; null when it cannot be given within the budget. Kinds without proofs have none.
 *
 * @param moves pairs of the policy that one rule could stand for
 */
export function proveFinding(proofs: PolicyProofs, finding: Finding, rule: Rule, moves: () => readonly Merge[]): ProofDocument | null {
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
    case 'partly-shadowed':
    case 'correlation':
    case 'generalization':
      return proveOverlap(proofs, finding, finding.kind);
    case 'mergeable':
      return proveMerge(proofs, finding, moves());
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

type Overlap = Extract<ProofDocument, { readonly type: 'overlap' }>;

function proveOverlap(proofs: PolicyProofs, { id, policy, rule, coveredBy }: Finding, claim: Overlap['claim']): ProofDocument | null {
  const packets: Overlap['packets'] = [];
  for (const { rule: decidedBy } of coveredBy) {
    const answer = proofs.neverDecidedBy(rule, decidedBy);
    if (answer.kind !== 'found') return null;
    packets.push({ decidedBy, packet: writePacket(toWitness(proofs.context.space, answer.region)) });
  }
  return packets.length === 0 ? null : { type: 'overlap', finding: id, policy, rule, claim, packets };
}

function proveMerge(proofs: PolicyProofs, finding: Finding, moves: readonly Merge[]): ProofDocument | null {
  const merges: Extract<ProofDocument, { type: 'merge' }>['merges'] = [];
  for (const { rule: earlier } of finding.mergeWith ?? []) {
    const move = moves.find((each) => each.later === finding.rule && each.earlier === earlier);
    if (move === undefined || move.axis === 'protocol') return null;
    merges.push({ with: earlier, axis: move.axis, parts: proofs.isOrdered ? proofs.move(finding.rule, move.proof) : [] });
  }
  return merges.length === 0 ? null : { type: 'merge', finding: finding.id, policy: finding.policy, rule: finding.rule, merges };
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
