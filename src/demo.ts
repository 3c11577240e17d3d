import { auditWithProofs, type ProvenAudit } from './audit.ts';
import type { AuditRequest } from './audit-request.ts';
import type { AuditResult } from './model/audit-result.ts';

const SAMPLE = 'samples/aws-vpc';
/** One export from before the first day of the logs, so that rules are known to have been in force, and one from after the last. */
const EXPORTS = [`${SAMPLE}/exports/2025-12-31@2025-12-31T00:00:00Z`, `${SAMPLE}/exports/2026-04-11@2026-04-11T00:00:00Z`];

/** Audits the bundled sample. The current folder must be the one of the package, because results hold the paths as they are given. */
export async function demo(request: Pick<AuditRequest, 'onProgress' | 'signal'>): Promise<AuditResult> {
  return (await demoWithProofs(request)).result;
}

/** As {@link demo}, with the proofs that the result names. */
export async function demoWithProofs({ onProgress, signal }: Pick<AuditRequest, 'onProgress' | 'signal'>): Promise<ProvenAudit> {
  return auditWithProofs({
    rules: EXPORTS,
    inventory: [],
    flows: [`${SAMPLE}/AWSLogs`],
    counters: [],
    guardrails: null,
    decisions: null,
    from: null,
    to: null,
    asOf: null,
    defaultAction: null,
    threads: null,
    memoryBytes: null,
    onProgress,
    signal,
  });
}
