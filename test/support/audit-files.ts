import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit } from '../../src/audit.ts';
import type { AuditRequest } from '../../src/audit-request.ts';
import type { AuditResult } from '../../src/model/audit-result.ts';

/** Runs a body with a folder of its own, which is gone afterwards. */
export async function inTemporaryFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rulesweep-test-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Audits files with everything else at its default. */
export function auditFiles(sources: Partial<AuditRequest>): Promise<AuditResult> {
  return audit(auditRequest(sources));
}

/** A request with everything at its default but what is given. */
export function auditRequest(sources: Partial<AuditRequest>): AuditRequest {
  return {
    rules: [],
    inventory: [],
    flows: [],
    counters: [],
    guardrails: null,
    decisions: null,
    from: null,
    to: null,
    asOf: null,
    defaultAction: null,
    threads: 1,
    memoryBytes: null,
    onProgress: () => {},
    signal: null,
    ...sources,
  };
}
