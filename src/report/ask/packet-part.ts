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

interface NamedPart {
  readonly part: PacketTotal;
  readonly words: string;
}

/**
 * `64 packets (25 %) permitted, 192 packets (75 %) denied`; parts of nothing are left out, and one that is everything needs no words. Where the
 * families differ, one after the other.
 */
export function describeParts(parts: readonly NamedPart[], whole: PacketTotal): string {
  const some = parts.filter(({ part }) => part.packets !== '0');
  const [first] = some;
  if (first === undefined) return 'no packet';
  if (some.length === 1 && isAll(first.part, whole)) return describePart(first.part, whole);
  if (whole.ipv4 === '0' || whole.ipv6 === '0' || some.every(({ part }) => !formatPart(part, whole).includes('IPv6')))
    return listParts(some, whole);
  return `IPv4: ${listParts(onlyOf('ipv4', some), only('ipv4', whole))}; IPv6: ${listParts(onlyOf('ipv6', some), only('ipv6', whole))}`;
}

function listParts(parts: readonly NamedPart[], whole: PacketTotal): string {
  return parts
    .map(({ part, words }, index) => {
      const text = describePart(part, whole);
      return `${index === 0 ? text : text.replace(/ of the packets$/, '')} ${words}`;
    })
    .join(', ');
}

function onlyOf(family: 'ipv4' | 'ipv6', parts: readonly NamedPart[]): NamedPart[] {
  return parts.map(({ part, words }) => ({ part: only(family, part), words })).filter(({ part }) => part.packets !== '0');
}

function only(family: 'ipv4' | 'ipv6', total: PacketTotal): PacketTotal {
  return { packets: total[family], ipv4: '0', ipv6: '0', [family]: total[family] };
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
