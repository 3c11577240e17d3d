const TAIL = 0.025;
/** Halvings of [0, 1]: below the resolution of a double near 1. */
const HALVINGS = 60;

/** Coefficients of the approximation of ln Γ. */
const LANCZOS = [
  76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2, -0.5395239384953e-5,
] as const;

/** The exact 95 % interval of a share of which k of n were seen, both inclusive. */
export interface ShareInterval {
  readonly low: number;
  readonly high: number;
}

/**
 * The two-sided 95 % interval of Clopper and Pearson: the shares under which neither "k or more" nor "k or fewer" of n is rarer than 2.5 %. It
 * covers the true share at least as often as it says, whatever n is, and assumes that the n cases are independent.
 *
 * @param k 0..n, whole
 * @param n above 0, whole
 * @throws {RangeError} when k and n are not such numbers
 */
export function clopperPearson95(k: number, n: number): ShareInterval {
  if (!Number.isSafeInteger(k) || !Number.isSafeInteger(n) || n < 1 || k < 0 || k > n) throw new RangeError(`${k} of ${n} is no share`);
  return {
    low: k === 0 ? 0 : solve((share) => atLeast(k, n, share), TAIL),
    high: k === n ? 1 : solve((share) => atLeast(k + 1, n, share), 1 - TAIL),
  };
}

/** Where a function that grows from 0 to 1 over [0, 1] takes a value. */
function solve(grows: (share: number) => number, value: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (grows(middle) < value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The chance of k or more hits among n when each comes with the given chance: the regularised incomplete beta function I_share(k, n - k + 1). */
function atLeast(k: number, n: number, share: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return 1;
  const a = k;
  const b = n - k + 1;
  // The fraction converges fast on this side of the mean only; the other side is its mirror.
  return share < (a + 1) / (a + b + 2) ? lowerPart(a, b, share) : 1 - lowerPart(b, a, 1 - share);
}

function lowerPart(a: number, b: number, x: number): number {
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return (front * continuedFraction(a, b, x)) / a;
}

/** The continued fraction of the incomplete beta function, evaluated from the front (Lentz). */
function continuedFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  // About the square root of the larger argument suffices; the bound is there so that nothing can hang.
  for (let m = 1; m <= 100_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) return value;
  }
  return value;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** ln Γ(x) for x above 0, to about ten digits (Lanczos). */
function logGamma(x: number): number {
  const shifted = x + 5.5;
  const series = LANCZOS.reduce((sum, coefficient, index) => sum + coefficient / (x + index + 1), 1.000000000190015);
  return (x + 0.5) * Math.log(shifted) - shifted + Math.log((Math.sqrt(2 * Math.PI) * series) / x);
}
