const DAY = 86400;
const FEWEST = 10;
const MILLION = 1_000_000;

/**
 * "Unused" tried out on the sample: of the permit rules that carried nothing in the first part of the days, how many did in the rest. By the days of
 * the made-up connections alone.
 *
 * @param tested permit rules: `leftOut` (a reason, or null), `certain` and `possible` (start times of days with such connections)
 * @param days start times of all days, in order
 * @param coverage share of hours that the interface with the most losses kept, the same every day
 */
export function backtestOf(tested, days, coverage) {
  const reasons = ['NOT_IN_FORCE', 'EXPLAINED_BY_CONFIGURATION', 'NOT_OBSERVABLE', 'YOUNGER_THAN_WINDOW'];
  const counted = tested.filter(({ leftOut }) => leftOut === null);
  const leftOut = {};
  for (const reason of reasons) {
    const count = tested.filter((rule) => rule.leftOut === reason).length;
    if (count > 0) leftOut[reason] = count;
  }
  const splits = [
    ['half', Math.floor(days.length / 2)],
    ['two-thirds', Math.floor((days.length * 2) / 3)],
  ].map(([split, cut]) => {
    const silent = counted.filter(({ possible }) => possible.every((day) => day >= days[cut]));
    // What is silent before the cut and has a day at all has it after the cut.
    return {
      split,
      first: part(days.slice(0, cut), coverage),
      rest: part(days.slice(cut), coverage),
      counted: counted.length,
      leftOut,
      silent: silent.length,
      silentOfUnknownAge: 0,
      hit: shareOf(silent.filter(({ certain }) => certain.length > 0).length, silent.length),
      possiblyHit: shareOf(silent.filter(({ possible }) => possible.length > 0).length, silent.length),
      whyNoShare: silent.length < FEWEST ? 'TOO_FEW_SILENT_RULES' : null,
    };
  });
  return { permitRules: tested.length, splits, whyNone: null };
}

/** What a number of unused rules may cost in as many days as the rest had. */
export function missesOf(rules, { splits }) {
  const { split, rest, silent, hit, possiblyHit, whyNoShare } = splits[1];
  const hundredths = (value, round) => (round(Number((value * 100).toFixed(6))) / 100).toFixed(2);
  return {
    basis: split,
    days: rest.days,
    whyNone: whyNoShare,
    unused: {
      rules,
      atLeast: hundredths((rules * hit.rules) / silent, Math.round),
      atMost: hundredths((rules * possiblyHit.rules) / silent, Math.round),
      low: hundredths(rules * hit.low, Math.floor),
      high: hundredths(rules * possiblyHit.high, Math.ceil),
    },
  };
}

function part(days, coverage) {
  const time = (seconds) => new Date(seconds * 1000).toISOString().replace('.000', '');
  return { from: time(days[0]), to: time(days.at(-1) + DAY), days: days.length, daysWithData: days.length, coverage };
}

/** The shares, in steps of a millionth, under which neither k or more nor k or fewer of n is rarer than 2.5 %, widened to the next step. */
function shareOf(k, n) {
  if (n < FEWEST) return { rules: k, share: null, low: null, high: null };
  const low = k === 0 ? 0 : firstStep((share) => chance(k, n, n, share) >= 0.025) - 1;
  const high = k === n ? MILLION : firstStep((share) => chance(0, k, n, share) < 0.025);
  const text = (millionths) => String(millionths / MILLION);
  return { rules: k, share: text(Math.round((k * MILLION) / n)), low: text(low), high: text(high) };
}

/** The smallest number of millionths from which on the condition holds. */
function firstStep(holds) {
  let before = 0;
  let at = MILLION;
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2);
    if (holds(middle / MILLION)) at = middle;
    else before = middle;
  }
  return at;
}

/** The chance of `first` to `last` hits among n, term by term. */
function chance(first, last, n, share) {
  let sum = 0;
  for (let hits = first; hits <= last; hits += 1) {
    let term = share ** hits * (1 - share) ** (n - hits);
    for (let i = 1; i <= hits; i += 1) term *= (n - hits + i) / i;
    sum += term;
  }
  return sum;
}
