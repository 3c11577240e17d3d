import type { Policy } from '../../model/policy.ts';
import type { Region } from '../../model/region-notation.ts';
import type { Suggestion } from '../../model/request-answer.ts';
import { formatRuleRef, type Rule } from '../../model/rule.ts';
import { toTotal } from '../ask/areas.ts';
import type { PacketCount } from '../trace/packets.ts';
import type { AskedLayer } from './asked-layers.ts';
import type { Candidate } from './candidate.ts';
import { groupCandidates } from './group-member.ts';
import { newRuleCandidate } from './new-rule.ts';
import { asWritable, toOneRegion, uniteRegions } from './packet-regions.ts';
import { findTasks, type PolicyTask } from './policy-tasks.ts';
import { explainDenials } from './request-notes.ts';
import { bringNear, grantsAll, type VerifiedChange, verifyChange } from './verify-change.ts';
import { widenCandidates } from './widen-rule.ts';
import { writeMatch } from './write-match.ts';

/** Regions that one question may take up. */
const BUDGET = 200_000;

/** For each policy: changes of one kind that are tried, small ones first, until so many of them hold. There is one new rule, so no more than five in all. */
const MOST_TRIED = 12;
const MOST_OF_A_KIND = 2;

/** Changes of protected rules that are told, for each policy. */
const MOST_REFUSALS = 3;

/** A wider rule or a group that meets more rules, before and after, changes more than anyone could oversee; it is not looked at. */
const MOST_RULES_NEAR = 1000;

export interface SuggestionOptions {
  /** Every policy of the rule base, whole: rules far from the request may be made wider, and a reference stands in all of them. */
  readonly policies: readonly Policy[];
  /** Why nobody may touch a rule; null: nothing forbids it. */
  protectionOf(policy: Policy, rule: Rule): string | null;
}

export interface SuggestedChanges {
  /** By policy, in the order in which packets meet them; of each the smallest first. */
  readonly suggestions: readonly Suggestion[];
  readonly notes: readonly string[];
  readonly incompleteBecause: readonly string[];
}

/**
 * Ways to grant a request, for every policy that stands in its way. Each is compared with the policy as it is before it is named: afterwards everything of
 * the request is permitted there, whatever the unknowns are, nothing is denied that was permitted, and what else changes is said.
 *
 * Those that change the fewest other packets come first; of equal ones a rule made wider (the list gets no longer), then a new rule (it can be removed
 * again without looking at anything else), then membership (it means every rule that refers to the group, today's and tomorrow's).
 */
export function suggestChanges(layers: readonly AskedLayer[], request: Region, options: SuggestionOptions): SuggestedChanges {
  const { tasks, unknown } = findTasks(layers, BUDGET);
  const answers = tasks.map((task) => suggestFor(task, request, options));
  const notes = answers.flatMap((answer) => answer.notes);
  const chosen = answers.flatMap(({ verified }) => verified.slice(0, 1));
  const stuck = tasks.filter((_, i) => answers[i]?.verified.length === 0).map(({ policy }) => policy.id);
  if (stuck.length > 0)
    notes.push(`No single change was found that grants the request in ${stuck.join(', ')} without denying or changing anything else.`);
  else if (tasks.length > 1 && unknown.length === 0 && !grantTogether(chosen, layers, options.policies))
    notes.push(
      'The first suggestions of all policies together do not permit all of the request everywhere; ask again after the first change.',
    );
  return {
    suggestions: answers.flatMap(({ task, verified }) => verified.map((one) => toSuggestion(task, one))),
    notes,
    incompleteBecause: unknown.map(
      ({ layer }) =>
        `What ${layer.policies.map(({ id }) => id).join(', ')} denies of the request takes more than the budget; ask for less at once.`,
    ),
  };
}

interface Verified extends VerifiedChange {
  readonly candidate: Candidate;
}

interface Answer {
  readonly task: PolicyTask;
  /** The smallest change first. */
  readonly verified: readonly Verified[];
  readonly notes: readonly string[];
}

