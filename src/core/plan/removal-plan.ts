import type { Merge, NotProposed, Plan, Rationale, Removal } from '../../model/audit-result.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Finding, FindingKind } from '../../model/finding.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import { nameRules } from '../findings/rule-names.ts';
import type { PlannedPolicy } from './planned-policy.ts';
import { chooseRemovals, type RemovedRule } from './policy-removals.ts';
import { type PlanGuardrails, Protection } from './protection.ts';
import { type Refusal, whyLeft, whyNotPlanned, whyWithheld } from './refusals.ts';
import { planMerges, simplify } from './simplify.ts';
import { whyProofsAreVoid } from './void-proofs.ts';

/** What removing nothing changes, and why it may be done without asking the traffic. */
const SIGNALS: Partial<Record<FindingKind, string>> = {
  redundant: 'Other rules decide all of its packets, with the same effect.',
  duplicate: 'Another rule of the same policy has the same match and the same effect and stays.',
  unmatchable: 'Its conditions exclude each other: no packet can match it.',
  expired: 'The end that the device enforces is past, so that it matches nothing.',
  'stale-reference': 'The export states that what the rule refers to is gone, so that it matches nothing.',
  disabled: 'The rule is switched off in the configuration.',
};

/** More rules than these are counted, not listed. */
const MOST_COVERERS = 100;

export interface PlanOptions {
  /** False: nothing is proposed, because something that was asked for could not be read. */
  readonly complete: boolean;
  readonly toolVersion: string;
  /** Regions that a single question may take up. */
  readonly budget: number;
  /** Absent: none were given. */
  readonly guardrails?: PlanGuardrails;
}

