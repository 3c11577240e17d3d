import { type AddressRange, formatAddress } from '../../model/address.ts';
import type { Packet } from '../../model/packet-notation.ts';
import type { Attachment, Direction, Layer, Policy, RuleBase } from '../../model/policy.ts';
import type { MetLayer } from './consider-layers.ts';

/** A place where policies judge the packet, with those that judge its answer. */
export interface Place {
  readonly attachment: Attachment | null;
  readonly direction: Direction | null;
  /** Places with the same number are alternatives: the packet meets one of them, and nothing says which. */
  readonly alternative: number;
  readonly layers: readonly MetLayer[];
  /** The stateless layers that the answer meets. */
  readonly replyLayers: readonly MetLayer[];
}

/** What the person asked for; null: everything that the packet meets. */
export interface PlaceChoice {
  readonly interface: string | null;
  readonly direction: Direction | null;
}

export interface Places {
  readonly places: readonly Place[];
  readonly notes: readonly string[];
}

/**
 * Where the packet is judged: it leaves by the interface that has its source and enters by the one that has its destination, and meets every policy that is
 * bound to no interface. An interface asked for by name is asked whatever its addresses are.
 */
export function findPlaces(ruleBase: RuleBase, packet: Packet, choice: PlaceChoice): Places {
  const policies = new Map(ruleBase.policies.map((policy) => [policy.id, policy]));
  const { crossings, notes } =
    choice.interface === null ? crossingsByAddress(ruleBase, packet) : crossingsOf(ruleBase, packet, choice.interface);
  const wanted = crossings.filter(({ direction }) => choice.direction === null || direction === choice.direction);
  const bound = wanted.map(({ attachment, direction, alternative }): Place => {
    const opposite = direction === 'in' ? 'out' : 'in';
    return {
      attachment,
      direction,
      alternative,
      layers: attachment[direction].map((layer) => toMetLayer(layer, policies, packet, direction)),
      replyLayers: attachment[opposite].map((layer) => toMetLayer(layer, policies, packet, direction)).filter(isStateless),
    };
  });
  const free = ruleBase.policies
    .filter(
      (policy) =>
        !policy.interfaceBound && (choice.direction === null || policy.direction === null || policy.direction === choice.direction),
    )
    .map((policy, index): Place => toFreePlace(policy, ruleBase, 2 + index));
  return { places: [...bound, ...free], notes };
}

interface Crossing {
  readonly attachment: Attachment;
  readonly direction: Direction;
  readonly alternative: number;
}

interface Crossings {
  readonly crossings: readonly Crossing[];
  readonly notes: readonly string[];
}

function crossingsByAddress({ attachments, hasInventory }: RuleBase, packet: Packet): Crossings {
  if (!hasInventory) return { crossings: [], notes: [] };
  const crossings = (['out', 'in'] as const).flatMap((direction, alternative) =>
    attachments.filter((attachment) => owns(attachment, packet, direction)).map((attachment) => ({ attachment, direction, alternative })),
  );
  const missing = (['out', 'in'] as const)
    .filter((direction) => attachments.length > 0 && !crossings.some((crossing) => crossing.direction === direction))
    .map(
      (direction) =>
        `No interface of the inventory has the ${direction === 'out' ? 'source' : 'destination'} ${addressOf(packet, direction)}; it is outside, or behind an interface (name one with --interface).`,
    );
  const several = (['out', 'in'] as const)
    .filter((direction) => crossings.filter((crossing) => crossing.direction === direction).length > 1)
    .map(
      (direction) =>
        `Several interfaces have the ${direction === 'out' ? 'source' : 'destination'} ${addressOf(packet, direction)}; the packet meets one of them. Choose with --interface.`,
    );
  return { crossings, notes: [...missing, ...several] };
}

function crossingsOf({ attachments }: RuleBase, packet: Packet, id: string): Crossings {
  const attachment = attachments.find((each) => each.id === id);
  if (attachment === undefined) return { crossings: [], notes: [] };
  const own = (['out', 'in'] as const).filter((direction) => owns(attachment, packet, direction));
  if (own.length > 0) return { crossings: own.map((direction, alternative) => ({ attachment, direction, alternative })), notes: [] };
  const note = `Neither ${addressOf(packet, 'out')} nor ${addressOf(packet, 'in')} is an address of ${id}; it may forward the packet, so both directions are shown. Choose with --direction.`;
  return { crossings: (['out', 'in'] as const).map((direction) => ({ attachment, direction, alternative: 0 })), notes: [note] };
}

function owns({ localAddresses }: Attachment, packet: Packet, direction: Direction): boolean {
  return holds(localAddresses, packet, direction === 'out' ? packet.source : packet.destination);
}

function holds(ranges: readonly AddressRange[], { family }: Packet, address: bigint): boolean {
  return ranges.some((range) => range.family === family && range.first <= address && address <= range.last);
}

function addressOf(packet: Packet, direction: Direction): string {
  return formatAddress(packet.family, direction === 'out' ? packet.source : packet.destination);
}

/** The remote side of the answer is that of the packet. */
function toMetLayer(
  { policies: ids, exceptRemote }: Layer,
  policies: ReadonlyMap<string, Policy>,
  packet: Packet,
  direction: Direction,
): MetLayer {
  const remote = direction === 'in' ? packet.source : packet.destination;
  const known = ids.map((id) => policies.get(id)).filter((policy) => policy !== undefined);
  const skipped = holds(exceptRemote, packet, remote) ? `${formatAddress(packet.family, remote)} is on the same subnet` : null;
  return { policies: known, skipped: known.length === 0 ? 'the exports hold no policy of it' : skipped };
}

function isStateless({ policies }: MetLayer): boolean {
  return policies.some(({ stateful }) => !stateful);
}

/** The answer of a packet meets the same policy, or where policies have a direction the one of the same object for the other direction. */
function toFreePlace(policy: Policy, { policies }: RuleBase, alternative: number): Place {
  const other = policies.find(
    (each) =>
      !each.interfaceBound &&
      each.direction !== null &&
      each.direction !== policy.direction &&
      each.scope.nativeId !== '' &&
      each.scope.nativeId === policy.scope.nativeId,
  );
  const forReply = policy.direction === null ? policy : other;
  return {
    attachment: null,
    direction: policy.direction,
    alternative,
    layers: [{ policies: [policy], skipped: null }],
    replyLayers: policy.stateful || forReply === undefined ? [] : [{ policies: [forReply], skipped: null }],
  };
}
