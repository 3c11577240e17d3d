import type { RuleBoxes } from './rule-boxes.ts';

/**
 * Boxes of either family over points that are all small integers: the IPv4 address, or the index of an IPv6 address among those that occur.
 * Columns as in `RuleBoxes`, sorted by rule, a rule's certain boxes first. Equal protocols and ports of different boxes are one service.
 */
export interface PointBoxes {
  readonly count: number;
  readonly ruleCount: number;
  readonly rule: Uint32Array;
  readonly certain: Uint8Array;
  readonly sourceFirst: Uint32Array;
  readonly sourceLast: Uint32Array;
  readonly destinationFirst: Uint32Array;
  readonly destinationLast: Uint32Array;
  /** Index into {@link services}. */
  readonly service: Uint32Array;
  readonly services: ServiceTable;
}

/** {@link SERVICE_STRIDE} numbers for each service: first and last of protocol, source port, destination port; 0 in the rest. */
export type ServiceTable = Int32Array;
export const SERVICE_STRIDE = 8;

/**
 * @param ipv6Addresses the addresses that occur in the flows, sorted, without repetition; boxes that hold none of them fall away.
 *   Not looked at for IPv4.
 */
export function toPointBoxes(boxes: RuleBoxes, ipv6Addresses: readonly bigint[]): PointBoxes {
  const bounds = boxes.family === 4 ? boxes.addresses : toIndexBounds(boxes.addresses, ipv6Addresses);
  const kept: number[] = [];
  for (let box = 0; box < boxes.count; box++) {
    const holdsPoints =
      at(bounds.sourceFirst, box) <= at(bounds.sourceLast, box) && at(bounds.destinationFirst, box) <= at(bounds.destinationLast, box);
    if (holdsPoints) kept.push(box);
  }
  const isWhole = kept.length === boxes.count;
  const pick = (column: Uint32Array): Uint32Array => (isWhole ? column : Uint32Array.from(kept, (box) => at(column, box)));
  return {
    count: kept.length,
    ruleCount: boxes.ruleCount,
    rule: pick(boxes.rule),
    certain: isWhole ? boxes.certain : Uint8Array.from(kept, (box) => boxes.certain[box] ?? 0),
    sourceFirst: pick(bounds.sourceFirst),
    sourceLast: pick(bounds.sourceLast),
    destinationFirst: pick(bounds.destinationFirst),
    destinationLast: pick(bounds.destinationLast),
    ...toServices(boxes, kept),
  };
}

type Bounds = Pick<PointBoxes, 'sourceFirst' | 'sourceLast' | 'destinationFirst' | 'destinationLast'>;

function toIndexBounds(addresses: Extract<RuleBoxes, { family: 6 }>['addresses'], ipv6Addresses: readonly bigint[]): Bounds {
  const firsts = (column: readonly bigint[]): Uint32Array => Uint32Array.from(column, (first) => countBelow(ipv6Addresses, first));
  // A range in front of every address would end at -1: as an empty range it is written 1..0, as all empty ones.
  const lasts = (firstColumn: Uint32Array, column: readonly bigint[]): Uint32Array =>
    Uint32Array.from(column, (last, box) => {
      const end = countBelow(ipv6Addresses, last + 1n);
      if (end > at(firstColumn, box)) return end - 1;
      firstColumn[box] = 1;
      return 0;
    });
  const sourceFirst = firsts(addresses.sourceFirst);
  const destinationFirst = firsts(addresses.destinationFirst);
  return {
    sourceFirst,
    sourceLast: lasts(sourceFirst, addresses.sourceLast),
    destinationFirst,
    destinationLast: lasts(destinationFirst, addresses.destinationLast),
  };
}

/** How many of the sorted values are smaller than the limit. */
function countBelow(sorted: readonly bigint[], limit: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as bigint) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function toServices(boxes: RuleBoxes, kept: readonly number[]): Pick<PointBoxes, 'service' | 'services'> {
  const service = new Uint32Array(kept.length);
  const numbers: number[] = [];
  const known = new Map<string, number>();
  kept.forEach((box, index) => {
    const bounds = [
      at(boxes.protocolFirst, box),
      at(boxes.protocolLast, box),
      at(boxes.sourcePortFirst, box),
      at(boxes.sourcePortLast, box),
      at(boxes.destinationPortFirst, box),
      at(boxes.destinationPortLast, box),
    ];
    const key = bounds.join();
    let id = known.get(key);
    if (id === undefined) {
      id = known.size;
      known.set(key, id);
      numbers.push(...bounds, 0, 0);
    }
    service[index] = id;
  });
  return { service, services: Int32Array.from(numbers) };
}

function at(column: Uint32Array, index: number): number {
  return column[index] as number;
}
