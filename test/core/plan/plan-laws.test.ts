import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseRemovals } from '../../../src/core/plan/policy-removals.ts';
import { analyseSource } from '../../../src/core/trace/analyse-policy.ts';
import type { Plan } from '../../../src/model/audit-result.ts';
import { planOf } from '../../support/plan-of.ts';
import { randomList } from '../../support/trace/random-lists.ts';
import { randomPolicy, seededRandom } from '../../support/trace/random-policies.ts';
import { TinyOracle } from '../../support/trace/tiny-oracle.ts';
import type { TinyPolicy, TinyRule } from '../../support/trace/tiny-policy.ts';
import { toModelPolicy, toTraceSource } from '../../support/trace/tiny-to-model.ts';

/** A policy, its plan, and an oracle that looks at every point and shares no code with the engine. */
interface Case {
  readonly policy: TinyPolicy;
  readonly oracle: TinyOracle;
  readonly plan: Plan;
  /** Places of the rules whose removal changes nothing, taken alone, and which are not shadowed. */
  readonly candidates: readonly number[];
  /** Places of all rules that are not shadowed. */
  readonly proposable: readonly number[];
}

function caseOf(seed: number): Case {
  const policy = randomList(seededRandom(seed));
  const oracle = new TinyOracle(policy);
  const verdicts = oracle.verdicts();
  const places = (isMeant: (kind: string) => boolean): number[] => verdicts.flatMap(({ kind }, place) => (isMeant(kind) ? [place] : []));
  return {
    policy,
    oracle,
    plan: planOf([toModelPolicy(policy)]).plan,
    candidates: places((kind) => ['redundant', 'duplicate', 'unmatchable'].includes(kind)),
    proposable: places((kind) => kind !== 'shadowed'),
  };
}

const placesOf = ({ oracle }: Case, rules: readonly string[]): number[] =>
  rules.map((id) => oracle.rules.findIndex((rule) => rule.id === id));
const removedPlaces = (each: Case): number[] =>
  placesOf(
    each,
    each.plan.removals.map(({ rule }) => rule),
  );

const CASES = Array.from({ length: 500 }, (_, index) => caseOf(index + 1));

function forEveryPolicy(check: (each: Case) => void): void {
  for (const each of CASES) check(each);
}

