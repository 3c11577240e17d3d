import type { CoverageFacts, Window } from '../../model/flow.ts';
import { caughtHours, worstOf } from './regular-uses.ts';

const SECONDS_PER_HOUR = 3600;
const SECONDS_PER_DAY = 86_400;
const HOURS_PER_WEEK = 168;

/** How long, and how completely, a rule was watched: what a missing hit is worth. */
export interface Exposure {
  /** Hours from which the rule was in force to the end of the window. */
  readonly hours: number;
  /** Of the worst attachment: covered hours over hours, 0..1; 0 when nothing was watched. */
  readonly coverage: number;
  /** Days on which at least one attachment was covered for at least an hour. */
  readonly effectiveDays: number;
  /** Hours of the day (UTC) that are never covered on some weekday on some attachment; ascending. */
  readonly emptyHourCells: readonly number[];
  readonly hasSkippedRecords: boolean;
  /** Files of unknown time, or records, could not be read: where silence would have to be explained, nobody knows what they hold. */
  readonly hasUnknownGap: boolean;
  /** Attachments that logged nothing at all. */
  readonly silentAttachments: number;
  /** Of the worst attachment: what of a daily to yearly use would have shown, in hours; see {@link caughtHours}. */
  readonly caughtHours: readonly number[];
}

/** One attachment's own record, for the coverage page. */
export interface AttachmentCoverage {
  readonly attachment: string;
  readonly coverage: number;
  readonly daysWithData: number;
  readonly skippedHours: number;
  readonly emptyHourCells: readonly number[];
  /** The three longest stretches without data, epoch seconds, half-open, in order of time. */
  readonly gaps: readonly { readonly start: number; readonly end: number }[];
}

/**
 * Answers how well rules were watched. An hour of an attachment is covered when it logged something (an interval without traffic included), lost
 * no records and no unread file holds a part of it.
 */
export class ExposureBook {
  readonly window: Window;
  /** Hours of the window, the last one perhaps in part. */
  readonly hours: number;
  /** The first whole hour, since 1970-01-01 UTC. */
  readonly firstHour: number;
  readonly #covered = new Map<string, Uint8Array>();
  readonly #skipped = new Map<string, Uint8Array>();
  readonly #unread: readonly { readonly from: number; readonly to: number }[];
  readonly #cache = new Map<string, Exposure>();
  readonly #caught = new Map<string, readonly number[]>();
  /** A file was left out and nobody knows which time it holds. */
  readonly hasGapOfUnknownTime: boolean;
  readonly hasUnreadFiles: boolean;
  readonly hasUnreadRecords: boolean;

