import type { PacketTotal } from '../../model/packet-area.ts';
import type { QueryArea, QueryPoint } from '../../model/query-answer.ts';
import { visibleText, wrapText } from '../escape/visible-text.ts';
import { formatQuantity } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { regionLines, witnessLine } from './area-lines.ts';
import { bullet } from './closing-lines.ts';
import { describeDecided, describeEither } from './decision-words.ts';
import { addTotals, describeNotable, describePart, describeParts } from './packet-part.ts';
import { ruleTable } from './rule-table.ts';

/** How much of each kind of area is printed. What is denied is mostly everything else, so little of it is enough. */
const LIMITS = {
  permitted: { areas: 12, regions: 12 },
  depends: { areas: 8, regions: 6 },
  denied: { areas: 3, regions: 2 },
} as const;

/** What an enforcement point does with the packets: verdict and place, then regions by verdict, then the rules behind them. */
export function pointLines(point: QueryPoint, asked: readonly string[], paint: Paint, width: number): string[] {
  return [
    ...pointHeadline(point, paint, width),
    ...layerLines(point, width),
    ...ownRegionLines(point, asked, width),
    ...(['permitted', 'depends', 'denied'] as const).flatMap((verdict) => sectionLines(point, verdict, paint, width)),
    ...omittedLines(point),
    ...(point.verdict === 'denied' ? ruleCountLines(point) : ruleTable(point, paint, width)),
  ];
}

/** `PARTLY into eni-1, eni-2, eni-3 and 14 more: 12 % of the packets permitted, 3 % depend on conditions, 85 % denied`. */
export function pointHeadline(point: QueryPoint, paint: Paint, width: number): string[] {
  const head = `${point.verdict.toUpperCase()} ${describePlace(point)}:`;
  const extent = describeExtent(point);
  const fits = [...visibleText(`${head} ${extent}`)].length <= width;
  const lines = fits ? [visibleText(`${head} ${extent}`)] : [...wrapText(head, width, 3), ...bullet(extent, '  ', width)];
  return lines.map((line) => paintPointVerdict(line, point.verdict, paint));
}

export function paintPointVerdict(text: string, verdict: QueryPoint['verdict'], paint: Paint): string {
  if (verdict === 'permitted') return paint.bold(text);
  return verdict === 'denied' ? paint.red(text) : paint.yellow(text);
}

export function describePlace({ attachments, direction, layers }: QueryPoint): string {
  if (attachments.length === 0) return layers.length === 0 ? 'where no policy is' : `in ${describeLayers(layers)}`;
  const word = direction === null ? 'on' : direction === 'in' ? 'into' : 'out of';
  return `${word} ${describeNames(attachments)}`;
}

const MOST_NAMES = 3;

/** `eni-1, eni-2, eni-3 and 14 more`. */
export function describeNames(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function describeLayers(layers: readonly (readonly string[])[]): string {
  return layers.map((policies) => policies.join(' with ')).join(', then ');
}

function describeExtent({ asked, permitted, depends, denied }: QueryPoint): string {
  const parts = [
    { part: permitted, words: 'permitted' },
    { part: depends, words: 'depend on conditions' },
    { part: denied, words: 'denied' },
  ];
  return describeParts(parts, asked);
}

function layerLines({ layers, attachments }: QueryPoint, width: number): string[] {
  if (layers.length === 0) return ['  No policy is on it: it filters nothing.'];
  if (attachments.length === 0) return [];
  const kind = layers.length === 1 ? (layers[0]?.length === 1 ? 'policy' : 'policies that permit together') : 'layers';
  return wrapText(`  ${kind}: ${describeLayers(layers)}`, width, 4);
}

/** Only where the point does not meet everything that was asked about, and no single area says the same below. */
function ownRegionLines({ region, areas, areasOmitted }: QueryPoint, asked: readonly string[], width: number): string[] {
  const [only] = areas;
  const isSaidBelow =
    areas.length === 1 && areasOmitted === null && only?.regionsOmitted === 0 && only.regions.length <= LIMITS.denied.regions;
  if (isSaidBelow || region.join('\n') === asked.join('\n')) return [];
  const set = { count: NOTHING, regions: [...region], regionsOmitted: 0, witness: '' };
  return ['  packets that meet it', ...regionLines(set, 4, '    ', width)];
}

const NOTHING: PacketTotal = { packets: '0', ipv4: '0', ipv6: '0' };

function sectionLines(point: QueryPoint, verdict: QueryArea['verdict'], paint: Paint, width: number): string[] {
  const areas = point.areas.filter((area) => area.verdict === verdict);
  if (areas.length === 0) return [];
  const { areas: most, regions } = LIMITS[verdict];
  const shown = areas.slice(0, most);
  const hidden = areas.slice(most);
  return [
    paintPointVerdict(`  ${verdict}`, verdict, paint),
    ...shown.flatMap((area) => [
      ...regionLines(area, regions, '    ', width),
      ...decidedLines(area, width),
      ...(areas.length === 1 ? [] : shareLines(area, point)),
      paint.dim(witnessLine(area, '      ')),
    ]),
    ...(hidden.length === 0
      ? []
      : wrapText(
          `and ${formatQuantity(hidden.length, 'more area')} (${describePart(addTotals(hidden.map(({ count }) => count)), point.asked)}) in --format json`,
          width - 4,
          3,
        ).map((line) => `    ${line}`)),
  ];
}

function shareLines({ count }: QueryArea, { asked }: QueryPoint): string[] {
  const share = describeNotable(count, asked);
  return share === '' ? [] : [`      ${share}`];
}

/** Cases that end alike are one sentence; where there is only one end, nothing has to hold. */
function decidedLines({ cases }: QueryArea, width: number): string[] {
  const ends = new Map<string, { readonly words: string; readonly whens: QueryArea['cases'][number]['when'][] }>();
  for (const { when, decided } of cases) {
    const words = describeDecided(decided);
    const end = ends.get(words) ?? { words, whens: [] };
    end.whens.push(when);
    ends.set(words, end);
  }
  return [...ends.values()].flatMap(({ words, whens }) => {
    const condition = ends.size === 1 ? '' : describeEither(whens);
    return wrapText(`${words}${condition === '' ? '' : ` if ${condition}`}`, width - 8, 5).map(
      (line, index) => `${index === 0 ? '      ' : '        '}${line}`,
    );
  });
}

/** Where nothing passes, who denies is said above; the others only let it come so far. */
function ruleCountLines({ rules, rulesOmitted }: QueryPoint): string[] {
  const count = rules.length + rulesOmitted;
  return count === 0 ? [] : [`  ${formatQuantity(count, 'rule')} with a part in it, in --format json`];
}

function omittedLines({ areasOmitted, asked }: QueryPoint): string[] {
  if (areasOmitted === null) return [];
  return [
    `  and ${formatQuantity(areasOmitted.count, 'more area')} that the answer leaves out: ${describePart(areasOmitted.packets, asked)}`,
  ];
}
