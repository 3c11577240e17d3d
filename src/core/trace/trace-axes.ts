import { type AddressFamily, type AddressRange, LAST_ADDRESS } from '../../model/address.ts';
import { ICMP, ICMPV6, PROTOCOLS_WITH_PORTS } from '../../model/service.ts';
import type { MatchBox } from './match-boxes.ts';

/** Axis numbers. The first five are those of the packet; finite and unknown axes follow from {@link PACKET_AXES} on. */
export const SOURCE = 0;
export const DESTINATION = 1;
export const PROTOCOL = 2;
export const SOURCE_PORT = 3;
export const DESTINATION_PORT = 4;
export const PACKET_AXES = 5;

/**
 * The axes of a space: every boundary that some match mentions cuts its axis, and what lies between two cuts has a rank, from 0. Both
 * families stand on the same axes, IPv4 before IPv6; no box holds ranks of both.
 */
export interface TraceAxes {
  readonly source: AddressAxis;
  readonly destination: AddressAxis;
  readonly protocol: NumberAxis;
  readonly sourcePort: NumberAxis;
  readonly destinationPort: NumberAxis;
  /** Axis {@link PACKET_AXES} + index. */
  readonly extra: readonly ExtraAxis[];
}

export interface AddressAxis {
  readonly count: number;
  /** Ranks below are IPv4. */
  readonly ipv4Count: number;
  rankOf(family: AddressFamily, address: bigint): number;
  /** The addresses of a rank. */
  range(rank: number): AddressRange;
  /** How many addresses the ranks hold; they are of one family. */
  size(first: number, last: number): bigint;
  readonly ipv4Starts: Float64Array;
}

export interface NumberAxis {
  readonly count: number;
  /** First value of each rank, ascending. */
  readonly starts: Int32Array;
  readonly lastValue: number;
  rankOf(value: number): number;
  lastOf(rank: number): number;
}

export type ExtraAxis =
  | { readonly kind: 'unknown'; readonly name: string; readonly count: 2 }
  /** The values that are named somewhere, sorted, and behind them {@link ANY_OTHER_VALUE}. */
  | { readonly kind: 'finite'; readonly name: string; readonly count: number; readonly values: readonly string[] };

/** On a finite axis: every value that no match names. A match that excludes values names the others and this one. */
export const ANY_OTHER_VALUE = '(any other)';

export function buildTraceAxes(boxes: readonly MatchBox[]): TraceAxes {
  const protocols = new Set([0]);
  const sourcePorts = new Set([0]);
  const destinationPorts = new Set([0]);
  const cut = (cuts: Set<number>, first: number, last: number, lastOfAll: number): void => {
    cuts.add(first);
    if (last < lastOfAll) cuts.add(last + 1);
  };
  for (const box of boxes) {
    cut(protocols, box.protocolFirst, box.protocolLast, 255);
    cut(sourcePorts, box.sourcePort.first, box.sourcePort.last, 65535);
    for (const ports of box.destinationPorts) cut(destinationPorts, ports.first, ports.last, 65535);
  }
  return {
    source: buildAddressAxis(boxes.map((box) => box.source)),
    destination: buildAddressAxis(boxes.map((box) => box.destination)),
    protocol: buildNumberAxis(protocols, 255),
    sourcePort: buildNumberAxis(sourcePorts, 65535),
    destinationPort: buildNumberAxis(destinationPorts, 65535),
    extra: buildExtraAxes(boxes),
  };
}

function buildAddressAxis(sets: readonly (readonly AddressRange[])[]): AddressAxis {
  const ipv4: number[] = [0];
  const ipv6 = new Set([0n]);
  for (const ranges of sets) {
    for (const { family, first, last } of ranges) {
      if (family === 4) {
        ipv4.push(Number(first));
        if (last < LAST_ADDRESS[4]) ipv4.push(Number(last) + 1);
      } else {
        ipv6.add(first);
        if (last < LAST_ADDRESS[6]) ipv6.add(last + 1n);
      }
    }
  }
  const ipv4Starts = Float64Array.from(ipv4)
    .sort()
    .filter((start, i, all) => i === 0 || start !== all[i - 1]);
  const ipv6Starts = [...ipv6].sort((a, b) => (a < b ? -1 : 1));
  return new RankedAddresses(ipv4Starts, ipv6Starts);
}

