import { expect, test } from 'vitest';
import { auditResultSchema } from '../../../src/model/audit-result.ts';
import { PLAIN_TEXT } from '../../../src/report/renderers/index.ts';
import { json } from '../../../src/report/renderers/json.ts';
import { jsonl } from '../../../src/report/renderers/jsonl.ts';
import { auditResultFixture } from '../../support/audit-result-fixture.ts';

test('audit.json reads back as the same result, ends with a line feed, and keeps the order of the schema', () => {
  const result = auditResultFixture();
  const rendered = json.render(result, PLAIN_TEXT);
  expect(auditResultSchema.parse(JSON.parse(rendered))).toEqual(result);
  expect(rendered.endsWith('}\n')).toBe(true);
  expect(Object.keys(JSON.parse(rendered) as object)).toEqual(Object.keys(auditResultSchema.shape));
});

test('objects the schema leaves open are sorted by key', () => {
  const result = auditResultFixture();
  const [first, ...rest] = result.inputs;
  if (first === undefined) throw new Error('the fixture has inputs');
  const rendered = json.render({ ...result, inputs: [{ ...first, skippedByReason: { Z: 1, A: 2 } }, ...rest] }, PLAIN_TEXT);
  expect(rendered.indexOf('"A": 2')).toBeLessThan(rendered.indexOf('"Z": 1'));
});

test('jsonl holds one object with a type per line, and every rule and finding once', () => {
  const result = auditResultFixture();
  const lines = jsonl
    .render(result, PLAIN_TEXT)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; policy?: string; id?: string });
  expect(lines[0]).toMatchObject({ type: 'audit', schemaVersion: 1, complete: true });
  expect(lines.filter((line) => line.type === 'rule').map((line) => [line.policy, line.id])).toEqual(
    result.policies.flatMap((policy) => policy.rules.map((rule) => [policy.id, rule.id])),
  );
  expect(lines.filter((line) => line.type === 'finding').map((line) => line.id)).toEqual(result.findings.map((finding) => finding.id));
  expect(lines.filter((line) => line.type === 'removal')).toHaveLength(result.plan.removals.length);
});
