import { LAST_ADDRESS } from '../../model/address.ts';
import { type ChainOutcomes, SEVERAL } from './chain-outcomes.ts';
import { isPlain } from './flat-division.ts';
import { addCounts, countRegion, NO_PACKETS, relatePacket } from './packet-count.ts';
import type { PacketCount } from './packets.ts';
import { CONTAINED, DISJOINT, type Region, type RegionStack } from './region-stack.ts';
import { regionOfBox, type TraceContext } from './trace-context.ts';

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
  if (!isPlain(context)) return new DecisionSearch(context).run(entry);
  const packets = context.division.flat.divide(context, entry);
  return packets === null ? null : toDecisions(packets, NO_PACKETS);
}

function toDecisions(packets: ReadonlyMap<number, PacketCount>, undecided: PacketCount): Decisions {
  const deciders = [...packets].map(([entry, count]): DeciderShare => ({ entry, packets: count }));
  deciders.sort((a, b) => compareCounts(b.packets, a.packets) || order(a) - order(b));
  return { deciders, undecided, total: [...packets.values()].reduce(addCounts, undecided) };
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
    const { space, division, budget } = context;
    this.#context = context;
    this.#stack = division.outer;
    this.#inner = division.inner;
    this.#outcomes = division.outcomes;
    this.#colours = division.deciders;
    this.#default = space.entries.length;
    this.#left = budget;
  }

  run(entry: number): Decisions | null {
    if (!this.#divide(entry)) return null;
    const undecided = this.#counts.get(SEVERAL) ?? NO_PACKETS;
    this.#counts.delete(SEVERAL);
    return toDecisions(
      new Map([...this.#counts].map(([decider, packets]) => [decider === this.#default ? -1 : decider, packets])),
      undecided,
    );
  }

  /** Counts every packet of the entry once, under its decider. */
  #divide(entry: number): boolean {
    const { space, program, finder, excluded } = this.#context;
    const stack = this.#stack;
    const firstOwn = space.firstBox[entry]!;
    const endOwn = space.firstBox[entry + 1]!;
    for (let own = firstOwn; own < endOwn; own++) {
      const hull = regionOfBox(space, own);
      // On packet axes only: what else the box asks for is looked at when a region of packets is settled.
      const region: Region = { bounds: hull.bounds, extra: [] };
      let count = 0;
      finder.collect(region.bounds, program.firstBox, program.endBox, null);
      stack.reserve(0, finder.count);
      for (let i = 0; i < finder.count; i++) {
        const box = finder.found[i]!;
        if (excluded[space.boxes.entryOf[box]!] === 0) stack.list[count++] = box * 4;
      }
      stack.begin(region, count, 0);
      while (stack.next()) {
        if (--this.#left < 0) return false;
        const blocked = this.#ownBoxToCut(firstOwn, endOwn, own);
        if (blocked === ELSEWHERE) continue;
        let decider = 0;
        let cut = blocked;
        let end = stack.listEnd;
        if (blocked < 0) {
          end = this.#outcomes.filter(stack, this.#colours);
          decider = this.#outcomes.judge(stack, this.#colours, this.#default);
          if (decider === SEVERAL && this.#outcomes.splitsPacket) cut = this.#outcomes.splitBox;
          else if (decider === SEVERAL) decider = this.#deciderOf(stack.toRegion(), entry);
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
      const relation = relatePacket(this.#context.space, this.#stack, box);
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

  /** The only decider of packets that all boxes treat alike, over everything else that the rule matches them with; or {@link SEVERAL}. */
  #deciderOf(packets: Region, entry: number): number {
    const { space } = this.#context;
    const inner = this.#inner;
    let only = NOBODY;
    for (let own = space.firstBox[entry]!; own < space.firstBox[entry + 1]!; own++) {
      if (relatePacket(space, this.#stack, own) !== CONTAINED) continue;
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

/** All packets of a family. */
const SERVICES = 5n * 65536n * 65536n + 2n * 256n * 256n + 249n;
const ALL_PACKETS: PacketCount = { ipv4: (LAST_ADDRESS[4] + 1n) ** 2n * SERVICES, ipv6: (LAST_ADDRESS[6] + 1n) ** 2n * SERVICES };

/** By the share of each family, IPv4 and IPv6 weighing alike. */
function compareCounts(a: PacketCount, b: PacketCount): number {
  if (a.ipv6 === b.ipv6) return a.ipv4 < b.ipv4 ? -1 : Number(a.ipv4 > b.ipv4);
  const left = a.ipv4 * ALL_PACKETS.ipv6 + a.ipv6 * ALL_PACKETS.ipv4;
  const right = b.ipv4 * ALL_PACKETS.ipv6 + b.ipv6 * ALL_PACKETS.ipv4;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function order({ entry }: DeciderShare): number {
  return entry < 0 ? Number.MAX_SAFE_INTEGER : entry;
}
