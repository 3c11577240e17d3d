/**
 * A proof by cases. A node cuts its region on one axis in two: what lies below rank `cut`, and the rest. Node 0 stands above the root: its first
 * child is the whole. A child is a node when positive, else the leaf ~child (see {@link leafEntry}).
 *
 * A leaf names why its region is settled, read together with the question that was asked; see README.md of this folder.
 */
export interface SplitTree {
  readonly axis: Int32Array;
  readonly cut: Int32Array;
  /** Children of node n: 2n and 2n + 1. */
  readonly children: Int32Array;
}

/** The region is decided by the default. */
export const LEAF_DEFAULT = 0;
/** The region lies outside of the sets of the box that was asked about. */
export const LEAF_OUTSIDE = 1;
/** The region is settled by evaluating the chains over it: every way through them ends alike. */
export const LEAF_EVALUATE = 2;
const FIRST_ENTRY = 3;

/** The leaf that names an entry, which holds the region whole. */
export function leafOfEntry(entry: number): number {
  return FIRST_ENTRY + entry;
}

/** The entry a leaf names, or -1 for one of the leaves above. */
export function leafEntry(leaf: number): number {
  return leaf < FIRST_ENTRY ? -1 : leaf - FIRST_ENTRY;
}

/** Every leaf, in the order of the tree; iterative, as trees may be deep. */
export function leavesOf(tree: SplitTree): number[] {
  const leaves: number[] = [];
  const pending = [tree.children[0] as number];
  while (pending.length > 0) {
    const child = pending.pop() as number;
    if (child < 0) leaves.push(~child);
    else pending.push(tree.children[2 * child + 1] as number, tree.children[2 * child] as number);
  }
  return leaves;
}

/** Collects a tree while a search runs. */
export class TreeRecorder {
  #axis = new Int32Array(256);
  #cut = new Int32Array(256);
  #children = new Int32Array(512);
  #count = 1;

  reset(): void {
    this.#count = 1;
    this.#children[0] = 0;
  }

  /** Adds a node in the place of `slot`; returns its number. Its children are the slots 2n and 2n + 1. */
  addNode(slot: number, axis: number, cut: number): number {
    if (this.#count === this.#axis.length) this.#grow();
    const node = this.#count++;
    this.#axis[node] = axis;
    this.#cut[node] = cut;
    this.#children[slot] = node;
    return node;
  }

  setLeaf(slot: number, leaf: number): void {
    this.#children[slot] = ~leaf;
  }

  toTree(): SplitTree {
    const length = this.#count;
    return { axis: this.#axis.slice(0, length), cut: this.#cut.slice(0, length), children: this.#children.slice(0, 2 * length) };
  }

  #grow(): void {
    const grow = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.#axis = grow(this.#axis);
    this.#cut = grow(this.#cut);
    this.#children = grow(this.#children);
  }
}
