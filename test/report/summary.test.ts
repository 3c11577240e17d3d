import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCount, formatPercent } from '../../src/report/number-format.ts';
import { summarise } from '../../src/report/summary.ts';
import { auditResultFixture, largeAuditResult, withoutTraffic } from '../support/audit-result-fixture.ts';

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

test('the counts of a summary add up to the population', () => {
  for (const result of [auditResultFixture(), withoutTraffic(auditResultFixture()), largeAuditResult(500)]) {
    const summary = summarise(result);
    expect(summary.ruleCount).toBe(result.policies.flatMap((policy) => policy.rules).length);
    expect(sum(Object.values(summary.standings))).toBe(summary.ruleCount);
    expect(sum(Object.values(summary.evaluable))).toBe(summary.ruleCount);
    expect(sum(Object.values(summary.unusedByGrade))).toBe(summary.standings.unused);
    expect(sum(summary.byKind.map(([, count]) => count))).toBe(summary.open.length);
    expect(sum(summary.bySeverity.map(([, count]) => count))).toBe(summary.open.length);
    expect(summary.open.length + summary.settledCount).toBe(result.findings.length);
  }
});

test('records read are accepted and skipped by reason, from the files or, for a store, from the traffic', () => {
  const fromFiles = summarise(auditResultFixture()).logs;
  const fromTraffic = summarise({ ...auditResultFixture(), inputs: [] }).logs;
  for (const logs of [fromFiles, fromTraffic]) {
    expect(logs?.records).toBe((logs?.accepted ?? 0) + (logs?.skipped ?? 0));
    expect(sum(logs?.skippedByReason.map(([, count]) => count) ?? [])).toBe(logs?.skipped);
  }
  expect(summarise(withoutTraffic(auditResultFixture())).logs).toBeNull();
});

test('the least covered interface comes first', () => {
  expect(summarise(auditResultFixture()).coverage.map((entry) => entry.attachment)).toEqual([
    'eni-0lambda',
    'eni-0db1',
    'eni-0app2',
    'eni-0web2',
    'eni-0app1',
    'eni-0web1',
  ]);
});

test('numbers are grouped by three and lose no digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (count) => {
      expect(formatCount(String(count)).replaceAll(',', '')).toBe(String(count));
    }),
  );
  expect(formatCount('1234567')).toBe('1,234,567');
  expect(formatCount(999)).toBe('999');
});

test('a percentage is never rounded to all or nothing', () => {
  expect(['0', '0.0004', '0.9812', '0.9999', '1'].map(formatPercent)).toEqual(['0 %', '< 0.1 %', '98.1 %', '> 99.9 %', '100 %']);
});
