import type { AuditResult } from '../../model/audit-result.ts';
import { findingKindSchema, gradeSchema } from '../../model/finding.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { describeCoverers, describeUnusedParts } from '../claim-words.ts';
import { profileLines } from '../detection-words.ts';
import { stateEvidence } from '../evidence-statement.ts';
import { gradeOfFinding } from '../finding-grade.ts';
import { recommend } from '../recommendation.ts';
import { keyOf, openFindings, type RuleView, toRuleViews } from '../rule-index.ts';
import { STANDING_WORDS, STANDINGS } from '../rule-standing.ts';
import { FINDING_KIND_WORDS } from '../words/finding-kinds.ts';
import { GRADE_WORDS } from '../words/grades.ts';
import { NOT_PROPOSED_WORDS } from '../words/not-proposed-reasons.ts';
import { STANDING_TONES } from './tones.ts';

/** Fields of a rule in the data block; a rule is the array of their values. */
const RULE_FIELDS = [
  'policy',
  'id',
  'name',
  'description',
  'written',
  'action',
  'enabled',
  'source',
  'destination',
  'services',
  'standing',
  'grade',
  'certain',
  'possible',
  'soleMin',
  'soleMax',
  'answered',
  'records',
  'packets',
  'bytes',
  'firstHit',
  'lastHit',
  'activeDays',
  'onUsed',
  'onTotal',
  'deviceHits',
  'statement',
  'shows',
  'place',
  'owner',
  'ticket',
  'created',
  'modified',
  'since',
  'sinceFrom',
  'expiry',
  'evaluable',
  'unknowns',
  'next',
  'findings',
  'removal',
  'held',
] as const;

const FINDING_FIELDS = [
  'severity',
  'kind',
  'policy',
  'rule',
  'text',
  'grade',
  'gradeTitle',
  'id',
  'status',
  'ruleIndex',
  'related',
  'parts',
  'witness',
] as const;

/** What the script of the report draws: compact rows, names of their fields, and the words for codes. Plain JSON. */
export function toPageData(result: AuditResult): object {
  const views = toRuleViews(result);
  const findings = openFindings(result.findings);
  const findingIndex = new Map(findings.map((finding, index) => [finding.id, index]));
  const ruleIndex = new Map(views.map((view, index) => [keyOf({ policy: view.policy.id, rule: view.rule.id }), index]));
  return {
    ruleFields: RULE_FIELDS,
    findingFields: FINDING_FIELDS,
    rules: views.map((view) => {
      const record = toRuleRecord(view, result, findingIndex);
      return RULE_FIELDS.map((field) => record[field]);
    }),
    findings: findings.map((finding) => [
      finding.severity,
      finding.kind,
      finding.policy,
      finding.rule,
      finding.explanation,
      finding.evidence.grade,
      gradeOfFinding(finding).title,
      finding.id,
      finding.status,
      ruleIndex.get(keyOf(finding)) ?? -1,
      describeCoverers(finding),
      describeUnusedParts(finding),
      finding.witness ?? '',
    ]),
    policies: result.policies.map((policy) => [policy.id, policy.name, policy.format, policy.account, policy.network, policy.evaluation]),
    words: {
      kinds: findingKindSchema.options.map((kind) => [kind, FINDING_KIND_WORDS[kind].title, FINDING_KIND_WORDS[kind].meaning]),
      standings: STANDINGS.map((standing) => [
        standing,
        STANDING_WORDS[standing].title,
        STANDING_TONES[standing],
        STANDING_WORDS[standing].meaning,
      ]),
      grades: gradeSchema.options.map((grade) => [grade, GRADE_WORDS[grade].title]),
      shows: result.traffic?.detection === undefined ? [] : profileLines(result.traffic.detection),
    },
  };
}

type RuleRecord = Readonly<Record<(typeof RULE_FIELDS)[number], unknown>>;

function toRuleRecord(view: RuleView, result: AuditResult, findingIndex: ReadonlyMap<string, number>): RuleRecord {
  const { policy, rule, removal } = view;
  const { usage } = rule;
  return {
    policy: policy.id,
    id: rule.id,
    name: rule.name,
    description: rule.description,
    written: rule.asWritten,
    action: rule.action,
    enabled: rule.enabled ? 1 : 0,
    source: rule.match.source,
    destination: rule.match.destination,
    services: rule.match.services,
    standing: view.standing,
    grade: rule.evidence?.grade ?? '',
    certain: usage?.certain ?? null,
    possible: usage?.possible ?? null,
    soleMin: usage?.sole[0] ?? null,
    soleMax: usage?.sole[1] ?? null,
    answered: usage?.answered ?? null,
    records: usage?.records ?? null,
    packets: usage?.packets ?? '',
    bytes: usage?.bytes ?? '',
    firstHit: usage?.firstHit ?? '',
    lastHit: usage?.lastHit ?? '',
    activeDays: usage?.activeDays ?? null,
    onUsed: usage?.attachmentsUsed ?? null,
    onTotal: usage?.attachmentsTotal ?? policy.attachments?.length ?? null,
    deviceHits: rule.deviceHits,
    statement: stateEvidence(rule, result.window),
    shows: rule.evidence?.detection ?? -1,
    place: formatSourceRef(rule.sourceRef),
    owner: rule.owner,
    ticket: rule.ticket,
    created: rule.createdAt ?? '',
    modified: rule.modifiedAt ?? '',
    since: rule.inForceSince ?? '',
    sinceFrom: rule.ageSource ?? '',
    expiry: rule.documentedExpiry,
    evaluable: rule.evaluable,
    unknowns: rule.opaque,
    next: recommend(view),
    findings: view.findings.flatMap((finding) => findingIndex.get(finding.id) ?? []),
    removal:
      removal === null
        ? []
        : [removal.rationale.change, removal.rationale.signal, removal.rationale.confidence, removal.rationale.authority],
    held: view.notProposed.map((entry) => `${NOT_PROPOSED_WORDS[entry.reason]} (${entry.reason}): ${entry.detail}`),
  };
}
