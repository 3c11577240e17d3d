import { type AddressRange, anyAddress, formatAddressRange, normaliseRanges } from '../../model/address.ts';
import type { MatchProduct } from '../../model/match.ts';
import type { Suggestion } from '../../model/request-answer.ts';
import { formatService } from '../../model/service.ts';

/** A match as lists, in the notation of results; `any` is every address of both families. An empty side stays empty. */
export function writeMatch(products: readonly MatchProduct[]): Suggestion['match'] {
  return {
    source: writeSide(products.flatMap(({ source }) => source.ranges)),
    destination: writeSide(products.flatMap(({ destination }) => destination.ranges)),
    services: [...new Set(products.flatMap(({ services }) => services.map(formatService)))],
  };
}

function writeSide(ranges: readonly AddressRange[]): string[] {
  const all = normaliseRanges(ranges);
  const isAny = ([4, 6] as const).every((family) => all.some((range) => range.family === family && isWhole(range)));
  return isAny ? ['any'] : all.map(formatAddressRange);
}

function isWhole({ family, first, last }: AddressRange): boolean {
  return first === 0n && last === anyAddress(family).last;
}
