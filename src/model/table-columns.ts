import * as z from 'zod';

/** A column of a published table: its header and what a cell holds. */
export interface TableColumn {
  readonly name: string;
  readonly description: string;
}

const text = (description: string) => z.string().describe(description);
/** A count or a measure; null is an empty cell: not known, or not applicable. */
const count = (description: string) => z.int().nullable().describe(description);
const yesNo = (description: string) => z.enum(['yes', 'no']).describe(description);

/** Left empty for the people who review; never part of `row_sha256`. */
const REVIEW_COLUMNS = {
  reviewer: text('To be filled in: who reviewed this row'),
  review_decision: text('To be filled in: keep, remove, narrow, ask owner, accept risk'),
  decision_date: text('To be filled in: date of the decision'),
  decision_reason: text('To be filled in: why'),
};

const REPORT_COLUMNS = {
  report_id: text('R- and 16 hex digits of the SHA-256 of audit.json: equal for every table of one audit'),
  as_of: text('The date the audit speaks for, ISO 8601 UTC; empty when none was given and no traffic was read'),
  tool_version: text('Version of rulesweep'),
  complete: yesNo('no: part of the input is missing or unreadable; the reasons are in audit.json, incompleteBecause'),
};

/** `rules.csv`: the unused-rule report. One row per rule of the whole population, by policy and rank, with the evidence beside every claim. */
export const ruleRowSchema = z.strictObject({
  ...REPORT_COLUMNS,
  policy: text('Id of the policy; unique in the audit'),
  policy_name: text('Name of the policy as exported'),
  platform: text('Format the policy was read from'),
  account: text('Account or tenant that holds the policy; empty when the export does not say'),
  network: text('VPC or network that holds the policy; empty when the export does not say'),
  native_policy_id: text('Id of the native object, such as the security group'),
  direction: text('in, out, or empty where the platform has no directions'),
  evaluation: text('first-match or any-permit'),
  default_action: text('What the policy does with packets no rule matches'),
  input_path: text('File the rule was read from'),
  input_sha256: text('SHA-256 of that file'),
  collected_at: text('Date of that file, as given or stated in it; empty when undated'),
  source_ref: text('Place in that file: path:line or path#pointer'),
  rule: text('Id of the rule; unique in its policy'),
  native_id: text('Id the platform gave the rule; empty when it has none'),
  rule_key: text('Hash of the content of the rule (match and effect), whatever its id and place'),
  position: count('Rank in the evaluation, from 0; only a stable order in any-permit policies'),
  name: text('Name as configured'),
  description: text('Comment as configured'),
  as_written: text('The rule as its export states it'),
  action: text('permit or deny'),
  enabled: yesNo('Whether the rule is switched on'),
  source: text('Sources, separated by "; "'),
  destination: text('Destinations, separated by "; "'),
  services: text('Protocols and ports, separated by "; "'),
  evaluable: text('full, partial or no: how much of the match can be computed'),
  unknown_conditions: text('Conditions that cannot be computed, separated by "; "'),
  owner: text('Owner as recorded'),
  ticket: text('Ticket or change as recorded'),
  created_at: text('Creation as recorded'),
  modified_at: text('Last change as recorded'),
  documented_expiry: text('End as documented: it changes nothing on the device'),
  in_force_since: text('Earliest time at which the rule is known to have been in force in this form'),
  age_source: text('Where in_force_since is known from'),
  missing_metadata: text('Which of owner, ticket, description and age nobody recorded'),
  decides_share: text('Part of its packets that it decides itself, 0 to 1; empty when not known'),
  overlap_relation: text('Where earlier rules take a part of it: same, opposite, mixed or unknown, its action compared with theirs'),
  generalizes: text('Earlier rules with the other action that it holds entirely'),
  correlates: text('Earlier rules with the other action that overlap it in part'),
  usage_status: text('used, unused, no hits seen, possibly used, contradictory, indeterminate, or not assessed (no traffic was given)'),
  evidence_grade: text('P A B C D I X U; empty when not assessed'),
  evidence_reasons: text('Machine codes: why the grade is no better'),
  evidence_statement: text('The evidence as a sentence'),
  hits_certain: count('Connections the rule surely decided (lower bound)'),
  hits_possible: count('Connections the rule may have decided (upper bound)'),
  hits_sole_min: count('Connections only this rule can explain, lower bound'),
  hits_sole_max: count('Connections only this rule can explain, upper bound'),
  hits_answered: count('Of the certain connections: answered by the responder'),
  hits_as_response: count('Of the certain hits in stateless policies: packets that were replies'),
  records: count('Log records of the certain connections'),
  packets: text('Packets of the certain connections, both directions'),
  bytes: text('Bytes of the certain connections, both directions'),
  first_hit: text('First certain hit in the window'),
  last_hit: text('Last certain hit in the window'),
  active_days: count('Days with a certain hit'),
  attachments_used: count('Interfaces with a certain hit'),
  attachments_total: count('Interfaces the policy is on; empty when it sees every flow'),
  device_hits: count("The device's own counter; empty when none was given"),
  hit_source: text('computed from logs, device counter, both, or none'),
  observation_start: text('Start of the window'),
  observation_end: text('End of the window'),
  observed_days: count('Days in the window'),
  effective_days: count('Days on which the rule was in force and observed'),
  coverage: text('Observed share of the window, 0 to 1, of the worst interface'),
  empty_hours_utc: text('Hours of the day (UTC) no log covers on some interface'),
  max_daily_rate_95: text('Highest daily use compatible with no hit, at 95 %'),
  finding_kinds: text('Kinds of the findings on this rule, separated by "; "'),
  finding_ids: text('Their ids, in the same order'),
  severity: text('Highest severity among them'),
  related_rules: text('Rules that cover or repeat this one, policy/rule'),
  recommendation: text('remove, remove (narrows), review, collect evidence, resolve input, or keep'),
  not_proposed_because: text('Machine codes: why a candidate is not in the plan'),
  row_sha256: text('SHA-256 over the cells to the left: the canonical JSON array of their texts'),
  ...REVIEW_COLUMNS,
});
export type RuleRow = z.infer<typeof ruleRowSchema>;

