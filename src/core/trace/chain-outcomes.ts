import { STRIDE } from './box-table.ts';
import { CONTAINED, DISJOINT, type RegionStack } from './region-stack.ts';
import { PACKET_AXES } from './trace-axes.ts';
import {
  CONTROL_CONTINUE,
  CONTROL_DECIDE,
  CONTROL_GOTO,
  CONTROL_JUMP,
  CONTROL_RETURN,
  type TraceProgram,
  type TraceSpace,
} from './trace-space.ts';

/** No outcome, and several. */
export const NO_OUTCOME = -1;
export const SEVERAL = -2;

/** How a box lies to the region, beside its number in a list of candidates. */
const PARTIAL_PACKET = 0;
const PARTIAL_EXTRA = 1;
const HOLDS = 2;

/**
 * What may become of the points of a region in a program with chains. Each chain is looked at once per region, whoever calls it, the chains it
 * leads to before it: what becomes of a point in a chain does not depend on the caller. The answer is never too small: when it names one
 * outcome, every point of the region has it; when it names several, {@link splitBox} is where to cut.
 */
export class ChainOutcomes {
  /** Where to cut next, when the region has several outcomes: the box met that holds the largest share of it, or -1. */
  splitBox = -1;
  /** Whether {@link splitBox} has to be cut on a packet axis. */
  splitsPacket = false;
  readonly #space: TraceSpace;
  readonly #program: TraceProgram;
  /** Chains, those that others lead to first. */
  readonly #order: Int32Array;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #outcome: Int32Array;
  readonly #falls: Uint8Array;
  readonly #seen: Uint8Array;
  readonly #pending: number[] = [];
  #shares = new Float64Array(256);
  #base = 0;

  constructor(space: TraceSpace, program: TraceProgram) {
    this.#space = space;
    this.#program = program;
    this.#order = calleesFirst(space, program);
    const count = program.endChain - program.firstChain;
    this.#start = new Int32Array(count);
    this.#end = new Int32Array(count);
    this.#outcome = new Int32Array(count);
    this.#falls = new Uint8Array(count);
    this.#seen = new Uint8Array(count);
  }

