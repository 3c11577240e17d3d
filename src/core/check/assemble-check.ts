import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { type CheckKind, checkKindSchema, type Introduced } from '../../model/check-result.ts';
import { type Status, severitySchema } from '../../model/finding.ts';
import type { IntroducedDraft } from './draft.ts';

/**
 * Kinds that make a check fail unless it is told otherwise. Not `risky-service`, which a person has to weigh, and not `not-evaluable`, which says what we
 * do not know.
 */
export const FAILING_KINDS: readonly CheckKind[] = checkKindSchema.options.filter(
  (kind) => kind !== 'risky-service' && kind !== 'not-evaluable',
);

/**
 * Gives every item its id and its verdict.
 *
 * @param statuses one for each draft
 * @returns failing ones first, then by severity; then in the order given
 */
export function toIntroduced(drafts: readonly IntroducedDraft[], statuses: readonly Status[], failsOn: readonly CheckKind[]): Introduced[] {
  const items = drafts.map((draft, i): Introduced => {
    const status = statuses[i] ?? 'new';
    return { id: idOf(draft), ...draft, status, fails: (status === 'new' || status === 'regressed') && failsOn.includes(draft.kind) };
  });
  const weight = ({ severity }: Introduced): number => -severitySchema.options.indexOf(severity);
  return items.sort((a, b) => Number(b.fails) - Number(a.fails) || weight(a) - weight(b));
}

function idOf({ kind, policy, rule, ruleKey, clause }: IntroducedDraft): string {
  const subject = { kind, policy, rule, content: ruleKey, clause: clause?.id ?? null };
  return `C-${createHash('sha256')
    .update(canonicalize(subject) ?? '')
    .digest('hex')
    .slice(0, 16)}`;
}

/** How many of each kind, in the order of the kinds. */
export function countKinds(kinds: readonly CheckKind[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of checkKindSchema.options) {
    const count = kinds.filter((each) => each === kind).length;
    if (count > 0) counts[kind] = count;
  }
  return counts;
}
