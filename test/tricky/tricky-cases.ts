import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';
import type { VpcNotation } from '../support/aws-writer.ts';

const portsSchema = z.union([z.string(), z.number()]).optional();
const directionSchema = z.enum(['in', 'out']);

const givenSchema = z.looseObject({
  enis: z
    .record(
      z.string(),
      z.strictObject({ ip: z.string(), sgs: z.array(z.string()), subnet: z.string().optional(), managed: z.literal('nat').optional() }),
    )
    .default({}),
  rules: z
    .array(
      z.looseObject({
        id: z.string(),
        sg: z.string(),
        dir: directionSchema,
        proto: z.string(),
        ports: portsSchema,
        from: z.number().optional(),
        to: z.number().optional(),
        peer: z.string(),
        account: z.string().optional(),
        peeringStatus: z.string().optional(),
      }),
    )
    .default([]),
  subnets: z.record(z.string(), z.string()).optional(),
  nacl: z
    .record(
      z.string(),
      z.array(
        z.strictObject({
          n: z.number(),
          dir: directionSchema,
          proto: z.string(),
          ports: portsSchema,
          cidr: z.string(),
          act: z.enum(['allow', 'deny']),
        }),
      ),
    )
    .optional(),
});

const caseSchema = z.looseObject({
  id: z.string(),
  title: z.string(),
  records: z.array(z.string()).default([]),
  given: z.unknown().optional(),
});

type TrickyCase = z.infer<typeof caseSchema>;

/** Every case of the specification, in its order. */
export function readTrickyCases(): readonly TrickyCase[] {
  const text = readFileSync(new URL('../data/tricky-cases.yaml', import.meta.url), 'utf8');
  return z.looseObject({ cases: z.array(caseSchema) }).parse(parse(text)).cases;
}

/** What an AWS case is given, in the notation of the writer. Only for cases that are written with interfaces and group rules. */
export function givenVpc(trickyCase: TrickyCase): VpcNotation {
  const { enis, rules, subnets, nacl } = givenSchema.parse(trickyCase.given);
  return { enis, rules, ...(subnets === undefined ? {} : { subnets }), ...(nacl === undefined ? {} : { nacl }) };
}
