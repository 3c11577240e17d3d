import { grown, ListTable } from './list-table.ts';

/** Leaves. {@link RETURNED}: the chain lets the packet through, its caller goes on. */
export const DENIED = 0;
export const PERMITTED = 1;
export const RETURNED = 2;
const LEAVES = 3;

/** Deeper functions than this (conditions asked one below the other) count as over the budget. */
const MOST_LEVELS = 2000;
const TOO_DEEP = `a cell depends on more than ${MOST_LEVELS.toLocaleString('en')} conditions`;

/** Thrown inside this folder when a diagram would become larger than the caller allows; the message says what is too large. */
export class DiagramBudgetSpent extends Error {}

/**
 * Functions of ranks on a fixed sequence of axes (levels) as shared decision diagrams. A node asks one level and has a child for each stretch of ranks;
 * neighbouring stretches with the same child are one, a node with one stretch is its child, and equal nodes are one. So equal functions have equal
 * ids, whatever they were made of. Ids below three are leaves.
 */
export class Diagrams {
  /** Most nodes there may be. */
  readonly #most: number;
  /** Level, then first rank and child of each stretch, ascending. */
  readonly #nodes = new ListTable();
  readonly #selected = new TripleTable();
  /** Stretches being put together, as a stack. */
  #scratch: Int32Array = new Int32Array(1024);
  #scratchEnd = 0;
  #depth = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get nodeCount(): number {
    return this.#nodes.count;
  }

  /** Infinity for leaves. */
  level(id: number): number {
    return id < LEAVES ? Number.POSITIVE_INFINITY : this.#nodes.at(this.#nodes.start(id - LEAVES));
  }

  /** The stretches of a node: first rank and child, ascending from rank 0. */
  stretches(id: number): readonly { readonly first: number; readonly child: number }[] {
    const stretches: { first: number; child: number }[] = [];
    for (let i = this.#nodes.start(id - LEAVES) + 1; i < this.#nodes.end(id - LEAVES); i += 2) {
      stretches.push({ first: this.#nodes.at(i), child: this.#nodes.at(i + 1) });
    }
    return stretches;
  }

  /** @param stretches from rank 0 on; children ask later levels only */
  node(level: number, stretches: readonly { readonly first: number; readonly child: number }[]): number {
    const begin = this.#open(level);
    for (const { first, child } of stretches) this.#add(begin, first, child);
    return this.#close(begin);
  }

  /** Where `guard` (without {@link RETURNED}) is permitted `inside`, elsewhere `outside`. */
  select(guard: number, inside: number, outside: number): number {
    if (guard === PERMITTED || inside === outside) return inside;
    if (guard === DENIED) return outside;
    if (inside === PERMITTED && outside === DENIED) return guard;
    const known = this.#selected.get(guard, inside, outside);
    if (known >= 0) return known;
    if (++this.#depth > MOST_LEVELS) throw new DiagramBudgetSpent(TOO_DEEP);
    const level = Math.min(this.level(guard), this.level(inside), this.level(outside));
    const begin = this.#open(level);
    const [a, b, c] = [
      new Cursor(this.#nodes, guard, level),
      new Cursor(this.#nodes, inside, level),
      new Cursor(this.#nodes, outside, level),
    ];
    for (let rank = 0; ; ) {
      this.#add(begin, rank, this.select(a.child, b.child, c.child));
      rank = Math.min(a.next, b.next, c.next);
      if (rank === NO_RANK) break;
      a.moveTo(rank);
      b.moveTo(rank);
      c.moveTo(rank);
    }
    const id = this.#close(begin);
    this.#depth--;
    this.#selected.set(guard, inside, outside, id);
    return id;
  }

  /** To go on after the budget was spent on the way. */
  abandon(): void {
    this.#depth = 0;
    this.#scratchEnd = 0;
  }

  both(a: number, b: number): number {
    return this.select(a, b, DENIED);
  }

  either(a: number, b: number): number {
    return this.select(a, PERMITTED, b);
  }

  /** `a` without `b`. */
  without(a: number, b: number): number {
    return this.select(b, DENIED, a);
  }

  /** `wanted` becomes {@link PERMITTED}, the other leaves {@link DENIED}. */
  isLeaf(id: number, wanted: number, known = new Map<number, number>()): number {
    if (id < LEAVES) return id === wanted ? PERMITTED : DENIED;
    const before = known.get(id);
    if (before !== undefined) return before;
    if (++this.#depth > MOST_LEVELS) throw new DiagramBudgetSpent(TOO_DEEP);
    const stretches = this.stretches(id).map(({ first, child }) => ({ first, child: this.isLeaf(child, wanted, known) }));
    this.#depth--;
    const found = this.node(this.level(id), stretches);
    known.set(id, found);
    return found;
  }

  #open(level: number): number {
    const begin = this.#scratchEnd;
    this.#reserve(1);
    this.#scratch[this.#scratchEnd++] = level;
    return begin;
  }

  #add(begin: number, first: number, child: number): void {
    if (this.#scratchEnd > begin + 1 && this.#scratch[this.#scratchEnd - 1] === child) return;
    this.#reserve(2);
    this.#scratch[this.#scratchEnd++] = first;
    this.#scratch[this.#scratchEnd++] = child;
  }

  #close(begin: number): number {
    const end = this.#scratchEnd;
    this.#scratchEnd = begin;
    if (end === begin + 3) return this.#scratch[begin + 2]!;
    const id = this.#nodes.idOf(this.#scratch, begin, end);
    if (this.#nodes.count > this.#most) {
      throw new DiagramBudgetSpent(`the decision diagrams have more than ${this.#most.toLocaleString('en')} nodes`);
    }
    return id + LEAVES;
  }

  #reserve(count: number): void {
    if (this.#scratchEnd + count > this.#scratch.length) this.#scratch = grown(this.#scratch, this.#scratchEnd + count);
  }
}

const NO_RANK = 0x7fffffff;

/** Walks the stretches of a node; a node that asks a later level is one stretch. */
class Cursor {
  child: number;
  /** Where the next stretch begins. */
  next: number;
  readonly #nodes: ListTable;
  #at: number;
  readonly #end: number;

  constructor(nodes: ListTable, id: number, level: number) {
    this.#nodes = nodes;
    const start = id < LEAVES ? -1 : nodes.start(id - LEAVES);
    if (start < 0 || nodes.at(start) !== level) {
      this.child = id;
      this.next = NO_RANK;
      this.#at = 0;
      this.#end = 0;
      return;
    }
    this.#at = start + 1;
    this.#end = nodes.end(id - LEAVES);
    this.child = nodes.at(start + 2);
    this.next = this.#at + 2 < this.#end ? nodes.at(this.#at + 2) : NO_RANK;
  }

  moveTo(rank: number): void {
    if (this.next > rank) return;
    this.#at += 2;
    this.child = this.#nodes.at(this.#at + 1);
    this.next = this.#at + 2 < this.#end ? this.#nodes.at(this.#at + 2) : NO_RANK;
  }
}

/** What is known for three numbers. */
class TripleTable {
  #keys = new Int32Array(4 * 4096).fill(-1);
  #count = 0;

  /** -1 when nothing is. */
  get(a: number, b: number, c: number): number {
    return this.#keys[this.#slot(a, b, c) + 3]!;
  }

  set(a: number, b: number, c: number, value: number): void {
    this.#put(a, b, c, value);
    if (2 * ++this.#count * 4 <= this.#keys.length) return;
    const old = this.#keys;
    this.#keys = new Int32Array(old.length * 2).fill(-1);
    for (let i = 0; i < old.length; i += 4) if (old[i + 3]! >= 0) this.#put(old[i]!, old[i + 1]!, old[i + 2]!, old[i + 3]!);
  }

  #put(a: number, b: number, c: number, value: number): void {
    const slot = this.#slot(a, b, c);
    this.#keys[slot] = a;
    this.#keys[slot + 1] = b;
    this.#keys[slot + 2] = c;
    this.#keys[slot + 3] = value;
  }

  #slot(a: number, b: number, c: number): number {
    const keys = this.#keys;
    const mask = keys.length / 4 - 1;
    let hash = Math.imul(a ^ Math.imul(b ^ Math.imul(c, 0x85ebca6b), 0xc2b2ae35), 0x9e3779b1);
    hash ^= hash >>> 15;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 4;
      if (keys[at + 3]! < 0 || (keys[at] === a && keys[at + 1] === b && keys[at + 2] === c)) return at;
    }
  }
}
