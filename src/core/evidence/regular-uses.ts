import { REGULAR_USES } from '../../model/detection.ts';

/**
 * Of the hours in which a use that comes back after a fixed time may come: how many would have shown it, because it came in a covered hour at least once.
 * In the order of {@link REGULAR_USES}.
 *
 * Exact: covered time is whole hours of the clock and every period a whole number of them, so what happens to a moment happens to its hour.
 * Cost: O(hours + Σ periods).
 *
 * @param covered 1 for each covered hour
 * @param firstHour of `covered`, since 1970-01-01 UTC
 * @param from hours before this index of `covered` do not count
 */
export function caughtHours(covered: Uint8Array, firstHour: number, from: number): readonly number[] {
  return REGULAR_USES.map(({ hours }) => countCaught(covered, firstHour, from, hours));
}

function countCaught(covered: Uint8Array, firstHour: number, from: number, period: number): number {
  const caught = new Uint8Array(period);
  for (let hour = from; hour < covered.length; hour += 1) if (covered[hour] === 1) caught[(firstHour + hour) % period] = 1;
  return caught.reduce((sum, one) => sum + one, 0);
}

/** The worst of several interfaces, use by use; nothing is caught without any. */
export function worstOf(rows: readonly (readonly number[])[]): readonly number[] {
  return REGULAR_USES.map((_, use) => rows.reduce((worst, row) => Math.min(worst, row[use] ?? 0), rows.length === 0 ? 0 : Infinity));
}
