import type { Plan } from '../../model/audit-result.ts';
import type { Backtest, BacktestSplit, ExpectedMisses, MissForecast } from '../../model/backtest.ts';
import type { Finding } from '../../model/finding.ts';

/**
 * How many of the rules that a plan takes for unused will be missed, from what the backtest saw: their number times the share of silent rules that were hit
 * after all. Taken from the split with the longest first part, and only for as long a time as its held-out part: what comes later nobody has seen.
 */
export function forecastMisses(plan: Plan, findings: readonly Finding[], { splits, whyNone }: Backtest): MissForecast {
  const basis = splits.at(-1) ?? null;
  const unused = findings.filter(({ kind, status }) => kind === 'unused' && status !== 'accepted' && status !== 'fixed');
  const ids = new Set(unused.map(({ id }) => id));
  const planned = plan.removals.filter(({ effect, because }) => effect === 'narrows' && because.some((id) => ids.has(id)));
  return {
    basis: basis?.split ?? null,
    days: basis?.rest.days ?? null,
    whyNone: whyNone ?? basis?.whyNoShare ?? null,
    planned: expect(planned.length, basis),
    unused: expect(unused.length, basis),
  };
}

function expect(rules: number, basis: BacktestSplit | null): ExpectedMisses {
  if (basis === null || basis.hit.low === null || basis.possiblyHit.high === null)
    return { rules, atLeast: null, atMost: null, low: null, high: null };
  return {
    rules,
    atLeast: ((rules * basis.hit.rules) / basis.silent).toFixed(2),
    atMost: ((rules * basis.possiblyHit.rules) / basis.silent).toFixed(2),
    // Outwards, like the bounds of the share.
    low: (Math.floor(rules * Number(basis.hit.low) * 100 + 1e-9) / 100).toFixed(2),
    high: (Math.ceil(rules * Number(basis.possiblyHit.high) * 100 - 1e-9) / 100).toFixed(2),
  };
}
