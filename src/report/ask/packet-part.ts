import type { PacketTotal } from '../../model/packet-area.ts';
import { formatCount, formatPercent } from '../number-format.ts';

/** Numbers of packets from here on say nothing to a person; regions do. */
const FIRST_HUGE = 10_000n;

/** `no packet`, `every packet`, `12 % of the packets`, `64 packets (12 %)`; families apart where their shares differ. `whole` may be nothing. */
export function describePart(part: PacketTotal, whole: PacketTotal): string {
  if (part.packets === '0') return 'no packet';
  const count = describeCount(part);
  if (isAll(part, whole)) return count === '' ? 'every packet' : part.packets === '1' ? 'the only packet' : `all ${count}`;
  const share = formatPart(part, whole);
  if (count !== '') return `${count} (${share})`;
  return share.includes('IPv6') ? `${share} packets` : `${share} of the packets`;
}

/** The share behind a region; empty where it says no more than "little" or "nearly all". */
export function describeNotable(part: PacketTotal, whole: PacketTotal): string {
  const text = describePart(part, whole);
  return /[<>]/.test(text) && describeCount(part) === '' ? '' : text;
}

/** For a column: `100 %`, `12 %`, `0 %`; `50 % of the IPv4 and 0 % of the IPv6` where the families differ. */
export function formatPart(part: PacketTotal, whole: PacketTotal): string {
  const ipv4 = percentOf(part.ipv4, whole.ipv4);
  const ipv6 = percentOf(part.ipv6, whole.ipv6);
  if (ipv4 === null || ipv6 === null || ipv4 === ipv6) return ipv4 ?? ipv6 ?? '0 %';
  return `${ipv4} of the IPv4 and ${ipv6} of the IPv6`;
}

/** `64 packets`; empty where there are too many to say anything. */
export function describeCount({ packets }: PacketTotal): string {
  if (BigInt(packets) >= FIRST_HUGE) return '';
  return `${formatCount(packets)} ${packets === '1' ? 'packet' : 'packets'}`;
}

/** `64 packets (25 %) permitted, 192 packets (75 %) denied`; parts of nothing are left out, and one that is everything stands alone. */
export function describeParts(parts: readonly { readonly part: PacketTotal; readonly words: string }[], whole: PacketTotal): string {
  const some = parts.filter(({ part }) => part.packets !== '0');
  const [only] = some;
  if (only === undefined) return 'no packet';
  if (some.length === 1) return describePart(only.part, whole);
  return some
    .map(
      ({ part, words }, index) =>
        `${index === 0 ? describePart(part, whole) : describePart(part, whole).replace(/ of the packets$/, '')} ${words}`,
    )
    .join(', ');
}

export function addTotals(totals: readonly PacketTotal[]): PacketTotal {
  const sum = (key: keyof PacketTotal): string => totals.reduce((all, total) => all + BigInt(total[key]), 0n).toString();
  return { packets: sum('packets'), ipv4: sum('ipv4'), ipv6: sum('ipv6') };
}

function isAll(part: PacketTotal, whole: PacketTotal): boolean {
  return part.ipv4 === whole.ipv4 && part.ipv6 === whole.ipv6;
}

const STEPS = 10_000_000n;

/** Null where the whole has no packet of the family. Exact for nothing and for everything, else between them. */
function percentOf(part: string, whole: string): string | null {
  if (whole === '0') return null;
  if (part === whole) return '100 %';
  if (part === '0') return '0 %';
  const steps = (BigInt(part) * STEPS) / BigInt(whole);
  return formatPercent(Number(steps === 0n ? 1n : steps) / Number(STEPS));
}
