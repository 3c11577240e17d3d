import type { Introduced } from '../../model/check-result.ts';
import { yamlText } from '../escape/yaml-escape.ts';

const DAYS_PROPOSED = 90;
const DAY_MS = 86_400_000;

/**
 * The entry of a decisions file that would accept this: the lines of one list element, without indentation. Reason and owner are left empty, and an
 * empty one is refused, so that nobody accepts something by copying alone. Null where there is no rule that a decision could be bound to.
 *
 * @param asOf timestamp from which the last day is proposed; without one it is left empty too
 */
export function decisionEntry({ kind, policy, ruleKey }: Introduced, asOf: string | null): readonly string[] | null {
  if (ruleKey === null) return null;
  return [
    `- rule: ${yamlText(ruleKey)}`,
    `  kind: ${kind}`,
    `  policy: ${yamlText(policy)}`,
    '  decision: accepted',
    '  reason: ""  # why it has to stay',
    '  owner: ""  # who answers for it',
    `  expires: ${asOf === null ? '""  # last day, such as 2027-03-31' : lastDay(asOf)}`,
  ];
}

/** The entries of several, each once. */
export function decisionEntries(items: readonly Introduced[], asOf: string | null): readonly string[] {
  const entries = items.flatMap((item) => decisionEntry(item, asOf)?.join('\n') ?? []);
  return [...new Set(entries)].flatMap((entry) => entry.split('\n'));
}

function lastDay(asOf: string): string {
  return new Date(Date.parse(asOf) + DAYS_PROPOSED * DAY_MS).toISOString().slice(0, 10);
}
