import type { CoverageDay, CoverageFacts, Window } from '../../model/flow.ts';
import { UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../model/flow.ts';
import { PROTOCOLS_WITH_PORTS } from '../../model/service.ts';
import type { ResultRow, Store } from '../../store/database.ts';
import { isAcceptedKind, kindCode } from './format.ts';
import type { TimeLimits } from './records.ts';
import { keyPart, NEXT_DAY } from './rollup.ts';
import { ROLLED } from './scan.ts';

/** What one attachment logged on one day, of one kind: small enough to be looked at row by row. */
export interface LoggedDay {
  readonly attachment: string;
  /** -1 when the log carries no time. */
  readonly day: number;
  readonly kind: number;
  /** Hours in which intervals of this kind began; for NODATA and SKIPDATA all hours they touch, and {@link NEXT_DAY}. */
  readonly hours: number;
  /** Epoch seconds; 0 without time. */
  readonly lastEnd: number;
  readonly withoutSourcePort: boolean;
  readonly withoutDestinationPort: boolean;
  readonly withoutProtocol: boolean;
}

const DAY_SECONDS = 86_400;

/** One pass over the roll-up: by attachment, day and kind. */
export async function loggedDays(store: Store): Promise<readonly LoggedDay[]> {
  const protocol = keyPart('protocol');
  const hasPorts = `(${[...PROTOCOLS_WITH_PORTS, UNSEEN_PROTOCOL].map((number) => `${protocol} = ${number}`).join(' OR ')})`;
  const unseen = (port: 'aPort' | 'bPort'): string => `${keyPart(port)} = ${UNSEEN_PORT}`;
  const without = (ab: 'aPort' | 'bPort', ba: 'aPort' | 'bPort'): string =>
    `bool_or((${unseen('aPort')} OR ${unseen('bPort')}) AND ${hasPorts} AND ((records_ab > 0 AND ${unseen(ab)}) OR (records_ba > 0 AND ${unseen(ba)})))`;
  const rows = await store.rows(
    `SELECT attachment, ((k & 65535)::INTEGER - 1) AS day, ${keyPart('kind')} AS kind, bit_or(marks) AS marks, coalesce(max(last_end), 0)::DOUBLE AS last_end, ` +
      `${without('aPort', 'bPort')} AS source_port, ${without('bPort', 'aPort')} AS destination_port, bool_or(${protocol} = ${UNSEEN_PROTOCOL}) AS protocol ` +
      `FROM ${ROLLED} WHERE file IS NULL AND k IS NOT NULL GROUP BY attachment, k & 65535, ${keyPart('kind')} ORDER BY attachment, day, kind`,
  );
  return rows.map(loggedDayOf);
}

function loggedDayOf(row: ResultRow): LoggedDay {
  const kind = Number(row['kind']);
  const accepted = isAcceptedKind(kind);
  const marks = Number(row['marks']);
  return {
    attachment: String(row['attachment']),
    day: Number(row['day']),
    kind,
    hours: accepted ? marks & (NEXT_DAY - 1) : marks,
    lastEnd: Number(row['last_end']),
    withoutSourcePort: accepted && row['source_port'] === true,
    withoutDestinationPort: accepted && row['destination_port'] === true,
    withoutProtocol: accepted && row['protocol'] === true,
  };
}

/** By attachment, then day: in which hours it logged anything (an interval without traffic included) and in which records were lost. */
export function coverageDays(logged: readonly LoggedDay[]): readonly CoverageDay[] {
  const days = new Map<string, { attachment: string; day: number; loggedHours: number; skippedHours: number }>();
  const mark = (from: LoggedDay, day: number, hours: number): void => {
    const key = `${day} ${from.attachment}`;
    const entry = days.get(key) ?? { attachment: from.attachment, day, loggedHours: 0, skippedHours: 0 };
    if (from.kind === kindCode('SKIPDATA')) entry.skippedHours |= hours;
    else entry.loggedHours |= hours;
    days.set(key, entry);
  };
  for (const entry of logged) {
    if (entry.day < 0) continue;
    mark(entry, entry.day, entry.hours & (NEXT_DAY - 1));
    if ((entry.hours & NEXT_DAY) !== 0) markFollowingDays(entry, mark);
  }
  return [...days.values()].sort((left, right) =>
    left.attachment < right.attachment ? -1 : left.attachment > right.attachment ? 1 : left.day - right.day,
  );
}

/** An interval that goes on after midnight: every hour up to its end. */
function markFollowingDays(entry: LoggedDay, mark: (from: LoggedDay, day: number, hours: number) => void): void {
  const lastDay = Math.floor(entry.lastEnd / DAY_SECONDS);
  for (let later = entry.day + 1; later <= lastDay; later += 1) {
    const lastHour = later < lastDay ? 23 : Math.floor((entry.lastEnd % DAY_SECONDS) / 3600);
    mark(entry, later, 2 ** (lastHour + 1) - 1);
  }
}

export interface SeenFields {
  readonly window: Window | null;
  readonly unseen: { readonly sourcePort: boolean; readonly destinationPort: boolean; readonly protocol: boolean; readonly time: boolean };
  readonly loggedActions: CoverageFacts['loggedActions'];
  readonly rejectOnly: CoverageFacts['rejectOnly'];
  /** Attachments with an accepted record, sorted. */
  readonly attachments: readonly string[];
}

/** The window, and what some accepted records do not say. */
export function seenFields(logged: readonly LoggedDay[], limits: TimeLimits): SeenFields {
  const accepted = logged.filter((entry) => isAcceptedKind(entry.kind));
  const withAccept = new Set(attachmentsWith(accepted, 'ACCEPT'));
  return {
    window: accepted.length === 0 ? null : windowOf(logged, limits),
    unseen: {
      sourcePort: accepted.some((entry) => entry.withoutSourcePort),
      destinationPort: accepted.some((entry) => entry.withoutDestinationPort),
      protocol: accepted.some((entry) => entry.withoutProtocol),
      time: accepted.some((entry) => entry.day < 0),
    },
    loggedActions: {
      accept: accepted.some((entry) => entry.kind === kindCode('ACCEPT')),
      reject: accepted.some((entry) => entry.kind === kindCode('REJECT')),
    },
    rejectOnly: attachmentsWith(accepted, 'REJECT').filter((attachment) => !withAccept.has(attachment)),
    attachments: [...new Set(accepted.map((entry) => entry.attachment))].sort(),
  };
}

function attachmentsWith(logged: readonly LoggedDay[], kind: 'ACCEPT' | 'REJECT'): string[] {
  return [...new Set(logged.filter((entry) => entry.kind === kindCode(kind)).map((entry) => entry.attachment))].sort();
}

/** What was asked for; else the whole UTC days on which records start, those without data included. Null when neither is known. */
function windowOf(logged: readonly LoggedDay[], limits: TimeLimits): Window | null {
  let firstDay = Number.POSITIVE_INFINITY;
  let lastDay = -1;
  for (const { day } of logged) {
    if (day < 0) continue;
    firstDay = Math.min(firstDay, day);
    lastDay = Math.max(lastDay, day);
  }
  const start = limits.from ?? (lastDay < 0 ? null : firstDay * DAY_SECONDS);
  const end = limits.to ?? (lastDay < 0 ? null : (lastDay + 1) * DAY_SECONDS);
  return start === null || end === null ? null : { start, end };
}
