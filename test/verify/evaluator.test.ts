import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CheckedRule, toCheckedPolicy } from '../../src/core/verify/checked-policy.ts';
import { isInside, productsMeet } from '../../src/core/verify/product.ts';
import { readPacket } from '../../src/core/verify/read-region.ts';
import { intersect, meets, subtract, toValueSet, type ValueSet } from '../../src/core/verify/value-set.ts';
import { formatAddress } from '../../src/model/address.ts';
import type { Rule } from '../../src/model/rule.ts';
import { ICMP, ICMPV6, PROTOCOLS_WITH_PORTS } from '../../src/model/service.ts';
import { arbFamily, arbPoint, arbRules } from '../support/arbitrary-rules.ts';
import { policyOf } from '../support/policies.ts';
import { type Point, referenceMatch } from '../support/reference.ts';

test('a rule certainly matches a packet where the reference says so, and might where it says it might', () => {
  let [certain, possible] = [0, 0];
  fc.assert(
    fc.property(arbRules(4), fc.array(arbFamily().chain(arbPoint), { minLength: 4, maxLength: 8 }), (rules, points) => {
      const numbered = rules.map((rule, rank) => ({ ...rule, id: `r${rank}`, rank }));
      const policy = toCheckedPolicy(policyOf(numbered));
      for (const point of [...points, ...numbered.flatMap(cornersOf)].filter(isWhole)) {
        const packet = readPacket(policy, toPacket(point));
        for (const rule of numbered) {
          const parts = policy.ruleOf.get(rule.id)?.parts ?? [];
          const answer = referenceMatch(rule, point);
          // What a reference holds today is no part of what it may hold: the members that a log would find stand aside.
          if (rule.match.products.some(({ source, destination }) => source.membership !== null || destination.membership !== null))
            continue;
          expect(parts.some((part) => productsMeet(part, packet))).toBe(answer !== 'no');
          if (rule.evaluable !== 'no') expect(isInside(packet, parts, policy.wholeOf)).toBe(answer === 'certain');
          if (answer === 'certain') certain += 1;
          if (answer === 'possible') possible += 1;
        }
      }
    }),
    { numRuns: 400, seed: 3 },
  );
  expect(certain).toBeGreaterThan(100);
  expect(possible).toBeGreaterThan(20);
});

test('a reference is everything it may hold, under a condition that may be false', () => {
  const membership = { axis: 'member of sg-1', members: [{ family: 4 as const, first: 1n, last: 1n }] };
  const rule = policyOf(['permit tcp 10.0.0.0/8 -> any']).rules[0];
  if (rule === undefined) throw new Error('no rule');
  const products = rule.match.products.map((product) => ({ ...product, source: { ...product.source, membership } }));
  const policy = toCheckedPolicy(policyOf([{ ...rule, match: { products } }]));
  const checked = policy.ruleOf.get('1') as CheckedRule;
  const packet = (unknowns: { axis: string; holds: boolean }[]) =>
    readPacket(policy, {
      ...toPacket({ family: 4, source: 10n << 24n, destination: 1n, protocol: 6, sourcePort: 1, destinationPort: 1 }),
      unknowns,
    });
  expect(isInside(packet([]), checked.parts, policy.wholeOf)).toBe(false);
  expect(isInside(packet([{ axis: 'member of sg-1', holds: true }]), checked.parts, policy.wholeOf)).toBe(true);
  expect(checked.parts.some((part) => productsMeet(part, packet([{ axis: 'member of sg-1', holds: false }])))).toBe(false);
});

test('sets of values behave as the values in them do', () => {
  const arbSet = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 15 })), { maxLength: 5 })
    .map((pairs) => toValueSet(pairs.map(([first, last]) => ({ first: BigInt(first), last: BigInt(last) }))));
  const values = (set: ValueSet): number[] =>
    Array.from({ length: 16 }, (_, i) => i).filter((i) => set.some(({ first, last }) => first <= i && i <= last));
  fc.assert(
    fc.property(arbSet, arbSet, (a, b) => {
      expect(values(intersect(a, b))).toEqual(values(a).filter((value) => values(b).includes(value)));
      expect(values(subtract(a, b))).toEqual(values(a).filter((value) => !values(b).includes(value)));
      expect(meets(a, b)).toBe(intersect(a, b).length > 0);
    }),
    { seed: 5, numRuns: 500 },
  );
});

test('an IPv4-mapped address in a proof about IPv6 is the IPv6 address', () => {
  const policy = toCheckedPolicy(policyOf(['permit tcp ::/0 -> any']));
  const packet = readPacket(policy, {
    ...toPacket({ family: 6, source: 0n, destination: 0n, protocol: 6, sourcePort: 1, destinationPort: 1 }),
    source: '::ffff:1.2.3.4',
  });
  expect(packet.get('source')).toEqual([{ first: 0xffff_0102_0304n, last: 0xffff_0102_0304n }]);
});

test('the checker shares no code with what finds the claims', () => {
  const folder = join(import.meta.dirname, '../../src/core/verify');
  const imports = readdirSync(folder).flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? ''),
  );
  expect(imports.length).toBeGreaterThan(20);
  expect(imports.filter((path) => !/^(?:\.\/[a-z-]+\.ts|\.\.\/\.\.\/model\/[a-z-]+\.ts|node:crypto)$/.test(path))).toEqual([]);
});

/** Points at the ends of what a rule asks for: random ones hardly ever match. */
function cornersOf({ match }: Rule): Point[] {
  return match.products.flatMap(({ family, source, destination, services }) =>
    services.flatMap(({ protocolFirst, protocolLast, sourcePort, destinationPort, icmpType, icmpCode }) =>
      [protocolFirst, protocolLast].flatMap((protocol) => {
        const [from, to] = [source.ranges[0], destination.ranges.at(-1)];
        if (from === undefined || to === undefined) return [];
        const first = isIcmp(protocol) ? (icmpType ?? 3) : (sourcePort?.first ?? 9);
        const second = isIcmp(protocol) ? (icmpCode ?? 4) : (destinationPort?.last ?? 9);
        return [{ family, source: from.last, destination: to.first, protocol, sourcePort: first, destinationPort: second }];
      }),
    ),
  );
}

/** Values that a log does not carry belong to no packet. */
function isWhole({ protocol, sourcePort, destinationPort }: Point): boolean {
  return (
    protocol <= 255 &&
    (!hasPorts(protocol) || (sourcePort <= 65535 && destinationPort <= 65535)) &&
    (!isIcmp(protocol) || (sourcePort <= 255 && destinationPort <= 255))
  );
}

function toPacket({ family, source, destination, protocol, sourcePort, destinationPort }: Point) {
  return {
    family,
    source: formatAddress(family, source),
    destination: formatAddress(family, destination),
    protocol,
    sourcePort: hasPorts(protocol) ? sourcePort : null,
    destinationPort: hasPorts(protocol) ? destinationPort : null,
    icmpType: isIcmp(protocol) ? sourcePort : null,
    icmpCode: isIcmp(protocol) ? destinationPort : null,
    finite: [],
    unknowns: [],
  };
}

function hasPorts(protocol: number): boolean {
  return PROTOCOLS_WITH_PORTS.includes(protocol);
}

function isIcmp(protocol: number): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}
