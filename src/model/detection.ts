import * as z from 'zod';

/**
 * Uses that come back after a fixed time. Month, quarter and year are the longest there are, in whole days: what comes back keeps its hour of the day, so that
 * a nightly gap hides a job of the night from every one of them, and what is called sure is sure in a shorter month as well.
 */
export const REGULAR_USES = [
  { use: 'daily', hours: 24 },
  { use: 'weekly', hours: 7 * 24 },
  { use: 'monthly', hours: 31 * 24 },
  { use: 'quarterly', hours: 92 * 24 },
  { use: 'yearly', hours: 366 * 24 },
] as const;
export type RegularUse = (typeof REGULAR_USES)[number]['use'];

const hours = z.int().nonnegative();
const weekHours = z.array(hours).length(168);

/** Whether the window would have shown a use that comes back after `everyHours`, whatever the moment at which it comes. */
export const detectedUseSchema = z.strictObject({
  use: z.enum(REGULAR_USES.map(({ use }) => use)),
  everyHours: hours,
  /** Of the hours in which it may come: those in which it would have come at least once in covered time, on the worst interface. */
  caughtHours: hours,
  /** `yes`: at whatever moment it comes; `partly`: at some moments; `no`: at none. */
  caught: z.enum(['yes', 'partly', 'no']),
  /** How many interfaces would have shown it; they add up to `interfaces`. */
  byInterface: z.strictObject({ yes: z.int(), partly: z.int(), no: z.int() }),
});
export type DetectedUse = z.infer<typeof detectedUseSchema>;

/** A date of the guardrails' calendar, and whether the window shows it. */
export const detectedDateSchema = z.strictObject({
  name: z.string(),
  /** As written: a day, `month-end`, `quarter-end` or `year-end`. */
  date: z.string(),
  reason: z.string(),
  /** Line of the guardrails file. */
  line: z.int(),
  /** `yes`: at least one of the days was covered whole on every interface; `no`: no hour of any; empty `days`: it does not fall into the window. */
  seen: z.enum(['yes', 'partly', 'no']),
  /** Days (UTC) of it that the window touches: hours of the day that were covered, on the worst interface. */
  days: z.array(z.strictObject({ day: z.string(), coveredHours: z.int().nonnegative().max(24) })),
});
export type DetectedDate = z.infer<typeof detectedDateSchema>;

/** What a window can show at all, before any rule is looked at. */
export const detectionSchema = z.strictObject({
  /** Interfaces that an inventory knows; without an inventory those that logged something. */
  interfaces: z.int(),
  uses: z.array(detectedUseSchema),
  /** The same for rules: caught hours in the order of `uses`, on the worst interface of the rule and since it was in force. A rule's evidence names its place in this list. */
  ofRules: z.array(z.array(hours)),
  /** Hours of the week (UTC), Monday 00:00 first. */
  week: z.strictObject({
    /** How often the hour occurs in the window. */
    occurs: weekHours,
    /** How often of that it was covered on the interface that has it least. */
    covered: weekHours,
    /** Interfaces on which it was never covered; 0 where it does not occur. */
    blindInterfaces: weekHours,
  }),
  calendar: z.array(detectedDateSchema),
});
export type Detection = z.infer<typeof detectionSchema>;
