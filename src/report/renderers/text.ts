import { type AuditResult, ruleOf } from '../../model/audit-result.ts';
import type { Finding } from '../../model/finding.ts';
import { formatRuleRef, type RuleRef } from '../../model/rule.ts';
import { forecastLine } from '../backtest-words.ts';
import { fitText, wrapText } from '../escape/visible-text.ts';
import { planSentence } from '../headline.ts';
import { whyNoTraffic } from '../no-traffic.ts';
import { formatCount, formatDay, formatQuantity } from '../number-format.ts';
import { type Summary, summarise } from '../summary.ts';
import type { RenderOptions, TextRenderer } from './renderer.ts';
import { factLines } from './text-facts.ts';
import { type Paint, painter } from './text-paint.ts';

/** What an audit found, on one screen: at most 40 lines, none wider than asked, what to do next at the end. */
export const text: TextRenderer = {
  name: 'text',
  title: 'Summary for the terminal',
  suffixes: ['.txt'],
  render: (result, options) => {
    const paint = painter(options.color);
    const summary = summarise(result);
    const width = Math.max(60, options.width);
    const blocks = [
      headLines(result, paint, width),
      factLines(result, summary, paint, width),
      standingLines(result, summary, paint),
      findingLines(result, summary, paint, width),
      planLines(result, summary, paint, width),
      nextLines(result, options, paint, width),
    ];
    return `${blocks
      .filter((block) => block.length > 0)
      .map((block) => block.join('\n'))
      .join('\n\n')}\n`;
  },
};

const INCOMPLETE_SHOWN = 3;

function headLines(result: AuditResult, paint: Paint, width: number): string[] {
  const date = result.asOf === null ? '' : `, as of ${formatDay(result.asOf)}`;
  const title = paint.bold(`rulesweep ${fitText(result.tool.version, 20)}${date}`);
  if (result.complete) return [title];
  const shown = result.incompleteBecause.slice(0, INCOMPLETE_SHOWN).map((reason) => fitText(`  - ${reason}`, width));
  const more = result.incompleteBecause.length - shown.length;
  return [
    title,
    paint.red(paint.bold('INCOMPLETE: this answer is missing something. Do not act on silence in it.')),
    ...shown,
    ...(more > 0 ? [`  - and ${formatQuantity(more, 'more reason')} in audit.json`] : []),
  ];
}

const BAR_WIDTH = 30;

/** How many rules stand where; a bar for each count that is not zero. */
function standingLines(result: AuditResult, summary: Summary, paint: Paint): string[] {
  if (result.traffic === null) return [];
  const { standings, unusedByGrade, ruleCount } = summary;
  const grades = (['A', 'B', 'C'] as const).flatMap((grade) =>
    (unusedByGrade[grade] ?? 0) > 0 ? [`${grade} ${formatCount(unusedByGrade[grade] ?? 0)}`] : [],
  );
  const undecided = standings.indeterminate + standings.contradictory + standings['not assessed'];
  const bars: readonly (readonly [string, number, string])[] = [
    ['used', standings.used, ''],
    ['unused', standings.unused, grades.length === 0 ? '' : `evidence ${grades.join(' · ')}`],
    ['no hits seen', standings['no hits seen'], 'not called unused: too little data, a deny, or another cause'],
    ['possibly used', standings['possibly used'], 'the log cannot tell'],
    ['indeterminate', undecided, 'the log cannot show use of these'],
  ];
  return bars
    .filter(([, count]) => count > 0)
    .map(([label, count, note]) => {
      const bar = '█'.repeat(Math.max(1, Math.round((count / ruleCount) * BAR_WIDTH)));
      const line = `  ${label.padEnd(14)}${formatCount(count).padStart(7)}  ${label === 'unused' ? paint.yellow(bar) : paint.dim(bar)}`;
      return note === '' ? line : `${line} ${paint.dim(note)}`;
    });
}

const FINDINGS_SHOWN = 4;
const SHOWN_PER_KIND = 2;

