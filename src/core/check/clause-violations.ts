import type { CheckKind } from '../../model/check-result.ts';
import { type Severity, severitySchema } from '../../model/finding.ts';
import type { PacketSet } from '../../model/packet-area.ts';
import type { Region } from '../../model/region-notation.ts';
import { DEFAULT_RULE } from '../../model/rule.ts';
import { type JudgedClause, judgeClauses } from '../ask/judge-clauses.ts';
import { ruleKey } from '../findings/rule-key.ts';
import { type ChangedPolicy, causeOf } from './changed-policy.ts';
import type { IntroducedDraft } from './draft.ts';
import { type WidenedRule, whereItStands } from './widened-rules.ts';

/** A clause of the guardrails, as far as a check needs it. Of a list the first clause that holds a packet decides it. */
export interface CheckedClause extends JudgedClause {
  readonly id: string;
  readonly title: string;
  readonly kind: CheckKind | 'exception' | 'standard-request';
  /** Null: from the list that rulesweep has. */
  readonly line: number | null;
  readonly severity: Severity;
  readonly reason: string;
}

/** Regions that one question about clauses may take up. */
const BUDGET = 1_000_000;

/**
 * Newly permitted packets that a clause denies: one item for each rule and clause, services of one list together.
 *
 * @param lists each list is judged by itself
 * @returns null in place of an answer that takes more than the budget is told by `unknown`, rules by id
 */
export function findViolations(
  changed: ChangedPolicy,
  widened: readonly WidenedRule[],
  lists: readonly (readonly CheckedClause[])[],
): { readonly drafts: readonly IntroducedDraft[]; readonly unknown: readonly string[] } {
  const drafts: IntroducedDraft[] = [];
  const unknown = new Set<string>();
  for (const rule of widened) {
    const regions = whereItStands(changed, rule);
    if (regions.length === 0) continue;
    for (const clauses of lists) {
      const found = violationsOf(changed, rule, regions, clauses);
      if (found === null) unknown.add(rule.rule?.id ?? DEFAULT_RULE);
      else drafts.push(...found);
    }
  }
  return { drafts, unknown: [...unknown] };
}

function violationsOf(
  changed: ChangedPolicy,
  { policy, rule }: WidenedRule,
  regions: readonly Region[],
  clauses: readonly CheckedClause[],
): IntroducedDraft[] | null {
  const shares = clauses.length === 0 ? [] : judgeClauses(clauses, regions, BUDGET);
  if (shares === null) return null;
  const violated = shares.flatMap(({ clause: index, packets }): Violation[] => {
    const clause = clauses[index];
    if (clause === undefined || clause.verdict !== 'deny' || clause.kind === 'exception' || clause.kind === 'standard-request') return [];
    return [{ clause, kind: clause.kind, packets }];
  });
  return groupServices(violated).flatMap((violations): IntroducedDraft[] => {
    const [first] = violations;
    if (first === undefined) return [];
    const { clause, kind } = first;
    const isOnly = violations.length === 1;
    return [
      {
        kind,
        severity: worstOf(violations),
        policy: policy.id,
        rule: rule?.id ?? DEFAULT_RULE,
        ruleKey: rule === null ? null : ruleKey(rule),
        asWritten: rule?.asWritten ?? '',
        sourceRef: rule?.sourceRef ?? policy.sourceRef,
        cause: rule === null ? 'other rules changed' : causeOf(changed, rule),
        message: `Newly permits what the guardrails do not: ${describe(violations)}. Narrow the rule, or ask for an exception with an owner and an end.`,
        clause: isOnly ? { id: clause.id, title: clause.title, line: clause.line } : null,
        packets: violations.map(({ packets }) => packets).reduce(joinSets),
        finding: null,
      },
    ];
  });
}

interface Violation {
  readonly clause: CheckedClause;
  readonly kind: CheckKind;
  readonly packets: PacketSet;
}

/** A rule that is open wide meets every service of the list: that is one thing to say, not thirty. */
function groupServices(violations: readonly Violation[]): Violation[][] {
  const groups = new Map<string, Violation[]>();
  for (const violation of violations) {
    const isService = violation.kind === 'insecure-service' || violation.kind === 'risky-service';
    const key = isService ? violation.kind : `${violation.kind} ${violation.clause.id}`;
    groups.set(key, [...(groups.get(key) ?? []), violation]);
  }
  return [...groups.values()];
}

function worstOf(violations: readonly Violation[]): Severity {
  const severities = violations.map(({ clause }) => clause.severity);
  return [...severitySchema.options].reverse().find((severity) => severities.includes(severity)) ?? 'info';
}

const MOST_NAMED = 4;

function describe(violations: readonly Violation[]): string {
  const texts = violations.map(({ clause: { title, reason } }) => (reason === '' ? title : `${title} (${reason})`));
  const more = texts.length - MOST_NAMED;
  return `${texts.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const MOST_REGIONS = 100;

/** Packets of different clauses of one list: no packet is in both. */
function joinSets(a: PacketSet, b: PacketSet): PacketSet {
  const sum = (family: 'packets' | 'ipv4' | 'ipv6'): string => String(BigInt(a.count[family]) + BigInt(b.count[family]));
  const regions = [...a.regions, ...b.regions];
  return {
    count: { packets: sum('packets'), ipv4: sum('ipv4'), ipv6: sum('ipv6') },
    regions: regions.slice(0, MOST_REGIONS),
    regionsOmitted: a.regionsOmitted + b.regionsOmitted + Math.max(0, regions.length - MOST_REGIONS),
    witness: a.witness,
  };
}
