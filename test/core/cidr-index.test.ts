import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildAddressRanks } from '../../src/core/address-ranks.ts';
import { buildCidrIndex, indexRuleAddresses } from '../../src/core/cidr-index.ts';
import { type AddressRange, rangeContains } from '../../src/model/address.ts';
import { arbAddress, arbFamily, arbRange, arbRules } from '../support/arbitrary-rules.ts';
import { referenceMentions } from '../support/reference.ts';

const arbAnyRange = (): fc.Arbitrary<AddressRange> => arbFamily().chain(arbRange);

test('the CIDR index finds exactly the ranges a scan finds', () => {
  fc.assert(
    fc.property(fc.array(arbAnyRange(), { maxLength: 20 }), arbAnyRange(), (ranges, asked) => {
      const index = buildCidrIndex(ranges);
      const scan = (test: (range: AddressRange) => boolean): number[] =>
        [...ranges.keys()].filter((id) => test(ranges[id] as AddressRange));
      expect(index.overlapping(asked)).toEqual(
        scan((range) => range.family === asked.family && range.first <= asked.last && asked.first <= range.last),
      );
      expect(index.containing(asked)).toEqual(scan((range) => rangeContains(range, asked)));
    }),
    { numRuns: 300 },
  );
});

test('the rules that speak about a range are those with an endpoint that overlaps it', () => {
  fc.assert(
    fc.property(arbRules(), arbAnyRange(), (rules, asked) => {
      expect(indexRuleAddresses(rules)(asked)).toEqual(referenceMentions(rules, asked));
    }),
  );
});

test('every address is inside the stretch of its rank, and no range begins or ends inside of a stretch', () => {
  fc.assert(
    fc.property(
      arbFamily().chain((family) => fc.tuple(fc.array(arbRange(family), { maxLength: 10 }), arbAddress(family), fc.constant(family))),
      ([ranges, address, family]) => {
        const ranks = buildAddressRanks(family, ranges);
        const rank = ranks.rankOf(address);
        expect(ranks.firstAddress(rank) <= address && address <= ranks.lastAddress(rank)).toBe(true);
        for (const range of ranges) {
          expect(ranks.firstAddress(ranks.rankOf(range.first))).toBe(range.first);
          expect(ranks.lastAddress(ranks.rankOf(range.last))).toBe(range.last);
        }
      },
    ),
  );
});
