import * as z from 'zod';
import { applicationMapSchema } from './application-map.ts';
import { backtestSchema, missForecastSchema } from './backtest.ts';
import { detectionSchema } from './detection.ts';
import { diagnosticSchema } from './diagnostic.ts';
import { decimalSchema, findingSchema, fractionSchema, gradeSchema, reasonSchema, timestampSchema } from './finding.ts';
import { actionSchema, ruleRefSchema } from './rule.ts';
import { sourceRefSchema } from './source-ref.ts';

/** One input file. records = accepted + skipped = accepted + Σ skippedByReason. */
export const inputSchema = z.strictObject({
  role: z.enum(['rules', 'flows', 'inventory', 'counters', 'guardrails', 'decisions']),
  path: z.string(),
  sha256: z.string(),
  format: z.string(),
  /** The date given with `PATH@T`, or stated by the document; null when undated. */
  at: timestampSchema.nullable(),
  records: z.int(),
  accepted: z.int(),
  skipped: z.int(),
  skippedByReason: z.record(z.string(), z.int()),
});
export type Input = z.infer<typeof inputSchema>;

/**
 * What the logs say about a rule: connections, as bounds. `certain` ≤ hits ≤ `possible`; `sole` bounds the connections that only this rule can
 * explain. `records`, `packets` and `bytes` are those of the certain connections, both directions.
 */
export const usageSchema = z.strictObject({
  certain: z.int(),
  possible: z.int(),
  sole: z.tuple([z.int(), z.int()]),
  answered: z.int(),
  /** Of `certain`, in stateless policies: packets that were replies. */
  asResponse: z.int(),
  records: z.int(),
  packets: decimalSchema,
  bytes: decimalSchema,
  firstHit: timestampSchema.nullable(),
  lastHit: timestampSchema.nullable(),
  activeDays: z.int(),
  /** Attachments with a certain hit, and attachments in all. */
  attachmentsUsed: z.int(),
  attachmentsTotal: z.int().nullable(),
});
export type Usage = z.infer<typeof usageSchema>;

/** How much a missing hit is worth for this rule: see README, "Evidence". */
export const ruleEvidenceSchema = z.strictObject({
  grade: gradeSchema,
  reasons: z.array(reasonSchema),
  /** Of the worst attachment: covered time over the window, and the days on which the rule was exposed (union over attachments). */
  coverage: fractionSchema,
  effectiveDays: z.int(),
  /** Hours of the day (UTC) that no log covers on some attachment. */
  emptyHourCells: z.array(z.int()),
  /** Upper 95 % bound on daily use given no hit: 2.996 / effectiveDays; null when used or without exposure. */
  maxDailyRate95: fractionSchema.nullable(),
  /** Which regular uses the logs would have shown: place in `traffic.detection.ofRules`. Absent in audits of before that existed. */
  detection: z.int().nonnegative().optional(),
});
export type RuleEvidence = z.infer<typeof ruleEvidenceSchema>;

/** What earlier rules of a list take of a rule that still decides a part of its packets. */
export const overlapSchema = z.strictObject({
  /** The part that it decides itself, as `decides`; null where the analysis took more than its budget. */
  reachedShare: fractionSchema.nullable(),
  /** Its action compared with what is decided where it does not get to. */
  relation: z.enum(['same', 'opposite', 'mixed', 'unknown']).nullable(),
  /** Earlier rules with the other action that decide packets of it: those it holds entirely, and those that also match other packets. By descending share. */
  generalizes: z.array(z.string()).max(100),
  correlates: z.array(z.string()).max(100),
  /** How many more of them there are. */
  omitted: z.int(),
});
export type RuleOverlap = z.infer<typeof overlapSchema>;

export const auditedRuleSchema = z.strictObject({
  id: z.string(),
  rank: z.int(),
  nativeId: z.string().nullable(),
  /** Hash of the rule's content (match, effect), whatever its id and place. */
  ruleKey: z.string(),
  name: z.string(),
  description: z.string(),
  asWritten: z.string(),
  action: actionSchema,
  enabled: z.boolean(),
  match: z.strictObject({ source: z.array(z.string()), destination: z.array(z.string()), services: z.array(z.string()) }),
  sourceRef: sourceRefSchema,
  evaluable: z.enum(['full', 'partial', 'no']),
  opaque: z.array(z.string()),
  owner: z.string(),
  ticket: z.string(),
  createdAt: timestampSchema.nullable(),
  modifiedAt: timestampSchema.nullable(),
  documentedExpiry: z.string(),
  /** Earliest time at which the rule is known to have been in force in this form, and where that is known from. */
  inForceSince: timestampSchema.nullable(),
  ageSource: z.string().nullable(),
  deviceHits: z.int().nullable(),
  /** What it decides of its own packets, exactly; where several rules permit together, all of them decide. Null: not known. */
  decides: z.strictObject({ packets: decimalSchema, share: fractionSchema }).nullable(),
  /** A packet that reaches it; null for a rule that none reaches. */
  witness: z.string().nullable(),
  /** Null for a rule that gets all of its packets, or none. */
  overlap: overlapSchema.nullable(),
  usage: usageSchema.nullable(),
  evidence: ruleEvidenceSchema.nullable(),
  native: z.record(z.string(), z.json()),
});
export type AuditedRule = z.infer<typeof auditedRuleSchema>;

