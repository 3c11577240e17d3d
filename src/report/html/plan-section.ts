import type { AuditResult } from '../../model/audit-result.ts';
import { formatCount, formatQuantity } from '../number-format.ts';
import { planExtent } from '../plan-extent.ts';
import type { Summary } from '../summary.ts';
import { NOT_PROPOSED_WORDS } from '../words/not-proposed-reasons.ts';
import { backtestPart } from './backtest-part.ts';
import { type Markup, markup } from './markup.ts';
import { ruleLink, STATIC_ROWS, type StaticColumn, staticTable } from './static-table.ts';

/** What would be changed and why, and what was held back and why. */
export function planSection(result: AuditResult, summary: Summary): Markup {
  const { plan } = result;
  const removals = plan.removals
    .slice(0, STATIC_ROWS)
    .map((removal, index) => [
      ruleLink(removal),
      markup`<span class="badge ${removal.effect === 'none' ? 'ok' : 'medium'}">${removal.effect === 'none' ? 'changes nothing' : 'narrows'}</span>`,
      markup`${removal.rationale.change}<span class="sub wide">${removal.rationale.signal}</span>`,
      removal.rationale.confidence,
      removal.rationale.authority,
      formatCount(removal.flowsAffected),
      `${index + 1}`,
    ]);
  const columns: readonly StaticColumn[] = [
    { label: 'Rule', kind: 'text' },
    { label: 'Effect', kind: 'word' },
    { label: 'Change', kind: 'text' },
    { label: 'How sure', kind: 'text' },
    { label: 'Authority', kind: 'text' },
    { label: 'Flows affected', kind: 'number' },
    { label: 'Step', kind: 'number' },
  ];
  const held = plan.notProposed
    .slice(0, STATIC_ROWS)
    .map((entry) => [ruleLink(entry), NOT_PROPOSED_WORDS[entry.reason], entry.detail, markup`<code>${entry.reason}</code>`]);
  const heldColumns: readonly StaticColumn[] = [
    { label: 'Rule', kind: 'text' },
    { label: 'Why not', kind: 'text' },
    { label: 'Detail', kind: 'text' },
    { label: 'Code', kind: 'word' },
  ];
  const reasons = summary.notProposedByReason.map(([reason, count]) => `${formatCount(count)} × ${NOT_PROPOSED_WORDS[reason]}`).join(' · ');
  return markup`<section aria-labelledby="plan"><h2 id="plan">Plan</h2><p class="lead">${formatQuantity(plan.removals.length, 'removal')}, in an order in which every step is safe. Commands with pre-check and rollback are in changes/. ${planExtent(plan).join(' ')}</p>
<div class="card">${staticTable(columns, removals, plan.removals.length, 'No removal is proposed.')}</div>
<h3>Held back: ${formatCount(plan.notProposed.length)}</h3><p class="lead">${reasons}</p>
<div class="card">${staticTable(heldColumns, held, plan.notProposed.length, 'No candidate was held back.')}</div>${backtestPart(result)}</section>`;
}
