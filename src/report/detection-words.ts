import type { DetectedDate, DetectedUse, Detection } from '../model/detection.ts';
import { formatCount, formatPercent, formatQuantity } from './number-format.ts';

const SURE = 'yes';

/** `yes`, `no`, or the share of the hours in which it may come that would have shown it: never rounded up to all of them. */
export function sayCaught({ caught, caughtHours, everyHours }: DetectedUse): string {
  return caught === 'partly' ? formatPercent(caughtHours / everyHours) : caught;
}

/** The grid in one line: `daily yes, weekly yes, monthly 95.8 %, quarterly no`. */
export function gridLine({ uses }: Detection): string {
  return uses.map((use) => `${use.use} ${sayCaught(use)}`).join(', ');
}

/** The same line for each profile of {@link Detection.ofRules}. */
export function profileLines({ uses, ofRules }: Detection): readonly string[] {
  const caughtOf = (hours: number, { everyHours }: DetectedUse): DetectedUse['caught'] =>
    hours >= everyHours ? 'yes' : hours > 0 ? 'partly' : 'no';
  return ofRules.map((profile) =>
    uses
      .map((use, index) => ({ ...use, caughtHours: profile[index] ?? 0, caught: caughtOf(profile[index] ?? 0, use) }))
      .map((use) => `${use.use} ${sayCaught(use)}`)
      .join(', '),
  );
}

/** What would have shown at every interface, and what would not. */
export function explainUse(use: DetectedUse, interfaces: number): string {
  const { yes } = use.byInterface;
  if (use.caught === SURE) return `Whenever a ${use.use} use comes, every interface would have logged it.`;
  const missed = formatPercent((use.everyHours - use.caughtHours) / use.everyHours);
  const where =
    interfaces === 1 || yes === 0 ? '' : ` ${formatCount(yes)} of ${formatQuantity(interfaces, 'interface')} would have shown it for sure.`;
  if (use.caught === 'no') return `A ${use.use} use would not have shown on the worst interface.${where}`;
  return `In ${missed} of the hours in which a ${use.use} use may come, the worst interface would not have logged it once.${where}`;
}

/** A date of the guardrails in a line: `seen whole: 2026-03-31`. */
export function sayDate(entry: DetectedDate): string {
  if (entry.days.length === 0) return 'not in the window';
  return `${SEEN_WORDS[entry.seen]}: ${listDays(entry)}`;
}

const SEEN_WORDS: Readonly<Record<DetectedDate['seen'], string>> = { yes: 'seen whole', partly: 'seen in part', no: 'not seen' };
const DAYS_SHOWN = 6;

/** Days of a date that the window holds; hours where they are not all covered. Empty when it holds none. */
export function listDays({ days }: DetectedDate): string {
  const list = days.map(({ day, coveredHours }) => (coveredHours === 24 ? day : `${day} (${coveredHours} of 24 h)`));
  return `${list.slice(0, DAYS_SHOWN).join(', ')}${list.length > DAYS_SHOWN ? ` and ${list.length - DAYS_SHOWN} more` : ''}`;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** One hour of the week on the interface that saw it least. */
export interface WeekCell {
  readonly weekday: string;
  readonly hour: number;
  readonly occurs: number;
  readonly covered: number;
  readonly blindInterfaces: number;
}

/** Seven rows of 24, Monday first, UTC. */
export function weekRows({ week }: Detection): readonly (readonly WeekCell[])[] {
  return WEEKDAYS.map((weekday, day) =>
    Array.from({ length: 24 }, (_, hour) => {
      const at = day * 24 + hour;
      return {
        weekday,
        hour,
        occurs: week.occurs[at] ?? 0,
        covered: week.covered[at] ?? 0,
        blindInterfaces: week.blindInterfaces[at] ?? 0,
      };
    }),
  );
}

/** Hours of the week that some interface never saw: `every day 02h; Mon 03h 04h`; empty when there is none. */
export function blindHours(detection: Detection): string {
  const rows = weekRows(detection).map((row) => row.filter(({ blindInterfaces }) => blindInterfaces > 0).map(({ hour }) => hour));
  const daily = (rows[0] ?? []).filter((hour) => rows.every((row) => row.includes(hour)));
  const say = (hours: readonly number[]): string =>
    hours.length === 24 ? 'all day' : hours.map((hour) => `${String(hour).padStart(2, '0')}h`).join(' ');
  const rest = rows.flatMap((row, day) => {
    const hours = row.filter((hour) => !daily.includes(hour));
    return hours.length === 0 ? [] : [`${WEEKDAYS[day] ?? ''} ${say(hours)}`];
  });
  return [...(daily.length === 0 ? [] : [`every day ${say(daily)}`]), ...rest].join('; ');
}
