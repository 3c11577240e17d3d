import { type Packet, parsePacket } from '../../src/model/packet-notation.ts';

/** `tcp 10.1.2.3:40000 -> 10.9.0.5:443` as a value. */
export function packetOf(text: string): Packet {
  const parsed = parsePacket(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}
