import { LAST_ADDRESS } from '../../model/address.ts';
import { ChainOutcomes, SEVERAL } from './chain-outcomes.ts';
import { CONTAINED, DISJOINT, type Region, RegionStack } from './region-stack.ts';
import { DESTINATION, PACKET_AXES, SOURCE } from './trace-axes.ts';
import { regionOfBox, type TraceContext } from './trace-context.ts';
import { CONTROL_DECIDE, type TraceSpace } from './trace-space.ts';
import { serviceCount } from './trace-axes.ts';
import { STRIDE } from './box-table.ts';

/** Packets (family, addresses, protocol, ports or ICMP type and code), of each family. */
export interface PacketCount {
  readonly ipv4: bigint;
  readonly ipv6: bigint;
}

export interface DeciderShare {
  /** Entry of the space; -1 for the default. */
  readonly entry: number;
  readonly packets: PacketCount;
}

/** Who finally decides the packets of a rule. The packets of all deciders and `undecided` add up to `total`. */
export interface Decisions {
  /** Most packets first, then in evaluation order. */
  readonly deciders: readonly DeciderShare[];
  /** Packets whose decider depends on an unknown or on a finite axis. */
  readonly undecided: PacketCount;
  readonly total: PacketCount;
}

/**
 * Divides the packets of a rule by who finally decides them. A packet counts once, however many values of the other axes the rule matches it
 * with; when these lead to different deciders it is `undecided`.
 *
 * @returns null when the budget is spent
 */
export function decisionsOf(context: TraceContext, entry: number): Decisions | null {
  return new DecisionSearch(context).run(entry);
}

/** How many packets a rule matches, for some value of the axes that are not the packet's. */
export function packetCount(context: TraceContext, entry: number): PacketCount | null {
  return new DecisionSearch(context).count(entry);
}

class DecisionSearch {
  readonly #context: TraceContext;
  readonly #stack: RegionStack;
  readonly #outcomes: ChainOutcomes;
  readonly #inner: RegionStack;
  readonly #colours: Int32Array;
  readonly #default: number;
  readonly #counts = new Map<number, PacketCount>();
  #left: number;

  constructor(context: TraceContext) {
    const { space, program } = context;
    this.#context = context;
    this.#stack = new RegionStack(space);
    this.#inner = new RegionStack(space);
    this.#outcomes = new ChainOutcomes(space, program);
    this.#default = space.entries.length;
    this.#colours = new Int32Array(space.entries.length).fill(-1);
    for (let e = program.firstEntry; e < program.endEntry; e++) if (space.controlOf[e] === CONTROL_DECIDE) this.#colours[e] = e;
    this.#left = context.budget;
  }

