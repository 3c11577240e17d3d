import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseGuardrails } from '../../src/governance/guardrails.ts';
import { divideByZone, rangesOf, zoneRanges } from '../../src/governance/zones.ts';
import { type AddressFamily, type AddressRange, formatAddressRange, LAST_ADDRESS } from '../../src/model/address.ts';
import type { Zone } from '../../src/model/guardrails.ts';

const shown = (ranges: readonly AddressRange[]): string => ranges.map(formatAddressRange).join(' ');

describe('an address belongs to the zone with the most specific network', () => {
  const guardrails = parseGuardrails(
    `version: 1
zones:
  all: {cidrs: [10.0.0.0/8, "2001:db8::/32"], tags: [inside]}
  web: {cidrs: [10.1.0.0/16], tags: [inside]}
  islet: {cidrs: [10.1.2.0/24]}
  back: {cidrs: [10.1.2.128/25, 192.0.2.7]}
`,
    'g.yaml',
  );

  test('so that zones nest, and an inner one may lie in several', () => {
    expect(shown(zoneRanges(guardrails, 'all'))).toBe('10.0.0.0/16 10.2.0.0-10.255.255.255 2001:db8::/32');
    expect(shown(zoneRanges(guardrails, 'web'))).toBe('10.1.0.0/23 10.1.3.0-10.1.255.255');
    expect(shown(zoneRanges(guardrails, 'islet'))).toBe('10.1.2.0/25');
    expect(shown(zoneRanges(guardrails, 'back'))).toBe('10.1.2.128/25 192.0.2.7');
    expect(zoneRanges(guardrails, 'nobody')).toEqual([]);
  });

  test('a tag is all of its zones, outside is what is in none, any is everything', () => {
    expect(shown(rangesOf(guardrails, [{ kind: 'tag', name: 'inside' }]))).toBe(
      '10.0.0.0-10.1.1.255 10.1.3.0-10.255.255.255 2001:db8::/32',
    );
    expect(shown(rangesOf(guardrails, [{ kind: 'outside' }]))).toBe(
      '0.0.0.0-9.255.255.255 11.0.0.0-192.0.2.6 192.0.2.8-255.255.255.255 ::-2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    );
    expect(shown(rangesOf(guardrails, [{ kind: 'any' }]))).toBe('0.0.0.0/0 ::/0');
  });

  test('a list is the union of its parts', () => {
    const [host] = guardrails.zones.get('back')?.networks.slice(1) ?? [];
    expect(host).toBeDefined();
    if (host === undefined) return;
    expect(
      shown(
        rangesOf(guardrails, [
          { kind: 'zone', name: 'islet' },
          { kind: 'addresses', range: host.range },
        ]),
      ),
    ).toBe('10.1.2.0/25 192.0.2.7');
  });

  test('without zones everything is outside', () => {
    expect(shown(rangesOf({ zones: new Map() }, [{ kind: 'outside' }]))).toBe('0.0.0.0/0 ::/0');
  });
});

/** Networks of the lowest and highest 32 addresses of a family, so that they nest often and touch the ends; no network twice. */
function arbZones(): fc.Arbitrary<ReadonlyMap<string, Zone>> {
  const network = fc
    .record({
      family: fc.constantFrom<AddressFamily>(4, 6),
      high: fc.boolean(),
      address: fc.bigInt({ min: 0n, max: 31n }),
      bits: fc.constantFrom(0n, 1n, 2n, 3n, 4n, 5n),
      zone: fc.constantFrom('a', 'b', 'c'),
    })
    .map(({ family, high, address, bits, zone }) => {
      const base = high ? LAST_ADDRESS[family] - 31n : 0n;
      const first = ((base + address) >> bits) << bits;
      return { zone, range: { family, first, last: first + (1n << bits) - 1n } };
    });
  const everything = fc
    .constantFrom<AddressFamily>(4, 6)
    .map((family) => ({ zone: 'd', range: { family, first: 0n, last: LAST_ADDRESS[family] } }));
  return fc
    .uniqueArray(fc.oneof({ weight: 9, arbitrary: network }, { weight: 1, arbitrary: everything }), {
      maxLength: 12,
      selector: ({ range }) => `${range.family} ${range.first} ${range.last}`,
    })
    .map((networks) => {
      const zones = new Map<string, Zone>();
      for (const { zone, range } of networks) {
        const before = zones.get(zone) ?? { name: zone, networks: [], tags: [], description: '', line: 1 };
        zones.set(zone, { ...before, networks: [...before.networks, { range, line: 1 }] });
      }
      return zones;
    });
}

test('the division agrees with a look-up of the longest prefix, address by address', () => {
  fc.assert(
    fc.property(arbZones(), (zones) => {
      const addresses = divideByZone(zones);
      for (const family of [4, 6] as const) {
        for (let offset = 0n; offset < 80n; offset++) {
          const address = offset < 40n ? offset : LAST_ADDRESS[family] - (offset - 40n);
          const holders = ['a', 'b', 'c', 'd'].filter((zone) => holds(addresses.ofZone(zone), family, address));
          const expected = longestPrefix(zones, family, address);
          expect(holders).toEqual(expected === null ? [] : [expected]);
          expect(holds(addresses.outside, family, address)).toBe(expected === null);
        }
      }
    }),
    { numRuns: 150 },
  );
});

function longestPrefix(zones: ReadonlyMap<string, Zone>, family: AddressFamily, address: bigint): string | null {
  let best: { readonly zone: string; readonly size: bigint } | null = null;
  for (const { name, networks } of zones.values()) {
    for (const { range } of networks) {
      const size = range.last - range.first;
      if (holds([range], family, address) && (best === null || size < best.size)) best = { zone: name, size };
    }
  }
  return best?.zone ?? null;
}

function holds(ranges: readonly AddressRange[], family: AddressFamily, address: bigint): boolean {
  return ranges.some((range) => range.family === family && range.first <= address && address <= range.last);
}
