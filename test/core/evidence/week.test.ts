import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { weekOf } from '../../../src/core/evidence/week.ts';

/** Monday 2026-01-05, 00:00 UTC. */
const MONDAY = Date.UTC(2026, 0, 5) / 3_600_000;

describe('the hours of the week', () => {
  test('begin on Monday, and a cell is covered as often as on the interface that has it least', () => {
    const week = weekOf([new Uint8Array(168).fill(1), new Uint8Array(168).fill(1).fill(0, 25, 27)], MONDAY, 168);
    expect(week.occurs).toEqual(new Array(168).fill(1));
    expect(week.covered.flatMap((count, cell) => (count === 0 ? [cell] : []))).toEqual([25, 26]);
    expect(week.blindInterfaces.flatMap((count, cell) => (count === 1 ? [cell] : []))).toEqual([25, 26]);
  });

  test('an hour that is not in the window is no gap', () => {
    const week = weekOf([new Uint8Array(2).fill(1)], MONDAY + 6 * 24, 2);
    expect([week.occurs[144], week.occurs[145], week.occurs[146]]).toEqual([1, 1, 0]);
    expect(week.blindInterfaces.every((count) => count === 0)).toBe(true);
  });

  test('without an interface nothing is covered', () => {
    const week = weekOf([], MONDAY, 168);
    expect([week.occurs[0], week.covered[0], week.blindInterfaces[0]]).toEqual([1, 0, 0]);
  });

  test('every cell equals a look at the calendar, hour by hour', () => {
    const arbRows = fc
      .integer({ min: 1, max: 400 })
      .chain((hours) => fc.array(fc.array(fc.nat(1), { minLength: hours, maxLength: hours }), { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(arbRows, fc.nat(1000), (lists, shift) => {
        const hours = lists[0]?.length ?? 0;
        const week = weekOf(
          lists.map((list) => Uint8Array.from(list)),
          MONDAY + shift,
          hours,
        );
        for (const [cell, occurs] of week.occurs.entries()) {
          const inCell = Array.from({ length: hours }, (_, hour) => hour).filter((hour) => {
            const time = new Date((MONDAY + shift + hour) * 3_600_000);
            return ((time.getUTCDay() + 6) % 7) * 24 + time.getUTCHours() === cell;
          });
          const seen = lists.map((list) => inCell.filter((hour) => list[hour] === 1).length);
          expect([occurs, week.covered[cell], week.blindInterfaces[cell]]).toEqual([
            inCell.length,
            Math.min(...seen),
            inCell.length === 0 ? 0 : seen.filter((count) => count === 0).length,
          ]);
        }
      }),
      { numRuns: 15 },
    );
  });
});
