import * as z from 'zod';
import { auditedRuleSchema, inputSchema, notProposedSchema, removalSchema, usageSchema } from './audit-result.ts';
import { covererSchema, decimalSchema, findingSchema, fractionSchema, timestampSchema } from './finding.ts';
import { actionSchema, ruleRefSchema } from './rule.ts';
import { sourceRefSchema } from './source-ref.ts';

/** What becomes of a packet; `depends` when what we do not know decides. */
export const packetVerdictSchema = z.enum(['permitted', 'denied', 'depends']);
export type PacketVerdict = z.infer<typeof packetVerdictSchema>;

/** Something that has to hold for a rule to match the packet, and that the packet and the exports leave open. */
export const conditionSchema = z.strictObject({
  /**
   * `membership`: the exports know the members of the reference and the address is none of them; `unresolved`: they do not know the members; `unknown`: a
   * condition that cannot be computed; `finite`: state, flags, zones; `unreadable`: the rule itself; the others: a value that the packet leaves out.
   */
  kind: z.enum([
    'membership',
    'unresolved',
    'unknown',
    'finite',
    'unreadable',
    'source-port',
    'destination-port',
    'icmp-type',
    'icmp-code',
  ]),
  /** Name of the axis: `member of sg-1`, `application web`, `state`, `source port`. */
  axis: z.string(),
  /** What has to be in it: `source 10.1.2.3`; empty where the axis says it all. */
  subject: z.string(),
  /** Any of these; empty where the axis is a yes or no question. */
  values: z.array(z.string()),
});
export type Condition = z.infer<typeof conditionSchema>;

/** Any of these lists, of which every condition has to hold. */
const alternativesSchema = z.array(z.array(conditionSchema));
export type Alternatives = z.infer<typeof alternativesSchema>;

/** Why a rule does not match: what the packet has on an axis, and what the rule wants there. */
export const mismatchSchema = z.strictObject({
  axis: z.enum([
    'enabled',
    'nothing',
    'family',
    'source',
    'destination',
    'protocol',
    'source-port',
    'destination-port',
    'icmp-type',
    'icmp-code',
  ]),
  seen: z.string(),
  /** At most 12. */
  expected: z.array(z.string()),
  expectedOmitted: z.int(),
});
export type Mismatch = z.infer<typeof mismatchSchema>;

export const consideredRuleSchema = z.strictObject({
  rule: z.string(),
  asWritten: z.string(),
  action: actionSchema,
  sourceRef: sourceRefSchema,
  answer: z.enum(['certain', 'possible', 'no']),
  /** For `possible`. */
  conditions: alternativesSchema,
  /** For `no`: of the part of the rule that comes closest, first axis first. */
  mismatches: z.array(mismatchSchema),
});
export type ConsideredRule = z.infer<typeof consideredRuleSchema>;

/** One way it can end in a policy. `when` empty: whenever nothing before it decides. */
export const packetOutcomeSchema = z.strictObject({
  verdict: z.enum(['permitted', 'denied']),
  /** The rule that decides, `default` for the policy itself. */
  rule: z.string(),
  when: alternativesSchema,
});
export type PacketOutcome = z.infer<typeof packetOutcomeSchema>;

export const consideredPolicySchema = z.strictObject({
  policy: z.string(),
  name: z.string(),
  evaluation: z.enum(['first-match', 'any-permit']),
  stateful: z.boolean(),
  defaultAction: actionSchema,
  ruleCount: z.int(),
  /** In evaluation order, the misses too; what stands behind a certain decision is `notReached`. */
  considered: z.array(consideredRuleSchema),
  notReached: z.int(),
  /** Those that can come about, in evaluation order. Several at once in an any-permit policy: each of them is enough. */
  outcomes: z.array(packetOutcomeSchema),
});
export type ConsideredPolicy = z.infer<typeof consideredPolicySchema>;

export const consideredLayerSchema = z.strictObject({
  /** Why the packet does not meet it; null: it does. */
  skipped: z.string().nullable(),
  stateful: z.boolean(),
  verdict: packetVerdictSchema,
  /** The policies permit together. */
  policies: z.array(consideredPolicySchema),
});
export type ConsideredLayer = z.infer<typeof consideredLayerSchema>;

/** Stateless layers judge the answer too, by its own entry. */
export const replySchema = z.strictObject({ packet: z.string(), verdict: packetVerdictSchema, layers: z.array(consideredLayerSchema) });
export type Reply = z.infer<typeof replySchema>;

