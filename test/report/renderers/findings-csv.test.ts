import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { findingsCsv } from '../../../src/report/renderers/findings-csv.ts';
import { PLAIN_TEXT } from '../../../src/report/renderers/index.ts';
import { auditResultFixture, finding } from '../../support/audit-result-fixture.ts';

const read = (csv: string): Readonly<Record<string, string>>[] => parse(csv, { columns: true }) as Record<string, string>[];

test('there is one row for each finding, accepted ones included', () => {
  const result = auditResultFixture();
  expect(read(findingsCsv.render(result, PLAIN_TEXT)).map((row) => row['finding'])).toEqual(result.findings.map((item) => item.id));
});

test('a finding carries who decides its packets and what the plan does', () => {
  const [duplicate, unused] = read(findingsCsv.render(auditResultFixture(), PLAIN_TEXT));
  expect(duplicate).toMatchObject({
    kind: 'duplicate',
    covered_by: 'sg-0web:in/sgr-0https (100 %)',
    proposed_change: 'none',
    not_proposed_because: '',
    removal_changes_decisions: 'no',
  });
  expect(unused).toMatchObject({
    proposed_change: '',
    not_proposed_because: 'NEEDS_STAGED_CHANGE: Grade B: disable, observe, then delete.',
    removal_changes_decisions: 'yes',
  });
});

test('a finding on a rule that is gone has a row with empty rule cells', () => {
  const result = auditResultFixture();
  const gone = finding('zz', 'duplicate', 'low', 'sg-0web:in', 'sgr-gone', 'P', 'Fixed since.', { status: 'fixed' });
  expect(read(findingsCsv.render({ ...result, findings: [gone] }, PLAIN_TEXT))).toMatchObject([
    { rule: 'sgr-gone', policy_name: 'web', as_written: '', source_ref: '', status: 'fixed' },
  ]);
});
