import type { CheckResult, Introduced } from '../../model/check-result.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { fitText, visibleText } from '../escape/visible-text.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { CHECK_KIND_WORDS } from '../words/check-kinds.ts';
import { failingItems, otherItems } from './check-state.ts';
import { describeClause, describeOpponents, itemStanding, itemTitle, packetLines } from './item-words.ts';
import { copyable, fact, hiddenLines, indented } from './text-lines.ts';

const MOST_FAILING = 100;
const MOST_OTHERS = 50;
const MOST_REGIONS = 4;

/** What must not get in, each with everything that is needed to do something about it. */
export function failingLines(result: CheckResult, paint: Paint, width: number): string[] {
  const items = failingItems(result);
  return [
    ...items.slice(0, MOST_FAILING).flatMap((item) => ['', ...itemLines(item, paint, width)]),
    ...hiddenLines(items.length - MOST_FAILING, 'thing that must not get in', 'things that must not get in'),
  ];
}

function itemLines(item: Introduced, paint: Paint, width: number): string[] {
  const { severity, asWritten, clause, packets, message, ruleKey, sourceRef } = item;
  return [
    `${paint.severity(severity.padEnd(8), severity)} ${paint.bold(fitText(itemTitle(item), width - 29))}  ${paint.dim(item.id)}`,
    ...indented(CHECK_KIND_WORDS[item.kind].meaning, '  ', width, 2).map(paint.dim),
    ...fact('why', message, width),
    ...fact('cause', itemStanding(item), width),
    ...fact('as written', asWritten, width),
    ...copyable('at', [formatSourceRef(sourceRef)]),
    ...fact('against', describeOpponents(item), width),
    ...(clause === null ? [] : fact('guardrails', describeClause(clause), width)),
    ...(packets === null ? [] : copyable('packets', packetLines(packets, MOST_REGIONS))),
    ...(packets === null ? [] : copyable('for example', [packets.witness])),
    ...(ruleKey === null ? [] : copyable('rule key', [ruleKey])),
  ];
}

/** What is new and does not fail the check: two or three lines each. */
export function otherLines(result: CheckResult, paint: Paint, width: number): string[] {
  const items = otherItems(result);
  if (items.length === 0) return [];
  return [
    '',
    paint.bold('Introduced too, without failing the check'),
    ...items
      .slice(0, MOST_OTHERS)
      .flatMap((item) => [
        `  ${paint.severity(item.severity.padEnd(8), item.severity)} ${fitText(itemTitle(item), width - 31)}  ${paint.dim(item.id)}`,
        ...indented(`${itemStanding(item)}. ${item.message}`, '           ', width, 4),
        `           ${visibleText(formatSourceRef(item.sourceRef))}`,
      ]),
    ...hiddenLines(items.length - MOST_OTHERS, 'other thing', 'other things'),
  ];
}
