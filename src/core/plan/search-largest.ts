import { askWithoutEntry } from '../trace/removal.ts';
import type { TraceContext } from '../trace/trace-context.ts';
import type { Component } from './components.ts';

/** Questions put to the trace for one component at most; a component of 20 candidates rarely needs a thousand. */
const MOST_QUESTIONS = 100_000;

/**
 * Branch and bound over the subsets of a component, the last candidate first: in a list, whether an entry may go depends on later entries only, so
 * that a set is safe when each member was when it joined; in an unordered policy every subset of a safe set is safe. Both hold for lists only.
 *
 * @param start a safe set to beat
 * @returns a largest safe set (one of them, always the same); not `isExact` when the questions or a question's budget ran out
 */
export function searchLargest(
  context: TraceContext,
  component: Component,
  start: readonly number[],
): { readonly gone: number[]; readonly isExact: boolean } {
  const order = [...component.entries].reverse();
  const place = new Map(order.map((entry, i) => [entry, i]));
  const toMask = (entries: readonly number[]): number => entries.reduce((mask, entry) => mask | (1 << place.get(entry)!), 0);
  const leansOn = order.map((entry) => toMask(component.leansOn.get(entry) ?? []));
  const stays = staysBehind(order.length, component.conflicts.map(toMask));
  const answers = new Map<number, boolean>();
  let questions = 0;
  let isExact = true;
  let best = toMask(start);
  let bestSize = start.length;

  /** Whether candidate i keeps its effect when all of the mask are gone. */
  const mayGo = (i: number, mask: number): boolean => {
    if (leansOn[i] === 0 && !component.leansOn.has(order[i]!)) return true;
    const key = i * (1 << order.length) + (mask & leansOn[i]!);
    const known = answers.get(key);
    if (known !== undefined) return known;
    if (questions++ >= MOST_QUESTIONS) {
      isExact = false;
      return false;
    }
    const answer = askWithoutEntry(context, order[i]!, (other) => ((mask >> (place.get(other) ?? 31)) & 1) === 1);
    if (answer.kind === 'budget') isExact = false;
    answers.set(key, answer.kind === 'none');
    return answer.kind === 'none';
  };
  const isSafe = (mask: number, added: number): boolean => {
    if (!mayGo(added, mask)) return false;
    for (let i = 0; i < added; i++) {
      if (((mask >> i) & 1) === 1 && ((leansOn[i]! >> added) & 1) === 1 && !mayGo(i, mask)) return false;
    }
    return true;
  };
  const extend = (i: number, mask: number, size: number): void => {
    if (size > bestSize) {
      best = mask;
      bestSize = size;
    }
    if (i === order.length || size + order.length - i - stays[i]! <= bestSize) return;
    const extended = mask | (1 << i);
    if (isSafe(extended, i)) extend(i + 1, extended, size + 1);
    extend(i + 1, mask, size);
  };
  extend(0, 0, 0);
  return { gone: order.filter((_, i) => ((best >> i) & 1) === 1), isExact };
}

/** For each i: of the candidates from i on, how many have to stay at least: conflicts that lie there whole, and are disjoint. */
function staysBehind(count: number, conflicts: readonly number[]): number[] {
  return Array.from({ length: count + 1 }, (_, i) => conflicts.filter((conflict) => (conflict & ((1 << i) - 1)) === 0).length);
}
