import type { PacketTotal } from '../model/packet-area.ts';
import { formatCount } from './number-format.ts';

/** `1 packet`, `65,536 packets`, `3.4 × 10^38 packets`: exact up to 12 digits, cut (not rounded up) beyond. */
export function formatPackets({ packets }: PacketTotal): string {
  if (packets.length <= 12) return `${formatCount(packets)} ${packets === '1' ? 'packet' : 'packets'}`;
  return `${packets.slice(0, 1)}.${packets.slice(1, 2)} × 10^${packets.length - 1} packets`;
}
