import fc from 'fast-check';
import { Address4 } from 'ip-address';
import { expect, test } from 'vitest';
import {
  type AddressFamily,
  type AddressRange,
  anyAddress,
  compareRanges,
  formatAddress,
  formatAddressRange,
  LAST_ADDRESS,
  normaliseRanges,
  parseAddress,
  parseAddressRange,
  rangeContains,
} from '../../src/model/address.ts';

const MAPPED: AddressRange = { family: 6, first: 0xffff_0000_0000n, last: 0xffff_ffff_ffffn };
const family = fc.constantFrom<AddressFamily>(4, 6);
/** Small, large and aligned numbers, and IPv6 addresses with runs of zero groups. */
const value = (of: AddressFamily): fc.Arbitrary<bigint> =>
  of === 4
    ? fc.bigInt({ min: 0n, max: LAST_ADDRESS[4] })
    : fc.oneof(
        fc.bigInt({ min: 0n, max: LAST_ADDRESS[6] }),
        fc
          .array(fc.constantFrom(0n, 0n, 1n, 0xffffn), { minLength: 8, maxLength: 8 })
          .map((groups) => groups.reduce<bigint>((all, group) => (all << 16n) | group, 0n)),
      );
const address = family
  .chain((of) => value(of).map((number) => ({ family: of, value: number })))
  .filter((one) => one.family === 4 || !isMapped(one.value));
const range = family.chain((of) =>
  fc.oneof(
    fc.tuple(value(of), value(of)).map(([a, b]): AddressRange => ({ family: of, first: a < b ? a : b, last: a < b ? b : a })),
    fc.tuple(value(of), fc.nat({ max: of === 4 ? 32 : 128 })).map(([number, hostBits]): AddressRange => {
      const mask = (1n << BigInt(hostBits)) - 1n;
      return { family: of, first: number & ~mask, last: number | mask };
    }),
  ),
);

function isMapped(number: bigint): boolean {
  return MAPPED.first <= number && number <= MAPPED.last;
}

test('what is formatted is read back as the same address', () => {
  fc.assert(
    fc.property(address, (one) => {
      expect(parseAddress(formatAddress(one.family, one.value))).toEqual(one);
    }),
  );
});

