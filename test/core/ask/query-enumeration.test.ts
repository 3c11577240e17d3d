import { describe, expect, test } from 'vitest';
import { QUERY_MUTANTS } from '../../support/ask/mutants.ts';
import { checkQuery, findQueryDisagreements, randomQueryCase } from '../../support/ask/query-oracle.ts';

const CASES = 80;

describe('random questions to random rule bases, every packet and every value of what nobody knows', () => {
  test('points, areas, cases, counts, rules and witnesses are those of the enumeration', () => {
    for (let seed = 1; seed <= CASES; seed++) expect(() => checkQuery(seed), `seed ${seed}`).not.toThrow();
  }, 30_000);

  test('the sample has layers, exceptions, both families and conditions', () => {
    const cases = Array.from({ length: CASES }, (_, i) => randomQueryCase(i + 1));
    const share = (holds: (queryCase: (typeof cases)[number]) => boolean): number => cases.filter(holds).length / CASES;
    expect(share(({ ruleBase }) => ruleBase.attachments.some((each) => each.in.length > 1))).toBeGreaterThan(0.2);
    expect(
      share(({ ruleBase }) => ruleBase.attachments.some((each) => each.in.some(({ exceptRemote }) => exceptRemote.length > 0))),
    ).toBeGreaterThan(0.2);
    expect(share(({ region }) => region.families.length === 2)).toBeGreaterThan(0.1);
    expect(share(({ ruleBase }) => JSON.stringify(ruleBase.policies, plain).includes('"axis"'))).toBeGreaterThan(0.2);
  });
});

describe('wrong answers are told from the right one', () => {
  test.each(QUERY_MUTANTS)('$name', ({ ask }) => {
    expect(Array.from({ length: 100 }, (_, i) => i + 1).some((seed) => isWrong(seed, ask))).toBe(true);
  });
});

function isWrong(seed: number, ask: (typeof QUERY_MUTANTS)[number]['ask']): boolean {
  return findQueryDisagreements(randomQueryCase(seed), ask).length > 0;
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
