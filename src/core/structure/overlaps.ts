import { DEFAULT_RULE, type Rule } from '../../model/rule.ts';
import type { Coverage } from '../trace/analyse-policy.ts';
import type { PacketCount } from '../trace/packets.ts';
import type { Relation } from '../trace/relation.ts';
import { addPackets, compareShares, isNoPackets, NO_PACKETS } from './packet-shares.ts';
import type { RuleQuestions } from './rule-questions.ts';

/** Pairs that are named; the smaller ones behind them, and those beyond the budget, are only counted. */
const MOST_PAIRS = 100;

/** Pairs that are looked for beyond those that surely decide packets: each costs a question of its own. */
const MOST_PAIRS_UNDER_UNKNOWNS = 100;

/** An earlier rule with the other verdict that decides some of a later rule's packets. */
export interface OpposingRule {
  readonly rule: string;
  /** `generalization`: the later rule holds all that the earlier one matches; `correlation`: neither holds the other. */
  readonly kind: 'generalization' | 'correlation';
  /** What it surely decides; none where that depends on an unknown. */
  readonly packets: PacketCount;
}

/** What earlier rules take of a partly shadowed rule. */
export interface Overlap {
  /** Null for want of budget: then no pair is named. */
  readonly coverage: Coverage | null;
  /** Its verdict compared with what is decided where it does not get to; null for want of budget. */
  readonly relation: Relation | null;
  /** By descending share, then by rank; the first of them, and how many more there are. */
  readonly opposing: readonly OpposingRule[];
  readonly omitted: number;
  /** What rules with the other verdict surely decide of it. */
  readonly opposed: PacketCount;
}

/** @param byId the rules of the policy, by rank */
export function findOverlap(byId: ReadonlyMap<string, Rule>, rule: string, questions: RuleQuestions): Overlap {
  const coverage = questions.decidersOfPart(rule);
  const relation = questions.relationOfPart(rule);
  if (coverage === null || relation === 'same') return { coverage, relation, opposing: [], omitted: 0, opposed: NO_PACKETS };
  const own = byId.get(rule);
  const isOpposite = (candidate: Rule | undefined): boolean => candidate !== undefined && candidate.effect.verdict !== own?.effect.verdict;
  const sure = coverage.deciders.filter((decider) => decider.rule !== rule && isOpposite(byId.get(decider.rule)));
  const named = new Set(coverage.deciders.map((decider) => decider.rule));
  const leaning = isNoPackets(coverage.undecided)
    ? []
    : [...byId.values()]
        .filter(
          (candidate) =>
            own !== undefined && candidate.rank < own.rank && isOpposite(candidate) && !named.has(candidate.id) && isInForce(candidate),
        )
        .slice(-MOST_PAIRS_UNDER_UNKNOWNS)
        .filter((candidate) => questions.decidesSome(candidate.id, rule) !== false)
        .map((candidate) => ({ rule: candidate.id, packets: NO_PACKETS }));
  const rankOf = (id: string): number => byId.get(id)?.rank ?? Number.MAX_SAFE_INTEGER;
  const pairs = [...sure, ...leaning].sort(
    (a, b) => compareShares(a.packets, b.packets, coverage.total) || rankOf(a.rule) - rankOf(b.rule),
  );
  const opposing = pairs.slice(0, MOST_PAIRS).flatMap((pair): OpposingRule[] => {
    const isException = questions.contains(rule, pair.rule);
    return isException === null ? [] : [{ ...pair, kind: isException ? 'generalization' : 'correlation' }];
  });
  return {
    coverage,
    relation,
    opposing,
    omitted: pairs.length - opposing.length,
    opposed: sure.reduce((sum, { packets }) => addPackets(sum, packets), NO_PACKETS),
  };
}

function isInForce(rule: Rule): boolean {
  return rule.enabled && rule.staleReference === null && rule.id !== DEFAULT_RULE;
}
