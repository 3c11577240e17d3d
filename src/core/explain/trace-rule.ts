import type { Decides } from '../../model/explanation.ts';
import type { Policy } from '../../model/policy.ts';
import { analysePolicy } from '../trace/analyse-policy.ts';
import type { PacketCount } from '../trace/packets.ts';
import { formatWitness } from '../trace/witness.ts';

/** Regions that one question may take up: beyond it there is no answer, never an approximate one. */
const BUDGET = 1_000_000;
const MOST_COVERERS = 100;

/** What a rule really decides, by exact trace. Null for a rule that has no part in its policy (switched off, stale), or beyond the budget. */
export function traceRule(policy: Policy, rule: string): Decides | null {
  const analysis = analysePolicy(policy, { budget: BUDGET });
  const verdict = analysis.verdictOf(rule);
  if (verdict === null) return null;
  const coverage = analysis.deciders(rule);
  if (coverage === null) return null;
  const asked = sum(coverage.total);
  const decided = sum(coverage.deciders.find((share) => share.rule === rule)?.packets ?? { ipv4: 0n, ipv6: 0n });
  const others = coverage.deciders
    .filter((share) => share.rule !== rule)
    .map((share) => ({ rule: share.rule, packets: sum(share.packets) }))
    .sort((a, b) => (a.packets === b.packets ? 0 : a.packets > b.packets ? -1 : 1));
  return {
    asked: asked.toString(),
    decided: decided.toString(),
    share: toShare(decided, asked),
    undecided: sum(coverage.undecided).toString(),
    witness: verdict.witness === null ? null : formatWitness(verdict.witness),
    coveredBy: others.slice(0, MOST_COVERERS).map((share) => ({
      policy: policy.id,
      rule: share.rule,
      packets: share.packets.toString(),
      share: toShare(share.packets, asked),
    })),
    coveredByOmitted: Math.max(0, others.length - MOST_COVERERS),
  };
}

function sum({ ipv4, ipv6 }: PacketCount): bigint {
  return ipv4 + ipv6;
}

/** Rounded down to six decimals; nothing of nothing is nothing. */
function toShare(part: bigint, whole: bigint): string {
  return whole === 0n ? '0' : String(Number((part * 1_000_000n) / whole) / 1_000_000);
}
