import type { Grade, Reason } from '../../model/finding.ts';
import type { CoverageFacts, Window } from '../../model/flow.ts';
import { unknownAxes } from '../../model/match.ts';
import type { Policy } from '../../model/policy.ts';
import type { Rule } from '../../model/rule.ts';
import type { RuleUsage } from '../attribution/usage.ts';
import type { Exposure } from './exposure.ts';
import { isNeverLogged } from './unlogged.ts';

const SECONDS_PER_DAY = 86_400;

/** Thresholds of the evidence grades: days of window, share of covered time, share of records that could not be read. */
export const GRADE_LIMITS = {
  daysForB: 90,
  coverageForB: 0.95,
  daysForC: 30,
  coverageForC: 0.8,
  unreadForC: 0.01,
  daysForSeasonal: 400,
} as const;

const SEASONAL =
  /\b(dr|disaster|fail-?over|break-?glass|(month|quarter|year)[- ]?end|yearly|annual|quarterly|seasonal|emergency)\b|(quarter|year)end/i;

export interface GradedRule {
  readonly grade: Grade;
  readonly reasons: readonly Reason[];
}

/** What the grade of a rule is made from. */
export interface GradeFacts {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly usage: RuleUsage;
  readonly exposure: Exposure;
  readonly window: Window;
  readonly coverage: CoverageFacts;
  readonly hasGapOfUnknownTime: boolean;
  readonly hasUnreadFiles: boolean;
  /** The rule may carry replies of connections that the platform does not track. */
  readonly carriesUntrackedReplies: boolean;
}

/**
 * How sure the logs are about the use of a rule. A rule's grade speaks of its use only; structural findings have their own evidence. A rule with possible
 * hits and no certain one is neither used nor unused: grade I, with the reason why the hits are not certain. Where interfaces logged them that no inventory
 * knows (`UNKNOWN_INTERFACE`), an inventory of that time settles it.
 *
 * @see the table of grades in the README, "Evidence"; spec "C3 Evidence grades"
 */
export function gradeUse(facts: GradeFacts): GradedRule {
  const { policy, rule, usage } = facts;
  if (!rule.enabled) return { grade: 'P', reasons: ['DISABLED'] };
  if (rule.staleReference !== null) return { grade: 'P', reasons: ['STALE_REFERENCE'] };
  if (usage.certain > 0) {
    const reasons: Reason[] = [];
    if (!policy.stateful && usage.asResponse === usage.certain) reasons.push('RETURN_ONLY');
    if (usage.soleMax === 0) reasons.push('SHARED');
    return rule.nativeHits === 0 ? { grade: 'X', reasons } : { grade: 'U', reasons };
  }
  if (policy.attachments?.length === 0) return { grade: 'I', reasons: ['NO_ATTACHMENT', ...unknownInterface(usage)] };
  const blind = whyBlind(facts);
  if (blind.length > 0 || usage.possible > 0) return { grade: 'I', reasons: blind };
  if (rule.nativeHits !== null && rule.nativeHits > 0) return { grade: 'X', reasons: [] };
  return gradeSilence(facts);
}

/** Reasons for which the log could not have shown a certain hit, or did not. */
function whyBlind({ policy, rule, usage, coverage, carriesUntrackedReplies }: GradeFacts): Reason[] {
  const reasons: Reason[] = [];
  if (rule.evaluable === 'no') reasons.push('NOT_EVALUABLE');
  if (rule.unresolvedReferences.length > 0) reasons.push('UNRESOLVED_REF');
  else if (rule.evaluable === 'partial' && unknownAxes(rule.match).length > 0) reasons.push('OPAQUE_CONDITION');
  if (isNeverLogged(rule, policy.unlogged)) reasons.push('UNLOGGED_TRAFFIC');
  if (carriesUntrackedReplies) reasons.push('RETURN_ONLY');
  const needed = rule.effect.verdict === 'permit' ? coverage.loggedActions.accept : coverage.loggedActions.reject;
  const isBlindSpot = rule.effect.verdict === 'permit' && logsRejectsOnly(policy, coverage);
  if (!needed || isBlindSpot) reasons.push(rule.effect.verdict === 'permit' ? 'LOG_FILTER_REJECT_ONLY' : 'LOG_FILTER_ACCEPT_ONLY');
  if (usage.possible > 0) {
    const constrainsIcmp = rule.match.products.some((product) => product.services.some((service) => service.icmpType !== null));
    if (constrainsIcmp) reasons.push('ICMP_TYPE_UNSEEN');
    if (reasons.length === 0 && usage.possible > usage.unplaced) reasons.push('ROLE_UNKNOWN');
  }
  return [...reasons, ...unknownInterface(usage)];
}

function unknownInterface({ unplaced }: RuleUsage): Reason[] {
  return unplaced > 0 ? ['UNKNOWN_INTERFACE'] : [];
}

/** Whether some interface of the policy logged rejected traffic alone: its log may leave out what is accepted. */
function logsRejectsOnly({ attachments }: Policy, { rejectOnly }: CoverageFacts): boolean {
  return attachments === null ? rejectOnly.length > 0 : attachments.some((attachment) => rejectOnly.includes(attachment));
}

/** No hit at all: the better the rule was watched, the more that is worth. */
function gradeSilence(facts: GradeFacts): GradedRule {
  const { rule, exposure, window, coverage, hasGapOfUnknownTime, hasUnreadFiles } = facts;
  const reasons: Reason[] = [];
  const days = Math.floor((exposure.hours * 3600) / SECONDS_PER_DAY);
  const knownSince = rule.presence.knownFrom;
  // A dated export inside the window that nothing contradicts says nothing about the time before it.
  const ageIsKnown = knownSince !== null && (knownSince <= window.start || rule.presence.absentAt !== null);
  if (hasUnreadFiles) reasons.push('GAP_FILES');
  if (exposure.hasSkippedRecords) reasons.push('SKIPDATA');
  const hasUnreadRecords = coverage.unreadRecords > 0;
  if (hasUnreadRecords) reasons.push('UNREAD_RECORDS');
  if (exposure.silentAttachments > 0) reasons.push('ENI_NO_LOG');
  if (!ageIsKnown) reasons.push('AGE_UNKNOWN');
  else if (knownSince !== null && knownSince > window.start) reasons.push('MODIFIED_IN_WINDOW');
  if (days < GRADE_LIMITS.daysForB) reasons.push('SHORT_WINDOW');
  if (exposure.coverage < GRADE_LIMITS.coverageForB) reasons.push('LOW_COVERAGE');
  if (exposure.emptyHourCells.length > 0) reasons.push('EMPTY_HOUR_CELL');
  const isSeasonal = SEASONAL.test(`${rule.name} ${rule.description} ${rule.id}`) && days < GRADE_LIMITS.daysForSeasonal;
  if (isSeasonal) reasons.push('SEASONAL_TAG');

  const enoughForC =
    days >= GRADE_LIMITS.daysForC &&
    exposure.coverage >= GRADE_LIMITS.coverageForC &&
    !hasGapOfUnknownTime &&
    coverage.unreadRecords <= coverage.records * GRADE_LIMITS.unreadForC;
  if (!enoughForC) return { grade: 'D', reasons };
  const enoughForB = days >= GRADE_LIMITS.daysForB && exposure.coverage >= GRADE_LIMITS.coverageForB;
  const capped = hasUnreadRecords || !ageIsKnown || exposure.emptyHourCells.length > 0 || isSeasonal;
  return { grade: enoughForB && !capped ? 'B' : 'C', reasons };
}
