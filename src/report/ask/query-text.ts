import type { QueryAnswer, QueryPoint } from '../../model/query-answer.ts';
import { formatCount, formatQuantity } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { regionLines } from './area-lines.ts';
import { bullet, incompleteLines, noteLines } from './closing-lines.ts';
import { pointHeadline, pointLines } from './point-lines.ts';

/** Points beyond these are a headline each. */
const MOST_DETAILED = 20;
const VERDICTS = ['permitted', 'partly', 'depends', 'denied'] as const satisfies readonly QueryPoint['verdict'][];

/** What the policies do with a region: what passes first, what is denied everywhere last. */
export function queryLines(answer: QueryAnswer, paint: Paint, width: number): string[] {
  const { region, points, notes } = answer;
  const ordered = VERDICTS.flatMap((verdict) => points.filter((point) => point.verdict === verdict));
  const detailed = ordered.slice(0, MOST_DETAILED);
  const others = ordered.slice(MOST_DETAILED);
  return [
    ...askedLines(region, paint, width),
    ...zoneLines(answer, width),
    ...incompleteLines(answer, paint, width),
    ...(points.length === 1 ? [] : bullet(describePoints(points), '', width)),
    ...detailed.flatMap((point) => ['', ...pointLines(point, region, paint, width)]),
    ...(others.length === 0 ? [] : ['', 'Only the headlines of the others; --format json has all of it']),
    ...others.flatMap((point) => pointHeadline(point, paint, width)),
    ...noteLines(notes, paint, width),
  ];
}

const MOST_ASKED = 6;

/** The region as it was asked about. */
export function askedLines(region: readonly string[], paint: Paint, width: number): string[] {
  const set = { count: { packets: '0', ipv4: '0', ipv6: '0' }, regions: [...region], regionsOmitted: 0, witness: '' };
  return regionLines(set, MOST_ASKED, '', width).map(paint.bold);
}

/** `8 enforcement points: 1 permitted, 2 partly, 5 denied`. */
export function describePoints(points: readonly QueryPoint[]): string {
  if (points.length === 0) return 'NOT JUDGED: no policy of the rules given meets these packets.';
  const counts = VERDICTS.flatMap((verdict) => {
    const count = points.filter((point) => point.verdict === verdict).length;
    return count === 0 ? [] : [`${formatCount(count)} ${verdict}`];
  });
  return `${formatQuantity(points.length, 'enforcement point')}: ${counts.join(', ')}`;
}

function zoneLines({ zones }: QueryAnswer, width: number): string[] {
  if (zones === null) return [];
  const side = (word: string, names: readonly string[]): string => (names.length === 0 ? '' : `${word} ${names.join(', ')}`);
  const text = [side('from', zones.from), side('to', zones.to)].filter((part) => part !== '').join(' ');
  return text === '' ? [] : bullet(text, 'Zones: ', width);
}
