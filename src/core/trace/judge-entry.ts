import { askOthers, askReach, askTakenBefore, losesAtOnce } from './questions.ts';
import type { Region } from './region-stack.ts';
import { type Relation, relationOf } from './relation.ts';
import { askRemoval, askWithoutEntry } from './removal.ts';
import type { Answer, Proof, TraceContext } from './trace-context.ts';
import { CONTROL_CONTINUE } from './trace-space.ts';

/** What is found about one entry, with copies of other rules left out. */
export interface Judgement {
  readonly kind: 'unmatchable' | 'shadowed' | 'redundant' | 'partly-shadowed' | 'live' | 'not-evaluable';
  readonly by?: 'earlier' | 'later' | 'others';
  readonly relation?: Relation;
  /** Points that reach the entry. */
  readonly reached?: Region;
  readonly same?: Region;
  readonly opposite?: Region;
  readonly proof?: Proof;
}

const OVER_BUDGET: Judgement = { kind: 'not-evaluable' };

export function judgeEntry(context: TraceContext, entry: number): Judgement {
  const { space, program } = context;
  if (space.firstBox[entry] === space.firstBox[entry + 1]) return { kind: 'unmatchable' };
  if (program.evaluation === 'any-permit') return judgeUnordered(askOthers(context, entry, () => false));
  const reach = askReach(context, entry);
  if (reach.kind === 'budget') return OVER_BUDGET;
  if (reach.kind === 'none') return judgeCovered(context, entry, reach.proof);
  return judgeReached(context, entry, reach.region, isSurelyMet(context, entry));
}

/** Right after {@link askReach} for an entry of one box: whether earlier entries overlap it; null where their bounds do not tell. */
function isSurelyMet({ space, program, flat }: TraceContext, entry: number): boolean | null {
  if (!program.isFlat || space.boxes.hasSets || space.firstBox[entry + 1]! - space.firstBox[entry]! > 1) return null;
  return flat.candidateCount > 0;
}

function judgeUnordered(others: Answer): Judgement {
  if (others.kind === 'budget') return OVER_BUDGET;
  return others.kind === 'none' ? { kind: 'redundant', by: 'others', proof: others.proof } : { kind: 'live', reached: others.region };
}

function judgeCovered(context: TraceContext, entry: number, cover: Proof): Judgement {
  const { space } = context;
  if (space.effects[space.effectOf[entry]!]?.verdict === null) return { kind: 'redundant', by: 'earlier', proof: cover };
  const answer = relationOf(context, entry, 'everywhere');
  if (answer.relation === 'budget') return OVER_BUDGET;
  if (answer.relation === 'same') return { kind: 'redundant', by: 'earlier', proof: cover };
  const points = 'same' in answer ? { same: answer.same, opposite: answer.opposite } : {};
  return { kind: 'shadowed', relation: answer.relation, proof: cover, ...points };
}

function judgeReached(context: TraceContext, entry: number, reached: Region, isMet: boolean | null): Judgement {
  const { space, program } = context;
  // What only notes a packet is never without effect where it is reached.
  if (space.controlOf[entry] !== CONTROL_CONTINUE) {
    if (program.isFlat && losesAtOnce(context, entry, reached)) return judgeLive(context, entry, reached, isMet);
    const without = program.isFlat ? askWithoutEntry(context, entry, () => false) : askRemoval(context, new Set([entry]));
    if (without.kind === 'budget') return OVER_BUDGET;
    if (without.kind === 'none') return { kind: 'redundant', by: 'later', reached, proof: without.proof };
  }
  return judgeLive(context, entry, reached, isMet);
}

function judgeLive(context: TraceContext, entry: number, reached: Region, isMet: boolean | null): Judgement {
  if (isMet !== null) return { kind: isMet ? 'partly-shadowed' : 'live', reached };
  const before = askTakenBefore(context, entry);
  if (before.kind === 'budget') return OVER_BUDGET;
  return { kind: before.kind === 'none' ? 'live' : 'partly-shadowed', reached };
}
