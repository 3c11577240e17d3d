import { DEFAULT_RULE } from '../../model/rule.ts';
import type { PolicyAnalysis } from '../trace/analyse-policy.ts';
import { createTraceContext, type TraceContext } from '../trace/trace-context.ts';
import { type Component, divideCandidates } from './components.ts';
import { DEFAULT_ENTRY, decidersOf, Elimination, eliminate, isDecomposable } from './elimination.ts';
import { chooseLargest, MOST_SEARCHED } from './largest-set.ts';

/** What may go from one policy, as one set. */
export interface PolicyRemovals {
  /** In an order in which every prefix is safe: later rules first where order matters. `coveredBy` stay, and suffice. */
  readonly removed: readonly { readonly rule: string; readonly coveredBy: readonly string[] }[];
  /** Candidates that are left, and why. */
  readonly left: readonly { readonly rule: string; readonly why: 'alternative' | 'changes' | 'budget' }[];
  readonly alternatives: readonly { readonly removeInstead: readonly string[]; readonly insteadOf: readonly string[] }[];
  /** No larger set of the candidates may go. */
  readonly bound: number;
}

/**
 * Chooses among rules each of which changes no effect when it goes alone the largest set that changes none when all of it goes.
 *
 * Why every prefix is safe: in a list a rule's removal depends on which later rules are gone, and on no earlier one; so a safe set, taken away from
 * the bottom, is safe at every step. In an unordered policy every subset of a safe set is safe.
 *
 * @param candidates rules that have a part in the policy, each once
 * @param keptCopy for candidates that are copies of another rule: the rule that is to stay rather than they
 */
export function chooseRemovals(
  analysis: PolicyAnalysis,
  candidates: readonly string[],
  keptCopy: ReadonlyMap<string, string>,
  budget: number,
): PolicyRemovals {
  const { space, program } = analysis;
  const context = createTraceContext(space, program, budget);
  const entryOf = (rule: string): number => program.entryOf.get(rule)!;
  const ruleOf = (entry: number): string => (entry === DEFAULT_ENTRY ? DEFAULT_RULE : space.entries[entry]!.id);
  const copies = new Map([...keptCopy].map(([copy, kept]) => [entryOf(copy), entryOf(kept)]));
  const { free, components } = divideCandidates(context, candidates.map(entryOf), (entry) =>
    decidersAlone(analysis, ruleOf(entry), entryOf),
  );

  const elimination = new Elimination(context);
  for (const [entry, deciders] of free) elimination.addProven(entry, deciders);
  const left: { entry: number; why: 'alternative' | 'changes' | 'budget' }[] = [];
  const alternatives: { removeInstead: readonly number[]; insteadOf: readonly number[] }[] = [];
  let bound = free.size;
  for (const component of components) {
    const choice = chooseLargest(context, component);
    bound += choice.atMost;
    const wanted = keepDesignated(choice.gone, component.entries, copies);
    for (const entry of isDecomposable(context) ? lastFirst(wanted) : wanted) elimination.tryAdd(entry);
    const found = lookAtTheRest(context, component, elimination.gone);
    left.push(...found.left);
    alternatives.push(...found.alternatives);
  }
  return {
    removed: inSequence(context, elimination.gone).map((entry) => ({
      rule: ruleOf(entry),
      coveredBy: elimination.decidersOf(entry).map(ruleOf),
    })),
    left: left.sort((a, b) => a.entry - b.entry).map(({ entry, why }) => ({ rule: ruleOf(entry), why })),
    alternatives: alternatives.map(({ removeInstead, insteadOf }) => ({
      removeInstead: removeInstead.map(ruleOf),
      insteadOf: insteadOf.map(ruleOf),
    })),
    bound,
  };
}

/** Read from the verdict; a copy in a list leaves everything to the one before it. */
function decidersAlone({ verdictOf, program }: PolicyAnalysis, rule: string, entryOf: (rule: string) => number): readonly number[] | null {
  const verdict = verdictOf(rule);
  switch (verdict?.kind) {
    case 'redundant':
      return verdict.proof === null ? null : decidersOf(verdict.proof);
    case 'duplicate':
      return program.evaluation === 'first-match' && verdict.keptCopy !== undefined ? [entryOf(verdict.keptCopy)] : null;
    case 'unmatchable':
      return [];
    default:
      return null;
  }
}

/** Of equal rules the designated one stays: a copy that is left goes in its place, which changes nothing else. */
function keepDesignated(gone: readonly number[], entries: readonly number[], copies: ReadonlyMap<number, number>): number[] {
  const wanted = new Set(gone);
  for (const entry of entries) {
    const kept = copies.get(entry);
    if (kept === undefined || wanted.has(entry) || !wanted.has(kept)) continue;
    wanted.delete(kept);
    wanted.add(entry);
  }
  return [...wanted];
}

function lastFirst(entries: Iterable<number>): number[] {
  return [...entries].sort((a, b) => b - a);
}

/** Lists from the bottom, unordered policies as they are listed, chains in the order in which each step was verified. */
function inSequence(context: TraceContext, gone: ReadonlySet<number>): number[] {
  if (!isDecomposable(context)) return [...gone];
  return context.program.evaluation === 'first-match' ? lastFirst(gone) : lastFirst(gone).reverse();
}

/** Why the candidates that are left stay, and what could go in their favour; alternatives are named where the component was searched. */
function lookAtTheRest(context: TraceContext, { entries }: Component, gone: ReadonlySet<number>) {
  const chosen = entries.filter((entry) => gone.has(entry));
  const rest = entries.filter((entry) => !gone.has(entry));
  const left: { entry: number; why: 'alternative' | 'changes' | 'budget' }[] = [];
  const alternatives: { removeInstead: number[]; insteadOf: number[] }[] = [];
  const named = new Set<number>();
  for (const entry of rest) {
    const alone = new Elimination(context).tryAdd(entry);
    left.push({ entry, why: alone === 'safe' ? 'alternative' : alone === 'budget' ? 'budget' : 'changes' });
    if (alone !== 'safe' || named.has(entry) || entries.length > MOST_SEARCHED) continue;
    const instead = eliminate(context, [entry, ...lastFirst(chosen), ...lastFirst(rest)]).gone;
    const removeInstead = rest.filter((other) => instead.has(other));
    const insteadOf = chosen.filter((other) => !instead.has(other));
    for (const other of removeInstead) named.add(other);
    if (insteadOf.length > 0) alternatives.push({ removeInstead, insteadOf });
  }
  return { left, alternatives };
}