class RankedAddresses implements AddressAxis {
  readonly count: number;
  readonly ipv4Count: number;
  readonly ipv4Starts: Float64Array;
  readonly #ipv6Starts: readonly bigint[];

  constructor(ipv4Starts: Float64Array, ipv6Starts: readonly bigint[]) {
    this.ipv4Starts = ipv4Starts;
    this.#ipv6Starts = ipv6Starts;
    this.ipv4Count = ipv4Starts.length;
    this.count = ipv4Starts.length + ipv6Starts.length;
  }

  rankOf(family: AddressFamily, address: bigint): number {
    if (family === 4) return lastAtOrBelow(this.ipv4Starts, Number(address));
    return this.ipv4Count + lastAtOrBelow(this.#ipv6Starts, address);
  }

  range(rank: number): AddressRange {
    if (rank < this.ipv4Count) {
      const last = rank + 1 < this.ipv4Count ? BigInt((this.ipv4Starts[rank + 1] as number) - 1) : LAST_ADDRESS[4];
      return { family: 4, first: BigInt(this.ipv4Starts[rank] as number), last };
    }
    const index = rank - this.ipv4Count;
    const last = index + 1 < this.#ipv6Starts.length ? (this.#ipv6Starts[index + 1] as bigint) - 1n : LAST_ADDRESS[6];
    return { family: 6, first: this.#ipv6Starts[index] as bigint, last };
  }

  size(first: number, last: number): bigint {
    return this.range(last).last - this.range(first).first + 1n;
  }
}

function buildNumberAxis(cuts: ReadonlySet<number>, lastValue: number): NumberAxis {
  const starts = Int32Array.from(cuts).sort();
  return {
    count: starts.length,
    starts,
    lastValue,
    rankOf: (value) => lastAtOrBelow(starts, value),
    lastOf: (rank) => (rank + 1 < starts.length ? (starts[rank + 1] as number) - 1 : lastValue),
  };
}

function lastAtOrBelow<Value extends number | bigint>(starts: ArrayLike<Value>, value: Value): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] as Value) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function buildExtraAxes(boxes: readonly MatchBox[]): ExtraAxis[] {
  const finite = new Map<string, Set<string>>();
  const unknowns = new Set<string>();
  for (const box of boxes) {
    for (const unknown of box.unknowns) unknowns.add(unknown);
    for (const { axis, values } of box.finite) {
      const named = finite.get(axis) ?? new Set();
      for (const value of values) if (value !== ANY_OTHER_VALUE) named.add(value);
      finite.set(axis, named);
    }
  }
  const finiteAxes = [...finite].map(([name, named]): ExtraAxis => {
    const values = [...[...named].sort(), ANY_OTHER_VALUE];
    return { kind: 'finite', name, count: values.length, values };
  });
  return [...finiteAxes, ...[...unknowns].map((name): ExtraAxis => ({ kind: 'unknown', name, count: 2 }))];
}

/** How many packets differ in protocol, ports or ICMP type and code only, for ranks of the three service axes. */
export function serviceCount(axes: TraceAxes, bounds: Int32Array, at: number): bigint {
  const protocolFirst = axes.protocol.starts[bounds[at + 4] as number] as number;
  const protocolLast = axes.protocol.lastOf(bounds[at + 5] as number);
  const inside = (protocol: number): boolean => protocolFirst <= protocol && protocol <= protocolLast;
  const withPorts = PROTOCOLS_WITH_PORTS.filter(inside).length;
  const withTypes = [ICMP, ICMPV6].filter(inside).length;
  const others = protocolLast - protocolFirst + 1 - withPorts - withTypes;
  const first = (axis: NumberAxis, k: number): number => axis.starts[bounds[at + k] as number] as number;
  const last = (axis: NumberAxis, k: number): number => axis.lastOf(bounds[at + k + 1] as number);
  const ports =
    (last(axes.sourcePort, 6) - first(axes.sourcePort, 6) + 1) * (last(axes.destinationPort, 8) - first(axes.destinationPort, 8) + 1);
  const types = (axis: NumberAxis, k: number): number => Math.max(0, Math.min(last(axis, k), 255) - first(axis, k) + 1);
  return BigInt(withPorts * ports + withTypes * types(axes.sourcePort, 6) * types(axes.destinationPort, 8) + others);
}
