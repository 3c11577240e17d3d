import type { ChangedArea, PolicyDifference } from '../../model/policy-diff.ts';
import { describeDecided, describeWhen } from '../ask/decision-words.ts';
import { describeCount } from '../ask/packet-part.ts';
import { formatCount, formatQuantity } from '../number-format.ts';

/** `widened (256 packets), narrowed`: a number only where it says something. Says so when nothing changes, and when that is not known. */
export function summariseDifference({ equal, widened, narrowed, otherwise }: PolicyDifference): string {
  const parts = [
    { word: 'widened', total: widened },
    { word: 'narrowed', total: narrowed },
    { word: 'changed otherwise', total: otherwise },
  ].flatMap(({ word, total }) => {
    if (total.packets === '0') return [];
    const count = describeCount(total);
    return [count === '' ? word : `${word} (${count})`];
  });
  if (equal === 'unknown') return [...parts, 'not compared whole, because the work exceeds the budget'].join(', ');
  if (parts.length > 0) return parts.join(', ');
  return equal ? 'no packet is treated differently' : 'differs';
}

/** `2 rules added, 1 rule removed, 1 rule renamed`. Empty when no rule changed. */
export function summariseRules({ rules, rulesOmitted }: PolicyDifference): string {
  const parts = (['added', 'removed', 'edited', 'moved', 'renamed'] as const).flatMap((change) => {
    const count = rules.filter((rule) => rule.change === change).length;
    return count === 0 ? [] : [`${formatQuantity(count, 'rule')} ${change}`];
  });
  return [...parts, ...(rulesOmitted === 0 ? [] : [`${formatQuantity(rulesOmitted, 'changed rule')} not listed`])].join(', ');
}

/** `denied by the default of edge before, permitted by edge/web now`, one for each case. */
export function describeCases({ cases }: ChangedArea): readonly string[] {
  return cases.map(({ when, before, after }) => {
    const condition = when.length === 0 ? '' : `if ${describeWhen(when)}: `;
    return `${condition}${describeDecided(before)} before, ${describeDecided(after)} now`;
  });
}

/** Whether the cases alone say what becomes of the packets: denied before and permitted now, or the other way round. */
export function isToldByCases({ change }: ChangedArea): boolean {
  return change === 'widened' || change === 'narrowed';
}

/** `3 redundant, 1 shadowed`, in the order of the names; `nothing` for none. */
export function describeCounts(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  if (entries.length === 0) return 'nothing';
  return entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${formatCount(count)} ${kind}`)
    .join(', ');
}