/** `findings.csv`: one row per finding, in the order of the audit. */
export const findingRowSchema = z.strictObject({
  ...REPORT_COLUMNS,
  finding: text('Id of the finding: stable across runs and reordering'),
  kind: text('Kind of finding'),
  severity: text('info, low, medium, high or critical'),
  status: text('new, known, accepted, fixed or regressed'),
  policy: text('Id of the policy'),
  policy_name: text('Name of the policy as exported'),
  platform: text('Format the policy was read from'),
  account: text('Account or tenant that holds the policy'),
  network: text('VPC or network that holds the policy'),
  rule: text('Id of the rule that would go or give way'),
  native_id: text('Id the platform gave the rule'),
  rule_key: text('Hash of the content of the rule'),
  rule_name: text('Name as configured'),
  as_written: text('The rule as its export states it'),
  source_ref: text('Where the rule was read'),
  owner: text('Owner as recorded'),
  explanation: text('What was found, for a person'),
  relation: text('For covered rules: same, opposite, mixed or unknown'),
  by: text('For redundant rules: earlier, later or others'),
  usage: text('For unused rules: never-seen or stale'),
  covered_by: text('Rules that decide its packets, with their share'),
  covered_by_omitted: count('How many more of them there are'),
  merge_with: text('Rules it can be merged with'),
  unused_parts: text('Parts of the rule that carried nothing'),
  witness: text('A packet that shows it'),
  proof_type: text('Kind of proof'),
  proof_sha256: text('SHA-256 of the proof'),
  evidence_grade: text('P A B C D I X U'),
  evidence_reasons: text('Machine codes: why the grade is no better'),
  observation_start: text('Start of the window'),
  observation_end: text('End of the window'),
  observed_days: count('Days in the window'),
  effective_days: count('Days on which the rule was in force and observed'),
  coverage: text('Observed share of the window, 0 to 1, of the worst interface'),
  hits_certain: count('Connections the rule surely decided'),
  hits_possible: count('Connections the rule may have decided'),
  last_hit: text('Last certain hit in the window'),
  removal_changes_decisions: yesNo('Whether removing the rule changes what is permitted or denied'),
  removal_safe_alone: yesNo('Whether the rule may go without another change'),
  proposed_change: text('none or narrows when the plan removes the rule; empty when it does not'),
  not_proposed_because: text('Machine code and detail: why the plan does not'),
  row_sha256: text('SHA-256 over the cells to the left: the canonical JSON array of their texts'),
  ...REVIEW_COLUMNS,
});
export type FindingRow = z.infer<typeof findingRowSchema>;

/** The header of `rules.csv`, in order. */
export const RULE_COLUMNS: readonly TableColumn[] = columnsOf(ruleRowSchema);

/** The header of `findings.csv`, in order. */
export const FINDING_COLUMNS: readonly TableColumn[] = columnsOf(findingRowSchema);

function columnsOf(schema: z.ZodObject): TableColumn[] {
  return Object.entries(schema.shape).map(([name, cell]) => ({ name, description: (cell as z.ZodType).description ?? '' }));
}
