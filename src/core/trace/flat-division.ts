import { STRIDE } from './box-table.ts';
import type { OverlapFinder } from './overlap-finder.ts';
import { PacketSums } from './packet-sums.ts';
import type { PacketCount } from './packets.ts';
import { RegionStack } from './region-stack.ts';
import { CONTROL_DECIDE, type TraceProgram, type TraceSpace } from './trace-space.ts';

/** Lists of up to so many boxes that hold a part of a region only are counted by inclusion and exclusion instead of cutting. */
const FEW = 6;

/** Of a candidate in a list: a bit for each axis on which it may hold a part of the region only; below, whether it is the rule's own. */
const OPEN_AXES = 0b111110;

/** Slots: what earlier boxes of the same rule hold, the default, a sum in the making; then the deciders. */
const ELSEWHERE = 0;
const DEFAULT = 1;
const DRAFT = 2;
const FIRST_SLOT = 3;

/** As much of a trace context as dividing packets needs. */
interface DivisionContext {
  readonly space: TraceSpace;
  readonly program: TraceProgram;
  readonly finder: OverlapFinder;
  readonly excluded: Uint8Array;
  readonly budget: number;
  readonly takes: Uint8Array;
}

/**
 * Divides the packets of a rule among their deciders, for programs without chains and boxes without sets. Regions are cut until few boxes are left
 * in them; what each of these takes is then its volume without those before it.
 */
export class FlatDivision extends RegionStack {
  readonly #sums: PacketSums;
  readonly #slotOf: Int32Array;
  readonly #entries: number[] = [];
  /** Boxes that hold a part of the region, in order, cut to it; and the pieces that inclusion and exclusion goes through, by depth. */
  readonly #partial = new Int32Array(FEW * STRIDE);
  readonly #pieces = new Int32Array((FEW + 1) * STRIDE);
  #left = 0;

  constructor(space: TraceSpace) {
    super(space);
    this.#sums = new PacketSums(space.axes);
    this.#slotOf = new Int32Array(space.entries.length).fill(-1);
  }

