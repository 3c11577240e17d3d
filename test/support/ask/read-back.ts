import type { AreaCondition } from '../../../src/model/packet-area.ts';
import { parsePacket } from '../../../src/model/packet-notation.ts';
import { parseRegion, type Region } from '../../../src/model/region-notation.ts';
import type { PacketClass } from './packet-classes.ts';

export interface ReadWitness {
  readonly packet: Omit<PacketClass, 'weight'>;
  readonly when: readonly AreaCondition[];
}

/** `tcp 10.0.0.1:0 -> 10.0.0.2:443, state=new, if "app web" holds and "user bob" does not hold`; null for anything else. */
export function readWitness(text: string): ReadWitness | null {
  const [packetText = '', ...conditions] = text.split(', ');
  const parsed = parsePacket(packetText);
  if (!parsed.ok) return null;
  const { family, source, destination, protocol, sourcePort, destinationPort, icmpType, icmpCode } = parsed.value;
  const when = conditions.flatMap((condition): AreaCondition[] => {
    if (!condition.startsWith('if ')) {
      const [axis = '', value = ''] = condition.split('=');
      return [{ axis, values: [value] }];
    }
    return [...condition.matchAll(/"([^"]+)" (holds|does not hold)/g)].map(([, unknown = '', answer]) => ({
      unknown,
      holds: answer === 'holds',
    }));
  });
  const packet = {
    family,
    source,
    destination,
    protocol,
    sourcePort: sourcePort ?? icmpType ?? 0,
    destinationPort: destinationPort ?? icmpCode ?? 0,
  };
  return { packet, when };
}

/** @throws {Error} when the text is not in the notation of regions */
export function readRegion(text: string): Region {
  const parsed = parseRegion(text);
  if (!parsed.ok) throw new Error(`the region "${text}" cannot be read back: ${parsed.reason}`);
  return parsed.value;
}
