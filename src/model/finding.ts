import * as z from 'zod';
import { ruleRefSchema } from './rule.ts';

/** The kinds of findings, in the order in which reports show them. Definitions: README, "Findings". */
export const findingKindSchema = z.enum([
  'shadowed',
  'broken-intent',
  'denied-by-next-layer',
  'redundant',
  'duplicate',
  'unmatchable',
  'expired',
  'stale-reference',
  'disabled',
  'unattached',
  'unused',
  'partly-unused',
  'unanswered',
  'low-use',
  'over-permissive',
  'partly-shadowed',
  'correlation',
  'generalization',
  'mergeable',
  'scope-bloat',
  'counter-disagreement',
  'not-evaluable',
]);
export type FindingKind = z.infer<typeof findingKindSchema>;

export const severitySchema = z.enum(['info', 'low', 'medium', 'high', 'critical']);
export type Severity = z.infer<typeof severitySchema>;

/**
 * How sure a claim is. P proven by configuration; A unused, two sources; B unused, one source; C no hits seen, weak; D no hits seen, short or
 * sampled; I indeterminate: the platform or the log cannot show it; X sources contradict each other; U used.
 */
export const gradeSchema = z.enum(['P', 'A', 'B', 'C', 'D', 'I', 'X', 'U']);
export type Grade = z.infer<typeof gradeSchema>;

/** Why a grade is no better, as machine codes. */
export const reasonSchema = z.enum([
  'GAP_FILES',
  'UNREAD_RECORDS',
  'SKIPDATA',
  'ENI_NO_LOG',
  'EMPTY_HOUR_CELL',
  'SHORT_WINDOW',
  'LOW_COVERAGE',
  'SAMPLED',
  'AGE_UNKNOWN',
  'MODIFIED_IN_WINDOW',
  'UNLOGGED_TRAFFIC',
  'OPAQUE_APP',
  'OPAQUE_CONDITION',
  'UNRESOLVED_REF',
  'STALE_REFERENCE',
  'ICMP_TYPE_UNSEEN',
  'PORT_UNSEEN',
  'ROLE_UNKNOWN',
  'UNKNOWN_INTERFACE',
  'LOGGING_OFF',
  'COUNTER_RESET',
  'LOG_FILTER_ACCEPT_ONLY',
  'LOG_FILTER_REJECT_ONLY',
  'RETURN_ONLY',
  'SHARED',
  'ISOLATING',
  'INVENTORY_BOUND',
  'OTHER_CONSUMER',
  'SEASONAL_TAG',
  'HA_PEER_MISSING',
  'NO_ATTACHMENT',
  'NO_TIMES',
  'DEFAULT_RULE',
  'NOT_EVALUABLE',
  'DISABLED',
  'UNEXPLAINED_FLOWS',
  'PARTLY_EXPOSED',
  'ANALYSIS_BUDGET',
  'PROOFS_VOID',
]);
export type Reason = z.infer<typeof reasonSchema>;

export const statusSchema = z.enum(['new', 'known', 'accepted', 'fixed', 'regressed']);
export type Status = z.infer<typeof statusSchema>;

/** Counts that may pass 2^53 are decimal strings. */
export const decimalSchema = z.string().regex(/^(0|[1-9]\d*)$/);
/** A rounded fraction or rate as a decimal string, so that documents compare byte by byte. */
export const fractionSchema = z.string().regex(/^\d+(\.\d+)?$/);
/** ISO 8601 UTC to the second. */
export const timestampSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);

/** Who decides the packets of a covered rule. At most 100; the rest are `coveredByOmitted`. */
export const covererSchema = z.strictObject({
  policy: z.string(),
  rule: z.string(),
  /** How many of its packets: families together, and apart where the covered rule has packets of both. */
  packets: decimalSchema.nullable(),
  packetsByFamily: z.strictObject({ ipv4: decimalSchema, ipv6: decimalSchema }).optional(),
  /** Of the covered rule's packets, rounded down; where it has both families, the mean of the two shares. */
  share: fractionSchema.nullable(),
});
export type Coverer = z.infer<typeof covererSchema>;

/** A part of a rule that carried nothing, in the rule's own words. */
export const unusedPartSchema = z.strictObject({
  axis: z.enum(['source', 'destination', 'service']),
  values: z.array(z.string()),
  usedValues: z.array(z.string()),
});
export type UnusedPart = z.infer<typeof unusedPartSchema>;

/** One finding per (kind, policy, rule). `rule` is the one that would go or give way. */
export const findingSchema = z.strictObject({
  /** `F-` and 16 hex digits over kind, policy, rule and the rule's content: stable across runs and reordering. */
  id: z.string().regex(/^F-[0-9a-f]{16}$/),
  kind: findingKindSchema,
  policy: z.string(),
  rule: z.string(),
  relation: z.enum(['same', 'opposite', 'mixed', 'unknown']).optional(),
  by: z.enum(['earlier', 'later', 'others']).optional(),
  /** For `unused`: hit before this window or never. */
  usage: z.enum(['never-seen', 'stale']).optional(),
  severity: severitySchema,
  status: statusSchema,
  coveredBy: z.array(covererSchema).max(100),
  coveredByOmitted: z.strictObject({ count: z.int(), packets: decimalSchema }).optional(),
  /** Packets of which an unknown decides who takes them: in no share of `coveredBy`. Absent when there are none. */
  undecided: z.strictObject({ packets: decimalSchema, share: fractionSchema }).optional(),
  mergeWith: z.array(ruleRefSchema).optional(),
  unusedParts: z.array(unusedPartSchema).optional(),
  witness: z.string().nullable(),
  proof: z.strictObject({ type: z.string(), sha256: z.string() }).nullable(),
  evidence: z.strictObject({ grade: gradeSchema, reasons: z.array(reasonSchema) }),
  removal: z.strictObject({ changesDecisions: z.boolean(), safeAlone: z.boolean() }),
  /** One or two sentences for a person. */
  explanation: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;
