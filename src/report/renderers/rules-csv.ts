import type { AuditResult, Input } from '../../model/audit-result.ts';
import { formatRuleRef } from '../../model/rule.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { RULE_COLUMNS, type RuleRow } from '../../model/table-columns.ts';
import { toCsv } from '../escape/csv-escape.ts';
import { stateEvidence } from '../evidence-statement.ts';
import { recommend } from '../recommendation.ts';
import { inputsByPath, type ReportContext, toReportContext } from '../report-context.ts';
import { type RuleView, severityRank, toRuleViews } from '../rule-index.ts';
import { type CellsOf, REPORT_CELLS, type ReportTable, toTable, yesNo } from '../table-cells.ts';
import type { TextRenderer } from './renderer.ts';

/** The unused-rule report: the whole rule population, one row per rule, the evidence beside every claim, columns to fill in at the end. */
export const rulesCsv: TextRenderer = {
  name: 'rules-csv-report',
  title: 'Unused-rule report: every rule with its evidence, safe for spreadsheets',
  suffixes: ['rules.csv'],
  render: (result) => toCsv(toRulesTable(result), 'spreadsheet'),
};

export const rulesRawCsv: TextRenderer = {
  name: 'rules-csv-report-raw',
  title: 'The same for programs: text exactly as read, not safe to open in a spreadsheet',
  suffixes: ['rules.raw.csv'],
  render: (result) => toCsv(toRulesTable(result), 'raw'),
};

/** By policy and rank. */
export function toRulesTable(result: AuditResult): ReportTable {
  const context = toReportContext(result);
  const inputs = inputsByPath(result);
  const rows = toRuleViews(result).map((view) => ({
    ...view,
    context,
    window: result.window,
    input: inputs.get(view.rule.sourceRef.path),
  }));
  return toTable(RULE_COLUMNS, CELLS, rows);
}

interface RuleRowSource extends RuleView {
  readonly context: ReportContext;
  readonly window: AuditResult['window'];
  readonly input: Input | undefined;
}

