import type { AuditResult } from '../../model/audit-result.ts';
import { formatCount, formatMinute, formatQuantity } from '../number-format.ts';
import { describeSkipped } from '../skipped-records.ts';
import { type Markup, markup } from './markup.ts';
import { STATIC_ROWS, type StaticColumn, staticTable } from './static-table.ts';

/** Every file with its hash and count, and what the reader should know about them. */
export function inputsSection({ inputs, diagnostics }: AuditResult): Markup {
  const rows = inputs
    .slice(0, STATIC_ROWS)
    .map((entry) => [
      markup`<span class="break">${entry.path}</span>`,
      entry.role,
      entry.format,
      entry.at === null ? '' : formatMinute(entry.at),
      formatCount(entry.records),
      formatCount(entry.accepted),
      describeSkipped(entry.skippedByReason),
      markup`<code class="hash">${entry.sha256}</code>`,
    ]);
  const columns: readonly StaticColumn[] = [
    { label: 'File', kind: 'text' },
    { label: 'Role', kind: 'word' },
    { label: 'Format', kind: 'text' },
    { label: 'Dated (UTC)', kind: 'word' },
    { label: 'Records', kind: 'number' },
    { label: 'Accepted', kind: 'number' },
    { label: 'Skipped', kind: 'text' },
    { label: 'SHA-256', kind: 'text' },
  ];
  const notes = diagnostics
    .slice(0, STATIC_ROWS)
    .map((entry) => [
      entry.message,
      markup`<span class="badge ${entry.severity === 'error' ? 'high' : entry.severity === 'warning' ? 'medium' : ''}">${entry.severity}</span>`,
      markup`<code>${entry.code}</code>`,
      `${entry.path ?? ''}${entry.line === undefined ? '' : `:${entry.line}`}`,
      formatCount(entry.count ?? 1),
    ]);
  const noteColumns: readonly StaticColumn[] = [
    { label: 'Message', kind: 'text' },
    { label: 'Severity', kind: 'word' },
    { label: 'Code', kind: 'word' },
    { label: 'Where', kind: 'text' },
    { label: 'Count', kind: 'number' },
  ];
  return markup`<section aria-labelledby="inputs"><h2 id="inputs">Inputs</h2><p class="lead">${formatQuantity(inputs.length, 'file')}. The same files give the same report, byte for byte.</p>
<div class="card">${staticTable(columns, rows, inputs.length, 'No input.')}</div>
<h3>Diagnostics</h3><div class="card">${staticTable(noteColumns, notes, diagnostics.length, 'Nothing to report about the input.')}</div></section>`;
}
