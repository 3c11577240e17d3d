import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AddressRange } from '../../src/model/address.ts';
import { LAST_ADDRESS } from '../../src/model/address.ts';
import { intersectRanges, subtractRanges } from '../../src/model/address-sets.ts';

// Addresses 0..19 and the last 4 of either family: small enough to look at every one.
const PLACES = [...Array.from({ length: 20 }, (_, i) => BigInt(i)), ...[3n, 2n, 1n, 0n].map((below) => -1n - below)];
const ADDRESSES = ([4, 6] as const).flatMap((family) =>
  PLACES.map((place) => ({ family, value: place < 0n ? LAST_ADDRESS[family] + 1n + place : place })),
);

const arbRange = fc
  .record({ family: fc.constantFrom(4 as const, 6 as const), a: fc.nat(PLACES.length - 1), b: fc.nat(PLACES.length - 1) })
  .map(({ family, a, b }): AddressRange => {
    const [first, last] = [a, b].sort((x, y) => x - y).map((place) => ADDRESSES[place + (family === 4 ? 0 : PLACES.length)]?.value ?? 0n);
    return { family, first: first ?? 0n, last: last ?? 0n };
  });
const arbRanges = fc.array(arbRange, { maxLength: 5 });

describe('sets of addresses hold what a look at every address says', () => {
  test('an intersection holds what both sets hold, and a difference what the second does not', () => {
    fc.assert(
      fc.property(arbRanges, arbRanges, (a, b) => {
        expect(ADDRESSES.filter(isIn(intersectRanges(a, b)))).toEqual(ADDRESSES.filter((each) => isIn(a)(each) && isIn(b)(each)));
        expect(ADDRESSES.filter(isIn(subtractRanges(a, b)))).toEqual(ADDRESSES.filter((each) => isIn(a)(each) && !isIn(b)(each)));
      }),
    );
  });

  test('the ranges that come out are sorted and disjoint', () => {
    fc.assert(
      fc.property(arbRanges, arbRanges, (a, b) => {
        for (const ranges of [intersectRanges(a, b), subtractRanges(a, b)]) {
          expect(ranges.every((range, i) => range.first <= range.last && (i === 0 || isBefore(ranges[i - 1], range)))).toBe(true);
        }
      }),
    );
  });

  test('what is taken away and put back is the set again, and the two parts share nothing', () => {
    fc.assert(
      fc.property(arbRanges, arbRanges, (a, b) => {
        const [rest, taken] = [subtractRanges(a, b), intersectRanges(a, b)];
        expect(intersectRanges(rest, taken)).toEqual([]);
        expect(subtractRanges(a, [...rest, ...taken])).toEqual([]);
        expect(subtractRanges([...rest, ...taken], a)).toEqual([]);
      }),
    );
  });
});

test('the last address of a family is no bridge to the next family', () => {
  const all: AddressRange[] = ([4, 6] as const).map((family) => ({ family, first: 0n, last: LAST_ADDRESS[family] }));
  expect(subtractRanges(all, [{ family: 4, first: LAST_ADDRESS[4], last: LAST_ADDRESS[4] }])).toEqual([
    { family: 4, first: 0n, last: LAST_ADDRESS[4] - 1n },
    { family: 6, first: 0n, last: LAST_ADDRESS[6] },
  ]);
});

function isIn(ranges: readonly AddressRange[]): (address: { readonly family: 4 | 6; readonly value: bigint }) => boolean {
  return ({ family, value }) => ranges.some((range) => range.family === family && range.first <= value && value <= range.last);
}

function isBefore(a: AddressRange | undefined, b: AddressRange): boolean {
  return a !== undefined && (a.family < b.family || (a.family === b.family && a.last < b.first));
}
