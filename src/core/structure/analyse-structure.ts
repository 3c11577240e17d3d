import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import { analysePolicy, type Coverage, type PolicyAnalysis, type RuleVerdict } from '../trace/analyse-policy.ts';
import type { PacketCount } from '../trace/packets.ts';
import { findOverlap, type Overlap } from './overlaps.ts';
import { addPackets, isNoPackets, NO_PACKETS } from './packet-shares.ts';
import { createRuleQuestions, type RuleQuestions } from './rule-questions.ts';

/**
 * Regions that one question about a rule may take up before its verdict is `not-evaluable`. The hardest sets of the benchmark need less
 * than a million; each region costs about a microsecond.
 */
export const REGION_BUDGET = 3_000_000;

/** What configuration alone says about the rules of a policy: the verdicts, and who stands in the way of whom. Asked for a rule, answered once. */
export interface PolicyStructure extends PolicyAnalysis {
  /**
   * Who decides the packets of a covered rule; of one that is redundant by others, who does once it is gone, and by later ones, who then decides what
   * it decides now; of a copy, the one that is kept. Null for other rules, and where the budget does not suffice.
   */
  coverOf(rule: string): Coverage | null;
  /** Rules that a proof of cover needs although they surely decide no packet: what they take depends on an unknown. */
  coversUnderUnknowns(rule: string): readonly string[];
  /** What the rule itself decides of its packets; null when it has no part in the policy, or for want of budget. */
  decidesOf(rule: string): { readonly packets: PacketCount; readonly total: PacketCount } | null;
  /** For a partly shadowed rule: what earlier rules take of it. Null for other rules. */
  overlapOf(rule: string): Overlap | null;
}

/**
 * Analyses a policy once, for every detector.
 *
 * @param hitsOf connections that a rule surely decided: of two copies in an unordered policy the used one is kept
 * @param only the rules to judge; all of them when absent
 */
export function analyseStructure(policy: Policy, hitsOf: (rule: Rule) => number, only?: ReadonlySet<string>): PolicyStructure {
  const compareCopies = compareWorth(policy.rules, hitsOf);
  const analysis = analysePolicy(policy, { budget: REGION_BUDGET, compareCopies, ...(only === undefined ? {} : { only }) });
  const byId = new Map(policy.rules.map((rule) => [rule.id, rule]));
  // The default comes last.
  const rankOf = (rule: string): number => byId.get(rule)?.rank ?? Number.MAX_SAFE_INTEGER;
  let questions: RuleQuestions | null = null;
  const ask = (): RuleQuestions => {
    questions ??= createRuleQuestions(analysis);
    return questions;
  };
  const coverOf = remember((rule) => findCover(analysis, analysis.verdictOf(rule), ask, rankOf));
  const overlapOf = remember((rule) => (analysis.verdictOf(rule)?.kind === 'partly-shadowed' ? findOverlap(byId, rule, ask()) : null));
  return {
    ...analysis,
    coverOf,
    overlapOf,
    coversUnderUnknowns: (rule) => {
      const proof = analysis.verdictOf(rule)?.proof ?? null;
      const named = new Set(coverOf(rule)?.deciders.map((decider) => decider.rule));
      return proof === null
        ? []
        : ask()
            .coverersIn(rule, proof)
            .filter((coverer) => !named.has(coverer));
    },
    decidesOf: (rule) => findDecided(policy, analysis, analysis.verdictOf(rule), coverOf, overlapOf, ask),
  };
}

/** By policy id. */
export type OrderedStructures = ReadonlyMap<string, PolicyStructure>;

/** The policies in which order decides: nothing about them depends on use, so they can be analysed before the traffic is read. */
export function analyseOrdered(policies: readonly Policy[]): OrderedStructures {
  const ordered = policies.filter(({ evaluation }) => evaluation === 'first-match');
  return new Map(ordered.map((policy) => [policy.id, analyseStructure(policy, () => 0)]));
}

