import { type Store, sqlText } from '../../store/database.ts';
import { kindCode } from './format.ts';
import { ROW_COLUMNS } from './records.ts';
import type { RollUpShape } from './rollup.ts';

/** What makes two records the same delivery; flags and true addresses may be missing in one of the logs. */
const RECORD_KEY = 'attachment, source, destination, source_port, destination_port, protocol, kind, start_s, end_s, packets, bytes';

/**
 * Of `rows`, the records of attachments that several flow logs cover, with equal records counted once per flow log: the flow log that has the most
 * copies (then the one that says most, then the smaller number) keeps them, the copies of the others become DUPLICATE_DELIVERY. All other rows
 * pass, also those of files whose flow log is not known (-1 in `flowLogs`, which is by file number). Has the columns of {@link ROW_COLUMNS} and `copies`.
 */
export function withoutDuplicateDeliveries(rows: string, attachments: readonly string[], flowLogs: readonly number[]): string {
  const flowLog = `[${flowLogs.join(', ')}][(file + 1)::BIGINT]`;
  const covered = `(kind <= ${kindCode('REJECT')} AND attachment IN (${attachments.map(sqlText).join(', ')}) AND ${flowLog} >= 0)`;
  const grouped = `SELECT ${ROW_COLUMNS.join(', ')}, ${flowLog} AS flow_log, count(*) AS copies FROM (${rows}) WHERE ${covered} GROUP BY ALL`;
  const perLog = `SELECT *, sum(copies) OVER (PARTITION BY ${RECORD_KEY}, flow_log) AS log_copies, max(evidence) OVER (PARTITION BY ${RECORD_KEY}, flow_log) AS log_evidence FROM (${grouped})`;
  const judged = `SELECT *, arg_max(flow_log, (log_copies, log_evidence, -flow_log)) OVER (PARTITION BY ${RECORD_KEY}) AS kept_log FROM (${perLog})`;
  const kept = ROW_COLUMNS.map((name) =>
    name === 'kind' ? `CASE WHEN flow_log = kept_log THEN kind ELSE ${kindCode('DUPLICATE_DELIVERY')} END::UTINYINT AS kind` : name,
  );
  return (
    `SELECT ${ROW_COLUMNS.join(', ')}, 1 AS copies FROM (${rows}) WHERE NOT ${covered} ` +
    `UNION ALL SELECT ${kept.join(', ')}, copies FROM (${judged})`
  );
}

/** Comparing record by record costs as much as all the rest, so it is done where that is little. */
const MOST_COMPARED = 1_000_000;

/**
 * Records that equal another one in every field that counts, the first of each kind apart; they stay, because two connections may look the same at this
 * resolution. Records without times are not compared, and nothing is when there are more than a million: null.
 */
export async function countIdenticalRecords(store: Store, rows: string, shape: RollUpShape, accepted: number): Promise<number | null> {
  if (accepted > MOST_COMPARED) return null;
  const [row] = await store.rows(
    `SELECT coalesce(sum(copies - 1), 0)::DOUBLE AS identical FROM (SELECT ${shape.copies ? 'sum(copies)' : 'count(*)'} AS copies FROM (${rows}) ` +
      `WHERE kind <= ${kindCode('REJECT')} AND start_s IS NOT NULL GROUP BY ${RECORD_KEY}, evidence, true_source, true_destination, named_rule)`,
  );
  return Number(row?.['identical'] ?? 0);
}
