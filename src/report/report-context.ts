import { createHash } from 'node:crypto';
import type { AuditResult, Input } from '../model/audit-result.ts';
import { toAuditJson } from './renderers/json.ts';

/** The columns every table begins with. */
export interface ReportContext {
  readonly report_id: string;
  readonly as_of: string;
  readonly tool_version: string;
  readonly complete: 'yes' | 'no';
}

export function toReportContext(result: AuditResult): ReportContext {
  return {
    report_id: `R-${sha256(toAuditJson(result)).slice(0, 16)}`,
    as_of: result.asOf ?? '',
    tool_version: result.tool.version,
    complete: result.complete ? 'yes' : 'no',
  };
}

/** Inputs by path; the first of several with one path (the same file under two roles has one content). */
export function inputsByPath(result: AuditResult): Map<string, Input> {
  const inputs = new Map<string, Input>();
  for (const input of result.inputs) if (!inputs.has(input.path)) inputs.set(input.path, input);
  return inputs;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
