import type { CheckResult, Introduced } from '../../model/check-result.ts';
import type { PolicyDifference } from '../../model/policy-diff.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { fitText, visibleText, wrapText } from '../escape/visible-text.ts';
import { formatCount, formatDay, formatQuantity } from '../number-format.ts';
import { type Paint, painter } from '../renderers/text-paint.ts';
import { CHECK_KIND_WORDS } from '../words/check-kinds.ts';
import { CHANGE_WORDS, describeCases, describeCounts, policyTitle, summariseDifference, summariseRules } from './change-words.ts';
import { checkState, failingItems, otherItems } from './check-state.ts';
import { decisionEntries } from './decision-entry.ts';
import { describeOpponents, describePackets, itemStanding, itemTitle } from './item-words.ts';

/** More than these are counted, and the JSON document has them. */
const MOST = { failing: 100, others: 50, policies: 50, areas: 10, regions: 4, cases: 4, flows: 10, diagnostics: 20, decisions: 20 } as const;
const LABEL_WIDTH = 12;

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
    ...countLines(result, paint, width),
    ...noteLines(result, paint, width),
    ...decisionLines(result, paint),
  ];
  return `${lines.join('\n')}\n`;
}

function headLines(result: CheckResult, paint: Paint, width: number): string[] {
  const { word, sentence } = checkState(result);
  const emphasis = { PASSED: paint.bold, FAILED: (text: string) => paint.bold(paint.red(text)), INCOMPLETE: (text: string) => paint.bold(paint.yellow(text)) };
  const [first = '', ...rest] = wrapText(`${word}: ${sentence}`, width, 4);
  const more = result.complete ? [] : result.incompleteBecause.slice(1);
  return [
    `${emphasis[word](first.slice(0, word.length))}${first.slice(word.length)}`,
    ...rest,
    ...more.flatMap((reason) => indented(reason, '  ', width, 3)),
    paint.dim(fitText(`as of ${result.asOf === null ? 'no date' : formatDay(result.asOf)}; rulesweep ${result.tool.version}`, width)),
  ];
}

function failingLines(result: CheckResult, paint: Paint, width: number): string[] {
  const items = failingItems(result);
  const shown = items.slice(0, MOST.failing);
  return [...shown.flatMap((item) => ['', ...itemLines(item, paint, width)]), ...hiddenLines(items.length - shown.length, 'thing that must not get in', 'things that must not get in')];
}

function itemLines(item: Introduced, paint: Paint, width: number): string[] {
  const { severity, asWritten, clause, packets, message, ruleKey, sourceRef } = item;
  const areas = packets === null ? null : describePackets(packets, MOST.regions);
  return [
    `${paint.severity(severity.padEnd(8), severity)} ${paint.bold(fitText(itemTitle(item), width - 29))}  ${paint.dim(item.id)}`,
    ...indented(CHECK_KIND_WORDS[item.kind].meaning, '  ', width, 2),
    ...fact('why', message, width),
    ...fact('cause', itemStanding(item), width),
    ...fact('as written', asWritten, width),
    // Never cut or broken: a person copies it.
    `  ${'at'.padEnd(LABEL_WIDTH)}${visibleText(formatSourceRef(sourceRef))}`,
    ...fact('against', describeOpponents(item), width),
    ...(clause === null ? [] : fact('guardrails', `${clause.title} (${clause.id}, line ${clause.line})`, width)),
    ...(areas === null ? [] : fact('packets', areas.count, width)),
    ...(areas === null ? [] : areas.regions.map((region) => `  ${''.padEnd(LABEL_WIDTH)}${visibleText(region)}`)),
    ...(areas === null || areas.more === '' ? [] : [`  ${''.padEnd(LABEL_WIDTH)}${areas.more}`]),
    ...(packets === null ? [] : [`  ${'for example'.padEnd(LABEL_WIDTH)}${visibleText(packets.witness)}`]),
    ...(ruleKey === null ? [] : [`  ${'rule key'.padEnd(LABEL_WIDTH)}${visibleText(ruleKey)}`]),
  ];
}

function otherLines(result: CheckResult, paint: Paint, width: number): string[] {
  const items = otherItems(result);
  if (items.length === 0) return [];
  const shown = items.slice(0, MOST.others);
  return [
    '',
    paint.bold('Introduced too, without failing the check'),
    ...shown.flatMap((item) => [
      `  ${paint.severity(item.severity.padEnd(8), item.severity)} ${fitText(itemTitle(item), width - 31)}  ${paint.dim(item.id)}`,
      ...indented(`${itemStanding(item)}. ${item.message}`, '           ', width, 3),
      `           ${visibleText(formatSourceRef(item.sourceRef))}`,
    ]),
    ...hiddenLines(items.length - shown.length, 'other thing', 'other things'),
  ];
}

function changeLines({ policies, unchangedPolicies }: CheckResult, paint: Paint, width: number): string[] {
  if (policies.length === 0) return [];
  const shown = policies.slice(0, MOST.policies);
  const unchanged = unchangedPolicies === 0 ? [] : ['', `${formatQuantity(unchangedPolicies, 'policy', 'policies')} unchanged.`];
  return [
    '',
    paint.bold('What the change does to packets'),
    ...shown.flatMap((policy) => differenceLines(policy, paint, width)),
    ...hiddenLines(policies.length - shown.length, 'changed policy', 'changed policies'),
    ...unchanged,
  ];
}

