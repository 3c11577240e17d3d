import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addTotals, describeCount, describeNotable, describePart, describeParts, formatPart } from '../../../src/report/ask/packet-part.ts';
import { total } from '../../support/ask-answers.ts';

const HUGE = 2n ** 60n;

describe('a part of the packets', () => {
  test('is a share, and a number as long as a person can picture it', () => {
    expect(describePart(total(64), total(256))).toBe('64 packets (25 %)');
    expect(describePart(total(9_999), total(HUGE))).toBe('9,999 packets (< 0.1 %)');
    expect(describePart(total(10_000), total(100_000))).toBe('10 % of the packets');
    expect(describePart(total(1), total(3))).toBe('1 packet (33.3 %)');
  });

  test('that is nothing or everything says so, and nothing else does', () => {
    expect(describePart(total(0), total(256))).toBe('no packet');
    expect(describePart(total(HUGE), total(HUGE))).toBe('every packet');
    expect(describePart(total(256), total(256))).toBe('all 256 packets');
    expect(describePart(total(1), total(1))).toBe('the only packet');
    expect(describePart(total(HUGE - 1n), total(HUGE))).toBe('> 99.9 % of the packets');
    expect(describePart(total(10_000), total(HUGE))).toBe('< 0.1 % of the packets');
  });

  test('names the families apart where their shares differ: IPv6 alone would drown IPv4', () => {
    const whole = total(2n ** 40n, 2n ** 200n);
    expect(describePart(total(2n ** 39n, 0), whole)).toBe('50 % of the IPv4 and 0 % of the IPv6 packets');
    expect(describePart(total(2n ** 40n, 0), whole)).toBe('100 % of the IPv4 and 0 % of the IPv6 packets');
    expect(describePart(total(2n ** 39n, 2n ** 199n), whole)).toBe('50 % of the packets');
    expect(formatPart(total(0, 2n ** 190n), total(0, 2n ** 191n))).toBe('50 %');
    expect(formatPart(total(0), total(0))).toBe('0 %');
  });

  test('never reads as nothing or everything when it is neither', () => {
    const sizes = fc
      .bigInt({ min: 2n, max: 2n ** 296n })
      .chain((whole) => fc.tuple(fc.bigInt({ min: 1n, max: whole - 1n }), fc.constant(whole)));
    fc.assert(
      fc.property(sizes, ([part, whole]) => {
        expect(formatPart(total(0, part), total(0, whole))).not.toMatch(/^(?:0|100) %$/);
        expect(describePart(total(part), total(whole))).not.toMatch(/^(?:no|every|all|the only) /);
      }),
    );
  });

  test('is worth a line of its own only when it says more than little or nearly all', () => {
    expect(describeNotable(total(10_000), total(HUGE))).toBe('');
    expect(describeNotable(total(HUGE - 1n), total(HUGE))).toBe('');
    expect(describeNotable(total(12), total(HUGE))).toBe('12 packets (< 0.1 %)');
    expect(describeNotable(total(HUGE / 2n), total(HUGE))).toBe('50 % of the packets');
  });
});

test('parts of a whole say "of the packets" once', () => {
  const parts = [
    { part: total(HUGE / 4n), words: 'permitted' },
    { part: total(0), words: 'open' },
    { part: total((HUGE * 3n) / 4n), words: 'denied' },
  ];
  expect(describeParts(parts, total(HUGE))).toBe('25 % of the packets permitted, 75 % denied');
  expect(describeParts(parts.slice(1), total((HUGE * 3n) / 4n))).toBe('every packet');
  expect(describeParts([], total(HUGE))).toBe('no packet');
});

test('parts of both families are told one family after the other, where they differ', () => {
  const whole = total(HUGE, HUGE);
  const parts = [
    { part: total(HUGE / 2n, 0), words: 'permitted' },
    { part: total(HUGE / 2n, HUGE), words: 'denied' },
  ];
  expect(describeParts(parts, whole)).toBe('IPv4: 50 % of the packets permitted, 50 % denied; IPv6: every packet denied');
  const alike = [
    { part: total(HUGE / 2n, HUGE / 2n), words: 'permitted' },
    { part: total(HUGE / 2n, HUGE / 2n), words: 'denied' },
  ];
  expect(describeParts(alike, whole)).toBe('50 % of the packets permitted, 50 % denied');
  expect(describeParts([{ part: whole, words: 'denied' }], whole)).toBe('every packet');
});

test('counts of totals add up by family, beyond what a number can hold', () => {
  expect(addTotals([total(HUGE, 1), total(HUGE, HUGE)])).toEqual(total(2n * HUGE, HUGE + 1n));
  expect(addTotals([])).toEqual(total(0));
  expect(describeCount(total(1))).toBe('1 packet');
  expect(describeCount(total(0, 9_999))).toBe('9,999 packets');
  expect(describeCount(total(5_000, 5_000))).toBe('');
});
