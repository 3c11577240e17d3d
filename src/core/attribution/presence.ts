import type { Presence } from '../../model/rule.ts';

/** Whether a rule, in the form that is audited, was in force on a day. */
export type PresenceOnDay = 'present' | 'absent' | 'unsure';

const SECONDS_PER_DAY = 86_400;

/** A rule whose presence changes inside no window at all: it counts on every day alike. */
export function isAlwaysPresent(presence: Presence): boolean {
  return presence.absentAt === null && presence.retiredAt === null;
}

/**
 * Reads a presence for one whole UTC day (days since 1970). Between the last export that lacks the rule and the first that holds it nobody
 * knows, so the answer is `unsure`; a retired rule is never better than `unsure`, because it may have gone any time after its last export.
 */
export function presenceOn(presence: Presence, day: number): PresenceOnDay {
  const dayStart = day * SECONDS_PER_DAY;
  const dayEnd = dayStart + SECONDS_PER_DAY;
  if (presence.retiredAt !== null) return dayStart >= presence.retiredAt ? 'absent' : 'unsure';
  if (presence.absentAt === null) return 'present';
  if (dayEnd <= presence.absentAt) return 'absent';
  if (presence.knownFrom !== null && dayStart >= presence.knownFrom) return 'present';
  return 'unsure';
}

/** Days cut into stretches in which no presence changes. */
export interface PresenceSegments {
  readonly count: number;
  /** Index of the segment that holds a day; days before the first cut are segment 0. */
  segmentOf(day: number): number;
  /** A day inside a segment, to read presences by. */
  dayIn(segment: number): number;
}

export function cutIntoSegments(presences: Iterable<Presence>): PresenceSegments {
  const cuts = new Set<number>();
  for (const { absentAt, knownFrom, retiredAt } of presences) {
    if (absentAt === null && retiredAt === null) continue;
    if (absentAt !== null) cuts.add(Math.floor(absentAt / SECONDS_PER_DAY));
    if (knownFrom !== null) cuts.add(Math.ceil(knownFrom / SECONDS_PER_DAY));
    if (retiredAt !== null) cuts.add(Math.ceil(retiredAt / SECONDS_PER_DAY));
  }
  const starts = [...cuts].sort((a, b) => a - b);
  return {
    count: starts.length + 1,
    segmentOf: (day) => countUpTo(starts, day),
    dayIn: (segment) => starts[segment - 1] ?? (starts[0] ?? 0) - 1,
  };
}

/** How many of the ascending values are at most `value`. */
function countUpTo(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
