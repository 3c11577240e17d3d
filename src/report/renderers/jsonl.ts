import type { AuditResult } from '../../model/audit-result.ts';
import { inStableOrder } from './json.ts';
import type { TextRenderer } from './renderer.ts';

/** One JSON object per line, each with a `type`; everything of the result is in exactly one line. For jq, log pipelines and databases. */
export const jsonl: TextRenderer = {
  name: 'jsonl',
  title: 'One JSON object per line: audit, inputs, policies, rules, findings, plan, traffic, diagnostics',
  suffixes: ['.jsonl', '.ndjson'],
  render: (result) => [...toLines(inStableOrder(result))].map((line) => `${JSON.stringify(line)}\n`).join(''),
};

interface TypedLine {
  readonly type: string;
}

function* toLines(result: AuditResult): Generator<TypedLine> {
  const { inputs, policies, findings, plan, traffic, diagnostics, ...audit } = result;
  yield { type: 'audit', ...audit } as TypedLine;
  for (const input of inputs) yield { type: 'input', ...input } as TypedLine;
  for (const { rules, ...policy } of policies) {
    yield { type: 'policy', ...policy } as TypedLine;
    for (const rule of rules) yield { type: 'rule', policy: policy.id, ...rule } as TypedLine;
  }
  for (const finding of findings) yield { type: 'finding', ...finding } as TypedLine;
  yield { type: 'plan', bound: plan.bound } as TypedLine;
  for (const removal of plan.removals) yield { type: 'removal', ...removal } as TypedLine;
  for (const merge of plan.merges) yield { type: 'merge', ...merge } as TypedLine;
  for (const alternative of plan.alternatives) yield { type: 'alternative', ...alternative } as TypedLine;
  for (const notProposed of plan.notProposed) yield { type: 'not-proposed', ...notProposed } as TypedLine;
  for (const simplification of plan.simplification) yield { type: 'simplification', ...simplification } as TypedLine;
  if (traffic !== null) yield { type: 'traffic', ...traffic } as TypedLine;
  for (const diagnostic of diagnostics) yield { type: 'diagnostic', ...diagnostic } as TypedLine;
}
