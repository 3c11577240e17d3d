import { expect, test } from 'vitest';
import { LAST_ADDRESS } from '../../src/model/address.ts';
import { anyEndpoint, type Endpoint, type MatchProduct, matchEverything, unknownAxes } from '../../src/model/match.ts';
import { ANY_SERVICE } from '../../src/model/service.ts';

const reference = (axis: string): Endpoint => ({ ...anyEndpoint(4), membership: { axis, members: null } });
const product = (changes: Partial<MatchProduct>): MatchProduct => ({
  family: 4,
  source: anyEndpoint(4),
  destination: anyEndpoint(4),
  services: [ANY_SERVICE],
  finite: [],
  unknowns: [],
  ...changes,
});

test('everything is every address of both families with every service, and leans on no unknown', () => {
  const everything = matchEverything();
  expect(everything.products.map(({ family, source, destination }) => [family, source.ranges, destination.ranges])).toEqual(
    ([4, 6] as const).map((family) => [
      family,
      [{ family, first: 0n, last: LAST_ADDRESS[family] }],
      [{ family, first: 0n, last: LAST_ADDRESS[family] }],
    ]),
  );
  expect(
    everything.products.every(({ services, finite }) => services.length === 1 && services[0] === ANY_SERVICE && finite.length === 0),
  ).toBe(true);
  expect(unknownAxes(everything)).toEqual([]);
});

test('everything under an unknown leans on it in both families, and it is one axis', () => {
  const match = matchEverything(['user=alice', 'app=web']);
  expect(match.products.every(({ unknowns }) => unknowns.join() === 'user=alice,app=web')).toBe(true);
  expect(unknownAxes(match)).toEqual(['user=alice', 'app=web']);
});

test('references and conditions are unknown axes, each once, in order of appearance', () => {
  const match = {
    products: [
      product({ source: reference('sg-1'), unknowns: ['app=web', 'sg-1'] }),
      product({ source: reference('pl-1'), destination: reference('sg-1'), unknowns: ['app=web', 'user=bob'] }),
    ],
  };
  expect(unknownAxes(match)).toEqual(['sg-1', 'app=web', 'pl-1', 'user=bob']);
});

test('a match without products has no unknown', () => {
  expect(unknownAxes({ products: [] })).toEqual([]);
});
