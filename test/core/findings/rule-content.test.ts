import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalMatch } from '../../../src/core/findings/rule-content.ts';
import type { Match } from '../../../src/model/match.ts';
import { type PortRange, type Service, serviceOf } from '../../../src/model/service.ts';
import { arbPoint, arbRule, ruleWith } from '../../support/arbitrary-rules.ts';
import { referenceMatch } from '../../support/reference.ts';

/** Few services, so that different lists of them often mean the same. */
const arbServices = fc.array(
  fc.constantFrom<Service>(
    ...[null, { first: 0, last: 65535 }, { first: 79, last: 80 }, { first: 81, last: 443 }, { first: 80, last: 81 }].map(
      (ports: PortRange | null) => serviceOf(6, ports),
    ),
    { ...serviceOf(6), protocolFirst: 0, protocolLast: 255 },
    { ...serviceOf(6, { first: 0, last: 65535 }), protocolFirst: 0, protocolLast: 255 },
    { ...serviceOf(1), icmpType: 8 },
    serviceOf(1),
  ),
  { minLength: 1, maxLength: 3 },
);

test('matches with the same canonical text match the same packets, however they are written', () => {
  const arbPair = fc.record({
    rule: arbRule(),
    a: arbServices,
    b: arbServices,
    points: fc.array(fc.constantFrom(4 as const, 6 as const).chain(arbPoint), { minLength: 20, maxLength: 20 }),
  });
  let equal = 0;
  fc.assert(
    fc.property(arbPair, ({ rule, a, b, points }) => {
      const withServices = (services: readonly Service[]): Match => ({
        products: rule.match.products.map((product) => ({
          ...product,
          services,
          source: { ...product.source, membership: null },
          destination: { ...product.destination, membership: null },
        })),
      });
      const [left, right] = [withServices(a), withServices(b)];
      if (canonicalMatch(left) !== canonicalMatch(right)) return;
      equal += 1;
      for (const point of points)
        expect(referenceMatch(ruleWith({ match: left }), point)).toBe(referenceMatch(ruleWith({ match: right }), point));
    }),
    { numRuns: 2000, seed: 7 },
  );
  expect(equal).toBeGreaterThan(100);
});
