import { describe, expect, test } from 'vitest';
import { forecastMisses } from '../../../src/core/plan/forecast-misses.ts';
import type { Plan, Removal } from '../../../src/model/audit-result.ts';
import type { Backtest, BacktestSplit, TestedShare } from '../../../src/model/backtest.ts';
import { missForecastSchema } from '../../../src/model/backtest.ts';
import type { Finding } from '../../../src/model/finding.ts';

const EMPTY: Plan = { removals: [], bound: 0, merges: [], alternatives: [], notProposed: [], simplification: [] };

function share(rules: number, low: string | null, high: string | null): TestedShare {
  return { rules, share: low === null ? null : '0', low, high };
}

function split(name: BacktestSplit['split'], days: number, parts: Partial<BacktestSplit> = {}): BacktestSplit {
  const part = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', days, daysWithData: days, coverage: '1' };
  return {
    split: name,
    first: part,
    rest: part,
    counted: 300,
    leftOut: {},
    silent: 212,
    silentOfUnknownAge: 0,
    hit: share(9, '0.0195', '0.0791'),
    possiblyHit: share(12, '0.0295', '0.0968'),
    whyNoShare: null,
    ...parts,
  };
}

const backtest = (parts: Partial<BacktestSplit> = {}): Backtest => ({
  permitRules: 300,
  splits: [split('half', 45, { hit: share(0, '0', '0.0173') }), split('two-thirds', 30, parts)],
  whyNone: null,
});

/** `unused` rules called unused, of which the plan narrows away the first `planned`. */
function forecast(unused: number, planned: number, tested: Backtest, status: Finding['status'] = 'new') {
  const findings = Array.from({ length: unused }, (_, index) => ({ id: `F-${index}`, kind: 'unused', status }) as Finding);
  const removals = findings.slice(0, planned).map(({ id }) => ({ effect: 'narrows', because: [id] }) as unknown as Removal);
  const unrelated = { effect: 'none', because: ['F-0'] } as unknown as Removal;
  return missForecastSchema.parse(forecastMisses({ ...EMPTY, removals: [...removals, unrelated] }, findings, tested));
}

describe('how many unused rules will be missed', () => {
  test('is their number times the share of the longest first part, for as long as its rest, with outward bounds', () => {
    expect(forecast(300, 100, backtest())).toEqual({
      basis: 'two-thirds',
      days: 30,
      whyNone: null,
      planned: { rules: 100, atLeast: '4.25', atMost: '5.66', low: '1.95', high: '9.68' },
      unused: { rules: 300, atLeast: '12.74', atMost: '16.98', low: '5.85', high: '29.04' },
    });
  });

  test('is nothing for a plan without unused rules, and findings that are settled do not count', () => {
    expect(forecast(300, 0, backtest()).planned).toEqual({ rules: 0, atLeast: '0.00', atMost: '0.00', low: '0.00', high: '0.00' });
    expect(forecast(300, 10, backtest(), 'accepted')).toMatchObject({ planned: { rules: 0 }, unused: { rules: 0 } });
  });

  test('is unknown, with the reason, where the backtest has no share or there is none', () => {
    const unknown = { atLeast: null, atMost: null, low: null, high: null };
    const few = backtest({ silent: 9, hit: share(0, null, null), possiblyHit: share(0, null, null), whyNoShare: 'TOO_FEW_SILENT_RULES' });
    expect(forecast(20, 5, few)).toMatchObject({ whyNone: 'TOO_FEW_SILENT_RULES', planned: { rules: 5, ...unknown } });
    expect(forecast(20, 5, { permitRules: 30, splits: [], whyNone: 'SHORT_WINDOW' })).toEqual({
      basis: null,
      days: null,
      whyNone: 'SHORT_WINDOW',
      planned: { rules: 5, ...unknown },
      unused: { rules: 20, ...unknown },
    });
  });
});