export const auditedPolicySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  format: z.string(),
  evaluation: z.enum(['first-match', 'any-permit']),
  stateful: z.boolean(),
  defaultAction: actionSchema,
  direction: z.enum(['in', 'out']).nullable(),
  account: z.string(),
  network: z.string(),
  nativeId: z.string(),
  /** null: sees every flow, or unknown (see `attachmentsKnown`); []: proven unattached. */
  attachments: z.array(z.string()).nullable(),
  /** False: the policy belongs to interfaces and nobody knows which; its rules are then not judged by traffic. */
  attachmentsKnown: z.boolean(),
  rules: z.array(auditedRuleSchema),
  defaultUsage: usageSchema.nullable(),
});
export type AuditedPolicy = z.infer<typeof auditedPolicySchema>;

/** Where the connections of one enforcement point and layer went: the terms add up, which every run checks. */
export const conservationSchema = z.strictObject({
  attachment: z.string(),
  direction: z.enum(['in', 'out']).nullable(),
  /** The policies of the layer. */
  policies: z.array(z.string()),
  /** connections = sole + shared + denied + unexplained. */
  connections: z.int(),
  sole: z.int(),
  shared: z.int(),
  denied: z.int(),
  unexplained: z.int(),
  /** Counted apart, in no other term: decided by another layer; by a rule that is gone or newer; of unknown direction or opener. */
  decidedElsewhere: z.int(),
  earlierRules: z.int(),
  undecided: z.int(),
});
export type Conservation = z.infer<typeof conservationSchema>;

/** A flow that no rule explains, or that contradicts the rules: the tuple as logged, with counts. At most 100 per audit, most connections first. */
export const unexplainedFlowSchema = z.strictObject({
  attachment: z.string(),
  direction: z.enum(['in', 'out']).nullable(),
  flow: z.string(),
  loggedAction: z.enum(['accept', 'reject', '']),
  connections: z.int(),
  reason: z.string(),
});
export type UnexplainedFlow = z.infer<typeof unexplainedFlowSchema>;

/** What one interface logged in the window. */
export const coverageSchema = z.strictObject({
  attachment: z.string(),
  known: z.boolean(),
  /** Hours with log data and without losses over all hours of the window. */
  coverage: fractionSchema,
  daysWithData: z.int(),
  skippedHours: z.int(),
  emptyHourCells: z.array(z.int()),
  /** The three longest stretches without data. */
  gaps: z.array(z.strictObject({ from: timestampSchema, to: timestampSchema })),
});
export type Coverage = z.infer<typeof coverageSchema>;

/** Everything that was logged, by what became of it: the terms add up to `conversations` (see README, "Limits"). */
export const trafficSchema = z.strictObject({
  records: z.int(),
  accepted: z.int(),
  skippedByReason: z.record(z.string(), z.int()),
  connections: z.int(),
  unattributable: z.int(),
  unattributableAttachments: z.array(z.string()),
  unexplained: z.int(),
  unexplainedFlows: z.array(unexplainedFlowSchema),
  outsideWindow: z.int(),
  /** Connections of logs that name their rule, by whether our own matching finds the same one; absent when no log names rules. */
  namedRules: z.strictObject({ agreed: z.int(), disagreed: z.int() }).optional(),
  conservation: z.array(conservationSchema),
  coverage: z.array(coverageSchema),
  /** Absent in audits of before it existed. */
  detection: detectionSchema.optional(),
  /** "Unused" tested on the same logs. Absent in audits of before it existed. */
  backtest: backtestSchema.optional(),
  /** Who talks to whom on what. Absent in audits of before it existed. */
  applicationMap: applicationMapSchema.optional(),
});
export type Traffic = z.infer<typeof trafficSchema>;

/** Why a change may be made: on every removal. */
export const rationaleSchema = z.strictObject({
  change: z.string(),
  signal: z.string(),
  confidence: z.string(),
  authority: z.string(),
});
export type Rationale = z.infer<typeof rationaleSchema>;

