import { askWithoutEntry } from '../trace/removal.ts';
import { RemovalSet } from '../trace/removal-set.ts';
import { LEAF_DEFAULT, leafEntry, leavesOf } from '../trace/split-tree.ts';
import type { Proof, TraceContext } from '../trace/trace-context.ts';

/** Among entries: the default of the policy. */
export const DEFAULT_ENTRY = -1;

/**
 * A set of entries that may all go together, grown one by one; after every addition the whole set is safe.
 *
 * In a list (or an unordered policy) a set is safe when each member keeps the effect of the points it decides, given what else is gone. Each member's
 * proof names the entries that decide for it; only members that name a newcomer have to be asked again. For chains the whole set is compared.
 */
export class Elimination {
  readonly #context: TraceContext;
  readonly #gone = new Set<number>();
  readonly #deciders = new Map<number, readonly number[]>();
  /** For each entry: members whose proof names it, later in order (or in any order, where there is none). */
  readonly #leaning = new Map<number, Set<number>>();
  readonly #chains: RemovalSet | null;

  constructor(context: TraceContext) {
    this.#context = context;
    this.#chains = isDecomposable(context) ? null : new RemovalSet(context);
  }

  get gone(): ReadonlySet<number> {
    return this.#gone;
  }

  /** Adds the entry if the set stays safe with it; otherwise the set stays as it is. */
  tryAdd(entry: number): 'safe' | 'unsafe' | 'budget' {
    if (this.#gone.has(entry)) return 'safe';
    if (this.#chains !== null) return this.#addToChains(this.#chains, entry);
    const isGone = (other: number): boolean => other === entry || this.#gone.has(other);
    const proven = new Map<number, readonly number[]>();
    for (const member of [entry, ...(this.#leaning.get(entry) ?? [])]) {
      const answer = askWithoutEntry(this.#context, member, isGone);
      if (answer.kind !== 'none') return answer.kind === 'found' ? 'unsafe' : 'budget';
      proven.set(member, decidersOf(answer.proof));
    }
    this.#gone.add(entry);
    for (const [member, deciders] of proven) this.#note(member, deciders);
    return 'safe';
  }

  /** Adds an entry with a proof that names no entry that may ever join the set, except earlier ones. */
  addProven(entry: number, deciders: readonly number[]): void {
    this.#gone.add(entry);
    this.#note(entry, deciders);
  }

  /**
   * Entries that stay and suffice for the points of a member to keep their effect, ascending, {@link DEFAULT_ENTRY} first: others may decide some of
   * them, with the same effect. Empty where chains decide.
   */
  decidersOf(entry: number): number[] {
    const found = new Set<number>();
    const seen = new Set<number>([entry]);
    const pending = [entry];
    for (let member = pending.pop(); member !== undefined; member = pending.pop()) {
      for (const decider of this.#deciders.get(member) ?? []) {
        // An earlier entry that took the points and goes as well: then its own deciders do.
        if (!this.#gone.has(decider)) found.add(decider);
        else if (!seen.has(decider)) pending.push(decider);
        seen.add(decider);
      }
    }
    return [...found].sort((a, b) => a - b);
  }

  #addToChains(chains: RemovalSet, entry: number): 'safe' | 'unsafe' | 'budget' {
    const answer = chains.tryAdd(entry);
    if (answer.kind !== 'none') return answer.kind === 'found' ? 'unsafe' : 'budget';
    this.#gone.add(entry);
    return 'safe';
  }

  #note(member: number, deciders: readonly number[]): void {
    for (const before of this.#deciders.get(member) ?? []) this.#leaning.get(before)?.delete(member);
    this.#deciders.set(member, deciders);
    const isOrdered = this.#context.program.evaluation === 'first-match';
    for (const decider of deciders) {
      // What an earlier entry takes, the member never decides, whether that entry stays or not.
      if (decider === DEFAULT_ENTRY || (isOrdered && decider < member)) continue;
      const leaning = this.#leaning.get(decider);
      if (leaning === undefined) this.#leaning.set(decider, new Set([member]));
      else leaning.add(member);
    }
  }
}

/** Whether each member of a set can be asked about alone. */
export function isDecomposable({ program }: TraceContext): boolean {
  return program.isFlat || program.evaluation === 'any-permit';
}

/** Tries the entries in the order given. */
export function eliminate(context: TraceContext, order: readonly number[]): Elimination {
  const elimination = new Elimination(context);
  for (const entry of order) elimination.tryAdd(entry);
  return elimination;
}

/** The entries that the leaves of a proof name. */
export function decidersOf(proof: Proof): number[] {
  const found = new Set<number>();
  for (const { tree } of proof.trees) {
    for (const leaf of leavesOf(tree)) {
      if (leaf === LEAF_DEFAULT) found.add(DEFAULT_ENTRY);
      else if (leafEntry(leaf) >= 0) found.add(leafEntry(leaf));
    }
  }
  return [...found];
}