test('an IPv6 address is formatted as a browser formats it (RFC 5952)', () => {
  fc.assert(
    fc.property(value(6), (number) => {
      const groups = Array.from({ length: 8 }, (_, index) => ((number >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
      expect(`[${formatAddress(6, number)}]`).toBe(new URL(`http://[${groups.join(':')}]`).hostname);
    }),
  );
});

test('what is formatted is read back as the same range', () => {
  fc.assert(
    fc.property(
      range.filter((one) => one.family === 4 || !rangeContains(MAPPED, one)),
      (one) => {
        expect(parseAddressRange(formatAddressRange(one))).toEqual({ ok: true, range: one, hostBitsMasked: false });
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['10.0.0.5', '10.0.0.5'],
  ['10.0.0.5/32', '10.0.0.5'],
  [' 10.0.0.5 - 10.0.0.9 ', '10.0.0.5-10.0.0.9'],
  ['10.0.0.0-10.0.0.255', '10.0.0.0/24'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['::/0', '::/0'],
  ['2001:DB8::/32', '2001:db8::/32'],
  ['2001:db8::1-2001:db8::3', '2001:db8::1-2001:db8::3'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::ffff:10.1.2.0/120', '10.1.2.0/24'],
  ['::ffff:0:0/96', '0.0.0.0/0'],
  ['::-::ffff:0:5', '::-::ffff:0:5'],
])('%s is read as %s', (text, expected) => {
  const parsed = parseAddressRange(text);
  expect(parsed.ok && formatAddressRange(parsed.range)).toBe(expected);
});

test('host bits below a prefix are masked and reported', () => {
  expect(parseAddressRange('10.1.2.3/8')).toEqual({
    ok: true,
    range: { family: 4, first: 10n << 24n, last: (11n << 24n) - 1n },
    hostBitsMasked: true,
  });
  expect(parseAddressRange('2001:db8::1/32')).toMatchObject({ ok: true, hostBitsMasked: true });
  expect(parseAddressRange('::ffff:10.1.2.3/120')).toMatchObject({ ok: true, range: { family: 4 }, hostBitsMasked: true });
});

test.each([
  '',
  ' ',
  'any',
  '010.1.1.1',
  '10.01.1.1',
  '1.2.3',
  '1.2.3.04',
  '1.2.3.4.5',
  '256.1.1.1',
  '0x0a.1.1.1',
  '167772161',
  '1.2.3.4/33',
  '1.2.3.4/-1',
  '1.2.3.4/08',
  '1.2.3.4/',
  '1.2.3.4/8/8',
  '1.2.3.4/255.255.255.0',
  '1.2.3.4 /8',
  '/8',
  '-',
  '1.2.3.4-',
  '-1.2.3.4',
  '1.2.3.4:80',
  '[::1]',
  '::1%eth0',
  '::1/129',
  '1::2::3',
  ':::',
  '12345::',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '::ffff:010.1.1.1',
  '::ffff:1.2.3',
  '::ffff:1.2.3.4/64',
  'g::',
  '10.0.0.9-10.0.0.5',
  '10.0.0.1-::1',
  '10.0.0.0/8-10.0.0.9',
  '１０.0.0.1',
  '10.0.0.1\n10.0.0.2',
])('%j is refused with a sentence that quotes it', (text) => {
  const parsed = parseAddressRange(text);
  expect(parsed.ok ? formatAddressRange(parsed.range) : 'refused').toBe('refused');
  expect(parsed.ok ? '' : parsed.reason).toContain(text.split(/[-\n]/)[0]?.trim() ?? '');
});

const FEW = 64;
const fewRanges = fc.array(
  fc.tuple(family, fc.nat({ max: FEW - 1 }), fc.nat({ max: FEW - 1 })).map(
    ([of, a, b]): AddressRange => ({
      family: of,
      first: BigInt(Math.min(a, b)),
      last: BigInt(Math.min(Math.max(a, b), Math.min(a, b) + 7)),
    }),
  ),
  { maxLength: 12 },
);

/** The slow twin: every address of a small universe, asked one by one. */
function membersOf(ranges: readonly AddressRange[]): string[] {
  const all = ([4, 6] as const).flatMap((of) => Array.from({ length: FEW }, (_, number) => ({ of, number: BigInt(number) })));
  return all
    .filter(({ of, number }) => ranges.some((one) => one.family === of && one.first <= number && number <= one.last))
    .map(({ of, number }) => `${of} ${number}`);
}

test('normalised ranges hold the same addresses, sorted, disjoint and with a gap between any two', () => {
  fc.assert(
    fc.property(fewRanges, (ranges) => {
      const normalised = normaliseRanges(ranges);
      expect(membersOf(normalised)).toEqual(membersOf(ranges));
      expect(normalised).toEqual([...normalised].sort(compareRanges));
      normalised.slice(1).forEach((one, index) => {
        const before = normalised[index];
        expect(before?.family !== one.family || (before?.last ?? 0n) + 1n < one.first).toBe(true);
      });
    }),
    { numRuns: 500 },
  );
});

test('normalising leaves its input alone, and doing it twice changes nothing', () => {
  fc.assert(
    fc.property(fewRanges, (ranges) => {
      const copy = structuredClone(ranges);
      const once = normaliseRanges(ranges);
      expect(ranges).toEqual(copy);
      expect(normaliseRanges(once)).toEqual(once);
    }),
  );
});

test('the last address of a family and the first of the next are not neighbours', () => {
  expect(normaliseRanges([anyAddress(6), anyAddress(4)])).toEqual([anyAddress(4), anyAddress(6)]);
  expect(normaliseRanges([])).toEqual([]);
});

test('a range contains another exactly when it holds each of its addresses', () => {
  fc.assert(
    fc.property(fewRanges, (ranges) => {
      for (const outer of ranges) {
        for (const inner of ranges) {
          const held = new Set(membersOf([outer]));
          expect(rangeContains(outer, inner)).toBe(membersOf([inner]).every((member) => held.has(member)));
        }
      }
    }),
  );
});

test('an IPv4 address is read exactly where ip-address reads one, to the same number', () => {
  const octet = fc.oneof(
    { weight: 20, arbitrary: fc.integer({ min: 0, max: 255 }).map(String) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('0', '00', '000', '01', '007', '255', '256', '999', '1000', '', '-1', '+1', '1e1', '0x1', '１', '٣', 'a'),
    },
    { weight: 1, arbitrary: fc.constantFrom(' 1', '1 ', '1\t', '\n1', '1\u00a0', '1\u200b', '1_0', "1'0") },
  );
  const dots = fc.oneof({ weight: 20, arbitrary: fc.constant('.') }, { weight: 1, arbitrary: fc.constantFrom('..', ',', '。', ' .') });
  const count = fc.oneof({ weight: 10, arbitrary: fc.constant(4) }, { weight: 2, arbitrary: fc.constantFrom(0, 1, 3, 5) });
  const text = count.chain((length) =>
    fc
      .tuple(fc.array(octet, { minLength: length, maxLength: length }), fc.array(dots, { minLength: length, maxLength: length }))
      .map(([octets, between]) => octets.map((each, i) => (i === 0 ? each : `${between[i] ?? '.'}${each}`)).join('')),
  );
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(text, (written) => {
      const isValid = Address4.isValid(written);
      seen[isValid ? 'read' : 'refused']++;
      expect(parseAddress(written)).toEqual(isValid ? { family: 4, value: new Address4(written).bigInt() } : null);
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(300);
});
