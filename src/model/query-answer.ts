import * as z from 'zod';
import { inputSchema, usageSchema } from './audit-result.ts';
import { packetVerdictSchema } from './explanation.ts';
import { fractionSchema } from './finding.ts';
import { areaConditionSchema, decidedSchema, packetSetSchema, packetTotalSchema } from './packet-area.ts';
import { actionSchema } from './rule.ts';
import { sourceRefSchema } from './source-ref.ts';

/** Packets of the region that meet the same answer: certain with one case, else depending on which conditions hold. */
export const queryAreaSchema = packetSetSchema.extend({
  verdict: packetVerdictSchema,
  cases: z.array(z.strictObject({ when: z.array(areaConditionSchema), decided: decidedSchema })),
});
export type QueryArea = z.infer<typeof queryAreaSchema>;

/** A rule that has a part in the region. */
export const queryRuleSchema = z.strictObject({
  policy: z.string(),
  rule: z.string(),
  name: z.string(),
  action: actionSchema,
  asWritten: z.string(),
  sourceRef: sourceRefSchema,
  /**
   * Packets of the region that the rule decides (first match) or matches (any permit: several rules may match one packet), whatever the conditions
   * are; 0 for a rule that only some value of them brings into play, null where the budget does not suffice (then it may have no part at all).
   */
  packets: packetTotalSchema.nullable(),
  /** Of the packets asked about, rounded down. */
  share: fractionSchema.nullable(),
  /** What the audit given counted for the whole rule; null without an audit with flows, or when the rule has changed since. */
  usage: usageSchema.nullable(),
});
export type QueryRule = z.infer<typeof queryRuleSchema>;

/** What an enforcement point does with its part of the region. */
export const queryPointSchema = z.strictObject({
  /** Interfaces with the same policies; empty for a policy that is bound to none, or whose interfaces nobody knows. */
  attachments: z.array(z.string()),
  direction: z.enum(['in', 'out']).nullable(),
  /** Layers in the order in which a packet meets them; the policies of one permit together. */
  layers: z.array(z.array(z.string())),
  /** The part of the region that meets the point, in the notation of regions. */
  region: z.array(z.string()),
  verdict: z.enum(['permitted', 'denied', 'depends', 'partly']),
  asked: packetTotalSchema,
  permitted: packetTotalSchema,
  denied: packetTotalSchema,
  depends: packetTotalSchema,
  /** Permitted ones first, then those that depend, then denied ones; most packets first. */
  areas: z.array(queryAreaSchema),
  areasOmitted: z.strictObject({ count: z.int(), packets: packetTotalSchema }).nullable(),
  rules: z.array(queryRuleSchema),
  rulesOmitted: z.int(),
});
export type QueryPoint = z.infer<typeof queryPointSchema>;

/** The answer of `rulesweep query`. */
export const queryAnswerSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('rulesweep'), version: z.string() }),
  /** As asked, in the notation of regions. */
  region: z.array(z.string()),
  /** Where source and destination came from zones. */
  zones: z.strictObject({ from: z.array(z.string()), to: z.array(z.string()) }).nullable(),
  complete: z.boolean(),
  incompleteBecause: z.array(z.string()),
  points: z.array(queryPointSchema),
  notes: z.array(z.string()),
  inputs: z.array(inputSchema),
});
export type QueryAnswer = z.infer<typeof queryAnswerSchema>;
