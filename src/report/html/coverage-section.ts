import type { AuditResult, Coverage } from '../../model/audit-result.ts';
import { formatCount, formatDay, formatDuration, formatMinute, formatPercent } from '../number-format.ts';
import type { Summary } from '../summary.ts';
import { gapTimeline } from './charts.ts';
import { detectionPart } from './detection-part.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { STATIC_ROWS, type StaticColumn, staticTable } from './static-table.ts';

/** How much of the window each interface was observed; the least observed first, because it grades the rules it serves. */
export function coverageSection({ window, traffic }: AuditResult, { coverage }: Summary): Markup {
  if (window === null) return NOTHING;
  const rows = coverage
    .slice(0, STATIC_ROWS)
    .map((entry) => [
      markup`<code>${entry.attachment || '(unnamed)'}</code>${entry.known ? '' : ' not in any inventory'}`,
      formatPercent(entry.coverage),
      markup`${gapTimeline(window, entry.gaps, `Longest gaps of ${entry.attachment}`)}${gapList(entry)}`,
      `${formatCount(entry.daysWithData)} of ${formatCount(window.days)}`,
      hoursWithoutLog(entry),
    ]);
  const columns: readonly StaticColumn[] = [
    { label: 'Interface', kind: 'text' },
    { label: 'Observed', kind: 'number' },
    { label: `${formatDay(window.from)} to ${formatDay(window.to)}`, kind: 'text' },
    { label: 'Days with data', kind: 'number' },
    { label: 'Never covered (UTC)', kind: 'text' },
  ];
  return markup`<section aria-labelledby="coverage"><h2 id="coverage">Coverage</h2><p class="lead">Silence only counts where the log was listening. A rule is graded by the worst interface it serves. Red: the longest stretches without data, at most three.</p>
<div class="card">${staticTable(columns, rows, coverage.length, 'The logs name no interface.')}</div>
${traffic?.detection === undefined ? NOTHING : detectionPart(traffic.detection)}</section>`;
}

function gapList({ gaps }: Coverage): Markup {
  if (gaps.length === 0) return NOTHING;
  const text = gaps.map((gap) => `${formatMinute(gap.from)}, ${formatDuration(gap.from, gap.to)}`).join(' · ');
  return markup`<span class="sub wide">${text}</span>`;
}

function hoursWithoutLog({ emptyHourCells, skippedHours }: Coverage): string {
  const hours =
    emptyHourCells.length === 24
      ? 'some day of the week at every hour'
      : emptyHourCells.map((hour) => `${String(hour).padStart(2, '0')}h`).join(' ');
  const lost = skippedHours === 0 ? '' : `${formatCount(skippedHours)} h with lost records`;
  return [hours, lost].filter((part) => part !== '').join('; ');
}
