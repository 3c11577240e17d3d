import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clopperPearson95 } from '../../../src/core/evidence/clopper-pearson.ts';

describe('the exact 95 % interval of a share', () => {
  // Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 5; the last three: the rule of three made exact, and semantics C2.
  test.each([
    [81, 263, 0.2527, 0.3676],
    [15, 148, 0.0578, 0.1617],
    [0, 20, 0, 0.1684],
    [1, 29, 0.0009, 0.1776],
    [5, 10, 0.1871, 0.8129],
    [0, 10, 0, 0.3085],
    [9, 212, 0.0196, 0.0791],
  ])('%i of %i is published as %d to %d', (k, n, low, high) => {
    const interval = clopperPearson95(k, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  test('none of n reaches from nothing to 1 - 0.025^(1/n), all of n is its mirror', () => {
    for (const n of [1, 2, 10, 1000, 100_000]) {
      expect(clopperPearson95(0, n).low).toBe(0);
      expect(clopperPearson95(0, n).high).toBeCloseTo(1 - 0.025 ** (1 / n), 9);
      expect(clopperPearson95(n, n).high).toBe(1);
      expect(clopperPearson95(n, n).low).toBeCloseTo(0.025 ** (1 / n), 9);
    }
  });

  test('at its bounds the sum of the terms is one tail of 2.5 %', () => {
    fc.assert(
      fc.property(arbShare(400), ([k, n]) => {
        const { low, high } = clopperPearson95(k, n);
        if (k > 0) expect(sumOfTerms(k, n, n, low)).toBeCloseTo(0.025, 8);
        if (k < n) expect(sumOfTerms(0, k, n, high)).toBeCloseTo(0.025, 8);
      }),
    );
  });

  test('holds the share itself, grows with k and is a mirror of what is left', () => {
    fc.assert(
      fc.property(arbShare(5000), ([k, n]) => {
        const interval = clopperPearson95(k, n);
        expect(interval.low).toBeLessThanOrEqual(k / n);
        expect(interval.high).toBeGreaterThanOrEqual(k / n);
        const mirror = clopperPearson95(n - k, n);
        expect(interval.low).toBeCloseTo(1 - mirror.high, 9);
        if (k < n) expect(clopperPearson95(k + 1, n).low).toBeGreaterThan(interval.low);
      }),
      { numRuns: 50 },
    );
  });

  test('covers the true share in at least 95 % of all outcomes, whatever the share', () => {
    for (const n of [10, 30]) {
      const intervals = Array.from({ length: n + 1 }, (_, k) => clopperPearson95(k, n));
      for (let share = 0.01; share < 1; share += 0.01) {
        const covered = intervals.reduce(
          (sum, { low, high }, k) => sum + (low <= share && share <= high ? sumOfTerms(k, k, n, share) : 0),
          0,
        );
        expect(covered).toBeGreaterThanOrEqual(0.95 - 1e-9);
      }
    }
  });

  test.each([
    [1, 0],
    [-1, 5],
    [6, 5],
    [0.5, 5],
    [Number.NaN, 5],
  ])('%d of %d is refused', (k, n) => {
    expect(() => clopperPearson95(k, n)).toThrow('is no share');
  });
});

function arbShare(most: number) {
  return fc.integer({ min: 1, max: most }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
}

/** The chance of `first` to `last` hits among n, term by term: the slow and obvious way. */
function sumOfTerms(first: number, last: number, n: number, share: number): number {
  let sum = 0;
  for (let hits = first; hits <= last; hits += 1) {
    let logTerm = hits * Math.log(share) + (n - hits) * Math.log(1 - share);
    for (let i = 1; i <= hits; i += 1) logTerm += Math.log((n - hits + i) / i);
    sum += Math.exp(logTerm);
  }
  return sum;
}