export const meetingPointSchema = z.strictObject({
  /** null: a policy that sees every flow. */
  attachment: z.string().nullable(),
  note: z.string(),
  direction: z.enum(['in', 'out']).nullable(),
  /** Points with the same number are alternatives: the packet meets one of them, and the exports do not say which. */
  alternative: z.int(),
  verdict: packetVerdictSchema,
  /** The verdict if the members of every reference are exactly those that the exports know. */
  asExported: packetVerdictSchema,
  layers: z.array(consideredLayerSchema),
  /** null: every layer is stateful, or nothing answers such a packet. */
  reply: replySchema.nullable(),
});
export type MeetingPoint = z.infer<typeof meetingPointSchema>;

const toolSchema = z.strictObject({ name: z.literal('rulesweep'), version: z.string() });

export const packetExplanationSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tool: toolSchema,
  subject: z.literal('packet'),
  packet: z.string(),
  /** What the packet text leaves open: `source port`. */
  leftOpen: z.array(z.string()),
  /** null: no policy was found that the packet meets. */
  verdict: packetVerdictSchema.nullable(),
  asExported: packetVerdictSchema.nullable(),
  points: z.array(meetingPointSchema),
  notes: z.array(z.string()),
  incompleteBecause: z.array(z.string()),
  inputs: z.array(inputSchema),
});
export type PacketExplanation = z.infer<typeof packetExplanationSchema>;

/** How to look at the real thing: a read-only command, or where to look. */
export const deviceCheckSchema = z.strictObject({ purpose: z.string(), command: z.string() });
export type DeviceCheck = z.infer<typeof deviceCheckSchema>;

/** What a rule really decides, by exact trace. */
export const decidesSchema = z.strictObject({
  /** Packets it asks for and packets it decides, of both families together. */
  asked: decimalSchema,
  decided: decimalSchema,
  /** Decided over asked. */
  share: fractionSchema,
  /** Packets of which only unknowns can say who decides them. */
  undecided: decimalSchema,
  /** A packet it decides, and the unknowns that have to hold for it; null when there is none. */
  witness: z.string().nullable(),
  /** Who decides the packets that never reach it. */
  coveredBy: z.array(covererSchema),
  coveredByOmitted: z.int(),
});
export type Decides = z.infer<typeof decidesSchema>;

const policyFactsSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  format: z.string(),
  evaluation: z.enum(['first-match', 'any-permit']),
  stateful: z.boolean(),
  defaultAction: actionSchema,
  direction: z.enum(['in', 'out']).nullable(),
  nativeId: z.string(),
  attachments: z.array(z.string()).nullable(),
  attachmentsKnown: z.boolean(),
  ruleCount: z.int(),
});
export type PolicyFacts = z.infer<typeof policyFactsSchema>;

const planFactsSchema = z.strictObject({ removals: z.array(removalSchema), notProposed: z.array(notProposedSchema) });
export type PlanFacts = z.infer<typeof planFactsSchema>;

const auditFacts = {
  schemaVersion: z.literal(1),
  tool: toolSchema,
  window: z.strictObject({ from: timestampSchema, to: timestampSchema, days: z.int() }).nullable(),
  policy: policyFactsSchema,
  /** null: the default of the policy. */
  rule: auditedRuleSchema.nullable(),
  plan: planFactsSchema,
  checks: z.array(deviceCheckSchema),
  notes: z.array(z.string()),
  incompleteBecause: z.array(z.string()),
};

export const ruleExplanationSchema = z.strictObject({
  ...auditFacts,
  subject: z.literal('rule'),
  ref: ruleRefSchema,
  /** null: no traffic was given. */
  usage: usageSchema.nullable(),
  findings: z.array(findingSchema),
  /** null: not traced. */
  decides: decidesSchema.nullable(),
});
export type RuleExplanation = z.infer<typeof ruleExplanationSchema>;

export const findingExplanationSchema = z.strictObject({ ...auditFacts, subject: z.literal('finding'), finding: findingSchema });
export type FindingExplanation = z.infer<typeof findingExplanationSchema>;

/** What `rulesweep explain` says about one packet, rule or finding. */
export const explanationSchema = z.discriminatedUnion('subject', [
  packetExplanationSchema,
  ruleExplanationSchema,
  findingExplanationSchema,
]);
export type Explanation = z.infer<typeof explanationSchema>;