function suggestFor(task: PolicyTask, request: Region, { policies, protectionOf }: SuggestionOptions): Answer {
  const { policy, denied, layers } = task;
  const wanted = wantedOf(task, request);
  const whole = policies.find(({ id }) => id === policy.id) ?? policy;
  const candidates = [
    ...widenCandidates(whole, wanted, MOST_TRIED),
    newRuleCandidate(whole, policy, denied.regions, wanted, BUDGET),
    ...groupCandidates(whole, wanted, policies, MOST_TRIED),
  ];
  const notes = [...explainDenials(task, wanted, request, BUDGET)];
  const near = bringNear(candidates, layers, policies);
  const verified: Verified[] = [];
  const refusals: string[] = [];
  for (const candidate of near.changes) {
    if (verified.filter((one) => one.candidate.kind === candidate.kind).length === MOST_OF_A_KIND) continue;
    const rules = candidate.kind === 'new-rule' ? Number.POSITIVE_INFINITY : MOST_RULES_NEAR;
    const change = verifyChange(candidate, near.layers, request, { regions: BUDGET, rules });
    if (change === null) continue;
    const refusal = refusalOf(candidate, protectionOf);
    if (refusal === null) verified.push({ ...change, candidate });
    else refusals.push(refusal);
  }
  notes.push(...refusals.slice(0, MOST_REFUSALS));
  if (task.alternatives.length > 0)
    notes.push(`${[policy.id, ...task.alternatives].join(', ')} permit together: one of them has to change; suggested for ${policy.id}.`);
  return { task, verified: verified.sort(compareChanges), notes };
}

/** What is denied, if one rule can say it; else the request. */
function wantedOf({ policy, denied }: PolicyTask, request: Region): Region {
  const united = uniteRegions(
    denied.regions.map((region) => asWritable(policy, region)),
    BUDGET,
  );
  return (united === null ? null : toOneRegion(united.regions)) ?? asWritable(policy, request);
}

/** Why rules that would mean something else must not be touched; null where nothing forbids it. */
function refusalOf({ kind, edits, group }: Candidate, protectionOf: SuggestionOptions['protectionOf']): string | null {
  for (const { policy, rule } of edits) {
    const reason = protectionOf(policy, rule);
    if (reason === null) continue;
    const what =
      kind === 'group-member' ? `A new member of ${group ?? 'the group'} would grant it too` : 'It could be granted by a wider rule';
    return `${what}, but ${formatRuleRef({ policy: policy.id, rule: rule.id })} must not be touched: ${reason}.`;
  }
  return null;
}

const KINDS: readonly Suggestion['kind'][] = ['widen-rule', 'new-rule', 'group-member'];

/** Stable: of equal ones the order of the candidates stays. */
function compareChanges(a: Verified, b: Verified): number {
  const count = ({ otherPackets }: Verified): bigint => sumOf(otherPackets);
  if (count(a) !== count(b)) return count(a) < count(b) ? -1 : 1;
  return KINDS.indexOf(a.candidate.kind) - KINDS.indexOf(b.candidate.kind);
}

function sumOf({ ipv4, ipv6 }: PacketCount): bigint {
  return ipv4 + ipv6;
}

/** The first changes of all policies at once. */
function grantTogether(chosen: readonly Verified[], layers: readonly AskedLayer[], policies: readonly Policy[]): boolean {
  const near = bringNear(
    chosen.map(({ candidate }) => ({ ...candidate, policies: [], touched: [] })),
    layers,
    policies,
  );
  const change = (policy: Policy): Policy => chosen.reduce((changed, { candidate }) => candidate.change(changed), policy);
  return grantsAll({ change }, near.layers, BUDGET);
}

function toSuggestion({ policy, denied, otherAttachments }: PolicyTask, { candidate, others }: Verified): Suggestion {
  const { kind, rule, group, before, match, explanation } = candidate;
  return {
    policy: policy.id,
    kind,
    rule: rule === null ? null : { policy: policy.id, rule: rule.id },
    group,
    before,
    match: writeMatch(match),
    grants: toTotal(denied.packets),
    alsoChanges: others,
    otherAttachments: [...otherAttachments],
    explanation,
  };
}
