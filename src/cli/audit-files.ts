import type { AuditResult } from '../model/audit-result.ts';
import { emitChangeSet } from '../report/changes/index.ts';
import { PLAIN_TEXT, rendererForSuffix } from '../report/renderers/index.ts';
import type { OutputFile } from './write-folder.ts';

const REPORTS = ['audit.json', 'rules.csv', 'findings.csv', 'report.html'];

/** The entries of an output folder that are ours, those that only some audits have included. */
export const AUDIT_FILES: readonly string[] = [...REPORTS, 'proofs.jsonl', 'changes'];

/** Everything that `--out` writes. A result that proposes no change has no `changes/`. @param proofs lines without their ends */
export async function toAuditFiles(result: AuditResult, proofs: readonly string[]): Promise<readonly OutputFile[]> {
  const reports = await Promise.all(
    REPORTS.map(async (path) => ({ path, content: await rendererForSuffix(path).render(result, PLAIN_TEXT) })),
  );
  return [
    ...reports,
    { path: 'proofs.jsonl', content: inPieces(proofs) },
    ...emitChangeSet(result).map((file) => ({ ...file, path: `changes/${file.path}` })),
  ];
}

/** Proofs of large policies do not fit into one string. */
const PIECE_LENGTH = 1 << 20;

function* inPieces(lines: readonly string[]): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
