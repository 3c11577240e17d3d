import { STRIDE } from './box-table.ts';
import type { PacketCount } from './packets.ts';
import { CONTAINED, DISJOINT, type RegionStack } from './region-stack.ts';
import { DESTINATION, DESTINATION_PORT, PACKET_AXES, SOURCE, serviceCount, type TraceAxes } from './trace-axes.ts';
import { regionOfBox, type TraceContext } from './trace-context.ts';
import type { TraceSpace } from './trace-space.ts';

export const NO_PACKETS: PacketCount = { ipv4: 0n, ipv6: 0n };

/** The packets of a region of packet axes; all of one family. */
export function countRegion({ axes }: TraceSpace, bounds: Int32Array): PacketCount {
  const addresses =
    axes.source.size(bounds[2 * SOURCE]!, bounds[2 * SOURCE + 1]!) *
    axes.destination.size(bounds[2 * DESTINATION]!, bounds[2 * DESTINATION + 1]!);
  return ofFamily(axes, bounds, addresses * serviceCount(axes, bounds, 0));
}

export function addCounts(a: PacketCount, b: PacketCount): PacketCount {
  return { ipv4: a.ipv4 + b.ipv4, ipv6: a.ipv6 + b.ipv6 };
}

/** How many packets an entry matches, for some value of the axes that are not the packet's; null when the budget is spent. */
export function packetCount(context: TraceContext, entry: number): PacketCount | null {
  const { space, budget } = context;
  const first = space.firstBox[entry]!;
  const end = space.firstBox[entry + 1]!;
  const stack = context.division.outer;
  let total = NO_PACKETS;
  let left = budget;
  for (let box = first; box < end; box++) {
    // What an earlier box holds was counted with it.
    stack.begin({ bounds: regionOfBox(space, box).bounds, extra: [] }, 0, 0);
    while (stack.next()) {
      if (--left < 0) return null;
      const cut = earlierToCut(space, stack, first, box);
      if (cut >= 0) stack.splitAlongPacket(cut);
      else if (cut === DISJOINT) total = addCounts(total, countInside(space, stack, box));
    }
  }
  return total;
}

const HELD = -2;

/** An earlier box that holds a part of the region; {@link HELD} when one holds all of it, {@link DISJOINT} when none holds any. */
function earlierToCut(space: TraceSpace, stack: RegionStack, first: number, box: number): number {
  let cut: number = DISJOINT;
  for (let earlier = first; earlier < box; earlier++) {
    const relation = relatePacket(space, stack, earlier);
    if (relation === CONTAINED) return HELD;
    if (relation !== DISJOINT) cut = earlier;
  }
  return cut;
}

/** How the packets of a box lie to those of the region. */
export function relatePacket({ boxes }: TraceSpace, stack: RegionStack, box: number): number {
  const { bounds: B, setStart, setAxis } = boxes;
  const region = stack.bounds;
  let relation: number = CONTAINED;
  for (let k = 0, o = box * STRIDE; k < STRIDE; k += 2) {
    if (B[o + k]! > region[k + 1]! || B[o + k + 1]! < region[k]!) return DISJOINT;
    if (B[o + k]! > region[k]! || B[o + k + 1]! < region[k + 1]!) relation = 0;
  }
  for (let s = setStart[box]!; s < setStart[box + 1]!; s++) {
    if (setAxis[s]! >= PACKET_AXES) continue;
    const one = stack.relateSet(s);
    if (one === DISJOINT) return DISJOINT;
    if (one !== CONTAINED) relation = 0;
  }
  return relation;
}

/** The packets of the region that are in the sets of the box: a product of sums over the stretches of each set. */
function countInside({ axes, boxes }: TraceSpace, stack: RegionStack, box: number): PacketCount {
  const { setStart, setAxis, setId, rangeStart, rangeFirst, rangeLast } = boxes;
  const bounds = stack.bounds.slice();
  let addresses = 1n;
  let portSet = -1;
  const left = new Set([SOURCE, DESTINATION]);
  for (let s = setStart[box]!; s < setStart[box + 1]!; s++) {
    const axis = setAxis[s]!;
    if (axis === DESTINATION_PORT) portSet = setId[s]!;
    if (axis !== SOURCE && axis !== DESTINATION) continue;
    left.delete(axis);
    let size = 0n;
    for (let r = rangeStart[setId[s]!]!; r < rangeStart[setId[s]! + 1]!; r++) {
      const from = Math.max(bounds[2 * axis]!, rangeFirst[r]!);
      const to = Math.min(bounds[2 * axis + 1]!, rangeLast[r]!);
      if (from <= to) size += (axis === SOURCE ? axes.source : axes.destination).size(from, to);
    }
    addresses *= size;
  }
  for (const axis of left) addresses *= (axis === SOURCE ? axes.source : axes.destination).size(bounds[2 * axis]!, bounds[2 * axis + 1]!);
  if (portSet < 0) return ofFamily(axes, bounds, addresses * serviceCount(axes, bounds, 0));
  let services = 0n;
  const [low, high] = [bounds[2 * DESTINATION_PORT]!, bounds[2 * DESTINATION_PORT + 1]!];
  for (let r = rangeStart[portSet]!; r < rangeStart[portSet + 1]!; r++) {
    bounds[2 * DESTINATION_PORT] = Math.max(low, rangeFirst[r]!);
    bounds[2 * DESTINATION_PORT + 1] = Math.min(high, rangeLast[r]!);
    if (bounds[2 * DESTINATION_PORT]! <= bounds[2 * DESTINATION_PORT + 1]!) services += serviceCount(axes, bounds, 0);
  }
  return ofFamily(axes, bounds, addresses * services);
}

function ofFamily(axes: TraceAxes, bounds: Int32Array, packets: bigint): PacketCount {
  return bounds[0]! < axes.source.ipv4Count ? { ipv4: packets, ipv6: 0n } : { ipv4: 0n, ipv6: packets };
}
