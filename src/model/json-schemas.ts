import * as z from 'zod';
import { auditResultSchema } from './audit-result.ts';
import { checkResultSchema } from './check-result.ts';
import { decisionsSchema } from './decisions.ts';
import { explanationSchema } from './explanation.ts';
import { flowsCsvRowSchema, rulesCsvRowSchema } from './generic-formats.ts';
import { guardrailsSchema } from './guardrails.ts';
import { policyDiffSchema } from './policy-diff.ts';
import { proofSchema } from './proof.ts';
import { queryAnswerSchema } from './query-answer.ts';
import { requestAnswerSchema } from './request-answer.ts';
import { serviceMatrixDocumentSchema } from './service-matrix.ts';
import { findingRowSchema, ruleRowSchema } from './table-columns.ts';

interface PublishedSchema {
  readonly file: string;
  readonly title: string;
  readonly schema: z.ZodType;
}

const PUBLISHED: readonly PublishedSchema[] = [
  { file: 'audit.schema.json', title: 'rulesweep audit.json, version 1', schema: auditResultSchema },
  { file: 'check.schema.json', title: 'Output of rulesweep check --format json', schema: checkResultSchema },
  { file: 'decisions.schema.json', title: 'rulesweep decisions file (--decisions)', schema: decisionsSchema },
  { file: 'diff.schema.json', title: 'Output of rulesweep diff --format json', schema: policyDiffSchema },
  { file: 'explanation.schema.json', title: 'Output of rulesweep explain --format json', schema: explanationSchema },
  { file: 'guardrails.schema.json', title: 'rulesweep guardrails file (--guardrails)', schema: guardrailsSchema },
  { file: 'matrix.schema.json', title: 'Output of rulesweep query --matrix --format json', schema: serviceMatrixDocumentSchema },
  { file: 'proof.schema.json', title: 'One line of the output proofs.jsonl', schema: proofSchema },
  { file: 'query.schema.json', title: 'Output of rulesweep query --format json', schema: queryAnswerSchema },
  { file: 'request.schema.json', title: 'Output of rulesweep request --format json', schema: requestAnswerSchema },
  { file: 'rules-csv.schema.json', title: 'One row of the input format rules-csv', schema: rulesCsvRowSchema },
  { file: 'flows-csv.schema.json', title: 'One row of the input format flows-csv', schema: flowsCsvRowSchema },
  { file: 'rules-report.schema.json', title: 'One row of the output rules.csv; properties are in column order', schema: ruleRowSchema },
  {
    file: 'findings-report.schema.json',
    title: 'One row of the output findings.csv; properties are in column order',
    schema: findingRowSchema,
  },
];

/** The files of `schema/`, by name, as JSON text: our documents as JSON Schema, draft 2020-12. */
export function jsonSchemaFiles(): ReadonlyMap<string, string> {
  return new Map(PUBLISHED.map(({ file, title, schema }) => [file, toText(title, schema)]));
}

function toText(title: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema);
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}
