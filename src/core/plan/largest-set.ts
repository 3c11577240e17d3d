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
 * and from the top. Of equal ones the first is taken: it leaves the rules that decide today.
 */
export function chooseLargest(context: TraceContext, component: Component): Choice {
  const { entries, conflicts } = component;
  const atMost = entries.length - conflicts.length;
  const fromBottom = [...eliminate(context, [...entries].reverse()).gone];
  if (fromBottom.length === atMost) return { gone: fromBottom, atMost };
  const fromTop = [...eliminate(context, entries).gone];
  const better = fromTop.length > fromBottom.length ? fromTop : fromBottom;
  if (better.length === atMost || entries.length > MOST_SEARCHED || !isDecomposable(context)) return { gone: better, atMost };
  const searched = searchLargest(context, component, better);
  return { gone: searched.gone, atMost: searched.isExact ? searched.gone.length : atMost };
}
