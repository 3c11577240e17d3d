import type { CheckResult } from '../../model/check-result.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { fitText, wrapText } from '../escape/visible-text.ts';
import { formatCount, formatDay, formatQuantity } from '../number-format.ts';
import { type Paint, painter } from '../renderers/text-paint.ts';
import { describeCounts } from './change-words.ts';
import { checkState, failingItems } from './check-state.ts';
import { decisionEntries } from './decision-entry.ts';
import { changeLines, flowLines } from './text-changes.ts';
import { failingLines, otherLines } from './text-items.ts';
import { fact, hiddenLines, indented } from './text-lines.ts';

const MOST_DIAGNOSTICS = 20;
const MOST_DECISIONS = 5;

/** For a terminal or a CI log: what must not get in first, then what changes, then counts. No line is longer than `width`, except what a person copies. */
export function checkText(result: CheckResult, options: { readonly color: boolean; readonly width: number }): string {
  const paint = painter(options.color);
  const width = Math.max(60, options.width);
  const lines = [
    ...headLines(result, paint, width),
    ...failingLines(result, paint, width),
    ...otherLines(result, paint, width),
    ...changeLines(result, paint, width),
    ...flowLines(result, paint, width),
    '',
    paint.bold('Findings there were before'),
    ...fact('resolved', describeCounts(result.resolved), width),
    ...fact('remaining', describeCounts(result.remaining), width),
    ...noteLines(result, paint, width),
    ...decisionLines(result, paint, width),
  ];
  return `${lines.join('\n')}\n`;
}

function headLines(result: CheckResult, paint: Paint, width: number): string[] {
  const { word, sentence } = checkState(result);
  const [first = '', ...rest] = wrapText(`${word}: ${sentence}`, width, 6);
  const emphasis = { PASSED: paint.bold, FAILED: paint.red, INCOMPLETE: paint.yellow }[word];
  const more = result.complete ? [] : result.incompleteBecause.slice(1);
  const date = result.asOf === null ? whatNoDateCosts(result) : `, as of ${formatDay(result.asOf)}`;
  return [
    `${paint.bold(emphasis(first.slice(0, word.length)))}${first.slice(word.length)}`,
    ...rest,
    ...more.flatMap((reason) => indented(reason, '  ', width, 3)),
    paint.dim(fitText(`rulesweep ${result.tool.version}${date}`, width)),
  ];
}

/** Somebody who forgot the date should not have to read to the end to find out why nothing was excused. */
function whatNoDateCosts({ diagnostics }: CheckResult): string {
  const isNeeded = diagnostics.some(({ code }) => code === 'EXCEPTIONS_WITHOUT_DATE' || code === 'DECISIONS_WITHOUT_DATE');
  return isNeeded ? ', without a date: no exception and no decision holds (--as-of)' : '';
}

function noteLines({ notes, diagnostics }: CheckResult, paint: Paint, width: number): string[] {
  if (notes.length + diagnostics.length === 0) return [];
  return [
    '',
    paint.bold('Notes'),
    ...[...notes, ...diagnostics.slice(0, MOST_DIAGNOSTICS).map(describeDiagnostic)].flatMap((text) => indented(text, '  ', width, 4)),
    ...hiddenLines(diagnostics.length - MOST_DIAGNOSTICS, 'diagnostic', 'diagnostics'),
  ];
}

function describeDiagnostic({ severity, code, path, line, message, count }: Diagnostic): string {
  const times = count === undefined ? '' : ` (${formatCount(count)} times)`;
  const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}: `;
  return `${severity} ${code}${times}: ${place}${message}`;
}

function decisionLines(result: CheckResult, paint: Paint, width: number): string[] {
  const decidable = failingItems(result).filter(({ ruleKey }) => ruleKey !== null);
  if (decidable.length === 0) return [];
  const hidden = decidable.length - MOST_DECISIONS;
  return [
    '',
    paint.bold('If something has to stay'),
    ...indented('Entries for the decisions file, below "decisions:", with a reason and an owner:', '  ', width, 2),
    ...decisionEntries(decidable.slice(0, MOST_DECISIONS), result.asOf).map((line) => `  ${line}`),
    ...(hidden <= 0 ? [] : ['', `  ${formatQuantity(hidden, 'entry', 'entries')} not shown: --out FILE.md has one beside each thing.`]),
  ];
}
