import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caughtHours, worstOf } from '../../../src/core/evidence/regular-uses.ts';
import { REGULAR_USES } from '../../../src/model/detection.ts';

const DAY = 24;
const whole = (days: number): Uint8Array => new Uint8Array(days * DAY).fill(1);
const without = (days: number, isGap: (hour: number) => boolean): Uint8Array => whole(days).map((one, hour) => (isGap(hour) ? 0 : one));
const nightly = (hour: number): boolean => hour % DAY === 2;

/** Slow and obvious: try every quarter of an hour at which the use may come, and look at every time it comes back. */
function caughtByTrying(covered: Uint8Array, firstHour: number, from: number): number[] {
  return REGULAR_USES.map(({ hours }) => {
    let caught = 0;
    for (let moment = 0; moment < hours; moment += 0.25) {
      let isCaught = false;
      for (let time = moment; time < firstHour + covered.length; time += hours) {
        const hour = Math.floor(time) - firstHour;
        if (hour >= from && covered[hour] === 1) isCaught = true;
      }
      if (isCaught) caught += 0.25;
    }
    return caught;
  });
}

describe('regular uses', () => {
  test('a day shows a daily use, a week a weekly one, 31 days a monthly one, 92 a quarterly one, 366 a yearly one: not an hour less does', () => {
    for (const [index, { hours }] of REGULAR_USES.entries()) {
      expect(caughtHours(new Uint8Array(hours).fill(1), 7, 0)[index]).toBe(hours);
      expect(caughtHours(new Uint8Array(hours - 1).fill(1), 7, 0)[index]).toBe(hours - 1);
    }
  });

  test('a gap at the same hour of every night hides a job of that hour however seldom it comes', () => {
    expect(caughtHours(without(366, nightly), 0, 0)).toEqual(REGULAR_USES.map(({ hours }) => (hours * 23) / 24));
  });

  test('a gap that comes once is made good by the next day, week or month, not within a single quarter', () => {
    const once = without(92, (hour) => hour === 50 * DAY + 2);
    expect(caughtHours(once, 0, 0)).toEqual([24, 168, 744, 2207, 2207]);
  });

  test('hours before the rule was in force do not count', () => {
    expect(caughtHours(whole(10), 0, 9 * DAY)).toEqual([24, 24, 24, 24, 24]);
    expect(caughtHours(whole(10), 0, 10 * DAY)).toEqual([0, 0, 0, 0, 0]);
  });

  test('the worst interface counts, use by use; without any interface nothing is caught', () => {
    expect(
      worstOf([
        [24, 160, 1, 2, 3],
        [20, 168, 4, 1, 9],
      ]),
    ).toEqual([20, 160, 1, 1, 3]);
    expect(worstOf([])).toEqual([0, 0, 0, 0, 0]);
  });

  test('the count equals trying every moment', () => {
    const arbCovered = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.array(fc.tuple(fc.nat(40 * DAY), fc.nat(60)), { maxLength: 6 }), fc.boolean())
      .map(([days, gaps, isNightly]) =>
        without(days, (hour) => (isNightly && nightly(hour)) || gaps.some(([at, long]) => hour >= at && hour < at + long)),
      );
    fc.assert(
      fc.property(arbCovered, fc.integer({ min: 0, max: 5000 }), fc.nat(100), (covered, firstHour, from) => {
        expect(caughtHours(covered, firstHour, from)).toEqual(caughtByTrying(covered, firstHour, from));
      }),
      { numRuns: 25 },
    );
  });
});
