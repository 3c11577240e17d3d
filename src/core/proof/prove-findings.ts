import type { Finding } from '../../model/finding.ts';
import { formatProofPacket } from '../../model/proof.ts';
import type { Rule } from '../../model/rule.ts';
import type { Merge } from '../trace/analyse-policy.ts';
import { PolicyProofs, type ProvablePolicy } from './policy-proofs.ts';
import { toProofLine } from './proof-line.ts';
import { isProvable, proveFinding } from './prove-finding.ts';
import { writePacket } from './write-packet.ts';

/** Findings with the proofs they name, and the lines that are these proofs. */
export interface ProvedFindings {
  /** In the given order. */
  readonly findings: readonly Finding[];
  /** Policy by policy: the proofs of its findings, then a witness for every rule that has one. Without line ends. */
  readonly lines: readonly string[];
}

/**
 * Gives each finding about the configuration alone its proof. One that cannot be proved within the budget, or whose policy the device's own counters
 * refute, is no longer claimed as proven: its grade says so.
 *
 * @param budget regions that one question may take up
 */
export function proveFindings(findings: readonly Finding[], policies: readonly ProvablePolicy[], budget: number): ProvedFindings {
  const byPolicy = new Map<string, Finding[]>(policies.map(({ policy }) => [policy.id, []]));
  for (const finding of findings) byPolicy.get(finding.policy)?.push(finding);
  const proved = new Map<string, Finding>();
  const lines: string[] = [];
  for (const provable of policies) {
    const { policy } = provable;
    const own = byPolicy.get(policy.id) ?? [];
    const claims = own.filter(isProvable);
    if (claims.some((finding) => isRefuted(finding, provable))) {
      for (const finding of claims) proved.set(finding.id, withoutProof(finding, 'X', 'PROOFS_VOID'));
      continue;
    }
    const copies = claims.filter(({ kind }) => kind === 'duplicate').map(({ rule }) => rule);
    const proofs = new PolicyProofs(provable, copies, budget);
    const rules = new Map(policy.rules.map((rule) => [rule.id, rule]));
    let moves: readonly Merge[] | null = null;
    const movesOf = (): readonly Merge[] => {
      moves ??= provable.analysis.merges();
      return moves;
    };
    for (const finding of claims) {
      const document = proveFinding(proofs, finding, rules.get(finding.rule) as Rule, movesOf);
      if (document === null) {
        proved.set(finding.id, withoutProof(finding, 'I', 'ANALYSIS_BUDGET'));
        continue;
      }
      const { type, text, sha256 } = toProofLine(document);
      lines.push(text);
      proved.set(finding.id, { ...finding, proof: { type, sha256 } });
    }
    lines.push(...witnessesOf(provable));
  }
  return { findings: findings.map((finding) => proved.get(finding.id) ?? finding), lines };
}

/** One hit that the device counted on a rule that is said never to decide: our model of the policy is wrong, or the counter is. */
function isRefuted({ kind, by, rule }: Finding, { policy }: ProvablePolicy): boolean {
  const neverDecides =
    kind === 'shadowed' ||
    kind === 'unmatchable' ||
    (kind === 'redundant' && by === 'earlier') ||
    (kind === 'duplicate' && policy.evaluation === 'first-match');
  return neverDecides && policy.rules.some(({ id, nativeHits }) => id === rule && (nativeHits ?? 0) > 0);
}

function withoutProof(finding: Finding, grade: 'I' | 'X', reason: 'ANALYSIS_BUDGET' | 'PROOFS_VOID'): Finding {
  return {
    ...finding,
    proof: null,
    evidence: { grade, reasons: [reason] },
    removal: { changesDecisions: finding.removal.changesDecisions, safeAlone: false },
  };
}

/** For a rule that could not be read nothing is claimed. */
function witnessesOf({ policy, analysis }: ProvablePolicy): string[] {
  return policy.rules.flatMap((rule) => {
    const witness = analysis.verdictOf(rule.id)?.witness ?? null;
    if (witness === null || rule.evaluable === 'no') return [];
    const packet = writePacket(witness);
    return [toProofLine({ type: 'witness', policy: policy.id, rule: rule.id, packet, text: formatProofPacket(packet) }).text];
  });
}
