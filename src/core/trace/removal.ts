import { compareOn } from './lock-step.ts';
import { askOthers, askReach, askWithout } from './questions.ts';
import type { Answer, TraceContext } from './trace-context.ts';
import { CONTROL_CONTINUE } from './trace-space.ts';

/**
 * Whether an entry of a list may go together with all others for which `isGone` without changing any effect *at the points it acts on*. A set of
 * deciding entries may go when this holds for each of its members; other sets are compared as a whole, see {@link needsComparison}.
 */
export function askWithoutEntry(context: TraceContext, entry: number, isGone: (entry: number) => boolean): Answer {
  const { space, program } = context;
  if (program.evaluation === 'any-permit') return askOthers(context, entry, isGone);
  if (space.controlOf[entry] === CONTROL_CONTINUE) return askReach(context, entry);
  return askWithout(context, entry, isGone);
}

/**
 * Whether the set has to be compared as a whole: with chains, and where something that only notes a packet goes, whose note may be made
 * up for by another one that is met once a deciding entry is gone too.
 */
export function needsComparison({ space, program }: TraceContext, removed: Iterable<number>): boolean {
  if (program.evaluation === 'any-permit') return false;
  if (!program.isFlat) return true;
  for (const entry of removed) if (space.controlOf[entry] === CONTROL_CONTINUE) return true;
  return false;
}

/** Whether a set of entries may go without changing any effect: `found` is a region whose effect changes. */
export function askRemoval(context: TraceContext, removed: ReadonlySet<number>): Answer {
  const { space, program, budget, excluded } = context;
  if (needsComparison(context, removed)) {
    const after = excluded.slice();
    const boxes: number[] = [];
    for (const entry of [...removed].sort((a, b) => a - b)) {
      after[entry] = 1;
      for (let box = space.firstBox[entry]!; box < space.firstBox[entry + 1]!; box++) boxes.push(box);
    }
    return compareOn(space, { program, removed: excluded }, { program, removed: after }, boxes, budget);
  }
  const trees: Extract<Answer, { kind: 'none' }>['proof']['trees'][number][] = [];
  for (const entry of [...removed].sort((a, b) => a - b)) {
    const answer = askWithoutEntry(context, entry, (other) => removed.has(other));
    if (answer.kind !== 'none') return answer;
    trees.push(...answer.proof.trees);
  }
  return { kind: 'none', proof: { trees } };
}
