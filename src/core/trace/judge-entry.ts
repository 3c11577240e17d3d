import { askOthers, askReach, askTakenBefore } from './questions.ts';
import type { Region } from './region-stack.ts';
import { relationOf, type Relation } from './relation.ts';
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
  return reach.kind === 'none' ? judgeCovered(context, entry, reach.proof) : judgeReached(context, entry, reach.region);
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

function judgeReached(context: TraceContext, entry: number, reached: Region): Judgement {
  const { space, program } = context;
  // What only notes a packet is never without effect where it is reached.
  if (space.controlOf[entry] !== CONTROL_CONTINUE) {
    const without = program.isFlat ? askWithoutEntry(context, entry, () => false) : askRemoval(context, new Set([entry]));
    if (without.kind === 'budget') return OVER_BUDGET;
    if (without.kind === 'none') return { kind: 'redundant', by: 'later', reached, proof: without.proof };
  }
  const before = askTakenBefore(context, entry);
  if (before.kind === 'budget') return OVER_BUDGET;
  return { kind: before.kind === 'none' ? 'live' : 'partly-shadowed', reached };
}
