import * as z from 'zod';
import { checkKindSchema } from './check-result.ts';
import { findingKindSchema } from './finding.ts';

const sentenceSchema = z.string().regex(/\S/, 'must not be empty');

/** What people decided about one finding. It is bound to the content of the rule: an edited rule is another rule, and its finding comes back. */
export const decisionSchema = z.strictObject({
  rule: z
    .string()
    .regex(/^v1:\S+$/, 'must be a rule key such as v1:0123…, as audit.json and rules.csv give it')
    .describe('ruleKey of the rule: the hash of its content'),
  kind: z.union([findingKindSchema, checkKindSchema]).describe('kind of the finding, or of what a check says was introduced'),
  policy: z.string().min(1).optional().describe('id of the policy; without it the decision holds in every policy that has such a rule'),
  decision: z
    .enum(['accepted', 'known', 'fixed'])
    .describe('accepted: stays, somebody answers for it; known: work in progress; fixed: must not come back'),
  reason: sentenceSchema.describe('why, for the next reader'),
  owner: sentenceSchema.describe('who answers for the decision'),
  expires: z.iso.date().describe('last day (UTC) on which the decision holds'),
});
export type Decision = z.infer<typeof decisionSchema>;

/** A `--decisions` file, YAML or JSON. */
export const decisionsSchema = z.strictObject({
  version: z.literal(1),
  decisions: z.array(decisionSchema),
});

/** A decision and the line of the file on which it begins, from 1. */
export interface DecisionEntry extends Decision {
  readonly line: number;
}

/** A decisions file as read; no two entries have the same rule, kind and policy. */
export interface Decisions {
  readonly path: string;
  readonly entries: readonly DecisionEntry[];
}
