import { describe, expect, test } from 'vitest';
import { findDisagreements } from '../../support/trace/disagreements.ts';
import { findLayerDisagreements } from '../../support/trace/layer-disagreements.ts';
import { MUTANTS } from '../../support/trace/mutants.ts';
import { randomPolicy, STYLES, seededRandom } from '../../support/trace/random-policies.ts';
import { TinyOracle } from '../../support/trace/tiny-oracle.ts';

const POLICIES = 500;
const LAYERINGS = 200;

describe('random policies, every packet and every value of the unknowns', () => {
  test('verdicts, shares, proofs, removals, merges and comparisons are those of the enumeration', () => {
    const seen = { unknowns: 0, chains: 0, styles: new Set<string>() };
    for (let seed = 1; seed <= POLICIES; seed++) {
      const random = seededRandom(seed);
      const { policy, style, hasUnknowns, hasChains } = randomPolicy(random);
      seen.styles.add(style);
      if (hasUnknowns) seen.unknowns++;
      if (hasChains) seen.chains++;
      expect({ seed, disagreements: findDisagreements(policy, random) }).toEqual({ seed, disagreements: [] });
    }
    // The sample is worth its name.
    expect(seen.unknowns / POLICIES).toBeGreaterThan(0.3);
    expect(seen.chains / POLICIES).toBeGreaterThan(0.2);
    expect(seen.styles.size).toBe(STYLES.length);
  }, 60_000);

  test.each([[1_167_782, 'a reference that may hold other addresses than before is a changed rule']])(
    'policy %i, which once disagreed: %s',
    (seed) => {
      const random = seededRandom(seed);
      expect(findDisagreements(randomPolicy(random).policy, random)).toEqual([]);
    },
  );

  test('layers of several groups on several interfaces are those of the enumeration', () => {
    for (let seed = 1; seed <= LAYERINGS; seed++) {
      expect({ seed, disagreements: findLayerDisagreements(seededRandom(seed)) }).toEqual({ seed, disagreements: [] });
    }
  });
});

describe('wrong criteria are told from the right one', () => {
  test.each(MUTANTS)('$name', ({ judge }) => {
    let wrong = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const { policy, hasChains } = randomPolicy(seededRandom(seed));
      if (hasChains || policy.evaluation !== 'first-match') continue;
      const text = ({ kind, by, relation }: { kind: string; by?: string | undefined; relation?: string | undefined }): string =>
        `${kind} ${by} ${relation}`;
      const found = judge(policy).map(text).join();
      if (found !== new TinyOracle(policy).verdicts().map(text).join()) wrong++;
    }
    expect(wrong).toBeGreaterThan(0);
  });
});
