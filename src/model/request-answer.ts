import * as z from 'zod';
import { inputSchema } from './audit-result.ts';
import { covererSchema, severitySchema } from './finding.ts';
import { packetSetSchema, packetTotalSchema } from './packet-area.ts';
import { queryPointSchema } from './query-answer.ts';
import { ruleRefSchema } from './rule.ts';

/** A clause of the guardrails that speaks about packets of the request. */
export const clauseAnswerSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['exception', 'zone-matrix', 'insecure-service', 'risky-service', 'standard-request']),
  title: z.string(),
  /** The line of the guardrails file on which the clause begins; null: from the lists that rulesweep has. */
  line: z.int().positive().nullable(),
  /** `grants`: passes by itself; `allows`: permitted by the matrix or an exception; `forbids`; `warns`: a person has to look. */
  says: z.enum(['grants', 'allows', 'forbids', 'warns']),
  severity: severitySchema,
  reason: z.string(),
  packets: packetSetSchema,
});
export type ClauseAnswer = z.infer<typeof clauseAnswerSchema>;

/** What would become of a rule that permits exactly what is asked for, appended to the policy. */
export const appendedRuleSchema = z.strictObject({
  policy: z.string(),
  outcome: z.enum(['decides all', 'decides some', 'shadowed', 'redundant', 'unknown']),
  coveredBy: z.array(covererSchema).max(100),
});
export type AppendedRule = z.infer<typeof appendedRuleSchema>;

/** A rule as it would be written: lists of addresses and services in the notation of results. */
const writtenMatchSchema = z.strictObject({
  source: z.array(z.string()),
  destination: z.array(z.string()),
  services: z.array(z.string()),
});

/** One way to grant the request in one policy. Verified: a second comparison of the policy before and after found exactly the changes named here. */
export const suggestionSchema = z.strictObject({
  policy: z.string(),
  kind: z.enum(['new-rule', 'widen-rule', 'group-member']),
  /** The rule that is made wider, or that refers to the group. */
  rule: ruleRefSchema.nullable(),
  /** The reference that gets a member: `sg-1`, `pl-2`. */
  group: z.string().nullable(),
  /** A new rule stands directly before this one; `default`: behind all rules. Null for an unordered policy, and where the rule exists. */
  before: z.string().nullable(),
  /** The match of the new rule, or of the rule afterwards; for a group what it gets. */
  match: writtenMatchSchema,
  /** Packets of the request that are permitted afterwards and were not before. */
  grants: packetTotalSchema,
  /** Packets outside of the request that change too; null when there are none. */
  alsoChanges: packetSetSchema.nullable(),
  /** Interfaces of other points that carry the policy, and so get the change too. */
  otherAttachments: z.array(z.string()),
  explanation: z.string(),
});
export type Suggestion = z.infer<typeof suggestionSchema>;

/** The answer of `rulesweep request`. */
export const requestAnswerSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('rulesweep'), version: z.string() }),
  /** As asked, in the notation of regions. */
  region: z.array(z.string()),
  complete: z.boolean(),
  incompleteBecause: z.array(z.string()),
  /** Over all points that the request meets; `partly`: some of it is denied somewhere; null: it meets none. */
  verdict: z.enum(['permitted', 'denied', 'depends', 'partly']).nullable(),
  points: z.array(queryPointSchema),
  appended: z.array(appendedRuleSchema),
  /** Per policy that has to change, the smallest change first. Empty where all is permitted. */
  suggestions: z.array(suggestionSchema),
  /** Null without guardrails. */
  guardrails: z
    .strictObject({
      decision: z.enum(['passes', 'needs approval', 'forbidden']),
      because: z.string(),
      clauses: z.array(clauseAnswerSchema),
    })
    .nullable(),
  notes: z.array(z.string()),
  inputs: z.array(inputSchema),
});
export type RequestAnswer = z.infer<typeof requestAnswerSchema>;
