import { describe, expect, test } from 'vitest';
import { RuleProfiles, toDetection } from '../../../src/core/evidence/detection.ts';
import { ExposureBook } from '../../../src/core/evidence/exposure.ts';
import { detectionSchema } from '../../../src/model/detection.ts';

const ALL_HOURS = 0xff_ffff;
const DAY = 86_400;
/** Thirty-five days from Monday 2026-01-05. */
const START = Date.UTC(2026, 0, 5) / 1000;
const FIRST = START / DAY;
const bookOf = (hours: Readonly<Record<string, number>>, window = { start: START, end: START + 35 * DAY }): ExposureBook =>
  new ExposureBook(window, {
    days: Object.entries(hours).flatMap(([attachment, loggedHours]) =>
      Array.from({ length: 35 }, (_, day) => ({ attachment, day: FIRST + day, loggedHours, skippedHours: 0 })),
    ),
    unreadFiles: [],
    loggedActions: { accept: true, reject: true },
    rejectOnly: [],
    unreadRecords: 0,
    records: 0,
  });

describe('what a window can show', () => {
  test('is what its worst interface can show, and how many can', () => {
    const detection = toDetection(bookOf({ a: ALL_HOURS, b: ALL_HOURS & ~(1 << 2) }), ['a', 'b', 'silent'], [], []);
    expect(detectionSchema.parse(detection)).toEqual(detection);
    expect(detection.uses.map(({ use, caught, caughtHours, byInterface }) => [use, caught, caughtHours, byInterface])).toEqual([
      ['daily', 'no', 0, { yes: 1, partly: 1, no: 1 }],
      ['weekly', 'no', 0, { yes: 1, partly: 1, no: 1 }],
      ['monthly', 'no', 0, { yes: 1, partly: 1, no: 1 }],
      ['quarterly', 'no', 0, { yes: 0, partly: 2, no: 1 }],
      ['yearly', 'no', 0, { yes: 0, partly: 2, no: 1 }],
    ]);
    expect(toDetection(bookOf({ a: ALL_HOURS }), ['a'], [], []).uses.map(({ caught }) => caught)).toEqual([
      'yes',
      'yes',
      'yes',
      'partly',
      'partly',
    ]);
  });

  test('rules with the same interfaces and age share one answer', () => {
    const book = bookOf({ a: ALL_HOURS, b: ALL_HOURS & ~(1 << 2) });
    const profiles = new RuleProfiles();
    const place = (attachments: readonly string[], since: number | null = null): number =>
      profiles.placeOf(book.exposure(attachments, since).caughtHours);
    expect([place(['a']), place(['a', 'b']), place(['b']), place(['a'], START + 34 * DAY), place([])]).toEqual([0, 1, 1, 2, 3]);
    expect(profiles.profiles).toEqual([
      [24, 168, 744, 840, 840],
      [23, 161, 713, 805, 805],
      [24, 24, 24, 24, 24],
      [0, 0, 0, 0, 0],
    ]);
  });

  test('a window that begins within an hour keeps the hours of the clock', () => {
    const nightly = bookOf({ a: ALL_HOURS & ~(1 << 2) }, { start: START + 1800, end: START + 35 * DAY });
    const { week } = toDetection(nightly, ['a'], [], []);
    expect(week.blindInterfaces.flatMap((blind, cell) => (blind > 0 ? [cell % 24] : []))).toEqual(new Array(7).fill(2));
    expect(nightly.exposure(['a'], null).emptyHourCells).toEqual([2]);
  });
});
