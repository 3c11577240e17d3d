import { describe, expect, test } from 'vitest';
import { type AuditResult, auditResultSchema } from '../../src/model/audit-result.ts';
import type { Backtest, MissForecast } from '../../src/model/backtest.ts';
import { backtestSentences, forecastLine, forecastSentences } from '../../src/report/backtest-words.ts';
import { renderers } from '../../src/report/renderers/index.ts';
import { auditResultFixture, withoutTraffic } from '../support/audit-result-fixture.ts';

const PART = { daysWithData: 60, coverage: '0.958' };
const TESTED: Backtest = {
  permitRules: 310,
  whyNone: null,
  splits: [
    {
      split: 'two-thirds',
      first: { from: '2026-01-01T00:00:00Z', to: '2026-03-02T00:00:00Z', days: 60, ...PART },
      rest: { from: '2026-03-02T00:00:00Z', to: '2026-04-01T00:00:00Z', days: 30, ...PART },
      counted: 300,
      leftOut: { NOT_OBSERVABLE: 10 },
      silent: 212,
      silentOfUnknownAge: 3,
      hit: { rules: 9, share: '0.042453', low: '0.019593', high: '0.079057' },
      possiblyHit: { rules: 12, share: '0.056604', low: '0.029586', high: '0.096788' },
      whyNoShare: null,
    },
  ],
};
const FORECAST: MissForecast = {
  basis: 'two-thirds',
  days: 30,
  whyNone: null,
  planned: { rules: 100, atLeast: '4.25', atMost: '5.66', low: '1.95', high: '9.68' },
  unused: { rules: 300, atLeast: '12.74', atMost: '16.98', low: '5.85', high: '29.04' },
};

function resultWith(backtest: Backtest, missForecast: MissForecast): AuditResult {
  const result = auditResultFixture();
  const traffic = result.traffic === null ? null : { ...result.traffic, backtest };
  return auditResultSchema.parse({ ...result, traffic, plan: { ...result.plan, missForecast } });
}

const NONE = { atLeast: null, atMost: null, low: null, high: null };
const untested = resultWith(
  { permitRules: 4, splits: [], whyNone: 'SHORT_WINDOW' },
  { basis: null, days: null, whyNone: 'SHORT_WINDOW', planned: { rules: 0, ...NONE }, unused: { rules: 2, ...NONE } },
);

describe('the words of the backtest', () => {
  test('say how many of how many, when, the share and its interval', () => {
    expect(backtestSentences(resultWith(TESTED, FORECAST))).toEqual([
      'Of 212 permit rules silent on days 1-60 (3 of unknown age), 9 were hit on days 61-90 (from 2026-03-02): 4.2 % (95 %: 2 % to 7.9 %); 12 perhaps (3 % to 9.7 %).',
    ]);
  });

  test('say what the plan may miss, for how long, and on which assumption', () => {
    const sentences = forecastSentences(resultWith(TESTED, FORECAST));
    expect(sentences.slice(0, 2)).toEqual([
      'Of the 100 unused rules that the plan takes away, 4.3 to 5.7 are expected to be missed in the next 30 days (95 %: 1.9 to 9.7).',
      'Were all 300 unused rules taken away, 12.7 to 17 are expected to be missed in the next 30 days (95 %: 5.8 to 29.1).',
    ]);
    expect(sentences[2]).toMatch(/^This assumes that rules go on as in the backtest/);
  });

  test('say so when nothing was tested, and when the plan takes no unused rule away', () => {
    expect(backtestSentences(untested)).toEqual([
      'No backtest of "unused": the window is shorter than 30 days, and nothing is called unused on less.',
    ]);
    expect(forecastSentences(untested)).toEqual([
      'The plan takes away no rule for being unused. Nobody can say how many unused rules will be missed: the window is shorter than 30 days, and nothing is called unused on less.',
    ]);
    expect(forecastLine(untested)).toMatch(/^no backtest of unused: the window/);
  });

  test('are silent where nothing is called unused, and without traffic', () => {
    const zero = { rules: 0, atLeast: '0.00', atMost: '0.00', low: '0.00', high: '0.00' };
    expect(forecastSentences(resultWith(TESTED, { ...FORECAST, planned: zero, unused: zero }))).toEqual([]);
    for (const words of [backtestSentences, forecastSentences]) expect(words(withoutTraffic(auditResultFixture()))).toEqual([]);
    expect(forecastLine(withoutTraffic(auditResultFixture()))).toBeNull();
  });

  test('an estimate that is not zero is not written as zero', () => {
    const tiny = { rules: 1, atLeast: '0.04', atMost: '0.04', low: '0.01', high: '0.08' };
    expect(forecastSentences(resultWith(TESTED, { ...FORECAST, planned: tiny, unused: tiny }))[0]).toBe(
      'Of the 1 unused rule that the plan takes away, < 0.1 are expected to be missed in the next 30 days (95 %: 0 to 0.1).',
    );
  });

  test('the HTML report explains them where there is traffic', () => {
    const html = renderers.find(({ name }) => name === 'html');
    const render = (result: AuditResult): string => String(html?.render(result, { color: false, width: 100, outDir: null }));
    expect(render(resultWith(TESTED, FORECAST))).toContain('expected number of missed rules');
    expect(render(withoutTraffic(auditResultFixture()))).not.toContain('expected number of missed rules');
  });

  test.each(['html', 'markdown', 'text'])('stand in the %s report', (name) => {
    const renderer = renderers.find((candidate) => candidate.name === name);
    const render = (result: AuditResult): string => String(renderer?.render(result, { color: false, width: 100, outDir: null }));
    expect(render(resultWith(TESTED, FORECAST)).replace(/\s+/g, ' ')).toContain('to be missed in the next 30 days');
    if (name !== 'text') expect(render(resultWith(TESTED, FORECAST))).toContain('is a bound, not a forecast');
    expect(render(untested).replace(/\s+/g, ' ')).toContain('the window is shorter than 30 days');
  });
});