const CELLS: CellsOf<RuleRow, RuleRowSource> = {
  ...REPORT_CELLS,
  policy: ({ policy }) => policy.id,
  policy_name: ({ policy }) => policy.name,
  platform: ({ policy }) => policy.format,
  account: ({ policy }) => policy.account,
  network: ({ policy }) => policy.network,
  native_policy_id: ({ policy }) => policy.nativeId,
  direction: ({ policy }) => policy.direction ?? '',
  evaluation: ({ policy }) => policy.evaluation,
  default_action: ({ policy }) => policy.defaultAction,
  input_path: ({ rule }) => rule.sourceRef.path,
  input_sha256: ({ input }) => input?.sha256 ?? '',
  collected_at: ({ input }) => input?.at ?? '',
  source_ref: ({ rule }) => formatSourceRef(rule.sourceRef),
  rule: ({ rule }) => rule.id,
  native_id: ({ rule }) => rule.nativeId ?? '',
  rule_key: ({ rule }) => rule.ruleKey,
  position: ({ rule }) => rule.rank,
  name: ({ rule }) => rule.name,
  description: ({ rule }) => rule.description,
  as_written: ({ rule }) => rule.asWritten,
  action: ({ rule }) => rule.action,
  enabled: ({ rule }) => yesNo(rule.enabled),
  source: ({ rule }) => join(rule.match.source),
  destination: ({ rule }) => join(rule.match.destination),
  services: ({ rule }) => join(rule.match.services),
  evaluable: ({ rule }) => rule.evaluable,
  unknown_conditions: ({ rule }) => join(rule.opaque),
  owner: ({ rule }) => rule.owner,
  ticket: ({ rule }) => rule.ticket,
  created_at: ({ rule }) => rule.createdAt ?? '',
  modified_at: ({ rule }) => rule.modifiedAt ?? '',
  documented_expiry: ({ rule }) => rule.documentedExpiry,
  in_force_since: ({ rule }) => rule.inForceSince ?? '',
  age_source: ({ rule }) => rule.ageSource ?? '',
  missing_metadata: missingMetadata,
  decides_share: ({ rule }) => rule.decides?.share ?? '',
  overlap_relation: ({ rule }) => rule.overlap?.relation ?? '',
  generalizes: ({ rule }) => join(rule.overlap?.generalizes ?? []),
  correlates: ({ rule }) => join(rule.overlap?.correlates ?? []),
  usage_status: ({ standing }) => standing,
  evidence_grade: ({ rule }) => rule.evidence?.grade ?? '',
  evidence_reasons: ({ rule }) => join(rule.evidence?.reasons ?? []),
  evidence_statement: ({ rule, window }) => stateEvidence(rule, window),
  hits_certain: ({ rule }) => rule.usage?.certain ?? null,
  hits_possible: ({ rule }) => rule.usage?.possible ?? null,
  hits_sole_min: ({ rule }) => rule.usage?.sole[0] ?? null,
  hits_sole_max: ({ rule }) => rule.usage?.sole[1] ?? null,
  hits_answered: ({ rule }) => rule.usage?.answered ?? null,
  hits_as_response: ({ rule }) => rule.usage?.asResponse ?? null,
  records: ({ rule }) => rule.usage?.records ?? null,
  packets: ({ rule }) => rule.usage?.packets ?? '',
  bytes: ({ rule }) => rule.usage?.bytes ?? '',
  first_hit: ({ rule }) => rule.usage?.firstHit ?? '',
  last_hit: ({ rule }) => rule.usage?.lastHit ?? '',
  active_days: ({ rule }) => rule.usage?.activeDays ?? null,
  attachments_used: ({ rule }) => rule.usage?.attachmentsUsed ?? null,
  attachments_total: ({ policy, rule }) => rule.usage?.attachmentsTotal ?? policy.attachments?.length ?? null,
  device_hits: ({ rule }) => rule.deviceHits,
  hit_source: hitSource,
  observation_start: ({ window }) => window?.from ?? '',
  observation_end: ({ window }) => window?.to ?? '',
  observed_days: ({ window }) => window?.days ?? null,
  effective_days: ({ rule }) => rule.evidence?.effectiveDays ?? null,
  coverage: ({ rule }) => rule.evidence?.coverage ?? '',
  empty_hours_utc: ({ rule }) => join((rule.evidence?.emptyHourCells ?? []).map(String)),
  max_daily_rate_95: ({ rule }) => rule.evidence?.maxDailyRate95 ?? '',
  finding_kinds: ({ findings }) => join(findings.map((finding) => finding.kind)),
  finding_ids: ({ findings }) => join(findings.map((finding) => finding.id)),
  severity: highestSeverity,
  related_rules: ({ findings }) => join([...new Set(findings.flatMap((finding) => finding.coveredBy.map(formatRuleRef)))]),
  recommendation: recommend,
  not_proposed_because: ({ notProposed }) => join([...new Set(notProposed.map((entry) => entry.reason))]),
};

function missingMetadata({ rule }: RuleRowSource): string {
  const missing = [
    rule.owner === '' ? 'owner' : '',
    rule.ticket === '' ? 'ticket' : '',
    rule.description === '' ? 'description' : '',
    rule.inForceSince === null ? 'age' : '',
  ];
  return join(missing.filter((name) => name !== ''));
}

function hitSource({ rule }: RuleRowSource): string {
  if (rule.usage === null) return rule.deviceHits === null ? 'none' : 'device counter';
  return rule.deviceHits === null ? 'computed from logs' : 'both';
}

function highestSeverity({ findings }: RuleRowSource): string {
  const [highest] = [...findings].sort((a, b) => severityRank(b.severity) - severityRank(a.severity));
  return highest?.severity ?? '';
}

function join(values: readonly string[]): string {
  return values.join('; ');
}
