import type { TraceContext } from '../trace/trace-context.ts';
import type { Component } from './components.ts';
import { eliminate, isDecomposable } from './elimination.ts';
import { searchLargest } from './search-largest.ts';

/** Components of up to this many candidates are searched for the true maximum. */
export const MOST_SEARCHED = 20;

export interface Choice {
  /** May all go together; for chains, in this order. */
  readonly gone: readonly number[];
  /** No set of the component that may go is larger. */
  readonly atMost: number;
}

/**
 * The largest set of a component that may go: exact up to {@link MOST_SEARCHED} candidates, beyond that the better of eliminating from the bottom
 * and from the top, and of what is known already. Of equal ones the first is taken: from the bottom the rules that decide today are left.
 *
 * @param known a set that may go; it is added to where that is possible
 */
export function chooseLargest(context: TraceContext, component: Component, known: readonly number[] = []): Choice {
  const { entries, conflicts } = component;
  const atMost = entries.length - conflicts.length;
  const fromBottom = [...entries].reverse();
  const orders = known.length === 0 ? [fromBottom, entries] : [[...lastFirst(known), ...fromBottom], fromBottom, entries];
  let best: number[] = [];
  for (const order of orders) {
    const gone = [...eliminate(context, order).gone];
    if (gone.length > best.length) best = gone;
    if (best.length === atMost) return { gone: best, atMost };
  }
  if (entries.length > MOST_SEARCHED || !isDecomposable(context)) return { gone: best, atMost };
  const searched = searchLargest(context, component, best);
  return { gone: searched.gone, atMost: searched.isExact ? searched.gone.length : atMost };
}

export function lastFirst(entries: Iterable<number>): number[] {
  return [...entries].sort((a, b) => b - a);
}
