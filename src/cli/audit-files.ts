import type { AuditResult } from '../model/audit-result.ts';
import { emitChangeSet } from '../report/changes/index.ts';
import { PLAIN_TEXT, rendererForSuffix } from '../report/renderers/index.ts';
import type { OutputFile } from './write-folder.ts';

const REPORTS = ['audit.json', 'rules.csv', 'findings.csv', 'report.html'];

/** The entries of an output folder that are ours, those that only other releases write included. */
export const AUDIT_FILES: readonly string[] = [...REPORTS, 'proofs.jsonl', 'changes'];

/** Everything that `--out` writes. A result that proposes no change has no `changes/`. */
export async function toAuditFiles(result: AuditResult): Promise<readonly OutputFile[]> {
  const reports = await Promise.all(
    REPORTS.map(async (path) => ({ path, content: await rendererForSuffix(path).render(result, PLAIN_TEXT) })),
  );
  return [...reports, ...emitChangeSet(result).map((file) => ({ ...file, path: `changes/${file.path}` }))];
}
