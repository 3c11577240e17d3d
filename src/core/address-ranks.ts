import { type AddressFamily, type AddressRange, LAST_ADDRESS } from '../model/address.ts';

/** The addresses of one family, cut into stretches that no range given begins or ends inside of. A stretch is known by its rank, from 0. */
export interface AddressRanks {
  readonly family: AddressFamily;
  readonly count: number;
  rankOf(address: bigint): number;
  firstAddress(rank: number): bigint;
  lastAddress(rank: number): bigint;
}

/** Ranges of the other family are not looked at. Without ranges there is one stretch: the whole family. */
export function buildAddressRanks(family: AddressFamily, ranges: readonly AddressRange[]): AddressRanks {
  const cuts = new Set([0n]);
  for (const range of ranges) {
    if (range.family !== family) continue;
    cuts.add(range.first);
    if (range.last < LAST_ADDRESS[family]) cuts.add(range.last + 1n);
  }
  const starts = [...cuts].sort((a, b) => (a < b ? -1 : 1));
  return {
    family,
    count: starts.length,
    rankOf: (address) => lastAtOrBelow(starts, address),
    firstAddress: (rank) => starts[rank] as bigint,
    lastAddress: (rank) => (rank + 1 < starts.length ? (starts[rank + 1] as bigint) - 1n : LAST_ADDRESS[family]),
  };
}

function lastAtOrBelow(starts: readonly bigint[], address: bigint): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] as bigint) <= address) low = middle;
    else high = middle - 1;
  }
  return low;
}
