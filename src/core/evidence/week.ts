import type { Detection } from '../../model/detection.ts';

const HOURS_PER_WEEK = 168;
/** 1970-01-01 was a Thursday. */
const HOURS_SINCE_MONDAY = 72;

/**
 * How the hours of the week are covered: the worst interface, and how many never saw the hour.
 *
 * @param rows one for each interface, all of the same length: 1 for each covered hour
 * @param firstHour of the rows, since 1970-01-01 UTC
 */
export function weekOf(rows: readonly Uint8Array[], firstHour: number, hours: number): Detection['week'] {
  const cellOf = (hour: number): number => (firstHour + hour + HOURS_SINCE_MONDAY) % HOURS_PER_WEEK;
  const occurs = new Array<number>(HOURS_PER_WEEK).fill(0);
  for (let hour = 0; hour < hours; hour += 1) occurs[cellOf(hour)] = (occurs[cellOf(hour)] ?? 0) + 1;
  const covered = rows.length === 0 ? new Array<number>(HOURS_PER_WEEK).fill(0) : [...occurs];
  const blindInterfaces = new Array<number>(HOURS_PER_WEEK).fill(0);
  for (const row of rows) {
    const seen = new Array<number>(HOURS_PER_WEEK).fill(0);
    for (let hour = 0; hour < hours; hour += 1) if (row[hour] === 1) seen[cellOf(hour)] = (seen[cellOf(hour)] ?? 0) + 1;
    for (let cell = 0; cell < HOURS_PER_WEEK; cell += 1) {
      covered[cell] = Math.min(covered[cell] ?? 0, seen[cell] ?? 0);
      if (seen[cell] === 0 && (occurs[cell] ?? 0) > 0) blindInterfaces[cell] = (blindInterfaces[cell] ?? 0) + 1;
    }
  }
  return { occurs, covered, blindInterfaces };
}
