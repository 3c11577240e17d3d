import { compareOn } from './lock-step.ts';
import { askOthers, askReach, askWithout } from './questions.ts';
import type { Answer, TraceContext } from './trace-context.ts';
import { CONTROL_CONTINUE } from './trace-space.ts';

/**
 * Whether an entry may go together with all others for which `isGone` (itself not among them) without changing any effect *at the points it acts on*.
 * For a list, a set may go when this holds for each of its members; for chains the whole set is compared at once, see {@link askRemoval}.
 */
export function askWithoutEntry(context: TraceContext, entry: number, isGone: (entry: number) => boolean): Answer {
  const { space, program } = context;
  if (program.evaluation === 'any-permit') return askOthers(context, entry, isGone);
  if (space.controlOf[entry] === CONTROL_CONTINUE) return askReach(context, entry);
  return askWithout(context, entry, isGone);
}

/** Whether a set of entries may go without changing any effect: `found` is a region whose effect changes. */
export function askRemoval(context: TraceContext, removed: ReadonlySet<number>): Answer {
  const { space, program, budget, excluded } = context;
  if (program.evaluation !== 'any-permit' && !program.isFlat) {
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
