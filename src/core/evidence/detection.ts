import { type DetectedUse, type Detection, REGULAR_USES } from '../../model/detection.ts';
import type { CalendarEntry } from '../../model/guardrails.ts';
import { judgeCalendar } from './calendar.ts';
import type { ExposureBook } from './exposure.ts';
import { worstOf } from './regular-uses.ts';
import { weekOf } from './week.ts';

/**
 * What the window can show on these interfaces, before any rule is looked at.
 *
 * @param attachments empty: nothing is caught
 * @param ofRules what {@link RuleProfiles} collected
 */
export function toDetection(
  book: ExposureBook,
  attachments: readonly string[],
  calendar: readonly CalendarEntry[],
  ofRules: Detection['ofRules'],
): Detection {
  const rows = attachments.map((id) => book.coveredHours(id));
  const caught = attachments.map((id) => book.caughtOn(id, 0));
  return {
    interfaces: attachments.length,
    uses: worstOf(caught).map((worst, index) => toUse(index, worst, caught)),
    ofRules,
    week: weekOf(rows, book.firstHour, book.hours),
    calendar: judgeCalendar(calendar, book.window, rows, book.firstHour),
  };
}

function toUse(index: number, worst: number, rows: readonly (readonly number[])[]): DetectedUse {
  const { use, hours } = REGULAR_USES[index] ?? REGULAR_USES[0];
  const byInterface = { yes: 0, partly: 0, no: 0 };
  for (const row of rows) byInterface[caughtOf(row[index] ?? 0, hours)] += 1;
  return { use, everyHours: hours, caughtHours: worst, caught: caughtOf(worst, hours), byInterface };
}

function caughtOf(caught: number, everyHours: number): DetectedUse['caught'] {
  return caught >= everyHours ? 'yes' : caught > 0 ? 'partly' : 'no';
}

/** Collects what the rules' interfaces can show, each different answer once: ten thousand rules share a handful. */
export class RuleProfiles {
  readonly #places = new Map<string, number>();
  readonly #profiles: number[][] = [];

  /** In the order in which they were first asked for. */
  get profiles(): number[][] {
    return this.#profiles;
  }

  placeOf(caught: readonly number[]): number {
    const key = caught.join(' ');
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.#profiles.length);
    return this.#profiles.push([...caught]) - 1;
  }
}
