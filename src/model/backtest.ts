import * as z from 'zod';
import { fractionSchema, timestampSchema } from './finding.ts';

/** Of how many rules a share is known, and its exact two-sided 95 % interval (Clopper and Pearson; rounded outwards). */
export const testedShareSchema = z.strictObject({
  rules: z.int(),
  /** `rules` over the silent ones; null, like the bounds, when those are too few. */
  share: fractionSchema.nullable(),
  low: fractionSchema.nullable(),
  high: fractionSchema.nullable(),
});
export type TestedShare = z.infer<typeof testedShareSchema>;

/** One part of the window, half-open; cut between whole UTC days. */
export const backtestPartSchema = z.strictObject({
  from: timestampSchema,
  to: timestampSchema,
  /** UTC days that lie in it, a first or last one in part. */
  days: z.int(),
  /** Of these, the days on which any interface logged. */
  daysWithData: z.int(),
  /** Covered hours over hours on the worst interface of the worst of the rules that count; null when none does. */
  coverage: fractionSchema.nullable(),
});
export type BacktestPart = z.infer<typeof backtestPartSchema>;

/** Why a permit rule takes no part in the test. The order is the order in which it is asked. */
export const leftOutReasonSchema = z.enum([
  /** Switched off, or pointing at something that is gone. */
  'NOT_IN_FORCE',
  /** Another rule explains its silence: shadowed, redundant to earlier rules, a copy, unmatchable. */
  'EXPLAINED_BY_CONFIGURATION',
  /** No log can show it unused: grade I, or a policy at interfaces that nobody knows. */
  'NOT_OBSERVABLE',
  /** Not in force during the whole window. */
  'YOUNGER_THAN_WINDOW',
  /** Silence in this window would be grade D: too short, too patchy. */
  'WEAK_EVIDENCE',
  /** One of the two parts is covered less than grade C asks for. */
  'PART_NOT_COVERED',
]);
export type LeftOutReason = z.infer<typeof leftOutReasonSchema>;

export const backtestSplitSchema = z.strictObject({
  split: z.enum(['half', 'two-thirds']),
  /** The first part, in which rules are silent or not, and the rest, in which silent ones turn out to be used or not. */
  first: backtestPartSchema,
  rest: backtestPartSchema,
  /** permit rules = counted + Σ leftOut. */
  counted: z.int(),
  leftOut: z.partialRecord(leftOutReasonSchema, z.int()),
  /** Counted rules without any possible hit in the first part, and how many of them nobody knows the age of. */
  silent: z.int(),
  silentOfUnknownAge: z.int(),
  /** Silent rules with a certain hit in the rest, and with a possible one: what was missed at least, and at most. */
  hit: testedShareSchema,
  possiblyHit: testedShareSchema,
  /** Why there is no share. */
  whyNoShare: z.enum(['TOO_FEW_SILENT_RULES']).nullable(),
});
export type BacktestSplit = z.infer<typeof backtestSplitSchema>;

/** "Unused" tested on the logs themselves: of the rules silent in the first part of the window, how many were hit in the rest. */
export const backtestSchema = z.strictObject({
  permitRules: z.int(),
  /** By length of the first part; empty when `whyNone` says why nothing was tested. */
  splits: z.array(backtestSplitSchema),
  whyNone: z.enum(['SHORT_WINDOW', 'RECORDS_WITHOUT_DAY']).nullable(),
});
export type Backtest = z.infer<typeof backtestSchema>;

/** How many of some rules will turn out to be used, were they as the silent ones of the backtest: an expected number, with the interval of its share. */
export const expectedMissesSchema = z.strictObject({
  rules: z.int(),
  /** From certain and from possible hits; null, like the bounds, when the backtest has no share. Decimal strings, two places. */
  atLeast: fractionSchema.nullable(),
  atMost: fractionSchema.nullable(),
  /** 95 %: the lower bound of the certain share and the upper bound of the possible one, times `rules`. */
  low: fractionSchema.nullable(),
  high: fractionSchema.nullable(),
});
export type ExpectedMisses = z.infer<typeof expectedMissesSchema>;

/**
 * What the plan is expected to miss in as many days as the held-out part of the backtest has, if rules go on as they did: the silent ones of a longer window
 * are not hit more often than those of its first part. Nothing is said about the time after.
 */
export const missForecastSchema = z.strictObject({
  /** The split it is taken from: the one with the longest first part, whose silence is most like that of the audit. Null: no backtest. */
  basis: backtestSplitSchema.shape.split.nullable(),
  /** Length of the held-out part: the time the numbers speak of. */
  days: z.int().nullable(),
  whyNone: z.enum(['SHORT_WINDOW', 'RECORDS_WITHOUT_DAY', 'TOO_FEW_SILENT_RULES']).nullable(),
  /** Rules that the plan takes away because nobody used them. */
  planned: expectedMissesSchema,
  /** All rules with an open finding `unused`, planned or not. */
  unused: expectedMissesSchema,
});
export type MissForecast = z.infer<typeof missForecastSchema>;
