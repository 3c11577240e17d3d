import type { PacketCount } from '../trace/packets.ts';

/** Digits of a share behind the point. */
const DIGITS = 6;
const SCALE = 10n ** BigInt(DIGITS);

/**
 * What part of a rule's packets a number of them is, rounded down, so that nothing short of all is shown as all. Where the rule has packets of both
 * families it is the mean of the two shares: as bare numbers, the packets of one IPv6 host outweigh all of IPv4.
 *
 * @returns a decimal fraction from `0` to `1`; `0` of no packets at all
 */
export function formatShare(part: PacketCount, total: PacketCount): string {
  return formatScaled(scaledShare(part, total));
}

/** The same as a number, to compare with. */
export function shareOf(part: PacketCount, total: PacketCount): number {
  return Number(scaledShare(part, total)) / Number(SCALE);
}

/** Negative when the first is the larger part of the total. */
export function compareShares(a: PacketCount, b: PacketCount, total: PacketCount): number {
  // Exact: shares over the common denominator ipv4 × ipv6 of the total.
  const left = a.ipv4 * (total.ipv6 || 1n) + a.ipv6 * (total.ipv4 || 1n);
  const right = b.ipv4 * (total.ipv6 || 1n) + b.ipv6 * (total.ipv4 || 1n);
  if (left === right) return 0;
  return left > right ? -1 : 1;
}

/** Both families together, as an exact decimal. */
export function formatPackets({ ipv4, ipv6 }: PacketCount): string {
  return (ipv4 + ipv6).toString();
}

export const NO_PACKETS: PacketCount = { ipv4: 0n, ipv6: 0n };

export function addPackets(a: PacketCount, b: PacketCount): PacketCount {
  return { ipv4: a.ipv4 + b.ipv4, ipv6: a.ipv6 + b.ipv6 };
}

export function isNoPackets({ ipv4, ipv6 }: PacketCount): boolean {
  return ipv4 === 0n && ipv6 === 0n;
}

function scaledShare(part: PacketCount, total: PacketCount): bigint {
  if (total.ipv4 === 0n && total.ipv6 === 0n) return 0n;
  if (total.ipv4 === 0n) return (SCALE * part.ipv6) / total.ipv6;
  if (total.ipv6 === 0n) return (SCALE * part.ipv4) / total.ipv4;
  return (SCALE * (part.ipv4 * total.ipv6 + part.ipv6 * total.ipv4)) / (2n * total.ipv4 * total.ipv6);
}

function formatScaled(scaled: bigint): string {
  const digits = scaled.toString().padStart(DIGITS + 1, '0');
  const fraction = digits.slice(-DIGITS).replace(/0+$/, '');
  return `${digits.slice(0, -DIGITS)}${fraction === '' ? '' : `.${fraction}`}`;
}
