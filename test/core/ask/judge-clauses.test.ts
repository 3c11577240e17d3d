import { describe, expect, test } from 'vitest';
import { type JudgedClause, judgeClauses } from '../../../src/core/ask/judge-clauses.ts';
import { checkClauses, findClauseDisagreements, JUDGE_CLAUSES, randomClausesCase } from '../../support/ask/clauses-oracle.ts';
import { readRegion } from '../../support/ask/read-back.ts';

describe('clauses over random regions', () => {
  test('each packet is with the first clause that holds it', () => {
    for (let seed = 1; seed <= 60; seed++) expect(() => checkClauses(seed), `seed ${seed}`).not.toThrow();
  }, 30_000);

  test('the last clause instead of the first is told from it', () => {
    const lastFirst: typeof JUDGE_CLAUSES = (clauses, regions) =>
      JUDGE_CLAUSES([...clauses].reverse(), regions)?.map((share) => ({
        ...share,
        clause: share.clause < 0 ? -1 : clauses.length - 1 - share.clause,
      })) ?? null;
    const isWrong = (seed: number): boolean => findClauseDisagreements(randomClausesCase(seed), lastFirst).length > 0;
    expect(Array.from({ length: 50 }, (_, i) => i + 1).some(isWrong)).toBe(true);
  });
});

describe('clauses by hand', () => {
  const clause = (verdict: JudgedClause['verdict'], ...texts: readonly string[]): JudgedClause => ({
    verdict,
    regions: texts.map(readRegion),
  });
  const judge = (clauses: readonly JudgedClause[], ...texts: readonly string[]): string[] =>
    (judgeClauses(clauses, texts.map(readRegion), 10_000) ?? []).map(
      ({ clause: place, packets }) => `${place}: ${packets.regions.join(' | ')}`,
    );

  test('an exception in front of a ban', () => {
    const list = [clause('permit', 'tcp 10.0.0.1 -> 10.9.0.1:443'), clause('deny', 'any 10.0.0.0/8 -> 10.9.0.0/16')];
    expect(judge(list, 'tcp 10.0.0.0/31 -> 10.9.0.1:443')).toEqual(['0: tcp 10.0.0.1 -> 10.9.0.1:443', '1: tcp 10.0.0.0 -> 10.9.0.1:443']);
  });

  test('what no clause speaks of comes last', () => {
    expect(judge([clause('deny', 'tcp any -> 10.0.0.1:22')], 'tcp any -> 10.0.0.1:22-23')).toEqual([
      '0: tcp any -> 10.0.0.1:22',
      '-1: tcp any -> 10.0.0.1:23',
    ]);
    expect(judge([], 'udp any -> any:53')).toEqual(['-1: udp any -> any:53']);
  });

  test('regions that overlap are counted once', () => {
    const [share] = judgeClauses([], ['tcp 10.0.0.1 -> 10.0.0.2:1-10', 'tcp 10.0.0.1 -> 10.0.0.2:5-20'].map(readRegion), 10_000) ?? [];
    expect(share?.packets.count.packets).toBe(String(20 * 65536));
  });

  test('too small a budget is no answer', () => {
    expect(judgeClauses([clause('deny', 'tcp any -> 10.0.0.1:22')], [readRegion('any any -> any')], 0)).toBeNull();
  });
});
