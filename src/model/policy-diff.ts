import * as z from 'zod';
import { inputSchema } from './audit-result.ts';
import { areaConditionSchema, decidedSchema, packetSetSchema, packetTotalSchema } from './packet-area.ts';
import { sourceRefSchema } from './source-ref.ts';

/** What a change does to packets: permitted now, denied now, both (it depends), or another effect with the same verdict (logging, reject type). */
export const changeKindSchema = z.enum(['widened', 'narrowed', 'mixed', 'effect']);
export type ChangeKind = z.infer<typeof changeKindSchema>;

/** Packets for which the same changes. Of the cases only those that change are listed; under all other conditions nothing does. */
export const changedAreaSchema = packetSetSchema.extend({
  change: changeKindSchema,
  cases: z.array(z.strictObject({ when: z.array(areaConditionSchema), before: decidedSchema, after: decidedSchema })),
});
export type ChangedArea = z.infer<typeof changedAreaSchema>;

/** A rule that was added, removed, edited (the same id with another content), moved, or renamed (anything but what it matches and does). */
export const changedRuleSchema = z.strictObject({
  change: z.enum(['added', 'removed', 'edited', 'moved', 'renamed']),
  /** Null for a rule that was removed or added. */
  before: z.strictObject({ rule: z.string(), asWritten: z.string(), sourceRef: sourceRefSchema }).nullable(),
  after: z.strictObject({ rule: z.string(), asWritten: z.string(), sourceRef: sourceRefSchema }).nullable(),
  /** Whether the rule decides, before or after, packets that change; null where the lists of deciders are not complete. */
  changesPackets: z.boolean().nullable(),
});
export type ChangedRule = z.infer<typeof changedRuleSchema>;

export const policyDifferenceSchema = z.strictObject({
  /** Null where the policy is new or gone; then everything of the other side is compared with nothing permitted. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** `unknown`: the budget did not suffice to find a difference, nor to rule one out. */
  equal: z.union([z.boolean(), z.literal('unknown')]),
  /** False: there is more than what is listed, and the counts are lower bounds; `notes` names the rules. */
  complete: z.boolean(),
  widened: packetTotalSchema,
  narrowed: packetTotalSchema,
  /** Packets that change otherwise: mixed or in their effect only. */
  otherwise: packetTotalSchema,
  /** Widened first, then mixed, narrowed, effect; most packets first. */
  areas: z.array(changedAreaSchema),
  areasOmitted: z.strictObject({ count: z.int(), packets: packetTotalSchema }).nullable(),
  /** In the order of the new policy, those removed where they stood. At most 1,000. */
  rules: z.array(changedRuleSchema).max(1000),
  rulesOmitted: z.int(),
  /** What changed beside the rules: default, evaluation, state, interfaces; sentences. */
  notes: z.array(z.string()),
});
export type PolicyDifference = z.infer<typeof policyDifferenceSchema>;

/** The answer of `rulesweep diff`. */
export const policyDiffSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: z.literal('rulesweep'), version: z.string() }),
  equal: z.union([z.boolean(), z.literal('unknown')]),
  complete: z.boolean(),
  incompleteBecause: z.array(z.string()),
  /** Policies that differ in anything, by id; those that are the same to the letter are counted only. */
  policies: z.array(policyDifferenceSchema),
  unchangedPolicies: z.int(),
  notes: z.array(z.string()),
  inputs: z.array(z.strictObject({ side: z.enum(['before', 'after']), input: inputSchema })),
});
export type PolicyDiff = z.infer<typeof policyDiffSchema>;
