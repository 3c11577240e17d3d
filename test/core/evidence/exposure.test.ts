import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExposureBook } from '../../../src/core/evidence/exposure.ts';
import type { CoverageDay, CoverageFacts } from '../../../src/model/flow.ts';

const ALL_HOURS = 0xff_ffff;
const DAY = 86_400;
const window = (days: number) => ({ start: 0, end: days * DAY });
const facts = (days: readonly CoverageDay[], unreadFiles: CoverageFacts['unreadFiles'] = []): CoverageFacts => ({
  days,
  unreadFiles,
  loggedActions: { accept: true, reject: true },
  rejectOnly: [],
  unreadRecords: 0,
  records: 0,
});
const day = (attachment: string, number: number, loggedHours = ALL_HOURS, skippedHours = 0): CoverageDay => ({
  attachment,
  day: number,
  loggedHours,
  skippedHours,
});
const days = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('exposure', () => {
  test('records skipped one hour every night: 95.8 % covered, and that hour is never seen', () => {
    const book = new ExposureBook(window(90), facts(days(90).map((number) => day('eni-1', number, ALL_HOURS, 1 << 1))));
    expect(book.exposure(['eni-1'], null)).toMatchObject({ effectiveDays: 90, emptyHourCells: [1], hasSkippedRecords: true });
    expect(book.exposure(['eni-1'], null).coverage).toBeCloseTo(23 / 24, 10);
  });

  test('the worst attachment counts, never the sum; days count once however many attachments saw them', () => {
    const seen = days(10).flatMap((number) => (number < 5 ? [day('eni-1', number), day('eni-2', number)] : [day('eni-1', number)]));
    const book = new ExposureBook(window(10), facts(seen));
    expect(book.exposure(['eni-1', 'eni-2'], null)).toMatchObject({ coverage: 0.5, effectiveDays: 10, silentAttachments: 0 });
  });

  test('an attachment that logged nothing is not covered', () => {
    const book = new ExposureBook(window(10), facts(days(10).map((number) => day('eni-1', number))));
    expect(book.exposure(['eni-1', 'eni-2'], null)).toMatchObject({ coverage: 0, silentAttachments: 1 });
    expect(book.exposure([], null)).toMatchObject({ coverage: 0, effectiveDays: 0 });
  });

  test('a rule is exposed only from the time it was in force', () => {
    const book = new ExposureBook(window(10), facts(days(10).map((number) => day('eni-1', number))));
    expect(book.exposure(['eni-1'], 7 * DAY)).toMatchObject({ hours: 72, coverage: 1, effectiveDays: 3 });
    expect(book.exposure(['eni-1'], 20 * DAY)).toMatchObject({ hours: 0, coverage: 0, effectiveDays: 0 });
  });

  test('the hours of a file that could not be read are covered for nobody', () => {
    const unread = [{ path: 'a.log.gz', from: DAY, to: DAY + 300 }];
    const book = new ExposureBook(
      window(2),
      facts(
        days(2).map((number) => day('eni-1', number)),
        unread,
      ),
    );
    expect(book.exposure(['eni-1'], null).coverage).toBeCloseTo(47 / 48, 10);
    expect(book.coverageOf('eni-1').gaps).toEqual([{ start: DAY, end: DAY + 3600 }]);
  });

  test('gaps are the three longest stretches without data, in order of time', () => {
    const hours = ALL_HOURS & ~0b1110 & ~(1 << 8) & ~(0b11 << 12) & ~(0b1111 << 18);
    const book = new ExposureBook(window(1), facts([day('eni-1', 0, hours)]));
    expect(book.coverageOf('eni-1').gaps.map(({ start, end }) => [start / 3600, end / 3600])).toEqual([
      [1, 4],
      [12, 14],
      [18, 22],
    ]);
  });

  test('coverage and effective days equal a count hour by hour', () => {
    const arbDays = fc.array(
      fc.record({ attachment: fc.constantFrom('a', 'b'), day: fc.nat(9), logged: fc.nat(ALL_HOURS), skipped: fc.nat(ALL_HOURS) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(arbDays, fc.nat(9 * 24), (rows, since) => {
        const unique = [...new Map(rows.map((row) => [`${row.attachment} ${row.day}`, row])).values()];
        const book = new ExposureBook(window(10), facts(unique.map((row) => day(row.attachment, row.day, row.logged, row.skipped))));
        const isCovered = (attachment: string, hour: number): boolean =>
          unique.some(
            (row) =>
              row.attachment === attachment &&
              row.day === Math.floor(hour / 24) &&
              (((row.logged & ~row.skipped) >> (hour % 24)) & 1) === 1,
          );
        const hours = Array.from({ length: 240 - since }, (_, index) => since + index);
        const covered = (attachment: string): number => hours.filter((hour) => isCovered(attachment, hour)).length / hours.length;
        const seenDays = new Set(hours.filter((hour) => isCovered('a', hour) || isCovered('b', hour)).map((hour) => Math.floor(hour / 24)));
        const exposure = book.exposure(['a', 'b'], since * 3600);
        expect(exposure.coverage).toBeCloseTo(Math.min(covered('a'), covered('b')), 10);
        expect(exposure.effectiveDays).toBe(seenDays.size);
      }),
    );
  });
});
