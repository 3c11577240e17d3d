import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ProvenAudit } from '../../src/audit.ts';
import type { AuditRequest } from '../../src/audit-request.ts';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { type Verification, verify } from '../../src/verify.ts';
import { auditRequest } from '../support/audit-files.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rulesweep-verify-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes what `--out` writes of a result and its proofs; returns the path of audit.json. */
export function writeAudit(folder: string, { result, proofs }: ProvenAudit): string {
  writeFileSync(join(folder, 'audit.json'), JSON.stringify(result));
  writeFileSync(join(folder, 'proofs.jsonl'), proofs.map((line) => `${line}\n`).join(''));
  return join(folder, 'audit.json');
}

const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port,enabled,description,hits,application';

/** Rows of rules-csv: `fw,1,permit,tcp,any,,any,443` and, where they matter, `enabled,description,hits,application`. */
export function writeRules(folder: string, rows: readonly string[], name = 'rules.csv'): string {
  const columns = HEADER.split(',').length;
  const padded = rows.map((row) => row + ','.repeat(columns - row.split(',').length));
  const path = join(folder, name);
  writeFileSync(path, `${[HEADER, ...padded].join('\n')}\n`);
  return path;
}

export async function verifyFiles(audit: string, rules: readonly string[], more: Partial<AuditRequest> = {}): Promise<Verification> {
  const { inventory, defaultAction, onProgress, signal } = auditRequest({ rules, ...more });
  return verify({ audit, proofs: null, rules, inventory, defaultAction, onProgress, signal });
}

/** The sentences of a verification that found something wrong. */
export async function problemsOf(audit: string, rules: readonly string[]): Promise<readonly string[]> {
  const verification = await verifyFiles(audit, rules);
  return verification.kind === 'stale' ? verification.reasons.map((reason) => `stale: ${reason}`) : verification.problems;
}

export type Edit = (parts: { result: AuditResult; lines: string[] }) => void;

/** A copy of an audit with something changed. */
export function edited({ result, proofs }: ProvenAudit, edit: Edit): ProvenAudit {
  const parts = { result: structuredClone(result), lines: [...proofs] };
  edit(parts);
  return { result: parts.result, proofs: parts.lines };
}
