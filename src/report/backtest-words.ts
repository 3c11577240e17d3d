import type { AuditResult } from '../model/audit-result.ts';
import type { BacktestSplit, ExpectedMisses, MissForecast } from '../model/backtest.ts';
import { formatDay, formatPercent, formatQuantity } from './number-format.ts';

/** Why nothing is known about how often silent rules turn out to be used. */
const WHY_NONE: Readonly<Record<NonNullable<MissForecast['whyNone']>, string>> = {
  SHORT_WINDOW: 'the window is shorter than 30 days, and nothing is called unused on less',
  RECORDS_WITHOUT_DAY: 'some records carry no time, so that nobody can tell which part of the window they belong to',
  TOO_FEW_SILENT_RULES: 'fewer than 10 rules were silent in the first part of the window',
};

/** What the bound beside every silent rule means, and what it does not. */
export const BOUND_IS_NO_FORECAST =
  'The bound beside a silent rule (2.996 uses per observed days, at 95 %) is a bound, not a forecast: it says how often the rule may at most be used, not how often it will be.';

/** What the backtest of "unused" saw: one sentence for each cut of the window. None when no traffic was given. */
export function backtestSentences({ traffic }: AuditResult): string[] {
  const backtest = traffic?.backtest;
  if (backtest === undefined) return [];
  if (backtest.whyNone !== null) return [`No backtest of "unused": ${WHY_NONE[backtest.whyNone]}.`];
  return backtest.splits.map(splitSentence);
}

function splitSentence({ first, rest, silent, silentOfUnknownAge, hit, possiblyHit, whyNoShare }: BacktestSplit): string {
  const cut = first.days;
  const rules = formatQuantity(silent, 'permit rule');
  const age = silentOfUnknownAge === 0 ? '' : ` (${silentOfUnknownAge} of unknown age)`;
  const when = `silent on days 1-${cut}${age}, ${hit.rules} ${hit.rules === 1 ? 'was' : 'were'} hit on days ${cut + 1}-${cut + rest.days} (from ${formatDay(rest.from)})`;
  if (whyNoShare !== null || hit.share === null || hit.low === null || hit.high === null)
    return `Of ${rules} ${when}: too few for a share.`;
  const perhaps = possiblyHit.rules === hit.rules ? '' : `; ${possiblyHit.rules} perhaps (${interval(possiblyHit.low, possiblyHit.high)})`;
  return `Of ${rules} ${when}: ${formatPercent(hit.share)} (95 %: ${interval(hit.low, hit.high)})${perhaps}.`;
}

function interval(low: string | null, high: string | null): string {
  return low === null || high === null ? 'no share' : `${formatPercent(low)} to ${formatPercent(high)}`;
}

/** The forecast on one line, for a screen that has no room for sentences; null where {@link forecastSentences} has none. */
export function forecastLine({ plan }: AuditResult): string | null {
  const forecast = plan.missForecast;
  if (forecast === undefined || forecast.unused.rules === 0) return null;
  const { unused, days, whyNone } = forecast;
  if (whyNone !== null || days === null) return `no backtest of unused: ${WHY_NONE[whyNone ?? 'SHORT_WINDOW']}`;
  return `${formatQuantity(unused.rules, 'unused rule')}, by the backtest ${missed(unused, days)}`;
}

/**
 * How many unused rules will be missed: for those that the plan takes away, and for all that are called unused. None when no traffic was given, or when no rule
 * is called unused.
 */
export function forecastSentences({ plan }: AuditResult): string[] {
  const forecast = plan.missForecast;
  if (forecast === undefined || (forecast.unused.rules === 0 && forecast.planned.rules === 0)) return [];
  const { planned, unused, days, whyNone } = forecast;
  const holds = planned.rules === 0 ? 'The plan takes away no rule for being unused.' : '';
  if (whyNone !== null || days === null) {
    return [
      `${holds === '' ? '' : `${holds} `}Nobody can say how many unused rules will be missed: ${WHY_NONE[whyNone ?? 'SHORT_WINDOW']}.`,
    ];
  }
  const ofPlan =
    planned.rules === 0
      ? holds
      : `Of the ${formatQuantity(planned.rules, 'unused rule')} that the plan takes away, ${missed(planned, days)}.`;
  const ofAll =
    unused.rules === planned.rules ? '' : `Were all ${formatQuantity(unused.rules, 'unused rule')} taken away, ${missed(unused, days)}.`;
  return [ofPlan, ofAll, ASSUMPTION].filter((sentence) => sentence !== '');
}

const ASSUMPTION =
  'This assumes that rules go on as in the backtest: those silent in the whole window are hit no more often than those silent in its first part. Of the time after, it says nothing.';

function missed({ atLeast, atMost, low, high }: ExpectedMisses, days: number): string {
  const about = atLeast === atMost ? tenth(atLeast, Math.round) : `${tenth(atLeast, Math.round)} to ${tenth(atMost, Math.round)}`;
  return `${about} are expected to be missed in the next ${formatQuantity(days, 'day')} (95 %: ${tenth(low, Math.floor)} to ${tenth(high, Math.ceil)})`;
}

/** To one place; an estimate that is not zero does not become zero. */
function tenth(value: string | null, round: (number: number) => number): string {
  const number = Number(value ?? 0);
  // Two places are exact in the document and not in binary: 0.3 × 10 must not become 3.0000000000000004.
  const tenths = round(Number((number * 10).toFixed(4)));
  return number > 0 && tenths === 0 && round !== Math.floor ? '< 0.1' : (tenths / 10).toString();
}