function differenceLines(difference: PolicyDifference, paint: Paint, width: number): string[] {
  const { areas, areasOmitted, notes } = difference;
  const shown = areas.slice(0, MOST.areas);
  const hidden = areas.length - shown.length + (areasOmitted?.count ?? 0);
  const rules = summariseRules(difference);
  return [
    ...indented(`${policyTitle(difference)}: ${summariseDifference(difference)}${rules === '' ? '' : ` (${rules})`}`, '  ', width, 3),
    ...shown.flatMap((area) => {
      const { count, regions, more } = describePackets(area, MOST.regions);
      const cases = describeCases(area);
      const sign = area.change === 'widened' ? '+' : area.change === 'narrowed' ? '-' : '~';
      return [
        ...regions.map((region, index) => `    ${index === 0 ? sign : ' '} ${visibleText(region)}`),
        ...(more === '' ? [] : [`      ${more}`]),
        ...indented(`${CHANGE_WORDS[area.change]}: ${count}`, '        ', width, 2).map(paint.dim),
        ...cases.slice(0, MOST.cases).flatMap((sentence) => indented(sentence, '        ', width, 3)),
        ...(cases.length > MOST.cases ? [`        and ${formatQuantity(cases.length - MOST.cases, 'more case')}`] : []),
      ];
    }),
    ...(hidden === 0 ? [] : [`    and ${formatQuantity(hidden, 'more area')}: --format json lists ${areasOmitted === null ? 'all of them' : 'more of them'}`]),
    ...notes.flatMap((note) => indented(note, '    ', width, 3)),
  ];
}

function flowLines({ flows }: CheckResult, paint: Paint, width: number): string[] {
  if (flows === null) return [];
  const { window, policies } = flows;
  const title = `Logged connections in the changed packets, ${formatDay(window.from)} to ${formatDay(window.to)} (${formatQuantity(window.days, 'day')})`;
  return [
    '',
    paint.bold(fitText(title, width)),
    ...(policies.length === 0 ? ['  none'] : []),
    ...policies.flatMap((touched) => [
      ...indented(
        `${touched.policy}: ${range(touched.certain, touched.possible)}; at most ${formatCount(touched.acceptedNowDenied)} accepted then and denied now, ${formatCount(touched.rejectedNowPermitted)} rejected then and permitted now`,
        '  ',
        width,
        3,
      ),
      ...touched.samples
        .slice(0, MOST.flows)
        .map(({ flow, connections, change }) => fitText(`    ${formatQuantity(connections, 'connection')}  ${flow}  ${CHANGE_WORDS[change]}`, width)),
      ...hiddenLines(touched.samples.length - MOST.flows, 'sample', 'samples').slice(1),
    ]),
  ];
}

function range(certain: number, possible: number): string {
  return certain === possible ? formatQuantity(possible, 'connection') : `${formatCount(certain)} to ${formatQuantity(possible, 'connection')}`;
}

function countLines({ resolved, remaining }: CheckResult, paint: Paint, width: number): string[] {
  return [
    '',
    paint.bold('Findings there were before'),
    ...fact('resolved', describeCounts(resolved), width),
    ...fact('remaining', describeCounts(remaining), width),
  ];
}

function noteLines({ notes, diagnostics }: CheckResult, paint: Paint, width: number): string[] {
  const shown = diagnostics.slice(0, MOST.diagnostics);
  const sentences = [
    ...notes,
    ...shown.map(({ severity, code, path, line, message, count }) => {
      const place = path === undefined ? '' : `${path}${line === undefined ? '' : `:${line}`}: `;
      return `${severity} ${code}${count === undefined ? '' : ` (${formatCount(count)} times)`}: ${place}${message}`;
    }),
  ];
  if (sentences.length === 0) return [];
  return ['', paint.bold('Notes'), ...sentences.flatMap((sentence) => indented(sentence, '  ', width, 4)), ...hiddenLines(diagnostics.length - shown.length, 'diagnostic', 'diagnostics')];
}

function decisionLines(result: CheckResult, paint: Paint): string[] {
  const decidable = failingItems(result).filter(({ ruleKey }) => ruleKey !== null);
  if (decidable.length === 0) return [];
  return [
    '',
    paint.bold('To accept what has to stay: below "decisions:" in the decisions file, with a reason and an owner'),
    ...decisionEntries(decidable.slice(0, MOST.decisions), result.asOf).map((line) => `  ${line}`),
    ...hiddenLines(decidable.length - MOST.decisions, 'decision', 'decisions'),
  ];
}

function hiddenLines(count: number, one: string, several: string): string[] {
  return count <= 0 ? [] : ['', `${formatQuantity(count, one, several)} not shown: --format json has everything.`];
}

function fact(label: string, text: string, width: number): string[] {
  if (text === '') return [];
  return wrapText(text, width - LABEL_WIDTH - 2, 8).map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`);
}

function indented(text: string, indent: string, width: number, lines: number): string[] {
  return wrapText(text, width - indent.length, lines).map((line) => `${indent}${line}`);
}
