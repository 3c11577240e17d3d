import { describe, expect, test } from 'vitest';
import { checkDiff, findDiffDisagreements, randomPair } from '../../support/ask/diff-oracle.ts';
import { DIFF_MUTANTS } from '../../support/ask/mutants.ts';

const CASES = 60;

describe('random policies and edited ones, every packet and every value of what nobody knows', () => {
  test('areas, cases, rules and totals are those of the enumeration, and the laws hold', () => {
    for (let seed = 1; seed <= CASES; seed++) expect(() => checkDiff(seed), `seed ${seed}`).not.toThrow();
  }, 30_000);
});

describe('wrong comparisons are told from the right one', () => {
  test.each(DIFF_MUTANTS)('$name', ({ compare }) => {
    const isWrong = (seed: number): boolean => findDiffDisagreements(randomPair(seed), compare).length > 0;
    expect(Array.from({ length: 100 }, (_, i) => i + 1).some(isWrong)).toBe(true);
  });
});