describe('whatever the policy and the values of its unknowns', () => {
  test('neither the plan nor any prefix of it changes an effect', () => {
    forEveryPolicy((each) => {
      const places = removedPlaces(each);
      for (let length = 1; length <= places.length; length++)
        expect(each.oracle.removalIsSafe(new Set(places.slice(0, length)))).toBe(true);
    });
  });

  test('no elimination, from the bottom or from the top, removes more', () => {
    forEveryPolicy((each) => {
      for (const order of [each.proposable, [...each.proposable].reverse()]) {
        const gone = new Set<number>();
        for (const place of order) if (each.oracle.removalIsSafe(new Set([...gone, place]))) gone.add(place);
        expect(each.plan.removals.length).toBeGreaterThanOrEqual(gone.size);
      }
    });
  });

  test('no set of rules that are not shadowed and change nothing together is larger, and the bound says so', () => {
    forEveryPolicy((each) => {
      let largest = 0;
      for (let mask = 0; mask < 1 << each.proposable.length; mask++) {
        const subset = each.proposable.filter((_, i) => ((mask >> i) & 1) === 1);
        if (subset.length > largest && each.oracle.removalIsSafe(new Set(subset))) largest = subset.length;
      }
      expect([each.plan.removals.length, each.plan.bound]).toEqual([largest, largest]);
    });
  });

  test('every candidate is in the plan or stands beside it with a reason, and what was left for another could have gone', () => {
    forEveryPolicy((each) => {
      const named = [...each.plan.removals, ...each.plan.notProposed].map(({ rule }) => rule);
      for (const place of each.candidates) expect(named).toContain(each.oracle.rules[place]?.id);
      for (const { rule, reason } of each.plan.notProposed) {
        expect(['SHADOWED', 'ALTERNATIVE_CHOSEN']).toContain(reason);
        if (reason === 'ALTERNATIVE_CHOSEN') expect(each.oracle.removalIsSafe(new Set(placesOf(each, [rule])))).toBe(true);
      }
    });
  });

  test('every alternative is as safe as what it replaces', () => {
    forEveryPolicy((each) => {
      for (const { removeInstead, insteadOf } of each.plan.alternatives) {
        const back = placesOf(each, insteadOf);
        const kept = removedPlaces(each).filter((place) => !back.includes(place));
        expect(back.length).toBeGreaterThanOrEqual(removeInstead.length);
        expect(each.oracle.removalIsSafe(new Set([...kept, ...placesOf(each, removeInstead)]))).toBe(true);
      }
    });
  });

  test('the rules named as covering a removed one suffice for its packets, and stay', () => {
    forEveryPolicy((each) => {
      const gone = new Set(removedPlaces(each));
      for (const { rule, coveredBy } of each.plan.removals) {
        const place = placesOf(each, [rule])[0] as number;
        const coverers = new Set(
          placesOf(
            each,
            coveredBy.map((cover) => cover.rule),
          ),
        );
        for (const cover of coverers) expect(gone.has(cover)).toBe(false);
        // Of the rules with its effect only those named are left: where it decided, the effect has to be the same.
        const effectOf = (other: number): string => `${each.oracle.rules[other]?.verdict}:${each.oracle.rules[other]?.attribute}`;
        const isUnnamed = (other: number): boolean => !coverers.has(other) && effectOf(other) === effectOf(place);
        const others = each.oracle.rules.map((_, other) => other).filter((other) => other !== place && isUnnamed(other));
        const inOrder = each.policy.evaluation === 'first-match';
        const left = new Set([...gone, ...others.filter((other) => !inOrder || other > place)]);
        for (const point of each.oracle.pointsOf(place)) {
          if (inOrder && each.oracle.at(point).decider !== place) continue;
          if (inOrder) expect(each.oracle.outcome(point, left).effect).toBe(each.oracle.at(point).effect);
          else expect([...coverers].some((cover) => each.oracle.matches[cover]?.[point] && effectOf(cover) === effectOf(place))).toBe(true);
        }
      }
    });
  });

  test('the policy with as few rules as the statistic says has the same effect everywhere', () => {
    let merged = 0;
    forEveryPolicy((each) => {
      const [statistic] = each.plan.simplification;
      if (statistic === undefined || statistic.merges !== each.plan.merges.length) return;
      const small = applyPlan(each);
      merged += statistic.merges;
      expect([small.chains[0]?.length, statistic.rules - statistic.removals - statistic.merges]).toEqual([
        statistic.couldBe,
        statistic.couldBe,
      ]);
      const after = new TinyOracle(small);
      expect(each.oracle.points.every((_, point) => each.oracle.at(point).effect === after.at(point).effect)).toBe(true);
    });
    expect(merged).toBeGreaterThan(0);
  });
});

/** Removes and merges what the plan says: a merged rule matches what its parts matched. */
function applyPlan({ policy, plan }: Case): TinyPolicy {
  const removed = new Set(plan.removals.map(({ rule }) => rule));
  const into = new Map(plan.merges.map((merge) => [merge.rule, merge.into]));
  const standsFor = (id: string): string => (into.has(id) ? standsFor(into.get(id) as string) : id);
  const rules = (policy.chains[0] ?? []).filter(({ id }) => !removed.has(id));
  const merged = rules
    .filter(({ id }) => !into.has(id))
    .map((rule): TinyRule => ({ ...rule, boxes: rules.filter(({ id }) => standsFor(id) === rule.id).flatMap(({ boxes }) => boxes) }));
  return { ...policy, chains: [merged] };
}

test('in chains with jump, return and goto every step of the sequence is safe', () => {
  let removed = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
      const { policy, hasChains } = randomPolicy(seededRandom(seed));
      fc.pre(hasChains);
      const oracle = new TinyOracle(policy);
      const analysis = analyseSource(toTraceSource(policy), { budget: 100_000 });
      const candidates = analysis.verdicts.filter(({ kind }) => kind === 'redundant' || kind === 'duplicate').map(({ rule }) => rule);
      const chosen = chooseRemovals(analysis, { candidates, others: [], keptCopy: new Map(), budget: 100_000 });
      const gone = new Set<number>();
      for (const { rule } of chosen.removed) {
        gone.add(oracle.rules.findIndex(({ id }) => id === rule));
        expect(oracle.removalIsSafe(gone)).toBe(true);
      }
      expect(chosen.bound).toBeGreaterThanOrEqual(chosen.removed.length);
      removed += gone.size;
    }),
    { numRuns: 150 },
  );
  expect(removed).toBeGreaterThan(0);
});
