import type { Introduced } from '../../model/check-result.ts';
import type { PacketSet } from '../../model/packet-area.ts';
import { describeCoverers } from '../claim-words.ts';
import { formatQuantity } from '../number-format.ts';
import { formatPackets } from '../packet-amount.ts';

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

/** The regions shown, and how many packets and further regions there are. */
export function describePackets({ count, regions, regionsOmitted }: PacketSet, shown: number): { readonly count: string; readonly regions: readonly string[]; readonly more: string } {
  const hidden = Math.max(0, regions.length - shown) + regionsOmitted;
  return { count: formatPackets(count), regions: regions.slice(0, shown), more: hidden === 0 ? '' : `and ${formatQuantity(hidden, 'more region')}` };
}

/** The rules that stand against this one; empty for what is not a finding about other rules. */
export function describeOpponents({ finding }: Introduced): string {
  if (finding === null) return '';
  const coverers = describeCoverers(finding);
  const more = Math.max(0, coverers.length - 5) + (finding.coveredByOmitted?.count ?? 0);
  return `${coverers.slice(0, 5).join(', ')}${more === 0 ? '' : ` and ${formatQuantity(more, 'more rule')}`}`;
}
