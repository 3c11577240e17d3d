import type { Detection } from '../../model/detection.ts';
import { blindHours, explainUse, listDays, sayCaught, type WeekCell, weekRows } from '../detection-words.ts';
import { formatQuantity } from '../number-format.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { STATIC_ROWS, type StaticColumn, staticTable } from './static-table.ts';

/** What the window can show at all: the grid of regular uses, the hours of the week, the calendar of the guardrails. */
export function detectionPart(detection: Detection): Markup {
  return markup`<h3>Would this window have shown a regular use?</h3><div class="card">${usesTable(detection)}</div>
<h3>Hours of the week (UTC)</h3>${weekTable(detection)}
${calendarTable(detection)}`;
}

const TONES = { yes: 'ok', partly: 'medium', no: 'high' } as const;

function usesTable({ uses, interfaces }: Detection): Markup {
  const rows = uses.map((use) => [
    `a ${use.use} use`,
    markup`<span class="badge ${TONES[use.caught]}">${sayCaught(use)}</span>`,
    explainUse(use, interfaces),
  ]);
  const columns: readonly StaticColumn[] = [
    { label: 'Use', kind: 'word' },
    { label: 'Shown', kind: 'word' },
    { label: 'What that means', kind: 'text' },
  ];
  return staticTable(columns, rows, rows.length, 'Nothing can be said.');
}

function weekTable(detection: Detection): Markup {
  const hours = Array.from({ length: 24 }, (_, hour) => markup`<th scope="col">${String(hour).padStart(2, '0')}</th>`);
  const rows = weekRows(detection).map(
    (row) => markup`<tr><th scope="row">${row[0]?.weekday ?? ''}</th>${row.map((cell) => weekCell(cell, detection))}</tr>`,
  );
  const blind = blindHours(detection);
  const gaps =
    blind === ''
      ? 'There is no hour of the week that an interface never saw.'
      : `Never covered on at least one of ${formatQuantity(detection.interfaces, 'interface')}: ${blind}.`;
  return markup`<div class="card week-card"><p class="week-note">${gaps} A cell is the share of that hour that the interface with the least of it covered, in percent; blank: all of it; –: the hour is not in the window.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Coverage by weekday and hour"><table class="week"><caption class="unseen">Coverage by weekday and hour (UTC), of the interface that has it least</caption>
<thead><tr><th scope="col"><span class="unseen">Weekday</span></th>${hours}</tr></thead><tbody>${rows}</tbody></table></div></div>`;
}

function weekCell({ weekday, hour, occurs, covered, blindInterfaces }: WeekCell, { interfaces }: Detection): Markup {
  const at = `${weekday} ${String(hour).padStart(2, '0')}:00`;
  if (occurs === 0) return markup`<td class="heat-none" title="${at}: not in the window">–</td>`;
  const share = covered / occurs;
  const blind = blindInterfaces === 0 ? '' : `; ${blindInterfaces} of ${formatQuantity(interfaces, 'interface')} never`;
  const title = `${at}: ${covered} of ${occurs} on the worst interface${blind}`;
  if (covered === occurs) return markup`<td class="heat-all" title="${title}"><span class="unseen">100</span></td>`;
  const tone = share === 0 ? 'heat-zero' : share < 0.8 ? 'heat-few' : 'heat-most';
  return markup`<td class="${tone}" title="${title}">${Math.floor(share * 100)}</td>`;
}

function calendarTable({ calendar }: Detection): Markup {
  if (calendar.length === 0) return NOTHING;
  const rows = calendar
    .slice(0, STATIC_ROWS)
    .map((entry) => [
      markup`${entry.name}${entry.reason === '' ? NOTHING : markup`<span class="sub">${entry.reason}</span>`}`,
      entry.date,
      markup`<span class="badge ${TONES[entry.seen]}">${entry.seen === 'partly' ? 'in part' : entry.seen}</span>`,
      entry.days.length === 0 ? 'not in the window' : listDays(entry),
    ]);
  const columns: readonly StaticColumn[] = [
    { label: 'Date of the guardrails', kind: 'text' },
    { label: 'When', kind: 'word' },
    { label: 'Seen', kind: 'word' },
    { label: 'Days in the window (UTC)', kind: 'text' },
  ];
  return markup`<h3>Calendar</h3><div class="card">${staticTable(columns, rows, calendar.length, '')}</div>`;
}
