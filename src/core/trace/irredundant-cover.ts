import { GOOD } from './chain-search.ts';
import { askList, SKIP } from './questions.ts';
import { leafEntry, leavesOf } from './split-tree.ts';
import type { Proof, TraceContext } from './trace-context.ts';

/** More coverers than these are not tried one by one. */
const MOST_COVERERS = 200;

/**
 * Some of the entries that a proof of cover names, such that they still take every point of the entry and none of them could be left out.
 * Those that come last are left out first. Null when there are too many of them, or the budget does not suffice.
 */
export function irredundantCover(context: TraceContext, entry: number, proof: Proof): number[] | null {
  const cover = new Set<number>();
  for (const { tree } of proof.trees) {
    for (const leaf of leavesOf(tree)) if (leafEntry(leaf) >= 0) cover.add(leafEntry(leaf));
  }
  if (cover.size > MOST_COVERERS) return null;
  for (const candidate of [...cover].sort((a, b) => b - a)) {
    if (cover.size === 1) break;
    cover.delete(candidate);
    const answer = askList(context, entry, {
      from: context.program.firstBox,
      to: context.program.endBox,
      colourOf: (other) => (cover.has(other) ? GOOD : SKIP),
      fallbackIsBad: true,
      endsAtTaker: false,
      assumptions: [],
    });
    if (answer.kind === 'budget') return null;
    if (answer.kind === 'found') cover.add(candidate);
  }
  return [...cover].sort((a, b) => a - b);
}
