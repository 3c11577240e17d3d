import type { MeetingPoint, PacketVerdict, Reply } from '../../model/explanation.ts';
import { formatPacket, type Packet, toReply } from '../../model/packet-notation.ts';
import type { RuleBase } from '../../model/policy.ts';
import { ICMP, ICMPV6, PROTOCOLS_WITH_PORTS } from '../../model/service.ts';
import { allOf, considerLayers, type MetLayer } from './consider-layers.ts';
import { findPlaces, type Place, type PlaceChoice } from './meeting-points.ts';

/** Everything that the rules say about one packet. */
export interface PacketFacts {
  readonly packet: string;
  readonly leftOpen: string[];
  readonly verdict: PacketVerdict | null;
  readonly asExported: PacketVerdict | null;
  readonly points: MeetingPoint[];
  readonly notes: string[];
  readonly incompleteBecause: string[];
}

/** Follows a packet that opens a connection through every place that judges it. Rules that only older exports hold are not asked. */
export function explainPacket(ruleBase: RuleBase, packet: Packet, choice: PlaceChoice): PacketFacts {
  const { places, notes } = findPlaces(ruleBase, packet, choice);
  const points = places.map((place) => toMeetingPoint(place, packet));
  const unknownPlaces = ruleBase.policies.filter(
    (policy) => policy.interfaceBound && policy.attachments === null && policy.rules.length > 0,
  );
  return {
    packet: formatPacket(packet),
    leftOpen: leftOpen(packet),
    verdict: overall(points, ({ verdict }) => verdict),
    asExported: overall(points, ({ asExported }) => asExported),
    points,
    notes: [
      ...notes,
      ...(packet.protocol === ICMP && packet.family === 6 ? ['icmp is the protocol of IPv4; over IPv6 it is icmpv6.'] : []),
    ],
    incompleteBecause:
      unknownPlaces.length === 0
        ? []
        : [
            `${unknownPlaces.length} of ${ruleBase.policies.length} policies belong to interfaces and no inventory says which, so they were not asked; add it with --inventory (see "rulesweep formats").`,
          ],
  };
}

function toMeetingPoint(place: Place, packet: Packet): MeetingPoint {
  const { verdict, asExported, layers } = considerLayers(place.layers, packet);
  return {
    attachment: place.attachment?.id ?? null,
    note: place.attachment?.note ?? '',
    direction: place.direction,
    alternative: place.alternative,
    verdict,
    asExported,
    layers: [...layers],
    reply: considerReply(place.replyLayers, packet),
  };
}

function considerReply(replyLayers: readonly MetLayer[], packet: Packet): Reply | null {
  const met = replyLayers.filter(({ skipped }) => skipped === null);
  const reply = toReply(packet);
  if (met.length === 0 || reply === null) return null;
  const { verdict, layers } = considerLayers(met, reply);
  return { packet: formatPacket(reply), verdict, layers: [...layers] };
}

/** Every place has to permit; of alternatives nobody knows which one is met, so they have to agree. */
function overall(points: readonly MeetingPoint[], verdictOf: (point: MeetingPoint) => PacketVerdict): PacketVerdict | null {
  if (points.length === 0) return null;
  const groups = [...new Set(points.map(({ alternative }) => alternative))];
  return allOf(
    groups.map((group) => {
      const verdicts = points.filter(({ alternative }) => alternative === group).map(verdictOf);
      const [first] = verdicts;
      return first !== undefined && verdicts.every((verdict) => verdict === first) ? first : 'depends';
    }),
  );
}

function leftOpen(packet: Packet): string[] {
  if (PROTOCOLS_WITH_PORTS.includes(packet.protocol)) {
    return [...(packet.sourcePort === null ? ['source port'] : []), ...(packet.destinationPort === null ? ['destination port'] : [])];
  }
  if (packet.protocol !== ICMP && packet.protocol !== ICMPV6) return [];
  return [...(packet.icmpType === null ? ['ICMP type'] : []), ...(packet.icmpCode === null ? ['ICMP code'] : [])];
}
