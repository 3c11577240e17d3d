import { askRemoval, askWithoutEntry, needsComparison } from './removal.ts';
import { leafEntry, leavesOf } from './split-tree.ts';
import type { Answer, Proof, TraceContext } from './trace-context.ts';

/**
 * A set of entries that may all go together, grown one by one. For lists only what an addition can touch is looked at again: the entry itself,
 * and those of the set whose proof names it. (A proof that does not name an entry holds without it: what is gone takes nothing.)
 */
export class RemovalSet {
  readonly #context: TraceContext;
  readonly #removed = new Set<number>();
  /** For each entry that proofs name: the removed entries whose proof does. */
  readonly #leaning = new Map<number, Set<number>>();
  readonly #leansOn = new Map<number, readonly number[]>();

  constructor(context: TraceContext) {
    this.#context = context;
  }

  get entries(): ReadonlySet<number> {
    return this.#removed;
  }

  /** Adds the entry when the set stays safe with it: `none`. Otherwise the set stays as it is, and the answer says where an effect would change. */
  tryAdd(entry: number): Answer {
    if (this.#removed.has(entry)) return { kind: 'none', proof: { trees: [] } };
    const candidates = [...this.#removed, entry];
    if (needsComparison(this.#context, candidates)) {
      const answer = askRemoval(this.#context, new Set(candidates));
      if (answer.kind === 'none') this.#removed.add(entry);
      return answer;
    }
    return this.#tryAddToList(entry);
  }

  #tryAddToList(entry: number): Answer {
    const isGone = (other: number): boolean => other === entry || this.#removed.has(other);
    const own = askWithoutEntry(this.#context, entry, isGone);
    if (own.kind !== 'none') return own;
    const renewed: (readonly [number, Proof])[] = [[entry, own.proof]];
    for (const other of this.#leaning.get(entry) ?? []) {
      const answer = askWithoutEntry(this.#context, other, isGone);
      if (answer.kind !== 'none') return answer;
      renewed.push([other, answer.proof]);
    }
    this.#removed.add(entry);
    for (const [leaning, proof] of renewed) this.#note(leaning, proof);
    return own;
  }

  #note(leaning: number, proof: Proof): void {
    for (const named of this.#leansOn.get(leaning) ?? []) this.#leaning.get(named)?.delete(leaning);
    const named = this.#supports(leaning, proof);
    this.#leansOn.set(leaning, named);
    for (const each of named) {
      const known = this.#leaning.get(each);
      if (known === undefined) this.#leaning.set(each, new Set([leaning]));
      else known.add(leaning);
    }
  }

  /** In a list, what stands before an entry takes the same whether it stays or goes: only what stands behind it can be missed. */
  #supports(leaning: number, { trees }: Proof): number[] {
    const isOrdered = this.#context.program.evaluation === 'first-match';
    const named = new Set(trees.flatMap(({ tree }) => leavesOf(tree).map(leafEntry)));
    return [...named].filter((each) => each >= 0 && (!isOrdered || each > leaning));
  }
}