  constructor(window: Window, facts: CoverageFacts) {
    this.window = window;
    this.firstHour = Math.ceil(window.start / SECONDS_PER_HOUR);
    this.hours = Math.max(0, Math.ceil((window.end - window.start) / SECONDS_PER_HOUR));
    this.hasUnreadFiles = facts.unreadFiles.length > 0;
    this.hasUnreadRecords = facts.unreadRecords > 0;
    this.hasGapOfUnknownTime = facts.unreadFiles.some((file) => file.from === null || file.to === null);
    this.#unread = facts.unreadFiles.flatMap(({ from, to }) => (from === null || to === null ? [] : [{ from, to }]));
    for (const { attachment, day, loggedHours, skippedHours } of facts.days) {
      this.#mark(this.#covered, attachment, day, loggedHours & ~skippedHours);
      this.#mark(this.#skipped, attachment, day, skippedHours);
    }
    for (const covered of this.#covered.values()) this.#clearUnread(covered);
  }

  /** Exposure of a rule that was in force since `since` (epoch seconds; null: during the whole window) on the given attachments. */
  exposure(attachments: readonly string[], since: number | null): Exposure {
    const from = since === null ? 0 : Math.max(0, Math.ceil((since - this.window.start) / SECONDS_PER_HOUR));
    const key = `${from} ${attachments.join('\n')}`;
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    const exposure = this.#compute(attachments, Math.min(from, this.hours));
    this.#cache.set(key, exposure);
    return exposure;
  }

  /** 1 for each hour of the window in which the attachment was covered. */
  coveredHours(attachment: string): Uint8Array {
    return this.#covered.get(attachment) ?? new Uint8Array(this.hours);
  }

  /** {@link caughtHours} of one attachment, from an hour of the window. */
  caughtOn(attachment: string, from: number): readonly number[] {
    const key = `${from} ${attachment}`;
    const known = this.#caught.get(key);
    if (known !== undefined) return known;
    const caught = caughtHours(this.coveredHours(attachment), this.firstHour, from);
    this.#caught.set(key, caught);
    return caught;
  }

  coverageOf(attachment: string): AttachmentCoverage {
    const covered = this.coveredHours(attachment);
    const skipped = this.#skipped.get(attachment) ?? new Uint8Array(this.hours);
    return {
      attachment,
      coverage: share(sum(covered), this.hours),
      daysWithData: this.#daysCovered([covered], 0),
      skippedHours: sum(skipped),
      emptyHourCells: this.#emptyHourCells(covered, 0),
      gaps: this.#longestGaps(covered),
    };
  }

  #compute(attachments: readonly string[], from: number): Exposure {
    const rows = attachments.map((id) => this.coveredHours(id));
    const hours = this.hours - from;
    const cells = new Set<number>();
    for (const row of rows) for (const hour of this.#emptyHourCells(row, from)) cells.add(hour);
    return {
      hours,
      coverage: rows.length === 0 ? 0 : Math.min(...rows.map((row) => share(sum(row.subarray(from)), hours))),
      effectiveDays: this.#daysCovered(rows, from),
      emptyHourCells: [...cells].sort((a, b) => a - b),
      hasUnknownGap: this.hasGapOfUnknownTime || this.hasUnreadRecords,
      hasSkippedRecords: attachments.some((id) => sum((this.#skipped.get(id) ?? new Uint8Array(0)).subarray(from)) > 0),
      silentAttachments: attachments.filter((id) => !this.#covered.has(id)).length,
      caughtHours: worstOf(attachments.map((id) => this.caughtOn(id, from))),
    };
  }

  #mark(rows: Map<string, Uint8Array>, attachment: string, day: number, hours: number): void {
    let row = rows.get(attachment);
    if (row === undefined) {
      row = new Uint8Array(this.hours);
      rows.set(attachment, row);
    }
    for (let hour = 0; hour < 24; hour += 1) {
      if ((hours & (1 << hour)) === 0) continue;
      const at = Math.floor((day * SECONDS_PER_DAY + hour * SECONDS_PER_HOUR - this.window.start) / SECONDS_PER_HOUR);
      if (at >= 0 && at < row.length) row[at] = 1;
    }
  }

  #clearUnread(covered: Uint8Array): void {
    for (const { from, to } of this.#unread) {
      const first = Math.max(0, Math.floor((from - this.window.start) / SECONDS_PER_HOUR));
      const end = Math.min(this.hours, Math.ceil((to - this.window.start) / SECONDS_PER_HOUR));
      if (first < end) covered.fill(0, first, end);
    }
  }

  #daysCovered(rows: readonly Uint8Array[], from: number): number {
    const days = new Set<number>();
    for (const row of rows) {
      for (let hour = from; hour < row.length; hour += 1) {
        if (row[hour] === 1) days.add(Math.floor((this.window.start + hour * SECONDS_PER_HOUR) / SECONDS_PER_DAY));
      }
    }
    return days.size;
  }

  /** Cells of the week that occur in the window and are never covered, by hour of the day. Under a week not every cell occurs. */
  #emptyHourCells(covered: Uint8Array, from: number): number[] {
    const seen = new Uint8Array(HOURS_PER_WEEK);
    const filled = new Uint8Array(HOURS_PER_WEEK);
    for (let hour = from; hour < covered.length; hour += 1) {
      const cell = (this.firstHour + hour) % HOURS_PER_WEEK;
      seen[cell] = 1;
      if (covered[hour] === 1) filled[cell] = 1;
    }
    const empty = new Set<number>();
    for (let cell = 0; cell < HOURS_PER_WEEK; cell += 1) if (seen[cell] === 1 && filled[cell] === 0) empty.add(cell % 24);
    return [...empty].sort((a, b) => a - b);
  }

  #longestGaps(covered: Uint8Array): { start: number; end: number }[] {
    const gaps: { start: number; end: number }[] = [];
    let start = -1;
    for (let hour = 0; hour <= covered.length; hour += 1) {
      const isGap = hour < covered.length && covered[hour] === 0;
      if (isGap && start < 0) start = hour;
      if (!isGap && start >= 0) {
        gaps.push({ start: this.window.start + start * SECONDS_PER_HOUR, end: this.window.start + hour * SECONDS_PER_HOUR });
        start = -1;
      }
    }
    return gaps
      .sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)
      .slice(0, 3)
      .sort((a, b) => a.start - b.start);
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(row: Uint8Array): number {
  let total = 0;
  for (const value of row) total += value;
  return total;
}
