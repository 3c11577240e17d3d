import { ChainOutcomes, SEVERAL } from './chain-outcomes.ts';
import type { SearchEnd } from './flat-search.ts';
import { CONTAINED, DISJOINT, type Region, RegionStack } from './region-stack.ts';
import { LEAF_EVALUATE, LEAF_OUTSIDE } from './split-tree.ts';
import type { TraceProgram, TraceSpace } from './trace-space.ts';

export const GOOD = 0;
export const BAD = 1;

/** The question of {@link FlatSearch} for programs with chains: is there a point of the region with a bad outcome? */
export class ChainSearch extends RegionStack {
  found: Region | null = null;
  readonly #outcomes: ChainOutcomes;
  #count = 0;

  constructor(space: TraceSpace, program: TraceProgram) {
    super(space);
    this.#outcomes = new ChainOutcomes(space, program);
  }

  clear(): void {
    this.#count = 0;
  }

  /** Boxes in ascending order. */
  add(box: number): void {
    if (this.#count === this.list.length) this.reserve(this.#count, this.#count);
    this.list[this.#count++] = box * 4;
  }

  /**
   * @param outcomeOf for each entry of the space {@link GOOD}, {@link BAD} or -1: follow its control
   * @param domain points outside of the sets of this box do not count; -1 for none
   */
  run(region: Region, domain: number, outcomeOf: Int32Array, ofDefault: number, budget: number): SearchEnd {
    this.found = null;
    this.begin(region, this.#count, 0);
    while (this.next()) {
      if (this.nodeCount > budget) return 'budget';
      const inDomain = domain < 0 ? CONTAINED : this.relate(domain);
      if (inDomain === DISJOINT) {
        this.settle(LEAF_OUTSIDE);
        continue;
      }
      const end = this.#outcomes.filter(this, outcomeOf);
      const outcome = this.#outcomes.judge(this, outcomeOf, ofDefault);
      if (outcome === GOOD) {
        this.settle(LEAF_EVALUATE);
        continue;
      }
      if (outcome === BAD && inDomain === CONTAINED) {
        this.found = this.toRegion();
        return 'found';
      }
      const box = outcome === SEVERAL ? this.#outcomes.splitBox : domain;
      this.listStart = this.listEnd;
      this.listEnd = end;
      this.splitAlong(box);
    }
    return 'none';
  }
}
