import type { Introduced } from '../../model/check-result.ts';
import type { PacketSet } from '../../model/packet-area.ts';
import { describeCount } from '../ask/packet-part.ts';
import { describeCoverers } from '../claim-words.ts';
import { formatQuantity } from '../number-format.ts';

/** `edge/web`, or the policy where no rule is meant; empty where the guardrails alone are. */
export function itemSubject({ policy, rule }: Introduced): string {
  return rule === null ? policy : `${policy}/${rule}`;
}

/** `any-any: edge/web`. */
export function itemTitle(item: Introduced): string {
  const subject = itemSubject(item);
  return subject === '' ? item.kind : `${item.kind}: ${subject}`;
}

/** `rule added`, with what people decided about it. */
export function itemStanding({ cause, status, fails }: Introduced): string {
  const why = status === 'new' ? (fails ? '' : 'does not fail the check') : STATUS_WORDS[status];
  return why === '' ? cause : `${cause}; ${why}`;
}

const STATUS_WORDS = {
  accepted: 'accepted by decision',
  known: 'known by decision',
  fixed: 'marked fixed',
  regressed: 'was marked fixed and is back',
} as const;

/** The first `shown` regions, how many more there are, and how many packets that makes where the number says something to a person. */
export function packetLines({ count, regions, regionsOmitted }: PacketSet, shown: number): readonly string[] {
  const hidden = Math.max(0, regions.length - shown) + regionsOmitted;
  const total = describeCount(count);
  return [
    ...regions.slice(0, shown),
    ...(hidden === 0 ? [] : [`and ${formatQuantity(hidden, 'more region')}`]),
    ...(total === '' ? [] : [`${total} in all`]),
  ];
}

/** The clause and where it is written. Its title has its id. */
export function describeClause({ title, line }: NonNullable<Introduced['clause']>): string {
  return line === null ? `${title}, from the list that rulesweep has` : `${title} (line ${line})`;
}

/** The rules that stand against this one; empty for what is not a finding about other rules. */
export function describeOpponents({ finding }: Introduced): string {
  if (finding === null) return '';
  const coverers = describeCoverers(finding);
  const more = Math.max(0, coverers.length - 5) + (finding.coveredByOmitted?.count ?? 0);
  return `${coverers.slice(0, 5).join(', ')}${more === 0 ? '' : ` and ${formatQuantity(more, 'more rule')}`}`;
}