  run(entry: number): Decisions | null {
    if (!this.#divide(entry, (region) => this.#deciderOf(region, entry))) return null;
    const undecided = this.#counts.get(SEVERAL) ?? NO_PACKETS;
    const deciders = [...this.#counts]
      .filter(([decider]) => decider !== SEVERAL)
      .map(([decider, packets]): DeciderShare => ({ entry: decider === this.#default ? -1 : decider, packets }))
      .sort((a, b) => compareCounts(b.packets, a.packets) || order(a) - order(b));
    const total = [...this.#counts.values()].reduce(addCounts, NO_PACKETS);
    return { deciders, undecided, total };
  }

  count(entry: number): PacketCount | null {
    if (!this.#divide(entry, null)) return null;
    return [...this.#counts.values()].reduce(addCounts, NO_PACKETS);
  }

  /** Counts every packet of the entry once, under what `deciderOf` says of the region it lies in. */
  #divide(entry: number, deciderOf: ((region: Region) => number) | null): boolean {
    const { space, program, finder, excluded } = this.#context;
    const stack = this.#stack;
    const firstOwn = space.firstBox[entry]!;
    const endOwn = space.firstBox[entry + 1]!;
    for (let own = firstOwn; own < endOwn; own++) {
      const hull = regionOfBox(space, own);
      // On packet axes only: what else the box asks for is looked at when a region of packets is settled.
      const region: Region = { bounds: hull.bounds, extra: [] };
      let count = 0;
      if (deciderOf !== null) {
        finder.collect(region.bounds, program.firstBox, program.endBox, null);
        for (let i = 0; i < finder.count; i++) {
          const box = finder.found[i]!;
          if (excluded[space.boxes.entryOf[box]!] === 1) continue;
          stack.reserve(count, 1);
          stack.list[count++] = box * 4;
        }
      }
      stack.begin(region, count, 0);
      while (stack.next()) {
        if (--this.#left < 0) return false;
        const blocked = this.#ownBoxToCut(firstOwn, endOwn, own);
        if (blocked === ELSEWHERE) continue;
        let decider = 0;
        let cut = blocked;
        let end = stack.listEnd;
        if (deciderOf !== null && blocked < 0) {
          end = this.#outcomes.filter(stack, this.#colours);
          decider = this.#outcomes.judge(stack, this.#colours, this.#default);
          if (decider === SEVERAL && this.#outcomes.splitsPacket) cut = this.#outcomes.splitBox;
          else if (decider === SEVERAL) decider = deciderOf(stack.toRegion());
        }
        if (cut >= 0) {
          if (end !== stack.listEnd) {
            stack.listStart = stack.listEnd;
            stack.listEnd = end;
          }
          stack.splitAlongPacket(cut);
          continue;
        }
        if (this.#left < 0) return false;
        this.#counts.set(decider, addCounts(this.#counts.get(decider) ?? NO_PACKETS, countRegion(space, stack.bounds)));
      }
    }
    return true;
  }

  /**
   * The packets of the region must be all inside or all outside of every box of the rule: returns a box along which to cut, else -1;
   * {@link ELSEWHERE} when the region is no part of the box whose turn it is, or was counted with an earlier one.
   */
  #ownBoxToCut(firstOwn: number, endOwn: number, own: number): number {
    const isSingle = endOwn - firstOwn === 1;
    const { setStart } = this.#context.space.boxes;
    if (isSingle && setStart[own] === setStart[own + 1]) return -1;
    let cut = -1;
    for (let box = firstOwn; box < endOwn; box++) {
      const relation = this.#relatePacket(box);
      if (relation === DISJOINT) {
        if (box === own) return ELSEWHERE;
      } else if (relation === CONTAINED) {
        if (box < own) return ELSEWHERE;
      } else if (cut < 0) {
        cut = box;
      }
    }
    return cut;
  }

  #relatePacket(box: number): number {
    const { bounds: B, setStart, setAxis } = this.#context.space.boxes;
    const region = this.#stack.bounds;
    let relation: number = CONTAINED;
    for (let k = 0, o = box * STRIDE; k < STRIDE; k += 2) {
      if (B[o + k]! > region[k + 1]! || B[o + k + 1]! < region[k]!) return DISJOINT;
      if (B[o + k]! > region[k]! || B[o + k + 1]! < region[k + 1]!) relation = 0;
    }
    for (let s = setStart[box]!; s < setStart[box + 1]!; s++) {
      if (setAxis[s]! >= PACKET_AXES) continue;
      const one = this.#stack.relateSet(s);
      if (one === DISJOINT) return DISJOINT;
      if (one !== CONTAINED) relation = 0;
    }
    return relation;
  }

  /** The only decider of packets that all boxes treat alike, over everything else that the rule matches them with; or {@link SEVERAL}. */
  #deciderOf(packets: Region, entry: number): number {
    const { space } = this.#context;
    const inner = this.#inner;
    let only = NOBODY;
    for (let own = space.firstBox[entry]!; own < space.firstBox[entry + 1]!; own++) {
      if (this.#relatePacket(own) !== CONTAINED) continue;
      const stack = this.#stack;
      const count = stack.listEnd - stack.listStart;
      inner.reserve(0, count);
      for (let i = 0; i < count; i++) inner.list[i] = stack.list[stack.listStart + i]!;
      inner.begin({ bounds: packets.bounds, extra: regionOfBox(space, own).extra }, count, 0);
      while (inner.next()) {
        if (--this.#left < 0) return SEVERAL;
        const inDomain = inner.relate(own);
        if (inDomain === DISJOINT) continue;
        const end = this.#outcomes.filter(inner, this.#colours);
        const outcome = this.#outcomes.judge(inner, this.#colours, this.#default);
        if (outcome !== SEVERAL && (inDomain === CONTAINED || outcome === only)) {
          if (only !== NOBODY && only !== outcome) return SEVERAL;
          only = outcome;
          continue;
        }
        const cut = outcome === SEVERAL ? this.#outcomes.splitBox : own;
        inner.listStart = inner.listEnd;
        inner.listEnd = end;
        inner.splitAlong(cut);
      }
    }
    return only;
  }
}

const ELSEWHERE = -2;
const NOBODY = -3;
const NO_PACKETS: PacketCount = { ipv4: 0n, ipv6: 0n };

/** The packets of a region of packet axes; all of one family. */
export function countRegion({ axes }: TraceSpace, bounds: Int32Array): PacketCount {
  const addresses =
    axes.source.size(bounds[2 * SOURCE]!, bounds[2 * SOURCE + 1]!) * axes.destination.size(bounds[2 * DESTINATION]!, bounds[2 * DESTINATION + 1]!);
  const packets = addresses * serviceCount(axes, bounds, 0);
  return bounds[0]! < axes.source.ipv4Count ? { ipv4: packets, ipv6: 0n } : { ipv4: 0n, ipv6: packets };
}

export function addCounts(a: PacketCount, b: PacketCount): PacketCount {
  return { ipv4: a.ipv4 + b.ipv4, ipv6: a.ipv6 + b.ipv6 };
}

/** All packets of a family. */
const SERVICES = 5n * 65536n * 65536n + 2n * 256n * 256n + 249n;
const ALL_PACKETS: PacketCount = { ipv4: (LAST_ADDRESS[4] + 1n) ** 2n * SERVICES, ipv6: (LAST_ADDRESS[6] + 1n) ** 2n * SERVICES };

/** By the share of each family, IPv4 and IPv6 weighing alike. */
function compareCounts(a: PacketCount, b: PacketCount): number {
  const left = a.ipv4 * ALL_PACKETS.ipv6 + a.ipv6 * ALL_PACKETS.ipv4;
  const right = b.ipv4 * ALL_PACKETS.ipv6 + b.ipv6 * ALL_PACKETS.ipv4;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function order({ entry }: DeciderShare): number {
  return entry < 0 ? Number.MAX_SAFE_INTEGER : entry;
}
