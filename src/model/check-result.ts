import * as z from 'zod';
import { inputSchema } from './audit-result.ts';
import { diagnosticSchema } from './diagnostic.ts';
import { findingSchema, severitySchema, statusSchema, timestampSchema } from './finding.ts';
import { packetSetSchema } from './packet-area.ts';
import { policyDifferenceSchema } from './policy-diff.ts';
import { sourceRefSchema } from './source-ref.ts';

/**
 * What a change can introduce. The first kinds are findings as an audit has them; `any-any` permits every service between everything; `widened-space`:
 * a rule that nobody edited permits more than before, because others no longer stand before it, or an edited one that is open to a wide network does; `insecure-service`, `risky-service` and `zone-matrix`: newly permitted packets that a clause of the
 * guardrails forbids or warns of; `protected-rule`: the change touches a rule that the guardrails protect; `expired-exception`.
 */
export const checkKindSchema = z.enum([
  'shadowed',
  'redundant',
  'duplicate',
  'unmatchable',
  'over-permissive',
  'any-any',
  'widened-space',
  'insecure-service',
  'risky-service',
  'zone-matrix',
  'protected-rule',
  'expired-exception',
  'not-evaluable',
]);
export type CheckKind = z.infer<typeof checkKindSchema>;

/** Something that holds after the change and did not before. */
export const introducedSchema = z.strictObject({
  /** `C-` and 16 hex digits over kind, policy, rule and content: stable across runs and reordering. */
  id: z.string().regex(/^C-[0-9a-f]{16}$/),
  kind: checkKindSchema,
  severity: severitySchema,
  /** Against the decisions file. */
  status: statusSchema,
  /** Whether it makes the check fail: new, and of a kind that does. */
  fails: z.boolean(),
  policy: z.string(),
  /** The rule as it stands after the change (before it, where it is gone); null where the guardrails or the policy as a whole is meant. */
  rule: z.string().nullable(),
  /** Hash of the content of the rule: the key for a decision. Null without a rule. */
  ruleKey: z.string().nullable(),
  asWritten: z.string(),
  /** Where to look: the rule in the head, or the clause. */
  sourceRef: sourceRefSchema,
  /** What the change did to this rule, or that it only changed others. */
  cause: z.enum(['rule added', 'rule edited', 'rule moved', 'rule removed', 'other rules changed']),
  /** One or two sentences for a person: what, why, and what to do. */
  message: z.string(),
  /** The clause of the guardrails, `line` null for one from the lists that rulesweep has; null where none is meant. */
  clause: z.strictObject({ id: z.string(), title: z.string(), line: z.int().positive().nullable() }).nullable(),
  /** The packets in question, for kinds that are about newly permitted packets. */
  packets: packetSetSchema.nullable(),
  /** The finding as an audit of the head has it, for kinds that are findings. */
  finding: findingSchema.nullable(),
});
export type Introduced = z.infer<typeof introducedSchema>;

/** Logged connections that the change treats differently. */
export const touchedFlowsSchema = z.strictObject({
  policy: z.string(),
  /** Connections of the logs inside of the changed packets, as bounds: for certain, and for some value of what we do not know. */
  certain: z.int(),
  possible: z.int(),
  /** Of these, logged as accepted and now denied, and logged as rejected and now permitted; as upper bounds. */
  acceptedNowDenied: z.int(),
  rejectedNowPermitted: z.int(),
  /** At most 20, busiest first. */
  samples: z
    .array(z.strictObject({ flow: z.string(), connections: z.int(), change: z.enum(['widened', 'narrowed', 'mixed', 'effect']) }))
    .max(20),
});
export type TouchedFlows = z.infer<typeof touchedFlowsSchema>;

/** The result of `rulesweep check`. */
export const checkResultSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('rulesweep'), version: z.string() }),
  asOf: timestampSchema.nullable(),
  /** No introduced item fails. Says nothing when `complete` is false. */
  passed: z.boolean(),
  complete: z.boolean(),
  incompleteBecause: z.array(z.string()),
  /** Kinds that make the check fail. */
  failsOn: z.array(checkKindSchema),
  /** Those that fail first, then by severity, policy, rank and kind. */
  introduced: z.array(introducedSchema),
  /** What was there before the change and is no more: counted by kind. */
  resolved: z.record(z.string(), z.int()),
  /** What was there before and still is, among the rules that the change can touch: not shown, not failing. */
  remaining: z.record(z.string(), z.int()),
  policies: z.array(policyDifferenceSchema),
  unchangedPolicies: z.int(),
  /** Null without flows. */
  flows: z
    .strictObject({
      window: z.strictObject({ from: timestampSchema, to: timestampSchema, days: z.int() }),
      policies: z.array(touchedFlowsSchema),
    })
    .nullable(),
  notes: z.array(z.string()),
  inputs: z.array(z.strictObject({ side: z.enum(['base', 'head', 'both']), input: inputSchema })),
  diagnostics: z.array(diagnosticSchema),
});
export type CheckResult = z.infer<typeof checkResultSchema>;
