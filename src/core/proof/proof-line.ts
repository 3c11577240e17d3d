import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ProofDocument } from '../../model/proof.ts';

/** A proof as a line of `proofs.jsonl`, without the line end, and the digest by which a finding names it. */
export interface ProofLine {
  readonly type: ProofDocument['type'];
  readonly text: string;
  readonly sha256: string;
}

export function toProofLine(proof: ProofDocument): ProofLine {
  const text = canonicalize(proof) ?? '';
  return { type: proof.type, text, sha256: createHash('sha256').update(text).digest('hex') };
}
