import type { CoverageDay, CoverageFacts, Window } from '../model/flow.ts';
import { UNSEEN_PORT, UNSEEN_PROTOCOL } from '../model/flow.ts';
import { PROTOCOLS_WITH_PORTS } from '../model/service.ts';
import type { ResultRow, Store } from '../store/database.ts';
import { IS_CONVERSATION } from './flow-conversations.ts';
import { kindCode } from './flow-format.ts';
import { keyPart, NEXT_DAY } from './flow-rollup.ts';
import type { TimeLimits } from './flow-rows.ts';
import { ROLLED } from './flow-scan.ts';

const DAY_SECONDS = 86_400;
const HOURS = NEXT_DAY - 1;

/** By attachment, then day: in which hours it logged anything (an interval without traffic included) and in which records were lost. */
export async function coverageDays(store: Store): Promise<readonly CoverageDay[]> {
  const rows = await store.rows(
    `SELECT attachment, ${keyPart('day')} AS day, ${keyPart('kind')} > ${kindCode('REJECT')} AS no_traffic, ${keyPart('kind')} = ${kindCode('SKIPDATA')} AS lost, ` +
      `bit_or(marks) AS marks, max(last_end)::DOUBLE AS last_end FROM ${ROLLED} WHERE file IS NULL AND k & 65535 <> 0 GROUP BY ALL ORDER BY ALL`,
  );
  const days = new Map<string, { attachment: string; day: number; loggedHours: number; skippedHours: number }>();
  const mark = (row: ResultRow, day: number, hours: number): void => {
    const attachment = String(row['attachment']);
    const key = `${day} ${attachment}`;
    const entry = days.get(key) ?? { attachment, day, loggedHours: 0, skippedHours: 0 };
    if (row['lost'] === true) entry.skippedHours |= hours;
    else entry.loggedHours |= hours;
    days.set(key, entry);
  };
  for (const row of rows) {
    const day = Number(row['day']);
    const marks = Number(row['marks']);
    mark(row, day, marks & HOURS);
    if (row['no_traffic'] === true && (marks & NEXT_DAY) !== 0)
      markFollowingDays(day, Number(row['last_end']), (later, hours) => mark(row, later, hours));
  }
  return [...days.values()].sort((left, right) =>
    left.attachment < right.attachment ? -1 : left.attachment > right.attachment ? 1 : left.day - right.day,
  );
}

/** An interval that goes on after midnight: every hour up to its end. */
function markFollowingDays(day: number, lastEnd: number, mark: (day: number, hours: number) => void): void {
  const lastDay = Math.floor(lastEnd / DAY_SECONDS);
  for (let later = day + 1; later <= lastDay; later += 1) {
    const lastHour = later < lastDay ? 23 : Math.floor((lastEnd % DAY_SECONDS) / 3600);
    mark(later, 2 ** (lastHour + 1) - 1);
  }
}

export interface SeenFields {
  readonly window: Window | null;
  readonly unseen: { readonly sourcePort: boolean; readonly destinationPort: boolean; readonly protocol: boolean; readonly time: boolean };
  readonly loggedActions: CoverageFacts['loggedActions'];
}

/** The window, and what some accepted records do not say. */
export async function seenFields(store: Store, limits: TimeLimits): Promise<SeenFields> {
  const hasPorts = `${keyPart('protocol')} IN (${[...PROTOCOLS_WITH_PORTS, UNSEEN_PROTOCOL].join(', ')})`;
  const without = (ab: 'aPort' | 'bPort', ba: 'aPort' | 'bPort'): string =>
    `coalesce(bool_or(${hasPorts} AND ((records_ab > 0 AND ${keyPart(ab)} = ${UNSEEN_PORT}) OR (records_ba > 0 AND ${keyPart(ba)} = ${UNSEEN_PORT}))), false)`;
  const [row] = await store.rows(
    `SELECT count(*) AS total, ${without('aPort', 'bPort')} AS source_port, ` +
      `${without('bPort', 'aPort')} AS destination_port, coalesce(bool_or(${keyPart('protocol')} = ${UNSEEN_PROTOCOL}), false) AS protocol, ` +
      `coalesce(bool_or(k & 65535 = 0), false) AS no_time, coalesce(bool_or(${keyPart('kind')} = ${kindCode('ACCEPT')}), false) AS accept, ` +
      `coalesce(bool_or(${keyPart('kind')} = ${kindCode('REJECT')}), false) AS reject FROM ${ROLLED} WHERE ${IS_CONVERSATION}`,
  );
  // An interval without traffic is watched all the same, so it widens the window; without any traffic there is none.
  const [days] = await store.rows(
    `SELECT min(${keyPart('day')})::INTEGER AS first_day, max(${keyPart('day')})::INTEGER AS last_day FROM ${ROLLED} WHERE file IS NULL AND k & 65535 <> 0`,
  );
  return {
    window: Number(row?.['total'] ?? 0) === 0 ? null : windowOf(numberOf(days?.['first_day']), numberOf(days?.['last_day']), limits),
    unseen: {
      sourcePort: row?.['source_port'] === true,
      destinationPort: row?.['destination_port'] === true,
      protocol: row?.['protocol'] === true,
      time: row?.['no_time'] === true,
    },
    loggedActions: { accept: row?.['accept'] === true, reject: row?.['reject'] === true },
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** What was asked for; else the whole UTC days on which records start. Null when neither is known. */
function windowOf(firstDay: number | null, lastDay: number | null, limits: TimeLimits): Window | null {
  const start = limits.from ?? (firstDay === null ? null : firstDay * DAY_SECONDS);
  const end = limits.to ?? (lastDay === null ? null : (lastDay + 1) * DAY_SECONDS);
  return start === null || end === null ? null : { start, end };
}
