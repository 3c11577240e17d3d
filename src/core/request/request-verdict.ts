import type { QueryPoint } from '../../model/query-answer.ts';
import type { RequestAnswer } from '../../model/request-answer.ts';

/**
 * Over all points. A point that denies everything that was asked for is enough to deny the request, and it takes all of them to permit it. Where nothing is
 * surely denied, what is not known decides: unknowns, or points that took more than the budget.
 *
 * @param unanswered points whose answer is not known
 * @param isWhole whether everything that was asked for meets the point
 */
export function verdictOfPoints(
  points: readonly QueryPoint[],
  unanswered: number,
  isWhole: (point: QueryPoint) => boolean,
): RequestAnswer['verdict'] {
  if (points.length + unanswered === 0) return null;
  const isDenied = ({ verdict }: QueryPoint): boolean => verdict === 'denied';
  if (points.some((point) => isDenied(point) && isWhole(point))) return 'denied';
  if (unanswered === 0 && points.every(isDenied)) return 'denied';
  if (points.some(({ denied }) => denied.packets !== '0')) return 'partly';
  return unanswered === 0 && points.every(({ verdict }) => verdict === 'permitted') ? 'permitted' : 'depends';
}
