import { STRIDE } from './box-table.ts';
import { CONTAINED, DISJOINT, type Region, RegionStack } from './region-stack.ts';
import { LEAF_OUTSIDE, leafOfEntry } from './split-tree.ts';
import type { TraceSpace } from './trace-space.ts';

/** What a search for a counter-example came to. */
export type SearchEnd = 'none' | 'found' | 'budget';

/**
 * The question of lists: of all points of a region, is there one whose first candidate is *bad*? Candidates are boxes in evaluation order, each
 * good or bad; where there is none, the fallback is good or bad. Every covering question is of this form: what counts as good decides it.
 *
 * The search takes up regions one by one. Candidates behind one that holds the whole region cannot matter; nor can good ones behind the last
 * bad one where the fallback is good, nor bad ones behind the last good one where it is bad. What is left is cut along the faces of the
 * candidate that holds the largest share of it. The first bad point ends the search; without one, the cuts are the proof.
 */
export class FlatSearch extends RegionStack {
  /** Where a counter-example was found; null without. */
  found: Region | null = null;
  #count = 0;
  readonly #sets: boolean;

  constructor(space: TraceSpace) {
    super(space);
    this.#sets = space.boxes.hasSets;
  }

  /** Forgets the candidates. */
  clear(): void {
    this.#count = 0;
  }

  /** Adds a candidate behind those before: box numbers ascend where order matters. */
  add(box: number, isBad: boolean): void {
    if (this.#count === this.list.length) this.reserve(this.#count, this.#count);
    this.list[this.#count++] = box * 2 + (isBad ? 1 : 0);
  }

  get candidateCount(): number {
    return this.#count;
  }

  /**
   * @param region where to look
   * @param domain points outside of the sets of this box do not count; -1 for none
   * @param fallbackLeaf what a leaf says where no candidate decides
   * @param budget regions to take up at most
   */
  run(region: Region, domain: number, fallbackLeaf: number, fallbackIsBad: boolean, budget: number): SearchEnd {
    this.found = null;
    this.begin(region, this.#count, fallbackLeaf * 2 + (fallbackIsBad ? 1 : 0));
    const { bounds: B, entryOf, setStart } = this.space.boxes;
    const bounds = this.bounds;
    const hasDomain = domain >= 0 && setStart[domain] !== setStart[domain + 1];
    const hasSets = this.#sets;
    while (this.next()) {
      if (this.nodeCount > budget) return 'budget';
      const inDomain = hasDomain ? this.relate(domain) : CONTAINED;
      if (inDomain === DISJOINT) {
        this.settle(LEAF_OUTSIDE);
        continue;
      }
      const start = this.listStart;
      const end = this.listEnd;
      this.reserve(end, end - start);
      const list = this.list;
      const s0 = bounds[0]!;
      const s1 = bounds[1]!;
      const d0 = bounds[2]!;
      const d1 = bounds[3]!;
      const p0 = bounds[4]!;
      const p1 = bounds[5]!;
      const x0 = bounds[6]!;
      const x1 = bounds[7]!;
      const y0 = bounds[8]!;
      const y1 = bounds[9]!;
      let out = end;
      let best = -1;
      let bestShare = -1;
      let bestAtBad = -1;
      let outAtBad = end;
      let bestAtGood = -1;
      let outAtGood = end;
      let holder = -1;
      let firstBad = -1;
      for (let i = start; i < end; i++) {
        const candidate = list[i]!;
        const box = candidate >> 1;
        const o = box * STRIDE;
        const a0 = B[o]!;
        const a1 = B[o + 1]!;
        if (a0 > s1 || a1 < s0) continue;
        const b0 = B[o + 2]!;
        const b1 = B[o + 3]!;
        if (b0 > d1 || b1 < d0) continue;
        const f0 = B[o + 8]!;
        const f1 = B[o + 9]!;
        if (f0 > y1 || f1 < y0) continue;
        const c0 = B[o + 4]!;
        const c1 = B[o + 5]!;
        if (c0 > p1 || c1 < p0) continue;
        const e0 = B[o + 6]!;
        const e1 = B[o + 7]!;
        if (e0 > x1 || e1 < x0) continue;
        let share = 1;
        let holds = true;
        if (a0 > s0 || a1 < s1) {
          holds = false;
          share = ((a1 < s1 ? a1 : s1) - (a0 > s0 ? a0 : s0) + 1) / (s1 - s0 + 1);
        }
        if (b0 > d0 || b1 < d1) {
          holds = false;
          share *= ((b1 < d1 ? b1 : d1) - (b0 > d0 ? b0 : d0) + 1) / (d1 - d0 + 1);
        }
        if (f0 > y0 || f1 < y1) {
          holds = false;
          share *= ((f1 < y1 ? f1 : y1) - (f0 > y0 ? f0 : y0) + 1) / (y1 - y0 + 1);
        }
        if (c0 > p0 || c1 < p1) {
          holds = false;
          share *= ((c1 < p1 ? c1 : p1) - (c0 > p0 ? c0 : p0) + 1) / (p1 - p0 + 1);
        }
        if (e0 > x0 || e1 < x1) {
          holds = false;
          share *= ((e1 < x1 ? e1 : x1) - (e0 > x0 ? e0 : x0) + 1) / (x1 - x0 + 1);
        }
        if (hasSets && setStart[box] !== setStart[box + 1]) {
          const relation = this.relate(box);
          if (relation === DISJOINT) continue;
          if (relation !== CONTAINED) {
            holds = false;
            share *= this.share;
          }
        }
        if (holds) {
          holder = candidate;
          if ((candidate & 1) === 1 && out === end) firstBad = box;
          break;
        }
        if ((candidate & 1) === 1 && out === end) {
          firstBad = box;
          if (inDomain === CONTAINED) break;
        }
        list[out++] = candidate;
        if (share > bestShare) {
          bestShare = share;
          best = candidate >> 1;
        }
        if ((candidate & 1) === 1) {
          bestAtBad = best;
          outAtBad = out;
        } else {
          bestAtGood = best;
          outAtGood = out;
        }
      }
      if (firstBad >= 0 && inDomain === CONTAINED) return this.#end(firstBad);
      const fallback = holder < 0 ? this.fallback : leafOfEntry(entryOf[holder >> 1]!) * 2 + (holder & 1);
      const isBad = (fallback & 1) === 1;
      const splitBox = isBad ? bestAtGood : bestAtBad;
      if (splitBox < 0) {
        if (!isBad) this.settle(fallback >> 1);
        else if (inDomain === CONTAINED) return this.#end(-1);
        else this.#goOn(end, end, fallback, domain);
        continue;
      }
      this.#goOn(end, isBad ? outAtGood : outAtBad, fallback, splitBox);
    }
    return 'none';
  }

  #goOn(listStart: number, listEnd: number, fallback: number, box: number): void {
    this.listStart = listStart;
    this.listEnd = listEnd;
    this.fallback = fallback;
    this.splitAlong(box);
  }

  #end(bad: number): SearchEnd {
    if (bad >= 0) this.narrowTo(bad);
    this.found = this.toRegion();
    return 'found';
  }
}