/** In an unordered policy: the copy with a description, else with an owner, else with more hits, else with the smaller id. */
function compareWorth(rules: readonly Rule[], hitsOf: (rule: Rule) => number): (a: string, b: string) => number {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return (a, b) => {
    const left = byId.get(a);
    const right = byId.get(b);
    if (left === undefined || right === undefined) return a < b ? -1 : 1;
    return (
      Number(right.description !== '') - Number(left.description !== '') ||
      Number(right.metadata.owner !== '') - Number(left.metadata.owner !== '') ||
      hitsOf(right) - hitsOf(left) ||
      (right.nativeHits ?? 0) - (left.nativeHits ?? 0) ||
      (a < b ? -1 : 1)
    );
  };
}

function findCover(
  analysis: PolicyAnalysis,
  verdict: RuleVerdict | null,
  ask: () => RuleQuestions,
  rankOf: (rule: string) => number,
): Coverage | null {
  if (verdict === null) return null;
  if (verdict.kind === 'duplicate') {
    const packets = analysis.packets(verdict.rule);
    if (packets === null || verdict.keptCopy === undefined) return null;
    return { deciders: [{ rule: verdict.keptCopy, packets }], undecided: NO_PACKETS, total: packets };
  }
  if (verdict.kind === 'shadowed') return ask().deciders(verdict.rule);
  if (verdict.kind !== 'redundant') return null;
  if (verdict.by === 'earlier') return ask().deciders(verdict.rule);
  const without = ask().decidersWithout(verdict.rule);
  if (without === null || verdict.by === 'others') return without;
  // What earlier rules take they take either way.
  const rank = rankOf(verdict.rule);
  return { ...without, deciders: without.deciders.filter((decider) => rankOf(decider.rule) > rank) };
}

function findDecided(
  policy: Policy,
  analysis: PolicyAnalysis,
  verdict: RuleVerdict | null,
  coverOf: (rule: string) => Coverage | null,
  overlapOf: (rule: string) => Overlap | null,
  ask: () => RuleQuestions,
): { packets: PacketCount; total: PacketCount } | null {
  if (verdict === null || verdict.kind === 'not-evaluable') return null;
  if (verdict.kind === 'unmatchable') return { packets: NO_PACKETS, total: NO_PACKETS };
  const takesNothing =
    policy.evaluation === 'first-match' &&
    (verdict.kind === 'duplicate' || verdict.kind === 'shadowed' || (verdict.kind === 'redundant' && verdict.by === 'earlier'));
  if (takesNothing) {
    const total = coverOf(verdict.rule)?.total ?? analysis.packets(verdict.rule);
    return total === null ? null : { packets: NO_PACKETS, total };
  }
  // In an unordered policy every rule that matches decides.
  if (verdict.kind === 'live' || policy.evaluation === 'any-permit') {
    const total = analysis.packets(verdict.rule);
    return total === null ? null : { packets: total, total };
  }
  if (verdict.kind === 'partly-shadowed') return decidedIn(overlapOf(verdict.rule)?.coverage ?? null, verdict.rule);
  // What later rules would decide without it is what it decides, unless an unknown has a say in it.
  const without = coverOf(verdict.rule);
  if (without === null || !isNoPackets(without.undecided)) return decidedIn(ask().deciders(verdict.rule), verdict.rule);
  return { packets: without.deciders.reduce((sum, { packets }) => addPackets(sum, packets), NO_PACKETS), total: without.total };
}

function decidedIn(coverage: Coverage | null, rule: string): { packets: PacketCount; total: PacketCount } | null {
  if (coverage === null) return null;
  return { packets: coverage.deciders.find((decider) => decider.rule === rule)?.packets ?? NO_PACKETS, total: coverage.total };
}

function remember<Answer>(find: (rule: string) => Answer): (rule: string) => Answer {
  const known = new Map<string, Answer>();
  return (rule) => {
    if (!known.has(rule)) known.set(rule, find(rule));
    return known.get(rule) as Answer;
  };
}
