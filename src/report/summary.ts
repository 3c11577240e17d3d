import type { AuditResult, Coverage, NotProposed } from '../model/audit-result.ts';
import { type Finding, type FindingKind, findingKindSchema, type Grade, type Severity, severitySchema } from '../model/finding.ts';
import { openFindings, toRuleViews } from './rule-index.ts';
import { type RuleStanding, STANDINGS } from './rule-standing.ts';
import { mostFrequentFirst } from './skipped-records.ts';

/** The counts every report opens with. All of them are over the whole population and add up. */
export interface Summary {
  readonly ruleCount: number;
  readonly policyCount: number;
  /** Sum: `ruleCount`. */
  readonly evaluable: Readonly<Record<'full' | 'partial' | 'no', number>>;
  /** Sum: `ruleCount`. */
  readonly standings: Readonly<Record<RuleStanding, number>>;
  /** Of the unused rules; sum: `standings.unused`. */
  readonly unusedByGrade: Readonly<Partial<Record<Grade, number>>>;
  /** Highest severity first; accepted and fixed ones are only counted. */
  readonly open: readonly Finding[];
  readonly settledCount: number;
  /** Severities that occur, highest first; sum: `open.length`. */
  readonly bySeverity: readonly (readonly [Severity, number])[];
  /** Kinds that occur, in the order of the schema; sum: `open.length`. */
  readonly byKind: readonly (readonly [FindingKind, number])[];
  readonly removals: { readonly none: number; readonly narrows: number };
  /** Most frequent first. */
  readonly notProposedByReason: readonly (readonly [NotProposed['reason'], number])[];
  readonly logs: LogCount | null;
  /** Known or not, the least covered first; empty without traffic. */
  readonly coverage: readonly Coverage[];
  /** The least covered interface that an inventory knows: an unknown one grades no rule. Any, when none is known. */
  readonly worstCoverage: Coverage | null;
}

/** The log files together: records = accepted + skipped. */
export interface LogCount {
  readonly fileCount: number;
  readonly records: number;
  readonly accepted: number;
  readonly skipped: number;
  /** Most frequent first. */
  readonly skippedByReason: readonly (readonly [string, number])[];
}

export function summarise(result: AuditResult): Summary {
  const views = toRuleViews(result);
  const open = openFindings(result.findings);
  const unused = views.filter((view) => view.standing === 'unused');
  const { removals, notProposed } = result.plan;
  const coverage = leastCoveredFirst(result.traffic?.coverage ?? []);
  return {
    ruleCount: views.length,
    policyCount: result.policies.length,
    evaluable: countInto(
      ['full', 'partial', 'no'],
      views.map((view) => view.rule.evaluable),
    ),
    standings: countInto(
      STANDINGS,
      views.map((view) => view.standing),
    ),
    unusedByGrade: Object.fromEntries(countOf(unused.map((view) => view.rule.evidence?.grade ?? 'I'))),
    open,
    settledCount: result.findings.length - open.length,
    bySeverity: inOrder(
      [...severitySchema.options].reverse(),
      open.map((finding) => finding.severity),
    ),
    byKind: inOrder(
      findingKindSchema.options,
      open.map((finding) => finding.kind),
    ),
    removals: {
      none: removals.filter((removal) => removal.effect === 'none').length,
      narrows: removals.filter((removal) => removal.effect === 'narrows').length,
    },
    notProposedByReason: mostFrequentFirst(countOf(notProposed.map((entry) => entry.reason))),
    logs: countLogs(result),
    coverage,
    worstCoverage: coverage.find((entry) => entry.known) ?? coverage[0] ?? null,
  };
}

function leastCoveredFirst(coverage: readonly Coverage[]): Coverage[] {
  return [...coverage].sort((a, b) => Number(a.coverage) - Number(b.coverage) || (a.attachment < b.attachment ? -1 : 1));
}

function countLogs(result: AuditResult): LogCount | null {
  const files = result.inputs.filter((input) => input.role === 'flows');
  if (files.length === 0) return result.traffic === null ? null : countFromTraffic(result.traffic);
  const reasons = new Map<string, number>();
  for (const file of files) {
    for (const [reason, count] of Object.entries(file.skippedByReason)) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  }
  const sum = (pick: (file: (typeof files)[number]) => number): number => files.reduce((total, file) => total + pick(file), 0);
  return {
    fileCount: files.length,
    records: sum((file) => file.records),
    accepted: sum((file) => file.accepted),
    skipped: sum((file) => file.skipped),
    skippedByReason: mostFrequentFirst(reasons),
  };
}

/** Logs that came from a store: the result no longer lists their files. */
function countFromTraffic(traffic: NonNullable<AuditResult['traffic']>): LogCount {
  return {
    fileCount: 0,
    records: traffic.records,
    accepted: traffic.accepted,
    skipped: traffic.records - traffic.accepted,
    skippedByReason: mostFrequentFirst(Object.entries(traffic.skippedByReason)),
  };
}

function countOf<Key extends string>(values: readonly Key[]): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function countInto<Key extends string>(keys: readonly Key[], values: readonly Key[]): Record<Key, number> {
  const counts = countOf(values);
  return Object.fromEntries(keys.map((key) => [key, counts.get(key) ?? 0])) as Record<Key, number>;
}

function inOrder<Key extends string>(keys: readonly Key[], values: readonly Key[]): (readonly [Key, number])[] {
  const counts = countOf(values);
  return keys.flatMap((key) => (counts.has(key) ? [[key, counts.get(key) ?? 0] as const] : []));
}
