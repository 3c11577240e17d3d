import { EVIDENCE_SHIFT_BA } from '../../model/flow.ts';
import { kindCode } from './format.ts';

/** Columns that only some logs need; without them the roll-up is a third smaller. */
export interface RollUpShape {
  /** Some layout carries true addresses beside those the interface saw. */
  readonly translated: boolean;
  readonly named: boolean;
  /** Some layout says how many records a row stands for. */
  readonly weighted: boolean;
  /** Flow log of each file, by file number, when there are at least two; else null. */
  readonly flowLogs: readonly number[] | null;
  /** The rows have a column `copies`: they stand for that many equal ones. */
  readonly copies: boolean;
}

/**
 * Key of a conversation, beside its attachment and addresses, in 64 bits: port of a (17 bits), port of b (17), protocol (9), kind (5), day + 1
 * (16; 0: no time). One key column groups faster than five, and takes a fifth of the memory.
 */
export const KEY = { bPort: 30n, aPort: 47n, protocol: 21n, kind: 16n } as const;

export function keyPart(name: 'aPort' | 'bPort' | 'protocol' | 'kind' | 'day', key = 'k'): string {
  switch (name) {
    case 'aPort':
      return `(${key} >> ${KEY.aPort})::UINTEGER`;
    case 'bPort':
      return `((${key} >> ${KEY.bPort}) & 131071)::UINTEGER`;
    case 'protocol':
      return `((${key} >> ${KEY.protocol}) & 511)::UINTEGER`;
    case 'kind':
      return `((${key} >> ${KEY.kind}) & 31)::UINTEGER`;
    case 'day':
      return `((${key} & 65535)::INTEGER - 1)`;
  }
}

/** The key without its kind, and without its day: equal for what was accepted and refused, and on every day. */
export const KEY_WITHOUT_KIND = `(k & ${(2n ** 64n - 1n) ^ (31n << KEY.kind)}::UBIGINT)`;
export const KEY_WITHOUT_DAY = `(k & ${(2n ** 64n - 1n) ^ 65535n}::UBIGINT)`;

/** `marks`: the hours of the day in bits 0 to 23; evidence of both halves above; for rows without data bit 24: it goes on after midnight. */
export const EVIDENCE_AT = 24;
export const NEXT_DAY = 1 << 24;

/** Sums of a conversation; every one of them adds up, so two roll-ups can be merged. */
export const SUMS = ['records_ab', 'records_ba', 'packets_ab', 'packets_ba', 'bytes_ab', 'bytes_ba'] as const;

/**
 * One scan of `rows` ({@link ROW_COLUMNS}) to two kinds of rows of the table {@link ROLLED}: conversations with their sums (`k` is set; also one
 * row per attachment and day for NODATA and SKIPDATA), and counts per file and kind (`file` is set, `k` is the kind, `records_ab` the
 * rows, `records_ba` their bytes).
 */
export function rollUp(rows: string, shape: RollUpShape): string {
  const extra = extraKeys(shape);
  const copies = shape.copies ? ' * copies' : '';
  const half = (name: string): string =>
    `sum(${name}${copies}) AS ${name}_all, sum(CASE WHEN forward THEN ${name}${copies} ELSE 0 END) AS ${name}_ab`;
  // Records that each stand for one row are counted with the rows.
  const weighted = shape.copies || shape.weighted;
  const records = weighted ? half('records') : 'sum(CASE WHEN forward THEN 1::DOUBLE ELSE 0::DOUBLE END) AS records_ab';
  const sets = [
    ['k', 'attachment', 'a', 'b', ...extra],
    ['file', 'kind'],
    ...(shape.flowLogs === null ? [] : [['flow_log', 'attachment']]),
  ];
  const grouped =
    `SELECT ${['k', 'attachment', 'a', 'b', 'file', 'kind', ...extra].join(', ')}${shape.flowLogs === null ? '' : ', flow_log'}, ` +
    `${half('packets')}, ${half('bytes')}, ${records}, min(start_s) AS first_start, max(end_s) AS last_end, bit_or(marks) AS marks, ` +
    `${shape.copies ? 'sum(copies)' : 'count(*)'}::DOUBLE AS row_count, sum(bytes_read${copies}) AS row_bytes ` +
    `FROM (${keyedRows(rows, shape)}) GROUP BY GROUPING SETS (${sets.map((set) => `(${set.join(', ')})`).join(', ')})`;
  const kept = shape.flowLogs === null ? '' : `, flow_log`;
  return (
    `SELECT coalesce(k, kind::UBIGINT) AS k, attachment, ${integerAddress('a')}, ${integerAddress('b')}, ${['file', ...extra].join(', ')}, ` +
    `CASE WHEN file IS NULL THEN records_ab ELSE row_count END AS records_ab, CASE WHEN file IS NULL THEN ${weighted ? 'records_all' : 'row_count'} - records_ab ELSE row_bytes END AS records_ba, ` +
    `${difference('packets')}, ${difference('bytes')}, first_start, last_end, marks${kept} FROM (${splitAddresses(grouped)}) ` +
    `WHERE k IS NULL OR ${keyPart('kind')} <= ${kindCode('SKIPDATA')}`
  );
}

