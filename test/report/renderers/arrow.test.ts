import { tableFromIPC } from 'apache-arrow';
import { expect, test } from 'vitest';
import { FINDING_COLUMNS, RULE_COLUMNS } from '../../../src/model/table-columns.ts';
import { PLAIN_TEXT, rendererForSuffix } from '../../../src/report/renderers/index.ts';
import { auditResultFixture } from '../../support/audit-result-fixture.ts';

async function tableOf(path: string) {
  const bytes = await rendererForSuffix(path).render(auditResultFixture(), PLAIN_TEXT);
  if (typeof bytes === 'string') throw new Error('an Arrow file is bytes');
  return tableFromIPC(bytes);
}

test('the Arrow tables have the columns of the CSV tables, a row for every rule and every finding', async () => {
  const result = auditResultFixture();
  const rules = await tableOf('rules.arrow');
  const findings = await tableOf('findings.arrow');
  expect(rules.schema.names).toEqual(RULE_COLUMNS.map(({ name }) => name));
  expect(findings.schema.names).toEqual(FINDING_COLUMNS.map(({ name }) => name));
  expect(rules.numRows).toBe(result.policies.flatMap((policy) => policy.rules).length);
  expect(findings.numRows).toBe(result.findings.length);
});

test('numbers are numbers and what is not known is null', async () => {
  const result = auditResultFixture();
  const certain = result.policies.flatMap((policy) => policy.rules.map((rule) => rule.usage?.certain ?? null));
  const column = (await tableOf('rules.arrow')).getChild('hits_certain');
  expect([...(column ?? [])]).toEqual(certain);
});
