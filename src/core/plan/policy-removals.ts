import { DEFAULT_RULE } from '../../model/rule.ts';
import type { PolicyAnalysis } from '../trace/analyse-policy.ts';
import { createTraceContext, type TraceContext } from '../trace/trace-context.ts';
import { type Component, type Division, divideCandidates } from './components.ts';
import { findConsequences, inTheWayOf } from './consequences.ts';
import { DEFAULT_ENTRY, decidersOf, Elimination, eliminate, isDecomposable } from './elimination.ts';
import { chooseLargest, lastFirst } from './largest-set.ts';

/** What may go from one policy, as one set. */
export interface PolicyRemovals {
  /** In an order in which every prefix is safe: later rules first where order matters. `coveredBy` stay, and suffice. */
  readonly removed: readonly RemovedRule[];
  /** Candidates that are left, and why. */
  readonly left: readonly { readonly rule: string; readonly why: 'alternative' | 'changes' | 'budget' }[];
  readonly alternatives: readonly { readonly removeInstead: readonly string[]; readonly insteadOf: readonly string[] }[];
  /** No larger set of the rules given may go. */
  readonly bound: number;
}

export interface RemovedRule {
  readonly rule: string;
  readonly coveredBy: readonly string[];
  /** For a rule that has an effect today: the later removals after which it has none. Empty for a candidate. */
  readonly after: readonly string[];
}

export interface RemovalChoice {
  /** Rules that have a part in the policy, each once, and change no effect when they go alone. */
  readonly candidates: readonly string[];
  /** Other rules, which may go when they have no effect once candidates are gone. */
  readonly others: readonly string[];
  /** For candidates that are copies of another rule: the rule that is to stay rather than they. */
  readonly keptCopy: ReadonlyMap<string, string>;
  readonly budget: number;
}

/**
 * Chooses the largest set of rules that changes no effect when all of it goes.
 *
 * Why every prefix is safe: in a list a rule's removal depends on which later rules are gone, and on no earlier one; so a safe set, taken away from
 * the bottom, is safe at every step. In an unordered policy every subset of a safe set is safe.
 */
export function chooseRemovals(analysis: PolicyAnalysis, choice: RemovalChoice): PolicyRemovals {
  const { space, program } = analysis;
  const context = createTraceContext(space, program, choice.budget);
  const entryOf = (rule: string): number => program.entryOf.get(rule)!;
  const ruleOf = (entry: number): string => (entry === DEFAULT_ENTRY ? DEFAULT_RULE : space.entries[entry]!.id);
  const copies = new Map([...choice.keptCopy].map(([copy, kept]) => [entryOf(copy), entryOf(kept)]));
  const candidates = new Set(choice.candidates.map(entryOf));
  const { free, components, wanted, bound } = chooseLargestOf(context, analysis, candidates, choice.others);

  const elimination = new Elimination(context);
  for (const [entry, deciders] of free) elimination.addProven(entry, deciders);
  const left: { entry: number; why: 'alternative' | 'changes' | 'budget' }[] = [];
  const alternatives: { removeInstead: readonly number[]; insteadOf: readonly number[] }[] = [];
  for (const component of components) {
    const designated = keepDesignated(
      component.entries.filter((entry) => wanted.has(entry)),
      component.entries,
      copies,
    );
    // What was chosen from chains is safe in the order in which it was chosen.
    const order = isDecomposable(context) ? lastFirst(designated) : [...wanted];
    for (const entry of order) elimination.tryAdd(entry);
    const found = lookAtTheRest(context, component, elimination.gone, candidates);
    left.push(...found.left);
    alternatives.push(...found.alternatives);
  }
  return {
    removed: inSequence(context, elimination.gone).map((entry) => ({
      rule: ruleOf(entry),
      coveredBy: elimination.decidersOf(entry).map(ruleOf),
      after: candidates.has(entry) ? [] : inTheWayOf(context, entry, elimination.gone).map(ruleOf),
    })),
    left: left.sort((a, b) => a.entry - b.entry).map(({ entry, why }) => ({ rule: ruleOf(entry), why })),
    alternatives: alternatives.map(({ removeInstead, insteadOf }) => ({
      removeInstead: removeInstead.map(ruleOf),
      insteadOf: insteadOf.map(ruleOf),
    })),
    bound,
  };
}

