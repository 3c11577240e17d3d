import type { AuditedRule, AuditResult } from '../model/audit-result.ts';
import { formatCount, formatDay, formatPercent, formatQuantity } from './number-format.ts';
import { GRADE_WORDS } from './words/grades.ts';
import { REASON_WORDS } from './words/reasons.ts';

/** What is known about the use of a rule and how much that is worth, in sentences that stand on their own. */
export function stateEvidence(rule: AuditedRule, window: AuditResult['window']): string {
  const { usage, evidence } = rule;
  if (usage === null || evidence === null || window === null) return 'No traffic was given: no statement about use.';
  const span = `in ${formatQuantity(window.days, 'day')} (${formatDay(window.from)} to ${formatDay(window.to)})`;
  const reasons = evidence.reasons.map((reason) => REASON_WORDS[reason]);
  return [
    `${stateHits(usage)} ${span}.`,
    `Observed ${formatPercent(evidence.coverage)} of the window on the worst interface; in force and observed on ${formatQuantity(evidence.effectiveDays, 'day')}.`,
    evidence.maxDailyRate95 === null ? '' : stateRate(evidence.maxDailyRate95),
    `Grade ${evidence.grade}: ${GRADE_WORDS[evidence.grade].title}${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function stateHits(usage: NonNullable<AuditedRule['usage']>): string {
  if (usage.possible === 0) return 'No possible hit';
  if (usage.certain === 0) return `No certain hit, at most ${formatQuantity(usage.possible, 'possible connection')}`;
  const range =
    usage.certain === usage.possible ? formatCount(usage.certain) : `${formatCount(usage.certain)} to ${formatCount(usage.possible)}`;
  return `${range} ${usage.possible === 1 ? 'connection' : 'connections'}`;
}

/** A bound, not a forecast: silence over n days still allows a use every n/3 days or so. */
function stateRate(maxDailyRate95: string): string {
  const rate = Number(maxDailyRate95);
  if (rate <= 0) return '';
  return rate >= 1
    ? `At 95 % up to ${rate.toFixed(1)} uses a day remain possible.`
    : `At 95 % one use every ${formatQuantity(Math.max(1, Math.floor(1 / rate)), 'day')} remains possible.`;
}
