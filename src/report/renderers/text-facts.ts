import type { AuditResult } from '../../model/audit-result.ts';
import { gridLine } from '../detection-words.ts';
import { fitText } from '../escape/visible-text.ts';
import { formatCount, formatDay, formatDuration, formatPercent, formatQuantity } from '../number-format.ts';
import type { Summary } from '../summary.ts';
import type { Paint } from './text-paint.ts';

/** What was read and how far it can be trusted: one labelled line each. */
export function factLines(result: AuditResult, summary: Summary, paint: Paint, width: number): string[] {
  const facts: readonly (readonly [string, string])[] = [
    ['Window', windowFact(result)],
    ['Rules', rulesFact(summary)],
    ['Logs', logsFact(summary)],
    ['Coverage', coverageFact(summary)],
    ['Would show', detectionFact(result)],
    ['Traffic', trafficFact(result)],
    ['Unexplained', unexplainedFact(result)],
    ['Warnings', warningsFact(result)],
  ];
  return facts.filter(([, fact]) => fact !== '').map(([label, fact]) => `${paint.dim(label.padEnd(13))}${fitText(fact, width - 13)}`);
}

function windowFact({ window, traffic }: AuditResult): string {
  if (window === null) return '';
  return `${formatDay(window.from)} to ${formatDay(window.to)} (${formatQuantity(window.days, 'day')})${calendarFact(traffic)}`;
}

/** Which dates of the guardrails the window holds; empty when they name none. */
function calendarFact(traffic: AuditResult['traffic']): string {
  const calendar = traffic?.detection?.calendar ?? [];
  if (calendar.length === 0) return '';
  const seen = calendar.filter((entry) => entry.seen !== 'no');
  const whole = seen.filter((entry) => entry.seen === 'yes').length;
  const missed = calendar.filter((entry) => entry.seen === 'no').map(({ name, date }) => `${name} (${date})`);
  const inPart = whole === seen.length ? '' : `, ${formatCount(seen.length - whole)} in part`;
  return `; ${formatCount(seen.length)} of ${formatQuantity(calendar.length, 'date')} seen${inPart}${missed.length === 0 ? '' : `; not: ${missed.join(', ')}`}`;
}

function rulesFact({ ruleCount, policyCount, evaluable }: Summary): string {
  const policies = formatQuantity(policyCount, 'policy', 'policies');
  const { full, partial, no } = evaluable;
  return `${formatCount(ruleCount)} in ${policies}: ${formatCount(full)} fully evaluable, ${formatCount(partial)} partly, ${formatCount(no)} not`;
}

/** The rarest reasons stand last, so that a narrow terminal cuts those. */
function logsFact({ logs }: Summary): string {
  if (logs === null) return 'none given';
  const reasons = logs.skippedByReason.map(([reason, count]) => `${reason} ${formatCount(count)}`).join(', ');
  const files = logs.fileCount === 0 ? '' : `${formatQuantity(logs.fileCount, 'file')}: `;
  const sum = `${formatCount(logs.records)} records read = ${formatCount(logs.accepted)} accepted + ${formatCount(logs.skipped)} skipped`;
  return `${files}${sum}${reasons === '' ? '' : ` (${reasons})`}`;
}

function coverageFact({ coverage, worstCoverage: worst }: Summary): string {
  if (worst === null) return '';
  const whole = coverage.filter((entry) => Number(entry.coverage) >= 0.95).length;
  const longest = [...worst.gaps].sort((a, b) => Date.parse(b.to) - Date.parse(b.from) - (Date.parse(a.to) - Date.parse(a.from)))[0];
  const gap = longest === undefined ? '' : ` (gap of ${formatDuration(longest.from, longest.to)} from ${formatDay(longest.from)})`;
  return `worst ${worst.attachment || '(no interface)'} ${formatPercent(worst.coverage)}${gap}; ${formatCount(whole)} of ${formatCount(coverage.length)} reach 95 %`;
}

/** Which regular uses the worst interface would have shown; a percentage is the share of the hours in which such a use may come. */
function detectionFact({ traffic }: AuditResult): string {
  return traffic?.detection === undefined ? '' : gridLine(traffic.detection);
}

function trafficFact({ traffic }: AuditResult): string {
  if (traffic === null) return '';
  const apart = [
    traffic.unattributable === 0 ? '' : `${formatCount(traffic.unattributable)} on unknown interfaces`,
    traffic.outsideWindow === 0 ? '' : `${formatCount(traffic.outsideWindow)} outside the window`,
  ].filter((part) => part !== '');
  return `${formatQuantity(traffic.connections, 'connection')}${apart.length === 0 ? '' : `; apart: ${apart.join(', ')}`}`;
}

function unexplainedFact({ traffic }: AuditResult): string {
  if (traffic === null) return '';
  if (traffic.unexplained === 0) return 'none: the rules explain every connection they were asked about';
  const first = traffic.unexplainedFlows[0];
  const most = first === undefined ? '' : `; most: ${first.flow} on ${first.attachment} (${formatCount(first.connections)})`;
  return `${formatQuantity(traffic.unexplained, 'connection')} no rule explains${most}`;
}

function warningsFact({ diagnostics }: AuditResult): string {
  const serious = diagnostics.filter((diagnostic) => diagnostic.severity !== 'info');
  const first = serious[0];
  if (first === undefined) return '';
  const count = serious.reduce((sum, diagnostic) => sum + (diagnostic.count ?? 1), 0);
  return `${formatCount(count)}, the first: ${first.message}`;
}
