import type { DetectedDate } from '../../model/detection.ts';
import type { Window } from '../../model/flow.ts';
import type { CalendarEntry } from '../../model/guardrails.ts';

const SECONDS_PER_DAY = 86_400;
const HOURS_PER_DAY = 24;

/**
 * Which dates of a calendar the window shows, in the order of the calendar. Days are UTC; the end of a month, quarter or year is its last day.
 *
 * @param rows one for each interface: 1 for each covered hour
 * @param firstHour of the rows, since 1970-01-01 UTC
 */
export function judgeCalendar(
  entries: readonly CalendarEntry[],
  window: Window,
  rows: readonly Uint8Array[],
  firstHour: number,
): DetectedDate[] {
  const coveredHours = (day: number): number => {
    const first = day * HOURS_PER_DAY - firstHour;
    const counts = rows.map((row) =>
      row.subarray(Math.max(0, first), Math.max(0, first + HOURS_PER_DAY)).reduce((sum, hour) => sum + hour, 0),
    );
    return counts.length === 0 ? 0 : Math.min(...counts);
  };
  const lastDay = Math.ceil(window.end / SECONDS_PER_DAY);
  return entries.map(({ name, date, reason, line }) => {
    const days: { day: string; coveredHours: number }[] = [];
    for (let day = Math.floor(window.start / SECONDS_PER_DAY); day < lastDay; day += 1) {
      if (isOn(date, day)) days.push({ day: textOf(day), coveredHours: coveredHours(day) });
    }
    return { name, date, reason, line, seen: seenOf(days.map((day) => day.coveredHours)), days };
  });
}

function isOn(date: string, day: number): boolean {
  const next = textOf(day + 1);
  switch (date) {
    case 'month-end':
      return next.endsWith('-01');
    case 'quarter-end':
      return /-(01|04|07|10)-01$/.test(next);
    case 'year-end':
      return next.endsWith('-01-01');
    default:
      return textOf(day) === date;
  }
}

/** @param day since 1970-01-01 */
function textOf(day: number): string {
  return new Date(day * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
}

function seenOf(coveredHours: readonly number[]): DetectedDate['seen'] {
  if (coveredHours.includes(HOURS_PER_DAY)) return 'yes';
  return coveredHours.some((hours) => hours > 0) ? 'partly' : 'no';
}