  /**
   * Writes those of the candidates that overlap the region behind the list, `box * 4 + relation` each, and returns where they end. Candidates
   * behind one that holds the region and lets nothing through are left out, chain by chain.
   *
   * @param begin and `end`: the candidates of this program, where the region has others too; `base` is where they are written
   */
  filter(stack: RegionStack, outcomeOf: Int32Array, begin = stack.listStart, end = stack.listEnd, base = end): number {
    const { boxes, entries, controlOf } = this.#space;
    const { bounds: B, entryOf, setStart } = boxes;
    const region = stack.bounds;
    stack.reserve(base, end - begin);
    if (end - begin > this.#shares.length) this.#shares = new Float64Array(2 * (end - begin));
    const list = stack.list;
    const firstChain = this.#program.firstChain;
    this.#start.fill(base);
    this.#end.fill(base);
    this.#base = base;
    let out = base;
    let chain = -1;
    let isShut = false;
    for (let i = begin; i < end; i++) {
      const box = list[i]! >> 2;
      const entry = entryOf[box]!;
      const itsChain = entries[entry]!.chain - firstChain;
      if (itsChain !== chain) {
        if (chain >= 0) this.#end[chain] = out;
        chain = itsChain;
        this.#start[chain] = out;
        isShut = false;
      }
      if (isShut) continue;
      const o = box * STRIDE;
      let share = 1;
      let relation = HOLDS;
      for (let k = 0; k < STRIDE; k += 2) {
        const first = B[o + k]!;
        const last = B[o + k + 1]!;
        const from = region[k]!;
        const to = region[k + 1]!;
        if (first > to || last < from) {
          relation = -1;
          break;
        }
        if (first > from || last < to) {
          relation = PARTIAL_PACKET;
          share *= (Math.min(last, to) - Math.max(first, from) + 1) / (to - from + 1);
        }
      }
      if (relation < 0) continue;
      if (setStart[box] !== setStart[box + 1]) {
        for (let s = setStart[box]!; s < setStart[box + 1]!; s++) {
          const one = stack.relateSet(s);
          if (one === CONTAINED) continue;
          if (one === DISJOINT) {
            relation = -1;
            break;
          }
          share *= stack.share;
          relation = boxes.setAxis[s]! < PACKET_AXES ? PARTIAL_PACKET : Math.min(relation, PARTIAL_EXTRA);
        }
        if (relation < 0) continue;
      }
      this.#shares[out - base] = share;
      list[out++] = box * 4 + relation;
      if (relation === HOLDS) {
        const control = controlOf[entry]!;
        isShut = outcomeOf[entry]! >= 0 || control === CONTROL_DECIDE || control === CONTROL_GOTO || control === CONTROL_RETURN;
      }
    }
    if (chain >= 0) this.#end[chain] = out;
    return out;
  }

  /**
   * The outcome of the region, after {@link filter}; {@link SEVERAL} with {@link splitBox} set.
   *
   * @param outcomeOf for each entry of the space: the outcome of a point it matches, or -1 to follow its control
   * @param ofDefault the outcome of a point that falls out of the first chain
   */
  judge(stack: RegionStack, outcomeOf: Int32Array, ofDefault: number): number {
    for (const chain of this.#order) this.#judgeChain(stack, chain, outcomeOf);
    const root = this.#program.root - this.#program.firstChain;
    const outcome = this.#falls[root] === 1 ? merge(this.#outcome[root]!, ofDefault) : this.#outcome[root]!;
    if (outcome === SEVERAL) this.#chooseSplit(stack, outcomeOf);
    return outcome;
  }

  #judgeChain(stack: RegionStack, chain: number, outcomeOf: Int32Array): void {
    const { controlOf, targetOf, boxes } = this.#space;
    const list = stack.list;
    let outcome = NO_OUTCOME;
    let falls = 1;
    let returns = 0;
    for (let i = this.#start[chain]!; i < this.#end[chain]!; i++) {
      const holds = (list[i]! & 3) === HOLDS;
      const entry = boxes.entryOf[list[i]! >> 2]!;
      const own = outcomeOf[entry]!;
      const control = controlOf[entry]!;
      let lets = true;
      if (own >= 0) {
        outcome = merge(outcome, own);
        lets = false;
      } else if (control === CONTROL_RETURN) {
        returns = 1;
        lets = false;
      } else if (control !== CONTROL_CONTINUE) {
        const target = targetOf[entry]! - this.#program.firstChain;
        outcome = merge(outcome, this.#outcome[target]!);
        if (control === CONTROL_GOTO) {
          returns |= this.#falls[target]!;
          lets = false;
        } else {
          lets = this.#falls[target] === 1;
        }
      }
      if (holds && !lets) {
        falls = 0;
        break;
      }
    }
    this.#outcome[chain] = outcome;
    this.#falls[chain] = falls | returns;
  }

  /** Of the boxes that are met on some way through the region, those that hold a part of it only: the one with the largest share, packet axes first. */
  #chooseSplit(stack: RegionStack, outcomeOf: Int32Array): void {
    const { controlOf, targetOf, boxes } = this.#space;
    const list = stack.list;
    const base = this.#base;
    this.splitBox = -1;
    this.splitsPacket = false;
    let best = -1;
    this.#seen.fill(0);
    this.#pending.length = 0;
    this.#meet(this.#program.root - this.#program.firstChain);
    while (this.#pending.length > 0) {
      const chain = this.#pending.pop()!;
      for (let i = this.#start[chain]!; i < this.#end[chain]!; i++) {
        const relation = list[i]! & 3;
        const box = list[i]! >> 2;
        const entry = boxes.entryOf[box]!;
        const control = controlOf[entry]!;
        // What only goes on makes no difference to where a point ends.
        if (control === CONTROL_CONTINUE && outcomeOf[entry]! < 0) continue;
        const isPacket = relation === PARTIAL_PACKET;
        if (relation !== HOLDS && (isPacket || !this.splitsPacket)) {
          const share = this.#shares[i - base]!;
          if (share > best || (isPacket && !this.splitsPacket)) {
            best = share;
            this.splitBox = box;
            this.splitsPacket = isPacket;
          }
        }
        if (outcomeOf[entry]! >= 0) {
          if (relation === HOLDS) break;
          continue;
        }
        if (control === CONTROL_JUMP || control === CONTROL_GOTO) {
          const target = targetOf[entry]! - this.#program.firstChain;
          this.#meet(target);
          if (relation === HOLDS && (control === CONTROL_GOTO || this.#falls[target] === 0)) break;
        }
      }
    }
  }

  #meet(chain: number): void {
    if (this.#seen[chain] === 1) return;
    this.#seen[chain] = 1;
    this.#pending.push(chain);
  }
}

function merge(a: number, b: number): number {
  if (a === b || b === NO_OUTCOME) return a;
  return a === NO_OUTCOME ? b : SEVERAL;
}

/** The chains of a program, numbered from 0, each behind those it leads to. */
export function calleesFirst(space: TraceSpace, program: TraceProgram): Int32Array {
  const count = program.endChain - program.firstChain;
  const calls: number[][] = Array.from({ length: count }, () => []);
  const open = new Int32Array(count);
  for (let entry = program.firstEntry; entry < program.endEntry; entry++) {
    const target = space.targetOf[entry]!;
    if (target < 0) continue;
    const caller = space.entries[entry]!.chain - program.firstChain;
    calls[target - program.firstChain]!.push(caller);
    open[caller]!++;
  }
  const order: number[] = [];
  for (let chain = 0; chain < count; chain++) if (open[chain] === 0) order.push(chain);
  for (let i = 0; i < order.length; i++) {
    for (const caller of calls[order[i]!]!) if (--open[caller]! === 0) order.push(caller);
  }
  return Int32Array.from(order);
}