export const removalSchema = z.strictObject({
  policy: z.string(),
  rule: z.string(),
  because: z.array(z.string()),
  effect: z.enum(['none', 'narrows']),
  flowsAffected: z.int(),
  /** Rules that stay, `default` included, and suffice for its packets to keep their effect: they must still be there when it goes. At most 100. */
  coveredBy: z.array(ruleRefSchema).max(100),
  coveredByOmitted: z.int().positive().optional(),
  rationale: rationaleSchema,
});
export type Removal = z.infer<typeof removalSchema>;

export const notProposedSchema = z.strictObject({
  policy: z.string(),
  rule: z.string(),
  because: z.array(z.string()),
  /** Machine code: why a candidate is not in `removals`. */
  reason: z.enum([
    'NEEDS_STAGED_CHANGE',
    'NEEDS_OWNER',
    'WEAK_EVIDENCE',
    'AGE_UNKNOWN',
    'SHADOWED',
    'DENY_WITHOUT_PROOF',
    'NOT_EVALUABLE',
    'POLICY_UNATTACHED',
    'NARROWING',
    'PROTECTED',
    'OTHER_CONSUMER',
    'INVENTORY_BOUND',
    'MANAGED_ELSEWHERE',
    'NO_EMITTER',
    'INCOMPLETE_INPUT',
    'DECISION_ACCEPTED',
    'ALTERNATIVE_CHOSEN',
    'BUDGET',
    'CHANGES_DECISIONS',
    'PROOFS_VOID',
  ]),
  detail: z.string(),
});
export type NotProposed = z.infer<typeof notProposedSchema>;

/** Two rules that one could stand for. Listed only: merging is an edit, so `removals` holds none of it. */
export const mergeSchema = z.strictObject({
  policy: z.string(),
  /** The later rule, which would go, and the earlier one, whose field would hold both. */
  rule: z.string(),
  into: z.string(),
  because: z.array(z.string()),
  field: z.enum(['source', 'destination', 'source-port', 'destination-port']),
  value: z.string(),
});
export type Merge = z.infer<typeof mergeSchema>;

/** Another choice among rules that rely on each other: `removeInstead` may go when those of `insteadOf` stay. Never empty, never both. */
export const alternativeSchema = z.strictObject({
  policy: z.string(),
  removeInstead: z.array(z.string()),
  insteadOf: z.array(z.string()),
});
export type Alternative = z.infer<typeof alternativeSchema>;

/** "These `rules` rules could be `couldBe`": rules - removals - merges, verified equivalent. Policies where nothing is gained are left out. */
export const simplificationSchema = z.strictObject({
  policy: z.string(),
  rules: z.int(),
  couldBe: z.int(),
  removals: z.int(),
  merges: z.int(),
});
export type Simplification = z.infer<typeof simplificationSchema>;

export const planSchema = z.strictObject({
  /** One sequence; every prefix of it is safe. */
  removals: z.array(removalSchema),
  /** No set of the candidates that changes no effect is larger. Equal to the number of removals with effect `none` where that is a maximum. */
  bound: z.int(),
  merges: z.array(mergeSchema),
  alternatives: z.array(alternativeSchema),
  notProposed: z.array(notProposedSchema),
  simplification: z.array(simplificationSchema),
  /** How many of the unused rules will be missed; absent without traffic. */
  missForecast: missForecastSchema.optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** The one document between analysis and everything that presents it. */
export const auditResultSchema = z.strictObject({
  schemaVersion: z.literal(1),
  complete: z.boolean(),
  /** Why `complete` is false: sentences. */
  incompleteBecause: z.array(z.string()),
  tool: z.strictObject({ name: z.literal('rulesweep'), version: z.string() }),
  asOf: timestampSchema.nullable(),
  window: z.strictObject({ from: timestampSchema, to: timestampSchema, days: z.int() }).nullable(),
  inputs: z.array(inputSchema),
  policies: z.array(auditedPolicySchema),
  findings: z.array(findingSchema),
  plan: planSchema,
  traffic: trafficSchema.nullable(),
  diagnostics: z.array(diagnosticSchema),
});
export type AuditResult = z.infer<typeof auditResultSchema>;

/** A rule of a result by its reference; undefined for an unknown policy or rule. */
export function ruleOf(result: AuditResult, ref: z.infer<typeof ruleRefSchema>): AuditedRule | undefined {
  return result.policies.find((policy) => policy.id === ref.policy)?.rules.find((rule) => rule.id === ref.rule);
}