function findingLines(result: AuditResult, summary: Summary, paint: Paint, width: number): string[] {
  const settled = summary.settledCount === 0 ? '' : ` (${formatCount(summary.settledCount)} accepted or fixed not counted)`;
  if (summary.open.length === 0) return [paint.bold(`No open findings${settled}`)];
  const severities = summary.bySeverity.map(([severity, count]) => `${formatCount(count)} ${severity}`).join(', ');
  const written = writtenRules(result);
  const kinds = summary.byKind.map(([kind, count]) => `${kind} ${formatCount(count)}`).join(' · ');
  return [
    paint.bold(fitText(`${formatQuantity(summary.open.length, 'finding')}: ${severities}${settled}`, width)),
    ...wrapText(kinds, width - 2, 2).map((line) => paint.dim(`  ${line}`)),
    ...topFindings(summary.open).flatMap((finding) => [
      `  ${paint.severity(finding.severity.padEnd(8), finding.severity)} ${fitText(`${finding.kind}  ${formatRuleRef(finding)}`, width - 34)}  ${paint.dim(finding.id)}`,
      ...wrapText(`${written(finding)}${finding.explanation}`, width - 11, result.complete ? 2 : 1).map((line) => `           ${line}`),
    ]),
  ];
}

const WRITTEN_WIDTH = 44;

/** What the rule of a finding says, as a lead-in to the explanation; empty for a rule that is gone. */
function writtenRules(result: AuditResult): (ref: RuleRef) => string {
  return (ref) => {
    const rule = ruleOf(result, ref);
    if (rule === undefined) return '';
    const policy = result.policies.find(({ id }) => id === ref.policy);
    const name = policy === undefined || policy.name === '' || policy.id.startsWith(policy.name) ? '' : `${policy.name}: `;
    return `[${fitText(`${name}${rule.asWritten}`, WRITTEN_WIDTH)}] `;
  };
}

/** The most severe ones, at most two of a kind as long as other kinds are left: five copies of one mistake say less than five mistakes. */
function topFindings(open: readonly Finding[]): Finding[] {
  const perKind = new Map<string, number>();
  const first: Finding[] = [];
  const rest: Finding[] = [];
  for (const finding of open) {
    const seen = perKind.get(finding.kind) ?? 0;
    perKind.set(finding.kind, seen + 1);
    (seen < SHOWN_PER_KIND ? first : rest).push(finding);
  }
  return [...first, ...rest].slice(0, FINDINGS_SHOWN);
}

function planLines(result: AuditResult, summary: Summary, paint: Paint, width: number): string[] {
  const held = result.plan.notProposed.length;
  const forecast = forecastLine(result);
  const reasons = summary.notProposedByReason
    .slice(0, 3)
    .map(([reason, count]) => `${reason} ${formatCount(count)}`)
    .join(', ');
  return [
    fitText(`Plan: ${planSentence(summary.removals)}`, width),
    ...(held === 0 ? [] : [paint.dim(fitText(`  ${formatQuantity(held, 'candidate')} held back: ${reasons}`, width))]),
    ...(forecast === null ? [] : wrapText(forecast, width - 2, 2).map((line) => paint.dim(`  ${line}`))),
  ];
}

/** What to do with the answer. The last line repeats that no traffic was given, because silence about use must not look like an answer. */
function nextLines(result: AuditResult, options: RenderOptions, paint: Paint, width: number): string[] {
  const steps = options.outDir === null ? STEPS_WITHOUT_FILES : stepsWithFiles(result, fitText(options.outDir.replace(/\/$/, ''), 48));
  const lines = [paint.bold('Next'), ...steps.map((step) => fitText(`  ${step}`, width))];
  if (result.traffic === null) lines.push(paint.yellow(whyNoTraffic(result)));
  return lines;
}

const STEPS_WITHOUT_FILES = [
  'add --out DIR to write report.html, rules.csv, findings.csv, audit.json and changes/',
  'or --format json|jsonl|csv|md for the whole answer on standard output',
] as const;

function stepsWithFiles(result: AuditResult, dir: string): string[] {
  return [
    `open ${dir}/report.html          everything, with filters`,
    `open ${dir}/rules.csv            every rule with its evidence, columns for the review`,
    ...(result.plan.removals.length === 0 ? [] : [`read ${dir}/changes/             pre-check, apply and rollback of the plan`]),
    `rulesweep report ${dir}/audit.json -o FILE.md   other formats, without the data`,
  ];
}
