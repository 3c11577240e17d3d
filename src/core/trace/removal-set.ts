import { STRIDE } from './box-table.ts';
import { askRemoval, askWithoutEntry, needsComparison } from './removal.ts';
import type { Answer, TraceContext } from './trace-context.ts';

/**
 * A set of entries that may all go together, grown one by one. For lists only what an addition can touch is looked at again: the entry itself,
 * and those of the set that overlap it and have the same effect, for they may have leaned on it.
 */
export class RemovalSet {
  readonly #context: TraceContext;
  readonly #removed = new Set<number>();

  constructor(context: TraceContext) {
    this.#context = context;
  }

  get entries(): ReadonlySet<number> {
    return this.#removed;
  }

  /** Adds the entry when the set stays safe with it: `none`. Otherwise the set stays as it is, and the answer says where an effect would change. */
  tryAdd(entry: number): Answer {
    if (this.#removed.has(entry)) return { kind: 'none', proof: { trees: [] } };
    const answer = this.#ask(entry);
    if (answer.kind === 'none') this.#removed.add(entry);
    return answer;
  }

  #ask(entry: number): Answer {
    if (needsComparison(this.#context, [...this.#removed, entry])) return askRemoval(this.#context, new Set([...this.#removed, entry]));
    const isGone = (other: number): boolean => other === entry || this.#removed.has(other);
    const own = askWithoutEntry(this.#context, entry, isGone);
    if (own.kind !== 'none') return own;
    for (const other of this.#leaningOn(entry)) {
      const answer = askWithoutEntry(this.#context, other, (each) => each !== other && isGone(each));
      if (answer.kind !== 'none') return answer;
    }
    return own;
  }

  #leaningOn(entry: number): number[] {
    const { space, program } = this.#context;
    const ordered = program.evaluation === 'first-match';
    return [...this.#removed].filter((other) => (!ordered || other < entry) && space.effectOf[other] === space.effectOf[entry] && this.#meet(other, entry));
  }

  #meet(a: number, b: number): boolean {
    const { firstBox, boxes } = this.#context.space;
    for (let i = firstBox[a]!; i < firstBox[a + 1]!; i++) {
      for (let j = firstBox[b]!; j < firstBox[b + 1]!; j++) if (overlap(boxes.bounds, i * STRIDE, j * STRIDE)) return true;
    }
    return false;
  }
}

function overlap(bounds: Int32Array, a: number, b: number): boolean {
  for (let k = 0; k < STRIDE; k += 2) if (bounds[a + k]! > bounds[b + k + 1]! || bounds[b + k]! > bounds[a + k + 1]!) return false;
  return true;
}
