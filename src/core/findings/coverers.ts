import type { Coverer, Finding } from '../../model/finding.ts';
import { addPackets, compareShares, formatPackets, formatShare, isNoPackets, NO_PACKETS } from '../structure/packet-shares.ts';
import type { Coverage } from '../trace/analyse-policy.ts';
import type { PacketCount } from '../trace/packets.ts';

/** Who decides the packets of a rule, as a finding says it. */
export type NamedCover = Pick<Finding, 'coveredBy' | 'coveredByOmitted' | 'undecided'>;

const MOST_COVERERS = 100;

/**
 * The deciders by descending share, at most 100 of them; `under` are rules that decide packets under some value of an unknown only, and stand at
 * the end without packets. All packets together are those of the rule.
 *
 * @param coverage null when the packets could not be counted: then the rules stand without numbers
 * @param except the rule itself, where it decides a part
 */
export function nameCover(
  policy: string,
  coverage: Coverage | null,
  under: readonly string[] = [],
  except: string | null = null,
): NamedCover {
  if (coverage === null) {
    return { coveredBy: under.slice(0, MOST_COVERERS).map((rule) => ({ policy, rule, packets: null, share: null })) };
  }
  const { total, undecided } = coverage;
  // Stable: of equal shares the order of evaluation stays.
  const deciders = coverage.deciders.filter(({ rule }) => rule !== except).sort((a, b) => compareShares(a.packets, b.packets, total));
  const named = [...deciders, ...under.map((rule) => ({ rule, packets: NO_PACKETS }))];
  const omitted = named.slice(MOST_COVERERS);
  return {
    coveredBy: named.slice(0, MOST_COVERERS).map(({ rule, packets }) => toCoverer(policy, rule, packets, total)),
    ...(omitted.length === 0
      ? {}
      : {
          coveredByOmitted: {
            count: omitted.length,
            packets: formatPackets(omitted.reduce((sum, { packets }) => addPackets(sum, packets), NO_PACKETS)),
          },
        }),
    ...(isNoPackets(undecided) ? {} : { undecided: { packets: formatPackets(undecided), share: formatShare(undecided, total) } }),
  };
}

function toCoverer(policy: string, rule: string, packets: PacketCount, total: PacketCount): Coverer {
  const hasBoth = total.ipv4 > 0n && total.ipv6 > 0n;
  return {
    policy,
    rule,
    packets: formatPackets(packets),
    ...(hasBoth ? { packetsByFamily: { ipv4: packets.ipv4.toString(), ipv6: packets.ipv6.toString() } } : {}),
    share: formatShare(packets, total),
  };
}
