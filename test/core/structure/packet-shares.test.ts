import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareShares, formatShare } from '../../../src/core/structure/packet-shares.ts';

const only4 = (ipv4: bigint) => ({ ipv4, ipv6: 0n });

test('a share is rounded down: nothing short of all is shown as all', () => {
  expect(formatShare(only4(2n ** 40n - 1n), only4(2n ** 40n))).toBe('0.999999');
  expect(formatShare(only4(2n ** 40n), only4(2n ** 40n))).toBe('1');
  expect(formatShare(only4(1n), only4(2n ** 40n))).toBe('0');
  expect(formatShare(only4(1n), only4(256n))).toBe('0.003906');
});

test('of no packets the share is none', () => {
  expect(formatShare(only4(0n), only4(0n))).toBe('0');
});

test('of packets of both families it is the mean of the shares, so that IPv4 does not vanish beside IPv6', () => {
  expect(formatShare(only4(4n), { ipv4: 4n, ipv6: 2n ** 100n })).toBe('0.5');
  expect(formatShare({ ipv4: 1n, ipv6: 2n ** 99n }, { ipv4: 4n, ipv6: 2n ** 100n })).toBe('0.375');
});

test('of two parts the one with the larger share comes first', () => {
  const count = fc.bigInt({ min: 0n, max: 1000n });
  const part = fc.record({ ipv4: count, ipv6: count });
  fc.assert(
    fc.property(part, part, (a, b) => {
      const total = { ipv4: 1000n, ipv6: 1000n };
      const shareOf = ({ ipv4, ipv6 }: typeof a): number => Number(ipv4) / 1000 + Number(ipv6) / 1000;
      expect(compareShares(a, b, total)).toBe(Math.sign(Math.round((shareOf(b) - shareOf(a)) * 1000)) + 0);
    }),
  );
});
