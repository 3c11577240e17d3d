import type { AreaCondition, Decided } from '../../model/packet-area.ts';
import type { ChangedArea, ChangeKind, PolicyDifference } from '../../model/policy-diff.ts';
import { DEFAULT_RULE } from '../../model/rule.ts';
import { formatCount, formatQuantity } from '../number-format.ts';
import { formatPackets } from '../packet-amount.ts';

export const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  widened: 'permitted now',
  narrowed: 'denied now',
  mixed: 'depends',
  effect: 'same verdict, other effect',
};

/** `edge`, `edge (was border)`, `edge (new)`, `edge (gone)`. */
export function policyTitle({ before, after }: PolicyDifference): string {
  if (after === null) return `${before ?? ''} (gone)`;
  if (before === null) return `${after} (new)`;
  return before === after ? after : `${after} (was ${before})`;
}

/** `65,536 packets widened, 256 packets narrowed`; says so when nothing changes, and when that is not known. */
export function summariseDifference({ equal, widened, narrowed, otherwise }: PolicyDifference): string {
  const parts = [
    ...(widened.packets === '0' ? [] : [`${formatPackets(widened)} widened`]),
    ...(narrowed.packets === '0' ? [] : [`${formatPackets(narrowed)} narrowed`]),
    ...(otherwise.packets === '0' ? [] : [`${formatPackets(otherwise)} changed otherwise`]),
  ];
  if (equal === 'unknown') return [...parts, 'not compared whole: the budget did not suffice'].join(', ');
  if (parts.length > 0) return parts.join(', ');
  return equal ? 'no packet is treated differently' : 'changed in what the notes say';
}

/** `2 rules added, 1 rule removed, 1 rule renamed`. Empty when no rule changed. */
export function summariseRules({ rules, rulesOmitted }: PolicyDifference): string {
  const parts = (['added', 'removed', 'moved', 'renamed'] as const).flatMap((change) => {
    const count = rules.filter((rule) => rule.change === change).length;
    return count === 0 ? [] : [`${formatQuantity(count, 'rule')} ${change}`];
  });
  return [...parts, ...(rulesOmitted === 0 ? [] : [`${formatQuantity(rulesOmitted, 'changed rule')} not listed`])].join(', ');
}

/** `denied by the default before, permitted by web now`, one for each case. */
export function describeCases({ cases }: ChangedArea): readonly string[] {
  return cases.map(({ when, before, after }) => {
    const condition = when.length === 0 ? '' : `if ${when.map(describeAreaCondition).join(' and ')}: `;
    return `${condition}${describeDecided(before)} before, ${describeDecided(after)} now`;
  });
}

function describeAreaCondition(condition: AreaCondition): string {
  if ('unknown' in condition) return `"${condition.unknown}" ${condition.holds ? 'holds' : 'does not hold'}`;
  return `${condition.axis} is ${condition.values.join(' or ')}`;
}

function describeDecided({ verdict, attributes, by }: Decided): string {
  const names = by.rules.slice(0, 3).map(({ rule }) => (rule === DEFAULT_RULE ? 'the default' : rule));
  const more = by.rules.length - names.length + by.omitted;
  const others = more > 0 ? ` and ${formatCount(more)} more` : by.complete ? '' : ' and perhaps others';
  const attached = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
  const effect = attached.length === 0 ? '' : ` [${attached.join(', ')}]`;
  return `${verdict === 'permit' ? 'permitted' : 'denied'}${names.length === 0 ? '' : ` by ${names.join(', ')}${others}`}${effect}`;
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