/** Absent counts add nothing. */
function difference(name: string): string {
  return `coalesce(${name}_ab, 0) AS ${name}_ab, coalesce(${name}_all, 0) - coalesce(${name}_ab, 0) AS ${name}_ba`;
}

export function extraKeys(shape: RollUpShape): readonly string[] {
  return [...(shape.translated ? ['a_true', 'b_true'] : []), ...(shape.named ? ['named_rule'] : [])];
}

/** Puts the endpoint that sorts first, by text and then port, into a. */
function keyedRows(rows: string, shape: RollUpShape): string {
  const ordered = `SELECT *, (source < destination OR (source = destination AND source_port <= destination_port)) AS forward FROM (${rows})`;
  const day = shape.flowLogs === null ? '' : `, [${shape.flowLogs.join(', ')}][(file + 1)::BIGINT] AS flow_log`;
  const translated = shape.translated
    ? ', CASE WHEN forward THEN true_source ELSE true_destination END AS a_true, CASE WHEN forward THEN true_destination ELSE true_source END AS b_true'
    : '';
  return (
    `SELECT file, kind, attachment, forward, records, packets, bytes, start_s, end_s, bytes_read${shape.copies ? ', copies' : ''}${shape.named ? ', named_rule' : ''}, ` +
    `CASE WHEN forward THEN source ELSE destination END AS a, CASE WHEN forward THEN destination ELSE source END AS b${translated}${day}, ` +
    `CASE WHEN kind <= ${kindCode('REJECT')} THEN (CASE WHEN forward THEN source_port ELSE destination_port END::UBIGINT << ${KEY.aPort}) | ` +
    `(CASE WHEN forward THEN destination_port ELSE source_port END::UBIGINT << ${KEY.bPort}) | (protocol::UBIGINT << ${KEY.protocol}) ELSE 0::UBIGINT END | ` +
    `(kind::UBIGINT << ${KEY.kind}) | CASE WHEN kind <= ${kindCode('SKIPDATA')} AND start_s IS NOT NULL THEN (start_s // 86400)::UBIGINT + 1 ELSE 0::UBIGINT END AS k, ` +
    `CASE WHEN kind <= ${kindCode('REJECT')} THEN (CASE WHEN start_s IS NULL THEN 0::UINTEGER ELSE 1::UINTEGER << ((start_s // 3600) % 24) END) | ` +
    `((CASE WHEN forward THEN evidence ELSE evidence << ${EVIDENCE_SHIFT_BA} END)::UINTEGER << ${EVIDENCE_AT}) ` +
    `WHEN start_s IS NULL THEN 0::UINTEGER ELSE ${hourMask()} END::UINTEGER AS marks FROM (${ordered})`
  );
}

/** Every hour from start to end, as far as the day goes. */
function hourMask(): string {
  const first = '((start_s // 3600) % 24)';
  const last = '((end_s // 3600) % 24)';
  return (
    `CASE WHEN start_s // 86400 = end_s // 86400 THEN (2::UINTEGER << ${last}) - (1::UINTEGER << ${first}) ` +
    `ELSE ((1::UINTEGER << 24) - (1::UINTEGER << ${first})) | ${NEXT_DAY}::UINTEGER END`
  );
}

function splitAddresses(grouped: string): string {
  const split = (name: string): string => `try_cast(string_split(${name}, '.') AS UTINYINT[]) AS ${name}_octets`;
  return `SELECT *, ${split('a')}, ${split('b')} FROM (${grouped})`;
}

/**
 * The IPv4 integer where the text is exactly how we would write it; every other text is kept as it is, for a stricter look. The database reads `010` and
 * `1e2` as numbers too: the one shows in the length, the other in its letter. (Writing the address again and comparing costs twice as much.)
 */
function integerAddress(name: string): string {
  const octets = [1, 2, 3, 4].map((index) => `${name}_octets[${index}]`);
  const digits = octets.map((octet) => `(CASE WHEN ${octet} > 99 THEN 3 WHEN ${octet} > 9 THEN 2 ELSE 1 END)`).join(' + ');
  const strict = `(len(${name}_octets) = 4 AND strlen(${name}) = 3 + ${digits} AND NOT contains(${name}, 'e') AND NOT contains(${name}, 'E'))`;
  const value = octets.map((octet, index) => `(${octet}::UINTEGER << ${24 - 8 * index})`).join(' | ');
  return `CASE WHEN ${strict} THEN ${value} ELSE 0 END::UINTEGER AS ${name}, CASE WHEN ${strict} THEN NULL ELSE ${name} END AS ${name}_text`;
}
