import type { ConsideredPolicy, ConsideredRule, PacketOutcome } from '../../model/explanation.ts';
import type { Packet } from '../../model/packet-notation.ts';
import type { Policy } from '../../model/policy.ts';
import { type Action, DEFAULT_RULE, type Rule } from '../../model/rule.ts';
import { matchPacket, type PacketMatch, type Question } from './match-packet.ts';
import type { World } from './possible-worlds.ts';

/** One policy and one packet: what each rule answers, and who can decide. */
export interface PolicyReading {
  readonly policy: Policy;
  readonly rules: readonly { readonly rule: Rule; readonly match: PacketMatch }[];
  readonly notReached: number;
  /** In evaluation order; the last one always holds. In an any-permit policy those that permit, then the default. */
  readonly candidates: readonly Candidate[];
}

/** A rule that may decide, or the default. */
export interface Candidate {
  readonly rule: string;
  readonly action: Action;
  /** Empty: always. */
  readonly alternatives: readonly (readonly Question[])[];
}

/** Asks the rules in evaluation order; in a first-match policy up to the first that surely matches, in an any-permit policy all. */
export function readPolicy(policy: Policy, packet: Packet): PolicyReading {
  const rules: { rule: Rule; match: PacketMatch }[] = [];
  for (const rule of policy.rules) {
    const match = matchPacket(rule, packet);
    rules.push({ rule, match });
    if (policy.evaluation === 'first-match' && match.answer === 'certain') break;
  }
  return { policy, rules, notReached: policy.rules.length - rules.length, candidates: findCandidates(policy, rules) };
}

function findCandidates(policy: Policy, rules: PolicyReading['rules']): Candidate[] {
  const matching = rules.flatMap(({ rule, match }): Candidate[] =>
    match.answer === 'no' || (policy.evaluation === 'any-permit' && rule.effect.verdict === 'deny')
      ? []
      : [{ rule: rule.id, action: rule.effect.verdict, alternatives: match.answer === 'possible' ? match.alternatives : [] }],
  );
  const certain = matching.filter(({ alternatives }) => alternatives.length === 0);
  if (policy.evaluation === 'any-permit' && certain.length > 0) return certain;
  return certain.length > 0 ? matching : [...matching, { rule: DEFAULT_RULE, action: policy.defaultAction, alternatives: [] }];
}

/** Those who decide in a world: one in a first-match policy, all who permit in an any-permit policy. */
export function decidersIn({ policy, candidates }: PolicyReading, world: World): readonly Candidate[] {
  const holds = ({ alternatives }: Candidate): boolean =>
    alternatives.length === 0 || alternatives.some((questions) => questions.every((question) => world.holds(question)));
  const holding = candidates.filter(holds);
  const permitting = holding.filter(({ rule }) => rule !== DEFAULT_RULE);
  return policy.evaluation === 'any-permit' && permitting.length > 0 ? permitting : holding.slice(0, 1);
}

/** @param reached the candidates that decide in some world */
export function toConsideredPolicy(
  { policy, rules, notReached, candidates }: PolicyReading,
  reached: ReadonlySet<Candidate>,
): ConsideredPolicy {
  return {
    policy: policy.id,
    name: policy.name,
    evaluation: policy.evaluation,
    stateful: policy.stateful,
    defaultAction: policy.defaultAction,
    ruleCount: policy.rules.length,
    considered: rules.map(({ rule, match }) => toConsideredRule(rule, match)),
    notReached,
    outcomes: candidates
      .filter((candidate) => reached.has(candidate))
      .map(
        ({ rule, action, alternatives }): PacketOutcome => ({
          verdict: action === 'permit' ? 'permitted' : 'denied',
          rule,
          when: alternatives.map((questions) => questions.map(({ condition }) => condition)),
        }),
      ),
  };
}

function toConsideredRule(rule: Rule, match: PacketMatch): ConsideredRule {
  return {
    rule: rule.id,
    asWritten: rule.asWritten,
    action: rule.effect.verdict,
    sourceRef: rule.sourceRef,
    answer: match.answer,
    conditions: match.answer === 'possible' ? match.alternatives.map((questions) => questions.map(({ condition }) => condition)) : [],
    mismatches: match.answer === 'no' ? [...match.mismatches] : [],
  };
}
