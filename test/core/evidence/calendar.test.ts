import { describe, expect, test } from 'vitest';
import { judgeCalendar } from '../../../src/core/evidence/calendar.ts';

const HOUR = 3600;
const time = (text: string): number => Date.parse(text) / 1000;
const between = (from: string, to: string) => ({ start: time(from), end: time(to) });
const YEAR = between('2026-01-01T00:00Z', '2027-01-01T00:00Z');

/** What the window shows of a date; `gaps` are hours that the only interface did not cover. */
function seen(date: string, window = YEAR, gaps: readonly string[] = []) {
  const firstHour = Math.ceil(window.start / HOUR);
  const row = new Uint8Array(Math.ceil((window.end - window.start) / HOUR)).fill(1);
  for (const gap of gaps) row[time(gap) / HOUR - firstHour] = 0;
  const [judged] = judgeCalendar([{ name: 'close', date, reason: '', line: 3 }], window, [row], firstHour);
  return judged;
}
const daysOf = (date: string, window = YEAR) => seen(date, window)?.days.map(({ day }) => day);

describe('the calendar', () => {
  test('the end of a quarter is the last day of March, June, September and December, of a month its last day, leap years too', () => {
    expect(daysOf('quarter-end')).toEqual(['2026-03-31', '2026-06-30', '2026-09-30', '2026-12-31']);
    expect(daysOf('year-end')).toEqual(['2026-12-31']);
    expect(daysOf('month-end', between('2028-01-01T00:00Z', '2028-04-01T00:00Z'))).toEqual(['2028-01-31', '2028-02-29', '2028-03-31']);
    expect(daysOf('month-end')).toHaveLength(12);
  });

  test('a day is seen when every hour of it was covered, seen in part with a gap, and missed outside the window', () => {
    expect(seen('2026-05-09')).toEqual({
      name: 'close',
      date: '2026-05-09',
      reason: '',
      line: 3,
      seen: 'yes',
      days: [{ day: '2026-05-09', coveredHours: 24 }],
    });
    expect(seen('2026-05-09', YEAR, ['2026-05-09T03:00Z'])).toMatchObject({ seen: 'partly', days: [{ coveredHours: 23 }] });
    expect(seen('2025-12-31')).toMatchObject({ seen: 'no', days: [] });
    expect(seen('2027-01-01')).toMatchObject({ seen: 'no', days: [] });
  });

  test('one whole day of several is enough, and each says its hours', () => {
    expect(
      seen('quarter-end', between('2026-03-01T00:00Z', '2026-07-01T00:00Z'), ['2026-03-31T00:00Z', '2026-03-31T23:00Z']),
    ).toMatchObject({
      seen: 'yes',
      days: [
        { day: '2026-03-31', coveredHours: 22 },
        { day: '2026-06-30', coveredHours: 24 },
      ],
    });
  });

  test('a window that begins or ends within the day shows a part of it', () => {
    const noon = between('2026-03-31T12:00Z', '2026-04-02T06:00Z');
    expect(seen('2026-03-31', noon)).toMatchObject({ seen: 'partly', days: [{ coveredHours: 12 }] });
    expect(seen('2026-04-02', noon)).toMatchObject({ seen: 'partly', days: [{ coveredHours: 6 }] });
  });

  test('the worst interface counts; without one nothing is seen', () => {
    const [all, none] = [new Uint8Array(24).fill(1), new Uint8Array(24)];
    const window = between('2026-03-31T00:00Z', '2026-04-01T00:00Z');
    const entry = { name: 'close', date: 'quarter-end', reason: 'r', line: 1 };
    const hours = (rows: readonly Uint8Array[]) => judgeCalendar([entry], window, rows, window.start / HOUR)[0];
    expect(hours([all, none])).toMatchObject({ seen: 'no', days: [{ coveredHours: 0 }] });
    expect(hours([])).toMatchObject({ seen: 'no', days: [{ coveredHours: 0 }] });
  });
});