  /** Packets by deciding entry, -1 for the default; null when the budget is spent. Only for entries for which {@link isPlain} holds. */
  divide(context: DivisionContext, entry: number): Map<number, PacketCount> | null {
    const { space, program, finder, excluded, budget } = context;
    const { boxes, firstBox, controlOf } = space;
    this.#left = budget;
    this.#entries.length = 0;
    const own = firstBox[entry]!;
    // Every entry that meets the rule may get a slot.
    this.#sums.clear(FIRST_SLOT + program.endEntry - program.firstEntry);
    let done = true;
    for (let box = own; box < firstBox[entry + 1]! && done; box++) {
      const bounds = boxes.bounds.slice(box * STRIDE, (box + 1) * STRIDE);
      finder.collect(bounds, program.firstBox, program.endBox, context.takes);
      this.reserve(0, finder.count + box - own);
      let count = 0;
      for (let earlier = own; earlier < box; earlier++) this.list[count++] = (earlier << 6) | OPEN_AXES | 1;
      for (let i = 0; i < finder.count; i++) {
        const other = boxes.entryOf[finder.found[i]!]!;
        if (excluded[other] === 0 && controlOf[other] === CONTROL_DECIDE) this.list[count++] = (finder.found[i]! << 6) | OPEN_AXES;
      }
      this.begin({ bounds, extra: [] }, count, DEFAULT);
      done = this.#cutDown();
    }
    const found = new Map<number, PacketCount>();
    const add = (slot: number, decider: number): void => {
      const packets = { ipv4: this.#sums.ipv4(slot), ipv6: this.#sums.ipv6(slot) };
      if (packets.ipv4 > 0n || packets.ipv6 > 0n) found.set(decider, packets);
    };
    add(DEFAULT, -1);
    this.#entries.forEach((decider, i) => {
      add(FIRST_SLOT + i, decider);
      this.#slotOf[decider] = -1;
    });
    return done ? found : null;
  }

  #cutDown(): boolean {
    const { bounds: B } = this.space.boxes;
    const region = this.bounds;
    while (this.next()) {
      if (--this.#left < 0) return false;
      const start = this.listStart;
      const end = this.listEnd;
      this.reserve(end, end - start);
      const list = this.list;
      const s0 = region[0]!;
      const s1 = region[1]!;
      const d0 = region[2]!;
      const d1 = region[3]!;
      const p0 = region[4]!;
      const p1 = region[5]!;
      const x0 = region[6]!;
      const x1 = region[7]!;
      const y0 = region[8]!;
      const y1 = region[9]!;
      let out = end;
      let best = -1;
      let bestShare = -1;
      let holder = -1;
      for (let i = start; i < end; i++) {
        const candidate = list[i]!;
        const o = (candidate >> 6) * STRIDE;
        // Only the axes on which the box has not been found to hold the region, or one around it.
        let open = candidate & OPEN_AXES;
        let share = 1;
        if ((open & 2) !== 0) {
          const first = B[o + 2]!;
          const last = B[o + 3]!;
          if (first > d1 || last < d0) continue;
          if (first <= d0 && last >= d1) open ^= 2;
          else share = ((last < d1 ? last : d1) - (first > d0 ? first : d0) + 1) / (d1 - d0 + 1);
        }
        if ((open & 4) !== 0) {
          const first = B[o]!;
          const last = B[o + 1]!;
          if (first > s1 || last < s0) continue;
          if (first <= s0 && last >= s1) open ^= 4;
          else share *= ((last < s1 ? last : s1) - (first > s0 ? first : s0) + 1) / (s1 - s0 + 1);
        }
        if ((open & 8) !== 0) {
          const first = B[o + 8]!;
          const last = B[o + 9]!;
          if (first > y1 || last < y0) continue;
          if (first <= y0 && last >= y1) open ^= 8;
          else share *= ((last < y1 ? last : y1) - (first > y0 ? first : y0) + 1) / (y1 - y0 + 1);
        }
        if ((open & 16) !== 0) {
          const first = B[o + 4]!;
          const last = B[o + 5]!;
          if (first > p1 || last < p0) continue;
          if (first <= p0 && last >= p1) open ^= 16;
          else share *= ((last < p1 ? last : p1) - (first > p0 ? first : p0) + 1) / (p1 - p0 + 1);
        }
        if ((open & 32) !== 0) {
          const first = B[o + 6]!;
          const last = B[o + 7]!;
          if (first > x1 || last < x0) continue;
          if (first <= x0 && last >= x1) open ^= 32;
          else share *= ((last < x1 ? last : x1) - (first > x0 ? first : x0) + 1) / (x1 - x0 + 1);
        }
        if (open === 0) {
          holder = candidate;
          break;
        }
        list[out++] = (candidate & ~OPEN_AXES) | open;
        if (share > bestShare) {
          bestShare = share;
          best = candidate >> 6;
        }
      }
      const fallback = holder < 0 ? this.fallback : this.#slot(holder);
      if (out - end <= FEW) {
        this.#countFew(end, out, fallback);
        continue;
      }
      this.listStart = end;
      this.listEnd = out;
      this.fallback = fallback;
      this.splitAlong(best);
    }
    return true;
  }

  #slot(candidate: number): number {
    if ((candidate & 1) === 1) return ELSEWHERE;
    const entry = this.space.boxes.entryOf[candidate >> 6]!;
    if (this.#slotOf[entry]! < 0) {
      this.#slotOf[entry] = FIRST_SLOT + this.#entries.length;
      this.#entries.push(entry);
    }
    return this.#slotOf[entry]!;
  }

  /** Each of a few boxes takes what those before it leave of it, the fallback the rest. */
  #countFew(begin: number, end: number, fallback: number): void {
    const { bounds: B } = this.space.boxes;
    const region = this.bounds;
    const partial = this.#partial;
    const list = this.list;
    this.#sums.add(fallback, region, 0, 1);
    for (let i = begin; i < end; i++) {
      const at = (i - begin) * STRIDE;
      const o = (list[i]! >> 6) * STRIDE;
      for (let k = 0; k < STRIDE; k += 2) {
        partial[at + k] = Math.max(B[o + k]!, region[k]!);
        partial[at + k + 1] = Math.min(B[o + k + 1]!, region[k + 1]!);
      }
    }
    const pieces = this.#pieces;
    for (let i = 0; i < end - begin; i++) {
      for (let k = 0; k < STRIDE; k++) pieces[k] = partial[i * STRIDE + k]!;
      this.#addWithout(0, i, 1);
      this.#sums.move(DRAFT, this.#slot(list[begin + i]!), fallback);
    }
  }

  /** Adds the piece at a depth without the first `count` of the partial boxes to the draft. */
  #addWithout(depth: number, count: number, sign: number): void {
    const pieces = this.#pieces;
    const partial = this.#partial;
    const at = depth * STRIDE;
    for (let i = 0; i < count; i++) {
      let holds = true;
      for (let k = 0; k < STRIDE && holds; k += 2)
        holds = partial[i * STRIDE + k]! <= pieces[at + k]! && partial[i * STRIDE + k + 1]! >= pieces[at + k + 1]!;
      if (holds) return;
    }
    this.#left--;
    this.#sums.add(DRAFT, pieces, at, sign);
    const below = at + STRIDE;
    for (let i = 0; i < count; i++) {
      let meets = true;
      for (let k = 0; k < STRIDE && meets; k += 2) {
        const first = Math.max(partial[i * STRIDE + k]!, pieces[at + k]!);
        const last = Math.min(partial[i * STRIDE + k + 1]!, pieces[at + k + 1]!);
        meets = first <= last;
        pieces[below + k] = first;
        pieces[below + k + 1] = last;
      }
      if (meets) this.#addWithout(depth + 1, i, -sign);
    }
  }
}

/** Whether neither the entry nor anything it meets has sets, so that {@link FlatDivision} can be used. */
export function isPlain({ space, program }: Pick<DivisionContext, 'space' | 'program'>): boolean {
  return program.isFlat && !space.boxes.hasSets;
}
