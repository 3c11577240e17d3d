import type { PacketTotal } from '../../../src/model/packet-area.ts';
import type { PacketClass } from './packet-classes.ts';

export function totalOf(packets: readonly { readonly packet: PacketClass }[]): PacketTotal {
  const sum = (family: 4 | 6): bigint => packets.reduce((all, { packet }) => (packet.family === family ? all + packet.weight : all), 0n);
  return { packets: String(sum(4) + sum(6)), ipv4: String(sum(4)), ipv6: String(sum(6)) };
}

export function differ(what: string, found: PacketTotal, expected: PacketTotal): string[] {
  const text = ({ packets, ipv4, ipv6 }: PacketTotal): string => `${packets} (${ipv4} + ${ipv6})`;
  return text(found) === text(expected) ? [] : [`${what}: expected ${text(expected)}, found ${text(found)}`];
}
