import type { AuditResult } from '../../model/audit-result.ts';
import { formatRuleRef } from '../../model/rule.ts';
import { BOUND_IS_NO_FORECAST, backtestSentences, forecastSentences } from '../backtest-words.ts';
import { gridLine, sayDate } from '../detection-words.ts';
import { markdownText } from '../escape/markdown-escape.ts';
import { markdownTable } from '../escape/markdown-table.ts';
import { gradeOfFinding } from '../finding-grade.ts';
import { toHeadline } from '../headline.ts';
import { whyNoTraffic } from '../no-traffic.ts';
import { formatCount, formatDay, formatMinute, formatPercent } from '../number-format.ts';
import { planExtent } from '../plan-extent.ts';
import { keyOf, toRuleViews } from '../rule-index.ts';
import { STANDING_WORDS, STANDINGS } from '../rule-standing.ts';
import { describeSkipped } from '../skipped-records.ts';
import { type Summary, summarise } from '../summary.ts';
import { NOT_PROPOSED_WORDS } from '../words/not-proposed-reasons.ts';
import type { TextRenderer } from './renderer.ts';

/** A report for tickets and pull requests: summary, findings, plan, coverage, inputs. Long lists are cut, and say so. */
export const markdown: TextRenderer = {
  name: 'markdown',
  title: 'Markdown for tickets and pull requests',
  suffixes: ['.md', '.markdown'],
  render: (result) => {
    const summary = summarise(result);
    const sections = [
      introduction(result, summary),
      population(result, summary),
      findingTable(result, summary),
      planSection(result),
      backtestPart(result),
      coverageTable(result, summary),
      unexplainedTable(result),
      inputTable(result),
      diagnosticTable(result),
    ];
    return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
  },
};

const ROWS_SHOWN = 200;

function introduction(result: AuditResult, summary: Summary): string {
  const incomplete = [
    '> **INCOMPLETE: this answer is missing something. Do not act on silence in it.**',
    ...result.incompleteBecause.map((reason) => `> - ${markdownText(reason)}`),
  ];
  const window = result.window === null ? '' : ` · ${formatDay(result.window.from)} to ${formatDay(result.window.to)}`;
  const asOf = result.asOf === null ? '' : ` · as of ${formatDay(result.asOf)}`;
  const { usage, plan } = toHeadline(result, summary);
  return [
    '# Firewall rule audit',
    ...(result.complete ? [] : [incomplete.join('\n')]),
    `**${usage}** ${plan}`,
    `rulesweep ${markdownText(result.tool.version)}${window}${asOf}`,
  ].join('\n\n');
}

