import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildIntervalIndex } from '../../src/core/interval-index.ts';
import { scanOverlap, scanStab } from '../support/reference.ts';

test('the interval index finds exactly the ranges a scan finds, in their order', () => {
  fc.assert(
    fc.property(arbRanges(), arbValue(), arbValue(), (ranges, a, b) => {
      const first = ranges.map((range) => range[0]);
      const last = ranges.map((range) => range[1]);
      const index = buildIntervalIndex(Uint32Array.from(first), Uint32Array.from(last));
      expect(index.stab(a)).toEqual(scanStab(first, last, a));
      expect(index.overlap(Math.min(a, b), Math.max(a, b))).toEqual(scanOverlap(first, last, Math.min(a, b), Math.max(a, b)));
    }),
    { numRuns: 500 },
  );
});

test('answers are appended to what the caller already holds', () => {
  const index = buildIntervalIndex(Uint32Array.of(5, 0, 7), Uint32Array.of(9, 20, 7));
  expect(index.stab(7, [99])).toEqual([99, 0, 1, 2]);
});

test('an empty range is in no answer, and an empty index answers nothing', () => {
  expect(buildIntervalIndex(Uint32Array.of(3), Uint32Array.of(2)).overlap(0, 10)).toEqual([]);
  expect(buildIntervalIndex(new Uint32Array(), new Uint32Array()).stab(0)).toEqual([]);
});

function arbValue(): fc.Arbitrary<number> {
  return fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1));
}

function arbRanges(): fc.Arbitrary<[number, number][]> {
  return fc.array(
    fc.tuple(arbValue(), arbValue()).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
    { maxLength: 40 },
  );
}
