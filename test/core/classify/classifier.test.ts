import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildClassifier, type Strategy } from '../../../src/core/classify/classifier.ts';
import { toRuleBoxes, type UnseenColumns } from '../../../src/core/classify/rule-boxes.ts';
import type { AddressFamily } from '../../../src/model/address.ts';
import { UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../../src/model/flow.ts';
import type { Evaluation } from '../../../src/model/policy.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { arbFamily, arbPoint, arbRules } from '../../support/arbitrary-rules.ts';
import { type Point, type ReferenceResult, referenceAllMatch, referenceFirstMatch } from '../../support/reference.ts';

const STRATEGIES: readonly Strategy[] = ['linear', 'class-pairs', 'bit-vectors', 'interval-tree'];

describe.each(STRATEGIES)('%s', (strategy) => {
  test('the first matching rule, and those that may match before it, are those a scan over the model finds', () => {
    fc.assert(
      fc.property(arbCase(), ({ rules, family, points }) => {
        expect(classify(rules, family, points, 'first-match', strategy)).toEqual(points.map((point) => referenceFirstMatch(rules, point)));
      }),
      { numRuns: 300 },
    );
  });

  test('all matching rules are those a scan over the model finds', () => {
    fc.assert(
      fc.property(arbCase(), ({ rules, family, points }) => {
        expect(classify(rules, family, points, 'any-permit', strategy)).toEqual(points.map((point) => referenceAllMatch(rules, point)));
      }),
      { numRuns: 300 },
    );
  });
});

interface Case {
  readonly rules: readonly Rule[];
  readonly family: AddressFamily;
  readonly points: readonly Point[];
}

function arbCase(): fc.Arbitrary<Case> {
  return arbFamily().chain((family) =>
    fc.record({ rules: arbRules(), family: fc.constant(family), points: fc.array(arbPoint(family), { minLength: 1, maxLength: 30 }) }),
  );
}

function classify(
  rules: readonly Rule[],
  family: AddressFamily,
  points: readonly Point[],
  evaluation: Evaluation,
  strategy: Strategy,
): ReferenceResult[] {
  const ipv6Addresses = [...new Set(points.flatMap((point) => [point.source, point.destination]))].sort((a, b) => (a < b ? -1 : 1));
  const boxes = toRuleBoxes(rules, family, unseenColumns(points));
  const classifier = buildClassifier(boxes, evaluation, { ipv6Addresses, memoryBudgetBytes: 1 << 24, strategy });
  const code = (address: bigint): number => (family === 4 ? Number(address) : ipv6Addresses.indexOf(address));
  const out = new Uint32Array(points.length);
  // Twice: what is remembered must be what was found.
  for (let pass = 0; pass < 2; pass++) {
    classifier.classifyBatch(
      points.length,
      Uint32Array.from(points, (point) => code(point.source)),
      Uint32Array.from(points, (point) => code(point.destination)),
      Uint32Array.from(points, (point) => point.protocol),
      Uint32Array.from(points, (point) => point.sourcePort),
      Uint32Array.from(points, (point) => point.destinationPort),
      out,
    );
  }
  return Array.from(out, (id) => classifier.resultSets[id] as ReferenceResult);
}

/** As little as the points allow: boxes for unseen values must be there exactly when they are needed. */
function unseenColumns(points: readonly Point[]): UnseenColumns {
  return {
    sourcePort: points.some((point) => point.sourcePort === UNSEEN_PORT),
    destinationPort: points.some((point) => point.destinationPort === UNSEEN_PORT),
    protocol: points.some((point) => point.protocol === UNSEEN_PROTOCOL),
  };
}
