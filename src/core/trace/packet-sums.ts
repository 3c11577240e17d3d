import { ICMP, ICMPV6, PROTOCOLS_WITH_PORTS } from '../../model/service.ts';
import type { NumberAxis, TraceAxes } from './trace-axes.ts';

/** Digits of a sum, to the base 2^16, kept as integers in doubles; the last takes what is left. */
const DIGITS = 7;
const BASE = 65536;

/**
 * Exact sums of packet counts, one per slot, without a large integer per region: an IPv4 region has at most 2^106 packets, a product of three
 * numbers that are exact as doubles. Regions of IPv6 are added as large integers.
 */
export class PacketSums {
  readonly #axes: TraceAxes;
  readonly #services: ServiceCounter;
  #digits = new Float64Array(64 * DIGITS);
  #large: bigint[] = [];

  constructor(axes: TraceAxes) {
    this.#axes = axes;
    this.#services = new ServiceCounter(axes);
  }

  /** Slots 0 up to, not including, `count` become 0. */
  clear(count: number): void {
    if (count * DIGITS > this.#digits.length) this.#digits = new Float64Array(2 * count * DIGITS);
    else this.#digits.fill(0, 0, count * DIGITS);
    this.#large = [];
  }

  /** Adds (or with sign -1 takes away) the packets of the region that begins at `at` in `bounds`. */
  add(slot: number, bounds: Int32Array, at: number, sign: number): void {
    const services = this.#services.count(bounds, at);
    const { source, destination } = this.#axes;
    if (bounds[at]! >= source.ipv4Count) {
      const packets = source.size(bounds[at]!, bounds[at + 1]!) * destination.size(bounds[at + 2]!, bounds[at + 3]!) * BigInt(services);
      this.#large[slot] = (this.#large[slot] ?? 0n) + (sign < 0 ? -packets : packets);
      return;
    }
    const sources = ipv4Size(source.ipv4Starts, bounds[at]!, bounds[at + 1]!);
    const destinations = ipv4Size(destination.ipv4Starts, bounds[at + 2]!, bounds[at + 3]!);
    const a1 = Math.floor(sources / BASE);
    const a0 = sources - a1 * BASE;
    const b1 = Math.floor(destinations / BASE);
    const b0 = destinations - b1 * BASE;
    const c2 = Math.floor(services / 0x100000000);
    const rest = services - c2 * 0x100000000;
    const c1 = Math.floor(rest / BASE);
    const c0 = rest - c1 * BASE;
    // Products of digits of the same weight; none passes 2^52.
    const w0 = a0 * b0;
    const w1 = a0 * b1 + a1 * b0;
    const w2 = a1 * b1;
    const r0 = w0 * c0;
    const q0 = Math.floor(r0 / BASE);
    const r1 = w0 * c1 + w1 * c0 + q0;
    const q1 = Math.floor(r1 / BASE);
    const r2 = w0 * c2 + w1 * c1 + w2 * c0 + q1;
    const q2 = Math.floor(r2 / BASE);
    const r3 = w1 * c2 + w2 * c1 + q2;
    const q3 = Math.floor(r3 / BASE);
    const r4 = w2 * c2 + q3;
    const q4 = Math.floor(r4 / BASE);
    const digits = this.#digits;
    const d = slot * DIGITS;
    digits[d] = digits[d]! + sign * (r0 - q0 * BASE);
    digits[d + 1] = digits[d + 1]! + sign * (r1 - q1 * BASE);
    digits[d + 2] = digits[d + 2]! + sign * (r2 - q2 * BASE);
    digits[d + 3] = digits[d + 3]! + sign * (r3 - q3 * BASE);
    digits[d + 4] = digits[d + 4]! + sign * (r4 - q4 * BASE);
    digits[d + 5] = digits[d + 5]! + sign * q4;
  }

  /** Adds one slot to another, and takes it from a third. */
  move(from: number, to: number, outOf: number): void {
    const digits = this.#digits;
    for (let k = 0; k < DIGITS; k++) {
      const digit = digits[from * DIGITS + k]!;
      digits[to * DIGITS + k] = digits[to * DIGITS + k]! + digit;
      digits[outOf * DIGITS + k] = digits[outOf * DIGITS + k]! - digit;
      digits[from * DIGITS + k] = 0;
    }
    const large = this.#large[from];
    if (large === undefined) return;
    this.#large[to] = (this.#large[to] ?? 0n) + large;
    this.#large[outOf] = (this.#large[outOf] ?? 0n) - large;
    this.#large[from] = 0n;
  }

  ipv4(slot: number): bigint {
    let sum = 0n;
    for (let k = DIGITS - 1; k >= 0; k--) sum = sum * 65536n + BigInt(this.#digits[slot * DIGITS + k]!);
    return sum;
  }

  ipv6(slot: number): bigint {
    return this.#large[slot] ?? 0n;
  }
}

function ipv4Size(starts: Float64Array, first: number, last: number): number {
  return (last + 1 < starts.length ? starts[last + 1]! : 0x100000000) - starts[first]!;
}

/** How many packets differ in protocol, ports or ICMP type and code only. */
class ServiceCounter {
  readonly #axes: TraceAxes;
  /** Protocols with ports, and those with types, below each rank of the protocol axis. */
  readonly #withPorts: Int32Array;
  readonly #withTypes: Int32Array;

  constructor(axes: TraceAxes) {
    this.#axes = axes;
    const below = (protocols: readonly number[]): Int32Array =>
      Int32Array.from({ length: axes.protocol.count + 1 }, (_, rank) => {
        const end = rank < axes.protocol.count ? axes.protocol.starts[rank]! : 256;
        return protocols.filter((protocol) => protocol < end).length;
      });
    this.#withPorts = below(PROTOCOLS_WITH_PORTS);
    this.#withTypes = below([ICMP, ICMPV6]);
  }

  count(bounds: Int32Array, at: number): number {
    const { protocol, sourcePort, destinationPort } = this.#axes;
    const p0 = bounds[at + 4]!;
    const p1 = bounds[at + 5]! + 1;
    const withPorts = this.#withPorts[p1]! - this.#withPorts[p0]!;
    const withTypes = this.#withTypes[p1]! - this.#withTypes[p0]!;
    const protocols = (p1 < protocol.count ? protocol.starts[p1]! : 256) - protocol.starts[p0]!;
    let count = protocols - withPorts - withTypes;
    if (withPorts > 0) count += withPorts * size(sourcePort, bounds, at + 6, 65536) * size(destinationPort, bounds, at + 8, 65536);
    if (withTypes > 0) count += withTypes * size(sourcePort, bounds, at + 6, 256) * size(destinationPort, bounds, at + 8, 256);
    return count;
  }
}

function size({ starts }: NumberAxis, bounds: Int32Array, at: number, end: number): number {
  const first = starts[bounds[at]!]!;
  const next = bounds[at + 1]! + 1;
  const last = next < starts.length ? Math.min(starts[next]!, end) : end;
  return Math.max(0, last - first);
}
