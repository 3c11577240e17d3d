import type { AuditResult } from '../model/audit-result.ts';
import { whyNoTraffic } from './no-traffic.ts';
import { formatCount, formatQuantity } from './number-format.ts';
import type { Summary } from './summary.ts';

/** The answer in two sentences: what the traffic says, and what can be done at once. */
export interface Headline {
  readonly usage: string;
  readonly plan: string;
}

export function toHeadline(result: AuditResult, { ruleCount, standings, removals }: Summary): Headline {
  const plan = planSentence(removals);
  if (ruleCount === 0) return { usage: 'No rule was read.', plan: 'There is nothing to judge.' };
  if (result.traffic === null || result.window === null) {
    return { usage: `${formatQuantity(ruleCount, 'rule')} read; ${whyNoTraffic(result)}.`, plan };
  }
  const days = formatQuantity(result.window.days, 'day');
  return { usage: `${formatCount(standings.unused)} of ${formatQuantity(ruleCount, 'rule')} unused: no possible hit in ${days}.`, plan };
}

/** Says nothing about what could go, only about what is proposed. */
export function planSentence({ none, narrows }: Summary['removals']): string {
  const narrowing = `${formatQuantity(narrows, 'proposed removal')} would narrow what is permitted.`;
  if (none === 0) return narrows === 0 ? 'No removal is proposed.' : narrowing;
  const safe = `${formatQuantity(none, 'rule')} can go without changing a single decision.`;
  return narrows === 0 ? safe : `${safe} ${narrowing}`;
}