function population(result: AuditResult, { standings, ruleCount, evaluable }: Summary): string {
  const rows = STANDINGS.filter((standing) => standings[standing] > 0).map((standing) => [
    STANDING_WORDS[standing].title,
    formatCount(standings[standing]),
    STANDING_WORDS[standing].meaning,
  ]);
  const readable = `${formatCount(evaluable.full)} fully evaluable, ${formatCount(evaluable.partial)} partly, ${formatCount(evaluable.no)} not.`;
  return [
    `## Rules: ${formatCount(ruleCount)}`,
    readable,
    table(['status', 'rules', 'meaning'], rows, rows.length),
    result.traffic === null ? whyNoTraffic(result) : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function findingTable(result: AuditResult, { open, settledCount }: Summary): string {
  const views = new Map(toRuleViews(result).map((view) => [keyOf({ policy: view.policy.id, rule: view.rule.id }), view.rule]));
  const rows = open
    .slice(0, ROWS_SHOWN)
    .map((finding) => [
      finding.severity,
      finding.kind,
      formatRuleRef(finding),
      views.get(keyOf(finding))?.asWritten ?? '',
      `${finding.evidence.grade} (${gradeOfFinding(finding).title})`,
      finding.explanation,
      finding.id,
    ]);
  const settled = settledCount === 0 ? '' : `\n\n${formatCount(settledCount)} accepted or fixed findings are not listed.`;
  return `## Findings: ${formatCount(open.length)}\n\n${table(['severity', 'kind', 'rule', 'as written', 'evidence', 'what was found', 'id'], rows, open.length)}${settled}`;
}

function planSection({ plan }: AuditResult): string {
  const removals = plan.removals
    .slice(0, ROWS_SHOWN)
    .map((removal) => [
      formatRuleRef(removal),
      removal.effect,
      formatCount(removal.flowsAffected),
      removal.rationale.change,
      removal.rationale.signal,
      removal.rationale.confidence,
      removal.rationale.authority,
    ]);
  const held = plan.notProposed
    .slice(0, ROWS_SHOWN)
    .map((entry) => [formatRuleRef(entry), entry.reason, NOT_PROPOSED_WORDS[entry.reason], entry.detail]);
  return [
    `## Plan: ${formatCount(plan.removals.length)} removals`,
    ...planExtent(plan).map(markdownText),
    table(['rule', 'effect', 'flows affected', 'change', 'signal', 'confidence', 'authority'], removals, plan.removals.length),
    `### Held back: ${formatCount(plan.notProposed.length)}`,
    table(['rule', 'reason', 'in words', 'detail'], held, plan.notProposed.length),
  ].join('\n\n');
}

/** How often "unused" was wrong on these logs, and what that means for the plan. */
function backtestPart(result: AuditResult): string {
  const sentences = [...backtestSentences(result), ...forecastSentences(result)];
  if (sentences.length === 0) return '';
  return ['### Backtest of unused', ...[...sentences, BOUND_IS_NO_FORECAST].map(markdownText)].join('\n\n');
}

function coverageTable({ traffic }: AuditResult, { coverage }: Summary): string {
  if (coverage.length === 0) return '';
  const rows = coverage
    .slice(0, ROWS_SHOWN)
    .map((entry) => [
      entry.attachment,
      formatPercent(entry.coverage),
      formatCount(entry.daysWithData),
      entry.gaps.map((gap) => `${formatMinute(gap.from)} to ${formatMinute(gap.to)}`).join('; '),
      entry.known ? '' : 'no inventory knows it',
    ]);
  return `## Coverage${detectionLines(traffic)}\n\n${table(['interface', 'coverage', 'days with data', 'longest gaps (UTC)', 'note'], rows, coverage.length)}`;
}

function detectionLines(traffic: AuditResult['traffic']): string {
  if (traffic?.detection === undefined) return '';
  const { calendar } = traffic.detection;
  const dates = calendar.map((entry) => `${entry.name} (${entry.date}): ${sayDate(entry)}`).join('; ');
  const uses = `A regular use would have shown, on the worst interface and as a share of the hours in which it may come: ${gridLine(traffic.detection)}.`;
  return `\n\n${markdownText(uses)}${calendar.length === 0 ? '' : `\n\n${markdownText(`Calendar: ${dates}.`)}`}`;
}

function unexplainedTable({ traffic }: AuditResult): string {
  if (traffic === null || traffic.unexplained === 0) return '';
  const rows = traffic.unexplainedFlows.map((flow) => [
    flow.attachment,
    flow.direction ?? '',
    flow.flow,
    flow.loggedAction,
    formatCount(flow.connections),
    flow.reason,
  ]);
  return `## Flows no rule explains: ${formatCount(traffic.unexplained)}\n\n${table(['interface', 'direction', 'flow', 'logged', 'connections', 'why'], rows, rows.length)}`;
}

function inputTable({ inputs }: AuditResult): string {
  const rows = inputs
    .slice(0, ROWS_SHOWN)
    .map((entry) => [
      entry.role,
      entry.path,
      entry.format,
      formatCount(entry.records),
      formatCount(entry.accepted),
      describeSkipped(entry.skippedByReason),
      entry.sha256,
    ]);
  return `## Inputs: ${formatCount(inputs.length)}\n\n${table(['role', 'file', 'format', 'records', 'accepted', 'skipped', 'SHA-256'], rows, inputs.length)}`;
}

function diagnosticTable({ diagnostics }: AuditResult): string {
  if (diagnostics.length === 0) return '';
  const rows = diagnostics
    .slice(0, ROWS_SHOWN)
    .map((entry) => [
      entry.severity,
      entry.code,
      `${entry.path ?? ''}${entry.line === undefined ? '' : `:${entry.line}`}`,
      formatCount(entry.count ?? 1),
      entry.message,
    ]);
  return `## Diagnostics: ${formatCount(diagnostics.length)}\n\n${table(['severity', 'code', 'where', 'count', 'message'], rows, diagnostics.length)}`;
}

/** `total` is the length of the whole list; what is cut is said below. */
function table(header: readonly string[], rows: readonly (readonly string[])[], total: number): string {
  const cut = `The first ${formatCount(rows.length)} of ${formatCount(total)}; the rest is in audit.json, rules.csv and findings.csv.`;
  return `${markdownTable(header, rows)}${rows.length > 0 && total > rows.length ? `\n\n${cut}` : ''}`;
}
