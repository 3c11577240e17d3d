import { describe, expect, test } from 'vitest';
import { planOf } from '../../support/plan-of.ts';
import { policyOf } from '../../support/policies.ts';
import { seededRandom } from '../../support/trace/random-policies.ts';

type Range = readonly [number, number];

/** Ranges of ports that overlap in a long chain. */
function randomRanges(count: number, random: () => number): Range[] {
  return Array.from({ length: count }, (): Range => {
    const first = 1 + Math.floor(random() * count * 4);
    return [first, first + 4 + Math.floor(random() * 12)];
  }).filter(([first, last], i, all) => all.findIndex((other) => other[0] === first && other[1] === last) === i);
}

/** The fewest ranges with the same union, by the textbook: from the left, always the one that reaches farthest. */
function fewestRanges(ranges: readonly Range[]): number {
  const ports = [...new Set(ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)))].sort(
    (a, b) => a - b,
  );
  let count = 0;
  let covered = 0;
  for (const port of ports) {
    if (port <= covered) continue;
    covered = Math.max(...ranges.filter(([first, last]) => first <= port && port <= last).map(([, last]) => last));
    count++;
  }
  return count;
}

describe('of rules that permit overlapping ranges the fewest stay', () => {
  for (const evaluation of ['first-match', 'any-permit'] as const) {
    test(`in a ${evaluation} policy, up to 20 rules`, () => {
      const random = seededRandom(7);
      let searched = 0;
      for (let round = 0; round < 60; round++) {
        const ranges = randomRanges(8 + (round % 13), random);
        const { plan } = planOf([
          policyOf(
            ranges.map(([first, last]) => `permit tcp any -> 10.0.0.1 ${first}-${last}`),
            { evaluation },
          ),
        ]);
        const largest = ranges.length - fewestRanges(ranges);
        expect([plan.removals.length, plan.bound]).toEqual([largest, largest]);
        if (plan.alternatives.length > 0) searched++;
      }
      expect(searched).toBeGreaterThan(20);
    });

    test(`in a ${evaluation} policy of 300 rules at least as many go as eliminating from either end gives, and never more than the bound`, () => {
      const ranges = randomRanges(300, seededRandom(3));
      const { plan } = planOf([
        policyOf(
          ranges.map(([first, last]) => `permit tcp any -> 10.0.0.1 ${first}-${last}`),
          { evaluation },
        ),
      ]);
      for (const order of [ranges, [...ranges].reverse()]) {
        let kept = [...ranges];
        for (const range of order) {
          const without = kept.filter((other) => other !== range);
          if (portsOf(without).size === portsOf(ranges).size) kept = without;
        }
        expect(plan.removals.length).toBeGreaterThanOrEqual(ranges.length - kept.length);
      }
      expect(plan.removals.length).toBeLessThanOrEqual(ranges.length - fewestRanges(ranges));
      expect(plan.bound).toBeGreaterThanOrEqual(ranges.length - fewestRanges(ranges));
    });
  }
});

function portsOf(ranges: readonly Range[]): Set<number> {
  return new Set(ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)));
}

test('where rules are in each other’s way the sequence takes the later ones first', () => {
  // Without 1 and 2, port 80 meets the deny 4 as long as that stands, and the permitting default when it is gone.
  const texts = [80, '80-90', '81-90', '80-100', '91-100'].map((ports, i) => `${i < 3 ? 'permit' : 'deny'} tcp any -> 10.0.0.1 ${ports}`);
  const { plan } = planOf([policyOf(texts, { defaultAction: 'permit' })]);
  expect(plan.removals.map(({ rule }) => rule)).toEqual(['4', '3', '2', '1']);
  expect(plan.bound).toBe(4);
});

test('a rule whose effect is gone once a redundant one is goes as well, for the finding that asks for the other', () => {
  // The permit 1 decides today. Without the deny 2, which 3 stands in for elsewhere, the default permits as it does.
  const texts = ['permit tcp any -> 10.0.0.1 80-85', 'deny tcp any -> 10.0.0.1 80-100', 'deny tcp any -> 10.0.0.1 86-100'];
  const { plan, findings } = planOf([policyOf(texts, { defaultAction: 'permit' })]);
  expect(plan.removals.map(({ rule }) => rule)).toEqual(['2', '1']);
  expect(plan.bound).toBe(2);
  expect(plan.removals[1]?.because).toEqual(plan.removals[0]?.because);
  expect(findings.map(({ id, rule }) => [id, rule])).toContainEqual([plan.removals[1]?.because[0], '2']);
  expect(plan.removals[1]?.rationale.signal).toContain('no effect of its own once rule 2 went before it');
});

test('a rule that could not be read does not go with the others either', () => {
  const texts = ['permit tcp any -> 10.0.0.1 80-85', 'deny tcp any -> 10.0.0.1 80-100', 'deny tcp any -> 10.0.0.1 86-100'];
  const unread = policyOf(texts, { defaultAction: 'permit' });
  const rules = unread.rules.map((rule) => (rule.id === '1' ? { ...rule, evaluable: 'no' as const } : rule));
  expect(planOf([{ ...unread, rules }]).plan.removals.map(({ rule }) => rule)).not.toContain('1');
});
