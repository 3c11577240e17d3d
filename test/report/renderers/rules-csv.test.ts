import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { FINDING_COLUMNS, findingRowSchema, RULE_COLUMNS, ruleRowSchema } from '../../../src/model/table-columns.ts';
import { findingsCsv } from '../../../src/report/renderers/findings-csv.ts';
import { PLAIN_TEXT } from '../../../src/report/renderers/index.ts';
import { rulesCsv, rulesRawCsv } from '../../../src/report/renderers/rules-csv.ts';
import { auditResultFixture, HOSTILE_TEXTS, withoutTraffic } from '../../support/audit-result-fixture.ts';

type Row = Readonly<Record<string, string>>;

const read = (csv: string): Row[] => parse(csv, { columns: true }) as Row[];
const ruleRow = (rows: readonly Row[], id: string): Row => rows.find((row) => row['rule'] === id) ?? {};

test('the header of both tables is the one of the schema, every column is described, and the last four are for the reviewer', () => {
  const result = auditResultFixture();
  expect(rulesCsv.render(result, PLAIN_TEXT).split('\r\n')[0]).toBe(RULE_COLUMNS.map((column) => `"${column.name}"`).join(','));
  expect(findingsCsv.render(result, PLAIN_TEXT).split('\r\n')[0]).toBe(FINDING_COLUMNS.map((column) => `"${column.name}"`).join(','));
  for (const columns of [RULE_COLUMNS, FINDING_COLUMNS]) {
    expect(columns.slice(-4).map((column) => column.name)).toEqual(['reviewer', 'review_decision', 'decision_date', 'decision_reason']);
    expect(columns.filter((column) => column.description === '')).toEqual([]);
  }
});

test('there is one row for each rule of the whole population, by policy and rank', () => {
  const result = auditResultFixture();
  const rows = read(rulesCsv.render(result, PLAIN_TEXT));
  expect(rows.map((row) => [row['policy'], row['rule']])).toEqual(
    result.policies.flatMap((policy) => policy.rules.map((rule) => [policy.id, rule.id])),
  );
});

test('the evidence stands beside the claim', () => {
  const row = ruleRow(read(rulesCsv.render(auditResultFixture(), PLAIN_TEXT)), 'sgr-0rdp');
  expect(row).toMatchObject({
    usage_status: 'unused',
    evidence_grade: 'B',
    hits_certain: '0',
    hits_possible: '0',
    observed_days: '100',
    coverage: '0.9812',
    effective_days: '98',
    max_daily_rate_95: '0.0306',
    finding_kinds: 'unused',
    severity: 'high',
    recommendation: 'review',
    not_proposed_because: 'NEEDS_STAGED_CHANGE',
    missing_metadata: 'owner',
    hit_source: 'computed from logs',
    reviewer: '',
    review_decision: '',
  });
  expect(row['evidence_statement']).toBe(
    'No possible hit in 100 days (2026-01-01 to 2026-04-11). Observed 98.1 % of the window on the worst interface; in force and observed on 98 days. ' +
      'At 95 % one use every 32 days remains possible. Grade B: unused, one source.',
  );
});

test('silence at grade D or I, on a deny and on a rule with another cause is never called unused', () => {
  const rows = read(rulesCsv.render(auditResultFixture(), PLAIN_TEXT));
  expect(ruleRow(rows, 'sgr-0new')['usage_status']).toBe('no hits seen');
  expect(ruleRow(rows, 'sgr-0gone')['usage_status']).toBe('no hits seen');
  expect(ruleRow(rows, '120')['usage_status']).toBe('no hits seen');
  expect(ruleRow(rows, 'sgr-0old1')['usage_status']).toBe('indeterminate');
  expect(ruleRow(rows, 'sgr-0icmp')['usage_status']).toBe('possibly used');
  expect(ruleRow(rows, 'sgr-0https')['usage_status']).toBe('used');
});

test('without traffic nothing is assessed and no number about use appears', () => {
  const rows = read(rulesCsv.render(withoutTraffic(auditResultFixture()), PLAIN_TEXT));
  expect(
    new Set(rows.map((row) => [row['usage_status'], row['hits_certain'], row['hits_possible'], row['evidence_grade']].join())),
  ).toEqual(new Set(['not assessed,,,']));
});

test('the hash of a row is that of the JSON array of the cells before it, so that an edited cell shows', () => {
  const [header = [], ...rows] = parse(rulesRawCsv.render(auditResultFixture(), PLAIN_TEXT)) as string[][];
  const at = header.indexOf('row_sha256');
  for (const row of rows.slice(0, 20))
    expect(row[at]).toBe(
      createHash('sha256')
        .update(JSON.stringify(row.slice(0, at)))
        .digest('hex'),
    );
});

test('the raw table holds hostile names exactly as read; the other holds them harmless', () => {
  const names = (csv: string): string[] =>
    read(csv)
      .filter((row) => row['policy'] === 'sg-0evil:in')
      .map((row) => row['name'] ?? '');
  const wellFormed = HOSTILE_TEXTS.map((text) => text.replace(/\p{Surrogate}/gu, '\ufffd'));
  expect(names(rulesRawCsv.render(auditResultFixture(), PLAIN_TEXT))).toEqual(wellFormed);
  for (const name of names(rulesCsv.render(auditResultFixture(), PLAIN_TEXT))) expect(name).not.toMatch(/^[=+\-@|%\s]|[\p{Cc}\u202e]/u);
});

test('every row fits its schema', () => {
  const toCells = (row: Row): Record<string, string | number | null> =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, isCount(name) ? (cell === '' ? null : Number(cell)) : cell]));
  const isCount = (name: string): boolean => {
    const column = { ...ruleRowSchema.shape, ...findingRowSchema.shape }[name as keyof typeof ruleRowSchema.shape];
    return column.safeParse(1).success && !column.safeParse('').success;
  };
  for (const row of read(rulesRawCsv.render(auditResultFixture(), PLAIN_TEXT))) ruleRowSchema.parse(toCells(row));
  for (const row of read(findingsCsv.render(auditResultFixture(), PLAIN_TEXT))) findingRowSchema.parse(toCells(row));
});