interface Largest extends Division {
  /** Of the components: the entries to go. */
  readonly wanted: ReadonlySet<number>;
  readonly bound: number;
}

/**
 * The candidates alone first, whose components are small; then, where their removal takes the effect of other rules away, together with those, from
 * what is known so far.
 */
function chooseLargestOf(
  context: TraceContext,
  analysis: PolicyAnalysis,
  candidates: ReadonlySet<number>,
  others: readonly string[],
): Largest {
  const entryOf = (rule: string): number => analysis.program.entryOf.get(rule)!;
  const divide = (entries: readonly number[]): Division =>
    divideCandidates(context, entries, (entry) => decidersAlone(analysis, analysis.space.entries[entry]!.id, entryOf));
  const live = others.flatMap((rule) => {
    const witness = analysis.verdictOf(rule)?.witness ?? null;
    return witness === null ? [] : [{ entry: entryOf(rule), witness }];
  });
  const alone = divide([...candidates]);
  const known = chooseFrom(context, alone, new Set());
  const consequences = findConsequences(context, candidates, live);
  if (consequences.length === 0) return known;
  const together = divide([...candidates, ...consequences]);
  return chooseFrom(context, together, new Set([...alone.free.keys(), ...known.wanted]));
}

function chooseFrom(context: TraceContext, division: Division, known: ReadonlySet<number>): Largest {
  const wanted = new Set<number>();
  let bound = division.free.size;
  for (const component of division.components) {
    const { gone, atMost } = chooseLargest(
      context,
      component,
      component.entries.filter((entry) => known.has(entry)),
    );
    for (const entry of gone) wanted.add(entry);
    bound += atMost;
  }
  return { ...division, wanted, bound };
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

/** Lists from the bottom, unordered policies as they are listed, chains in the order in which each step was verified. */
function inSequence(context: TraceContext, gone: ReadonlySet<number>): number[] {
  if (!isDecomposable(context)) return [...gone];
  return context.program.evaluation === 'first-match' ? lastFirst(gone) : lastFirst(gone).reverse();
}

/** Components are looked through for alternatives as long as it takes no more questions than these. */
const MOST_QUESTIONS = 50_000;
/** An alternative to more rules than these is not named. */
const MOST_REPLACED = 100;

/** Why the candidates that are left stay, and what could go in their favour. */
function lookAtTheRest(context: TraceContext, { entries }: Component, gone: ReadonlySet<number>, candidates: ReadonlySet<number>) {
  const chosen = entries.filter((entry) => gone.has(entry));
  const rest = entries.filter((entry) => !gone.has(entry) && candidates.has(entry));
  const left: { entry: number; why: 'alternative' | 'changes' | 'budget' }[] = [];
  const alternatives: { removeInstead: number[]; insteadOf: number[] }[] = [];
  const named = new Set<number>();
  for (const entry of rest) {
    const alone = new Elimination(context).tryAdd(entry);
    left.push({ entry, why: alone === 'safe' ? 'alternative' : alone === 'budget' ? 'budget' : 'changes' });
    if (alone !== 'safe' || named.has(entry) || rest.length * entries.length > MOST_QUESTIONS) continue;
    const instead = eliminate(context, [entry, ...lastFirst(chosen), ...lastFirst(rest)]).gone;
    const removeInstead = rest.filter((other) => instead.has(other));
    const insteadOf = chosen.filter((other) => !instead.has(other));
    for (const other of removeInstead) named.add(other);
    if (insteadOf.length > 0 && insteadOf.length <= MOST_REPLACED) alternatives.push({ removeInstead, insteadOf });
  }
  return { left, alternatives };
}
