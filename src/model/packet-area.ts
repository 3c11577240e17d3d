import * as z from 'zod';
import { decimalSchema } from './finding.ts';
import { actionSchema, ruleRefSchema } from './rule.ts';

/** Something beyond the packet that has to hold: an unknown that answers yes or no, or one of some values of a finite axis. */
export const areaConditionSchema = z.union([
  z.strictObject({ unknown: z.string(), holds: z.boolean() }),
  z.strictObject({ axis: z.string(), values: z.array(z.string()) }),
]);
export type AreaCondition = z.infer<typeof areaConditionSchema>;

/** Rules in evaluation order, at most 20. `complete`: no other rule has a part in it. */
export const rulesInPartSchema = z.strictObject({ rules: z.array(ruleRefSchema).max(20), omitted: z.int(), complete: z.boolean() });
export type RulesInPart = z.infer<typeof rulesInPartSchema>;

/** What is decided, and by whom. `attributes` holds what goes beyond the verdict: reject type, logging, marks. */
export const decidedSchema = z.strictObject({
  verdict: actionSchema,
  attributes: z.record(z.string(), z.string()),
  by: rulesInPartSchema,
});
export type Decided = z.infer<typeof decidedSchema>;

/** A number of packets: families together, and apart. */
export const packetTotalSchema = z.strictObject({ packets: decimalSchema, ipv4: decimalSchema, ipv6: decimalSchema });
export type PacketTotal = z.infer<typeof packetTotalSchema>;

/** Packets that are treated alike. */
export const packetSetSchema = z.strictObject({
  count: packetTotalSchema,
  /** Disjoint, in the notation of regions, at most 100; together with those omitted they are the packets. */
  regions: z.array(z.string()).max(100),
  regionsOmitted: z.int(),
  /** One of the packets. */
  witness: z.string(),
});
export type PacketSet = z.infer<typeof packetSetSchema>;
