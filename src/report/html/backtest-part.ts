import type { AuditResult } from '../../model/audit-result.ts';
import type { BacktestPart, TestedShare } from '../../model/backtest.ts';
import { BOUND_IS_NO_FORECAST, backtestSentences, forecastSentences } from '../backtest-words.ts';
import { formatCount, formatDay, formatPercent } from '../number-format.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { type StaticColumn, staticTable } from './static-table.ts';

const COLUMNS: readonly StaticColumn[] = [
  { label: 'Silent in', kind: 'text' },
  { label: 'Looked at in', kind: 'text' },
  { label: 'Permit rules tested', kind: 'number' },
  { label: 'Silent', kind: 'number' },
  { label: 'Hit after all', kind: 'number' },
  { label: 'Share (95 %)', kind: 'text' },
  { label: 'Perhaps hit', kind: 'number' },
  { label: 'Share (95 %)', kind: 'text' },
];

/** How often "unused" was wrong on these logs, and how many of the unused rules will be missed. Nothing without traffic. */
export function backtestPart(result: AuditResult): Markup {
  const backtest = result.traffic?.backtest;
  if (backtest === undefined) return NOTHING;
  const rows = backtest.splits.map(({ first, rest, counted, silent, hit, possiblyHit }) => [
    describePart(first),
    describePart(rest),
    formatCount(counted),
    formatCount(silent),
    formatCount(hit.rules),
    describeShare(hit),
    formatCount(possiblyHit.rules),
    describeShare(possiblyHit),
  ]);
  const sentences = [...(rows.length === 0 ? backtestSentences(result) : []), ...forecastSentences(result), BOUND_IS_NO_FORECAST];
  const table = rows.length === 0 ? NOTHING : markup`<div class="card">${staticTable(COLUMNS, rows, rows.length, '')}</div>`;
  return markup`<h3 id="backtest">Was silence ever wrong?</h3><p class="lead">${sentences.join(' ')}</p>${table}`;
}

function describePart({ from, days, daysWithData, coverage }: BacktestPart): Markup {
  const worst = coverage === null ? '' : `, worst coverage ${formatPercent(coverage)}`;
  return markup`${formatCount(days)} days from ${formatDay(from)}<span class="sub">${formatCount(daysWithData)} with data${worst}</span>`;
}

function describeShare({ share, low, high }: TestedShare): string {
  if (share === null || low === null || high === null) return 'too few';
  return `${formatPercent(share)} (${formatPercent(low)} to ${formatPercent(high)})`;
}
