import type { KeyedFinding } from './core/findings/detect-findings.ts';
import { applyDecisions } from './governance/apply-decisions.ts';
import { parseDecisions } from './governance/decisions.ts';
import { readDocument } from './ingest/read-document.ts';
import type { Input } from './model/audit-result.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Finding } from './model/finding.ts';

export interface DecidedFindings {
  readonly findings: readonly Finding[];
  readonly inputs: readonly Input[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Gives every finding the status that the decisions file says, in the same order; without a file all of them stay `new`.
 *
 * @param asOf epoch seconds by which expiry is judged
 * @throws {InputError} when the file cannot be read or is not a decisions file
 */
export async function applyDecisionsFile(
  path: string | null,
  keyed: readonly KeyedFinding[],
  asOf: number | null,
): Promise<DecidedFindings> {
  if (path === null) return { findings: keyed.map(({ finding }) => finding), inputs: [], diagnostics: [] };
  const { document, sha256, diagnostics } = await readDocument({ path, format: null, at: null });
  const decisions = parseDecisions(document.text, path);
  const applied = applyDecisions(
    keyed.map(({ finding, contentKey }) => ({ kind: finding.kind, policy: finding.policy, ruleKey: contentKey })),
    decisions,
    asOf,
  );
  const records = decisions.entries.length;
  return {
    findings: keyed.map(({ finding }, index) => ({ ...finding, status: applied.statuses[index] ?? 'new' })),
    inputs: [
      { role: 'decisions', path, sha256, format: 'decisions', at: null, records, accepted: records, skipped: 0, skippedByReason: {} },
    ],
    diagnostics: [...diagnostics, ...applied.diagnostics],
  };
}
