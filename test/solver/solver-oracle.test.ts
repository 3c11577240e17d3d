import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analysePolicy, removalIsSafe } from '../../src/core/trace/analyse-policy.ts';
import type { Witness } from '../../src/core/trace/witness.ts';
import { compareRemovals, findDisagreements, findFalseWitnesses } from './disagreements.ts';
import { type Expectations, expectationsOf } from './expectations.ts';
import { MUTANTS } from './mutants.ts';
import { formatPolicy } from './policy-text.ts';
import { randomPolicy } from './random-policies.ts';
import { Tally } from './tally.ts';
import { findZ3, type Z3 } from './z3.ts';

// ORACLE_SEED and ORACLE_POLICIES choose other policies, or one that disagreed: its seed, and 1.
const FIRST_SEED = numberFrom('ORACLE_SEED', 1);
const POLICIES = numberFrom('ORACLE_POLICIES', 360);
const BUDGET = 1_000_000;
const MOST_SHOWN = 3;
const FOR_MUTANTS = 72;

const search = findZ3();
const title = `the solver, on addresses of 32 and 128 bits${search.ok ? '' : ` (skipped: ${search.reason})`}`;
// The reporter does not show the names of skipped tests by itself.
if (!search.ok) process.stdout.write(`skipped: ${search.reason}\n`);
const isSample = POLICIES >= FOR_MUTANTS;
const sampleTitle = `over a fair sample${isSample ? '' : ` (skipped: fewer than ${FOR_MUTANTS} policies are asked for)`}`;

describe.skipIf(!search.ok)(title, { timeout: 900_000 }, () => {
  let z3: Z3;
  const expected: Expectations[] = [];

  beforeAll(async () => {
    if (!search.ok) throw new Error(search.reason);
    z3 = await search.start();
  });
  afterAll(() => z3.close());

  test('agrees with every verdict, every joint removal and every witness of the engine', async () => {
    const tally = new Tally();
    const failures: string[] = [];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + POLICIES && failures.length < MOST_SHOWN; seed++) {
      const expectations = await expectationsOf(z3, seed);
      const { policy, fixed } = expectations;
      const analysis = analysePolicy(policy, { budget: BUDGET, fixed });
      const alone = { removalIsSafe: (removed: ReadonlySet<string>) => removalIsSafe(policy, removed, BUDGET) };
      const disagreements = [...findDisagreements(expectations, analysis), ...compareRemovals(expectations, alone)];
      const witnesses = await findFalseWitnesses(expectations, analysis);
      disagreements.push(...witnesses.false);
      tally.add(expectations, witnesses.checked, disagreements.length);
      expected.push(expectations);
      if (disagreements.length > 0) failures.push(`seed ${seed}:\n${disagreements.join('\n')}\n${formatPolicy(policy)}\n`);
    }
    process.stdout.write(tally.toText());
    expect(failures.join('\n')).toBe('');
  });

  describe.skipIf(!isSample)(sampleTitle, () => {
    test('has met every kind of verdict', () => {
      const kinds = new Set(
        expected.flatMap(({ verdicts }) => verdicts.map(({ kind, by, relation }) => [kind, by ?? relation].join(' ').trim())),
      );
      const wanted = [
        'unmatchable',
        'duplicate',
        'redundant earlier',
        'redundant later',
        'redundant others',
        'live',
        ...['opposite', 'mixed', 'unknown'].map((relation) => `shadowed ${relation}`),
        ...['same', 'opposite', 'mixed', 'unknown'].map((relation) => `partly-shadowed ${relation}`),
      ];
      expect([...kinds].sort()).toEqual(wanted.sort());
      expect(new Set(expected.flatMap(({ safe }) => safe))).toEqual(new Set([true, false]));
    });

    test.each(Object.entries(MUTANTS))('catches a criterion by which %s', (name, mutant) => {
      const sample = expected.slice(0, FOR_MUTANTS);
      const caught = sample.filter((expectations) => {
        const { policy, fixed } = expectations;
        return findDisagreements(expectations, mutant(policy, { budget: BUDGET, fixed })).length > 0;
      });
      process.stdout.write(`"${name}": caught on ${caught.length} of ${sample.length} policies\n`);
      expect(caught.length).toBeGreaterThan(0);
    });

    test('refuses the witnesses of other rules', async () => {
      const { seed } = expected.find(
        ({ policy, verdicts }) => policy.evaluation === 'first-match' && liveRules(verdicts) > 1,
      ) as Expectations;
      // The solver answers for the policy that was put into it last.
      const expectations = await expectationsOf(z3, seed);
      const analysis = analysePolicy(expectations.policy, { budget: BUDGET, fixed: expectations.fixed });
      const witnesses = analysis.verdicts.map(({ witness }) => witness).filter((witness) => witness !== null);
      const verdicts = analysis.verdicts.map((verdict) => {
        const other = witnesses[(witnesses.indexOf(verdict.witness as Witness) + 1) % witnesses.length] as Witness;
        return verdict.witness === null ? verdict : { ...verdict, witness: other };
      });
      expect((await findFalseWitnesses(expectations, analysis)).false).toEqual([]);
      expect((await findFalseWitnesses(expectations, { ...analysis, verdicts })).false.length).toBeGreaterThan(1);
    });
  });
});

test('the same seed gives the same policy', () => {
  expect(formatPolicy(randomPolicy(7).policy)).toBe(formatPolicy(randomPolicy(7).policy));
  expect(formatPolicy(randomPolicy(7).policy)).not.toBe(formatPolicy(randomPolicy(25).policy));
});

function numberFrom(name: string, usual: number): number {
  const text = process.env[name] ?? String(usual);
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} is "${text}"; expected a number such as ${usual}`);
  return Number(text);
}

function liveRules(verdicts: Expectations['verdicts']): number {
  return verdicts.filter(({ kind }) => kind === 'live').length;
}
