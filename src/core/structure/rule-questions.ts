import { DEFAULT_RULE } from '../../model/rule.ts';
import type { Coverage, PolicyAnalysis } from '../trace/analyse-policy.ts';
import { BAD, GOOD } from '../trace/chain-search.ts';
import { decisionsOf } from '../trace/decisions.ts';
import { irredundantCover } from '../trace/irredundant-cover.ts';
import { askList, askOutside, SKIP } from '../trace/questions.ts';
import { type Relation, relationOf } from '../trace/relation.ts';
import { createTraceContext, excludeEntry, type Proof, type TraceContext } from '../trace/trace-context.ts';
import { CONTROL_CONTINUE, entryOfRule } from '../trace/trace-space.ts';

/**
 * Regions that the division of one rule among its deciders may take up: of a covered rule, and of a partly shadowed one, of which there are more. In small
 * policies there is plenty for each; in large ones each gets a part of the whole, but never less than the last number.
 */
const COVER_BUDGET = { most: 1_000_000, together: 1_000_000_000, least: 100_000 };
const OVERLAP_BUDGET = { most: 1_000_000, together: 20_000_000, least: 4_000 };

/** Questions about rules of a policy from which flagged copies are gone, so that no copy is named as the cover of anything. */
export interface RuleQuestions {
  /** Who finally decides the packets of the rule, itself included. */
  deciders(rule: string): Coverage | null;
  /** Who decides them once it is gone. */
  decidersWithout(rule: string): Coverage | null;
  /** As {@link deciders}, within the smaller budget for rules that are many. */
  decidersOfPart(rule: string): Coverage | null;
  relationOfPart(rule: string): Relation | null;
  /** Whether every packet of the second is one of the first; null for want of budget. */
  contains(outer: string, inner: string): boolean | null;
  /** Whether the other rule finally decides any point of the rule; null for want of budget. */
  decidesSome(other: string, rule: string): boolean | null;
  /** Rules that together take everything of the rule, none of which could be left out; empty when that is too much to ask. */
  coverersIn(rule: string, proof: Proof): readonly string[];
}

export function createRuleQuestions(analysis: PolicyAnalysis): RuleQuestions {
  const { space, program } = analysis;
  const context = createTraceContext(space, program, budgetFor(analysis, COVER_BUDGET));
  for (const verdict of analysis.verdicts) if (verdict.kind === 'duplicate') excludeEntry(context, entryOfRule(program, verdict.rule));
  const hurried: TraceContext = { ...context, budget: budgetFor(analysis, OVERLAP_BUDGET) };
  const idOf = (entry: number): string => (entry < 0 ? DEFAULT_RULE : (space.entries[entry]?.id ?? DEFAULT_RULE));
  const divide = (within: TraceContext, rule: string): Coverage | null => {
    const decisions = decisionsOf(within, entryOfRule(program, rule));
    if (decisions === null) return null;
    const { undecided, total } = decisions;
    return { deciders: decisions.deciders.map(({ entry, packets }) => ({ rule: idOf(entry), packets })), undecided, total };
  };
  return {
    deciders: (rule) => divide(context, rule),
    decidersWithout: (rule) => {
      const entry = entryOfRule(program, rule);
      excludeEntry(context, entry);
      try {
        return divide(context, rule);
      } finally {
        excludeEntry(context, entry, false);
      }
    },
    decidersOfPart: (rule) => divide(hurried, rule),
    relationOfPart: (rule) => {
      const { relation } = relationOf(hurried, entryOfRule(program, rule), 'before');
      return relation === 'budget' ? null : relation;
    },
    contains: (outer, inner) => {
      const answer = askOutside(hurried, entryOfRule(program, inner), entryOfRule(program, outer));
      return answer.kind === 'budget' ? null : answer.kind === 'none';
    },
    decidesSome: (other, rule) => askFirstTaker(hurried, entryOfRule(program, other), entryOfRule(program, rule)),
    coverersIn: (rule, proof) => (irredundantCover(context, entryOfRule(program, rule), proof) ?? []).map(idOf),
  };
}

function budgetFor({ verdicts }: PolicyAnalysis, { most, together, least }: typeof COVER_BUDGET): number {
  return Math.min(most, Math.max(least, Math.floor(together / Math.max(1, verdicts.length))));
}

/** Is any point of the rule taken by the other one first? Lists only. */
function askFirstTaker(context: TraceContext, other: number, entry: number): boolean | null {
  const { space, program } = context;
  const answer = askList(context, entry, {
    from: program.firstBox,
    to: space.firstBox[other + 1] ?? program.endBox,
    colourOf: (each) => (space.controlOf[each] === CONTROL_CONTINUE ? SKIP : each === other ? BAD : GOOD),
    fallbackIsBad: false,
    endsAtTaker: false,
    assumptions: [],
  });
  return answer.kind === 'budget' ? null : answer.kind === 'found';
}
