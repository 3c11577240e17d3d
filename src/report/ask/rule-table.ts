import type { Usage } from '../../model/audit-result.ts';
import type { QueryPoint, QueryRule } from '../../model/query-answer.ts';
import { DEFAULT_RULE, formatRuleRef } from '../../model/rule.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { fitText, visibleText } from '../escape/visible-text.ts';
import { formatCount, formatQuantity } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { describeCount, formatPart } from './packet-part.ts';

const MOST_RULES = 20;
const WIDEST_NAME = 32;
const GAP = '  ';

/** The rules with a part in the packets: how much, what they say, what the logs saw of them, and where they are written. */
export function ruleTable(point: QueryPoint, paint: Paint, width: number): string[] {
  const shown = point.rules.slice(0, MOST_RULES);
  const more = point.rules.length - shown.length + point.rulesOmitted;
  const closing = more === 0 ? [] : [`    and ${formatQuantity(more, 'more rule')} with a part in it`];
  if (shown.length === 0) return closing;
  const hasUse = shown.some(({ usage }) => usage !== null);
  const columns: readonly (readonly string[])[] = [
    ['packets', ...shown.map((rule) => packetCell(rule, point))],
    ['rule', ...shown.map((rule) => fitText(formatRuleRef(rule), Math.floor(width / 2)))],
    ['action', ...shown.map(({ action }) => action)],
    ...(hasUse ? [['hits in logs', ...shown.map(({ usage }) => (usage === null ? 'not known' : describeUse(usage)))]] : []),
  ];
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => [...cell].length)));
  const line = (row: number, last: string): string =>
    fitText(`    ${columns.map((cells, column) => padded(cells[row] ?? '', widths[column] ?? 0)).join(GAP)}${GAP}${last}`, width).trimEnd();
  return [
    paint.bold('  rules'),
    paint.dim(line(0, 'as written')),
    ...shown.flatMap((rule, index) => [line(index + 1, textOf(rule)), paint.dim(placeLine(rule))]),
    ...closing,
  ];
}

function textOf({ rule, asWritten }: QueryRule): string {
  return asWritten === '' && rule === DEFAULT_RULE ? 'what no rule matches' : asWritten;
}

/** Of connections, as bounds. */
function describeUse({ certain, possible }: Usage): string {
  if (possible === 0) return 'none';
  if (certain === possible) return formatCount(certain);
  return `${formatCount(certain)} to ${formatCount(possible)}`;
}

/** A rule without packets of its own is here because some value of the conditions brings it into play. */
function packetCell({ packets }: QueryRule, { asked }: QueryPoint): string {
  if (packets === null) return 'not known';
  if (packets.packets === '0') return 'depends';
  const count = describeCount(packets).replace(/ packets?$/, '');
  const part = formatPart(packets, asked)
    .replace(/ of the (IPv[46])/g, ' $1')
    .replace(' and ', ', ');
  return count === '' ? part : `${part} (${count})`;
}

/** Never cut: a person copies it. */
function placeLine({ name, rule, sourceRef }: QueryRule): string {
  const place = visibleText(formatSourceRef(sourceRef));
  const known = name === '' || name === rule || rule === DEFAULT_RULE ? '' : `${fitText(name, WIDEST_NAME)}, `;
  return `      ${known}${place}`;
}

function padded(text: string, width: number): string {
  return `${text}${' '.repeat(Math.max(0, width - [...text].length))}`;
}
