import { calleesFirst } from '../trace/chain-outcomes.ts';
import { CONTROL_CONTINUE, CONTROL_DECIDE, CONTROL_GOTO, CONTROL_JUMP, type TraceProgram, type TraceSpace } from '../trace/trace-space.ts';
import { DENIED, type Diagrams, PERMITTED, RETURNED } from './diagrams.ts';

/** What one program does with the packets between two classes of addresses, as a diagram over everything else. */
export class ProgramVerdict {
  readonly program: TraceProgram;
  readonly #space: TraceSpace;
  readonly #diagrams: Diagrams;
  readonly #guards: Int32Array;
  readonly #ofDefault: number;
  readonly #order: Int32Array;
  /** For each chain of the program what becomes of a packet that enters it. */
  readonly #outcomes: Int32Array;

  /** @param guards what each box of the space asks for above the addresses */
  constructor(space: TraceSpace, program: TraceProgram, diagrams: Diagrams, guards: Int32Array) {
    this.program = program;
    this.#space = space;
    this.#diagrams = diagrams;
    this.#guards = guards;
    this.#ofDefault = leafOf(space, program.defaultEffect);
    this.#order = calleesFirst(space, program);
    this.#outcomes = new Int32Array(this.#order.length);
  }

  /** @param list boxes that hold both addresses, ascending; list[begin..end) are those of this program */
  of(list: ArrayLike<number>, begin: number, end: number): number {
    if (this.program.evaluation === 'any-permit') return this.#anyPermit(list, begin, end);
    const { firstChain, root } = this.program;
    for (const chain of this.#order) {
      const { firstBox, endBox } = this.#space.chains[firstChain + chain]!;
      const from = lowerBound(list, begin, end, firstBox);
      // Nothing calls the first chain: the default stands at its end.
      const atEnd = firstChain + chain === root ? this.#ofDefault : RETURNED;
      this.#outcomes[chain] = this.#chainOutcome(list, from, lowerBound(list, from, end, endBox), atEnd);
    }
    return this.#outcomes[root - firstChain]!;
  }

  /** One rule that permits is enough; those that do not permit say nothing. */
  #anyPermit(list: ArrayLike<number>, begin: number, end: number): number {
    const { entryOf } = this.#space.boxes;
    if (this.#ofDefault === PERMITTED) return PERMITTED;
    let permitted = DENIED;
    for (let i = begin; i < end && permitted !== PERMITTED; i++) {
      const box = list[i]!;
      if (leafOf(this.#space, this.#space.effectOf[entryOf[box]!]!) !== PERMITTED) continue;
      permitted = this.#diagrams.either(this.#guards[box]!, permitted);
    }
    return permitted;
  }

  /** From the last entry to the first: each one decides where it matches and leaves the rest to those behind it. */
  #chainOutcome(list: ArrayLike<number>, begin: number, end: number, atEnd: number): number {
    const { entryOf } = this.#space.boxes;
    const last = this.#lastReached(list, begin, end);
    let outcome = atEnd;
    for (let i = last - 1; i >= begin; ) {
      const entry = entryOf[list[i]!]!;
      let guard = this.#guards[list[i]!]!;
      for (i--; i >= begin && entryOf[list[i]!] === entry; i--) guard = this.#diagrams.either(this.#guards[list[i]!]!, guard);
      outcome = this.#applyEntry(entry, guard, outcome, atEnd);
    }
    return outcome;
  }

  /** Behind the first box that decides everything nothing matters. */
  #lastReached(list: ArrayLike<number>, begin: number, end: number): number {
    const { controlOf, boxes } = this.#space;
    for (let i = begin; i < end; i++) {
      if (this.#guards[list[i]!] === PERMITTED && controlOf[boxes.entryOf[list[i]!]!] === CONTROL_DECIDE) return i + 1;
    }
    return end;
  }

  #applyEntry(entry: number, guard: number, behind: number, atEnd: number): number {
    const { controlOf, effectOf, targetOf } = this.#space;
    switch (controlOf[entry]) {
      case CONTROL_DECIDE:
        return this.#diagrams.select(guard, leafOf(this.#space, effectOf[entry]!), behind);
      case CONTROL_CONTINUE:
        return behind;
      case CONTROL_JUMP:
        return this.#diagrams.select(guard, this.#resume(this.#outcomeOf(targetOf[entry]!), behind), behind);
      case CONTROL_GOTO:
        // The end of that chain is the end of this one.
        return this.#diagrams.select(guard, this.#resume(this.#outcomeOf(targetOf[entry]!), atEnd), behind);
      default:
        return this.#diagrams.select(guard, atEnd, behind);
    }
  }

  #outcomeOf(chain: number): number {
    return this.#outcomes[chain - this.program.firstChain]!;
  }

  /** Where the outcome is {@link RETURNED}, what follows. */
  #resume(outcome: number, behind: number): number {
    if (outcome === RETURNED || behind === RETURNED) return outcome === RETURNED ? behind : outcome;
    return this.#diagrams.select(this.#diagrams.isLeaf(outcome, RETURNED), behind, outcome);
  }
}

function leafOf({ effects }: TraceSpace, effect: number): number {
  return effects[effect]!.verdict === 'permit' ? PERMITTED : DENIED;
}

/** The first place in list[begin..end) that is not below the limit. */
export function lowerBound(list: ArrayLike<number>, begin: number, end: number, limit: number): number {
  let low = begin;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
