import type { AuditedPolicy, AuditResult } from '../../model/audit-result.ts';
import type { Finding } from '../../model/finding.ts';
import { formatRuleRef } from '../../model/rule.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { FINDING_COLUMNS, type FindingRow } from '../../model/table-columns.ts';
import { describeCoverers, describeUnusedParts } from '../claim-words.ts';
import { toCsv } from '../escape/csv-escape.ts';
import { type ReportContext, toReportContext } from '../report-context.ts';
import { keyOf, type RuleView, toRuleViews } from '../rule-index.ts';
import { type CellsOf, REPORT_CELLS, type ReportTable, toTable, yesNo } from '../table-cells.ts';
import type { TextRenderer } from './renderer.ts';

/** One row per finding with its evidence, safe for spreadsheets. */
export const findingsCsv: TextRenderer = {
  name: 'findings-csv',
  title: 'Findings, safe for spreadsheets',
  suffixes: ['.csv'],
  render: (result) => toCsv(toFindingsTable(result), 'spreadsheet'),
};

export const findingsRawCsv: TextRenderer = {
  name: 'findings-csv-raw',
  title: 'Findings for programs: text exactly as read, not safe to open in a spreadsheet',
  suffixes: ['.raw.csv'],
  render: (result) => toCsv(toFindingsTable(result), 'raw'),
};

/** In the order of the result. A finding on a rule that is gone has empty rule cells. */
export function toFindingsTable(result: AuditResult): ReportTable {
  const context = toReportContext(result);
  const views = new Map(toRuleViews(result).map((view) => [keyOf({ policy: view.policy.id, rule: view.rule.id }), view]));
  const policies = new Map(result.policies.map((policy) => [policy.id, policy]));
  const rows = result.findings.map((finding) => ({
    context,
    window: result.window,
    finding,
    view: views.get(keyOf(finding)),
    policy: policies.get(finding.policy),
  }));
  return toTable(FINDING_COLUMNS, CELLS, rows);
}

interface FindingRowSource {
  readonly context: ReportContext;
  readonly window: AuditResult['window'];
  readonly finding: Finding;
  readonly view: RuleView | undefined;
  readonly policy: AuditedPolicy | undefined;
}

const CELLS: CellsOf<FindingRow, FindingRowSource> = {
  ...REPORT_CELLS,
  finding: ({ finding }) => finding.id,
  kind: ({ finding }) => finding.kind,
  severity: ({ finding }) => finding.severity,
  status: ({ finding }) => finding.status,
  policy: ({ finding }) => finding.policy,
  policy_name: ({ policy }) => policy?.name ?? '',
  platform: ({ policy }) => policy?.format ?? '',
  account: ({ policy }) => policy?.account ?? '',
  network: ({ policy }) => policy?.network ?? '',
  rule: ({ finding }) => finding.rule,
  native_id: ({ view }) => view?.rule.nativeId ?? '',
  rule_key: ({ view }) => view?.rule.ruleKey ?? '',
  rule_name: ({ view }) => view?.rule.name ?? '',
  as_written: ({ view }) => view?.rule.asWritten ?? '',
  source_ref: ({ view }) => (view === undefined ? '' : formatSourceRef(view.rule.sourceRef)),
  owner: ({ view }) => view?.rule.owner ?? '',
  explanation: ({ finding }) => finding.explanation,
  relation: ({ finding }) => finding.relation ?? '',
  by: ({ finding }) => finding.by ?? '',
  usage: ({ finding }) => finding.usage ?? '',
  covered_by: ({ finding }) => describeCoverers(finding).join('; '),
  covered_by_omitted: ({ finding }) => finding.coveredByOmitted?.count ?? null,
  merge_with: ({ finding }) => (finding.mergeWith ?? []).map(formatRuleRef).join('; '),
  unused_parts: ({ finding }) => describeUnusedParts(finding).join('; '),
  witness: ({ finding }) => finding.witness ?? '',
  proof_type: ({ finding }) => finding.proof?.type ?? '',
  proof_sha256: ({ finding }) => finding.proof?.sha256 ?? '',
  evidence_grade: ({ finding }) => finding.evidence.grade,
  evidence_reasons: ({ finding }) => finding.evidence.reasons.join('; '),
  observation_start: ({ window }) => window?.from ?? '',
  observation_end: ({ window }) => window?.to ?? '',
  observed_days: ({ window }) => window?.days ?? null,
  effective_days: ({ view }) => view?.rule.evidence?.effectiveDays ?? null,
  coverage: ({ view }) => view?.rule.evidence?.coverage ?? '',
  hits_certain: ({ view }) => view?.rule.usage?.certain ?? null,
  hits_possible: ({ view }) => view?.rule.usage?.possible ?? null,
  last_hit: ({ view }) => view?.rule.usage?.lastHit ?? '',
  removal_changes_decisions: ({ finding }) => yesNo(finding.removal.changesDecisions),
  removal_safe_alone: ({ finding }) => yesNo(finding.removal.safeAlone),
  proposed_change: ({ finding, view }) => (view?.removal?.because.includes(finding.id) ? view.removal.effect : ''),
  not_proposed_because: notProposedBecause,
};

function notProposedBecause({ finding, view }: FindingRowSource): string {
  const entries = (view?.notProposed ?? []).filter((entry) => entry.because.includes(finding.id));
  return entries.map((entry) => `${entry.reason}: ${entry.detail}`).join('; ');
}