export interface RemovalPlan {
  readonly plan: Plan;
  /** Policies about which nothing is proven. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Plans what may go: rules whose removal changes no effect, whatever the unknowns are. One sequence, policy by policy; the whole and every prefix of
 * it is verified against the policies. Every other candidate stands in `notProposed` with its reason.
 *
 * @param findings in the order of the report
 * @param policies in the order of the report; a finding on a policy that is not among them is not planned
 */
export function planRemovals(findings: readonly Finding[], policies: readonly PlannedPolicy[], options: PlanOptions): RemovalPlan {
  const ofPolicy = new Map<string, Finding[]>(policies.map(({ policy }) => [policy.id, []]));
  for (const finding of findings) ofPolicy.get(finding.policy)?.push(finding);
  const plan: Plan = { removals: [], bound: 0, merges: [], alternatives: [], notProposed: [], simplification: [] };
  const diagnostics: Diagnostic[] = [];
  for (const planned of policies) {
    const voided = whyProofsAreVoid(planned.policy, planned.analysis);
    if (voided !== null) diagnostics.push(voided);
    planPolicy(plan, planned, ofPolicy.get(planned.policy.id) ?? [], { ...options, isVoid: voided !== null });
  }
  return { plan, diagnostics };
}

function planPolicy(plan: Plan, planned: PlannedPolicy, findings: readonly Finding[], options: PlanOptions & { isVoid: boolean }): void {
  const { policy, analysis } = planned;
  const rules = new Map(policy.rules.map((rule) => [rule.id, rule]));
  const protection = new Protection(policy, options.guardrails ?? null);
  const { candidates, refused } = sortFindings(findings, rules, protection, options);

  // A rule that is switched off, or whose reference is gone, has no part in the policy: nothing relies on it.
  const inert = [...candidates.keys()].filter((rule) => !analysis.program.entryOf.has(rule));
  const active = [...candidates.keys()].filter((rule) => analysis.program.entryOf.has(rule));
  const others = active.length === 0 ? [] : otherRules(planned, candidates, refused, protection);
  const chosen = chooseRemovals(analysis, { candidates: active, others, keptCopy: copiesAmong(candidates), budget: options.budget });
  const removed = new Map(chosen.removed.map((each) => [each.rule, each]));
  for (const { rule, why } of chosen.left) {
    for (const finding of candidates.get(rule) ?? []) refuse(refused, finding, whyLeft(why));
  }
  const removals = inSequence(policy, inert, [...removed.keys()]).map((rule) =>
    toRemoval(policy, removed.get(rule) ?? { rule, coveredBy: [], after: [] }, askedBy(rule, removed, candidates), options),
  );
  for (const { rule } of removals) refused.delete(rule);

  plan.removals.push(...removals);
  plan.bound += inert.length + chosen.bound;
  plan.alternatives.push(
    ...chosen.alternatives.map(({ removeInstead, insteadOf }) => ({
      policy: policy.id,
      removeInstead: [...removeInstead],
      insteadOf: [...insteadOf],
    })),
  );
  const gone = new Set(removals.map(({ rule }) => rule));
  const isSilent = options.isVoid || !options.complete;
  const possible = isSilent ? [] : planMerges(planned, findings, gone);
  const merges = possible.filter(({ rule, into }) => protection.of(rule) === null && protection.of(into) === null);
  refuseStopped(refused, findings, stoppedMerges(possible, merges), protection);
  plan.notProposed.push(...refused.values());
  if (isSilent) return;
  plan.merges.push(...merges);
  const simplified = simplify(planned, gone, merges, options.budget);
  if (simplified.couldBe < simplified.rules) plan.simplification.push(simplified);
}

/** Which rules the findings want to go, and which of them stay for a reason that is known before the rules that stay are looked at. */
function sortFindings(
  findings: readonly Finding[],
  rules: ReadonlyMap<string, Rule>,
  protection: Protection,
  options: PlanOptions & { isVoid: boolean },
): { readonly candidates: Map<string, Finding[]>; readonly refused: Map<string, NotProposed> } {
  const refused = new Map<string, NotProposed>();
  const candidates = new Map<string, Finding[]>();
  for (const finding of findings) {
    const isGround = SIGNALS[finding.kind] !== undefined;
    const found = isGround ? whyWithheld(finding, rules.get(finding.rule), options) : whyNotPlanned(finding);
    if (!isGround && found === null) continue;
    const refusal = found?.reason === 'DECISION_ACCEPTED' ? found : (protection.of(finding.rule) ?? found);
    if (refusal !== null) refuse(refused, finding, refusal);
    else candidates.set(finding.rule, [...(candidates.get(finding.rule) ?? []), finding]);
  }
  for (const [rule, { reason }] of refused) if (reason === 'DECISION_ACCEPTED') candidates.delete(rule);
  return { candidates, refused };
}

function refuseStopped(
  refused: Map<string, NotProposed>,
  findings: readonly Finding[],
  stopped: ReadonlyMap<string, Merge>,
  protection: Protection,
): void {
  for (const finding of findings) {
    const merge = stopped.get(finding.id);
    const refusal = merge === undefined ? null : (protection.of(merge.rule) ?? protection.of(merge.into));
    if (refusal !== null) refuse(refused, finding, refusal);
  }
}

/** By finding: a merge that it asks for, where all of those are of protected rules. */
function stoppedMerges(possible: readonly Merge[], kept: readonly Merge[]): Map<string, Merge> {
  const stopped = new Map(possible.flatMap((merge) => merge.because.map((finding) => [finding, merge])));
  for (const { because } of kept) for (const finding of because) stopped.delete(finding);
  return stopped;
}

/** One entry per rule, with the reason of its first finding. */
function refuse(refused: Map<string, NotProposed>, finding: Finding, { reason, detail }: Refusal): void {
  const before = refused.get(finding.rule);
  // What a decision on file says comes before what we found.
  const isFirst = before === undefined || (reason === 'DECISION_ACCEPTED' && before.reason !== reason);
  refused.set(finding.rule, {
    policy: finding.policy,
    rule: finding.rule,
    because: [...(before?.because ?? []), finding.id],
    reason: isFirst ? reason : before.reason,
    detail: isFirst ? detail : before.detail,
  });
}

/** Rules that have an effect today, and nothing stands in the way of their removal should they lose it. */
function otherRules(
  { policy, analysis }: PlannedPolicy,
  candidates: ReadonlyMap<string, unknown>,
  refused: ReadonlyMap<string, NotProposed>,
  protection: Protection,
): string[] {
  const keeps = (rule: string): boolean => {
    const reason = refused.get(rule)?.reason;
    return reason !== undefined && !GROUNDS_OF_USE.includes(reason);
  };
  return policy.rules
    .filter(({ id, evaluable }) => evaluable !== 'no' && !candidates.has(id) && !keeps(id) && protection.of(id) === null)
    .filter(({ id }) => ['live', 'partly-shadowed'].includes(analysis.verdictOf(id)?.kind ?? ''))
    .map(({ id }) => id);
}

/** What holds back a removal that takes something away does not hold back one that takes nothing away. */
const GROUNDS_OF_USE: readonly NotProposed['reason'][] = [
  'NEEDS_STAGED_CHANGE',
  'AGE_UNKNOWN',
  'WEAK_EVIDENCE',
  'NARROWING',
  'NEEDS_OWNER',
];

/** The findings on the rule, else those on the rules whose removal takes its effect away. */
function askedBy(rule: string, removed: ReadonlyMap<string, RemovedRule>, candidates: ReadonlyMap<string, readonly Finding[]>): Finding[] {
  const seen = new Set([rule]);
  // Grows while it is read.
  for (const each of seen) for (const other of removed.get(each)?.after ?? []) seen.add(other);
  return [...seen].flatMap((each) => candidates.get(each) ?? []);
}

function copiesAmong(candidates: ReadonlyMap<string, readonly Finding[]>): Map<string, string> {
  const copies = new Map<string, string>();
  for (const [rule, findings] of candidates) {
    const kept = findings.find(({ kind }) => kind === 'duplicate')?.coveredBy[0]?.rule;
    if (kept !== undefined && candidates.has(kept)) copies.set(rule, kept);
  }
  return copies;
}

/** The chosen ones keep their order. In a list the others are put where they stand, so that numbers of rules above stay what they were. */
function inSequence({ evaluation, rules }: Policy, inert: readonly string[], chosen: readonly string[]): string[] {
  const rank = new Map(rules.map((rule) => [rule.id, evaluation === 'first-match' ? -rule.rank : rule.rank]));
  const before = (a: string, b: string): boolean => rank.get(a)! < rank.get(b)!;
  const rest = [...inert].sort((a, b) => (before(a, b) ? -1 : 1));
  const sequence: string[] = [];
  for (const rule of chosen) {
    while (rest.length > 0 && before(rest[0]!, rule)) sequence.push(rest.shift()!);
    sequence.push(rule);
  }
  return [...sequence, ...rest];
}

function toRemoval(policy: Policy, { rule, coveredBy, after }: RemovedRule, findings: readonly Finding[], options: PlanOptions): Removal {
  const omitted = coveredBy.length - MOST_COVERERS;
  return {
    policy: policy.id,
    rule,
    because: findings.map(({ id }) => id),
    effect: 'none',
    flowsAffected: 0,
    coveredBy: coveredBy.slice(0, MOST_COVERERS).map((other) => ({ policy: policy.id, rule: other })),
    ...(omitted > 0 ? { coveredByOmitted: omitted } : {}),
    rationale: rationaleFor(policy, rule, after, findings[0]!, options),
  };
}

function rationaleFor(
  policy: Policy,
  rule: string,
  after: readonly string[],
  finding: Finding,
  { toolVersion, guardrails }: PlanOptions,
): Rationale {
  const signal = `${finding.id} (${finding.kind}): ${SIGNALS[finding.kind]}`;
  const permission =
    guardrails === undefined
      ? 'no guardrails were given'
      : `the guardrails ${guardrails.version} do not protect the rule, and no clause of them approves a removal`;
  return {
    change: `Remove rule ${rule} of policy ${policy.id}; no packet is decided differently.`,
    signal:
      after.length === 0
        ? signal
        : `It has no effect of its own once ${nameRules(after.map((other) => ({ rule: other })))} went before it. ${signal}`,
    confidence: `Grade ${finding.evidence.grade}: proven by the configuration alone, for every packet and every value of the unknowns.`,
    authority: `Proposed by rulesweep ${toolVersion}, detector ${finding.kind}/1; ${permission}, so a person has to approve it.`,
  };
}
