import { EVIDENCE_OPENER, EVIDENCE_RESPONDER, LOGGED_EGRESS, LOGGED_INGRESS, UNSEEN_PORT, UNSEEN_PROTOCOL } from '../model/flow.ts';
import { ICMP, ICMPV6, PROTOCOLS_WITH_PORTS, TCP } from '../model/service.ts';
import { sqlName } from '../store/database.ts';
import { type FieldSource, type FlowFields, type FlowLayout, kindCode, type ReaderSource } from './flow-format.ts';

/**
 * Names of the columns that every source of rows gives, in this order. `kind` is a code of ROW_KINDS; the text columns of a row that is no
 * conversation are empty. `bytes_read` is what the row took in its file, line end included (0 where it is not known).
 */
export const ROW_COLUMNS = [
  'file',
  'kind',
  'attachment',
  'source',
  'destination',
  'source_port',
  'destination_port',
  'protocol',
  'packets',
  'bytes',
  'start_s',
  'end_s',
  'evidence',
  'records',
  'true_source',
  'true_destination',
  'named_rule',
  'bytes_read',
] as const;

/** Files that one scan reads. */
export interface RowScan {
  readonly layout: FlowLayout;
  /** The numbers of the files of `source.files`, in the same order. */
  readonly fileNumbers: readonly number[];
  readonly source: ReaderSource;
  /** Bytes of a line end, 1 or 2. */
  readonly lineEnd: 1 | 2;
}

/** Half-open, epoch seconds. */
export interface TimeLimits {
  readonly from: number | null;
  readonly to: number | null;
}

/** SQL that reads whole files. Lines with too few or too many fields come as IRREGULAR, once each; {@link selectIrregularRows} reads them again. */
export function selectRows(scan: RowScan, limits: TimeLimits): string {
  const { reader } = scan.layout;
  switch (reader.kind) {
    case 'lines':
      return normalise(scan, limits, lineColumns(scan, reader.fields, reader.delimiter, reader.headerLines, reader.quoted));
    case 'messages':
      return normalise(
        scan,
        limits,
        messageRows(reader.fields, `SELECT file, message, skip FROM (${reader.select(scan.source)})`, SPLIT_BLANKS),
      );
    case 'columns':
      return normalise(scan, limits, { from: `(${reader.select(scan.source)})`, preKind: 'NULL', bytesRead: '0', field: sqlName });
  }
}

/** SQL that reads the files of a line reader again, slowly and one line at a time. */
export function selectLinesOneByOne(scan: RowScan, limits: TimeLimits, which: 'irregular' | 'all'): string {
  const { reader } = scan.layout;
  if (reader.kind !== 'lines') throw new Error('only line readers are read line by line');
  const split = reader.quoted ? SPLIT_CSV : SPLIT_BLANKS;
  const lines = `SELECT file_index AS file, line AS message, NULL AS skip FROM ${readOneColumn(scan.source, reader.headerLines)}`;
  const irregular =
    which === 'all'
      ? ''
      : ` WHERE len(string_split(line, '${reader.delimiter}')) <> ${reader.fields.length}${reader.quoted ? ` OR contains(line, '"')` : ''}`;
  return normalise(scan, limits, messageRows(reader.fields, lines + irregular, split));
}

/** Every line, whatever bytes it holds, as one Latin-1 text; empty lines do not come. */
export function readOneColumn(source: ReaderSource, headerLines: 0 | 1): string {
  return (
    `read_csv(${source.files}, columns = {line: 'VARCHAR'}, delim = '\x02', quote = '', escape = '', header = false, skip = ${headerLines}, auto_detect = false, ` +
    `strict_mode = false, null_padding = true, nullstr = '\x01', hive_partitioning = false, max_line_size = ${LONGEST_LINE}, buffer_size = ${2 * LONGEST_LINE}, compression = '${source.compression}', encoding = 'latin-1')`
  );
}

/** Longer lines make a file unreadable; ten million bytes must not. */
const LONGEST_LINE = 16 * 2 ** 20;

interface RawRows {
  /** Table expression with the column `file`. */
  readonly from: string;
  /** SQL of the kind, where it does not depend on what the fields say; else NULL. */
  readonly preKind: string;
  readonly bytesRead: string;
  readonly field: (name: string) => string | null;
}

/** Lines split by the database's own reader. A missing last field shows too few, one column more shows too many. */
function lineColumns(scan: RowScan, fields: readonly string[], delimiter: string, headerLines: 0 | 1, quoted: boolean): RawRows {
  const column = (index: number): string => `c${index}`;
  const names = [...fields.keys()].map(column);
  const last = column(fields.length - 1);
  const columns = [...names, 'beyond'].map((name) => `${name}: 'VARCHAR'`).join(', ');
  const quotes = quoted ? ` OR contains(concat(${names.join(', ')}), '"')` : '';
  return {
    from:
      `(SELECT *, file_index AS file FROM read_csv(${scan.source.files}, columns = {${columns}}, delim = '${delimiter}', quote = '', escape = '', header = false, ` +
      `skip = ${headerLines}, auto_detect = false, strict_mode = false, null_padding = true, ignore_errors = true, nullstr = '\x01', hive_partitioning = false, ` +
      `compression = '${scan.source.compression}'))`,
    preKind:
      `CASE WHEN ${last} IS NULL OR beyond IS NOT NULL${quotes} THEN ${kindCode('IRREGULAR')} WHEN starts_with(c0, '#') THEN ${kindCode('COMMENT')} ` +
      `WHEN ${last} = '${fields.at(-1) ?? ''}' AND c0 = '${fields[0] ?? ''}' THEN ${kindCode('HEADER')} END`,
    bytesRead: `coalesce(${names.map((name) => `strlen(${name})`).join(' + ')} + ${fields.length - 1 + scan.lineEnd}, 0)`,
    field: (name) => {
      const index = fields.indexOf(name);
      return index < 0 ? null : column(index);
    },
  };
}

/** How a line that single delimiters do not cut into the right number of fields is cut: SQL over `message`. */
const SPLIT_BLANKS = { plain: `string_split(message, ' ')`, again: `string_split_regex(trim(message, ' \t'), '[ \t]+')` };
const SPLIT_CSV = {
  plain: `CASE WHEN contains(message, '"') THEN NULL ELSE string_split(message, ',') END`,
  again: `list_transform(regexp_extract_all(message || ',', '("(?:[^"]|"")*"|[^,"]*),', 1), lambda cell: replace(regexp_replace(cell, '^"(.*)"$', '\\1'), '""', '"'))`,
};

function messageRows(fields: readonly string[], messages: string, split: { readonly plain: string; readonly again: string }): RawRows {
  const count = fields.length;
  return {
    from: `(SELECT *, CASE WHEN len(plain) = ${count} THEN plain ELSE ${split.again} END AS words FROM (SELECT *, ${split.plain} AS plain FROM (${messages})))`,
    preKind:
      `CASE WHEN skip = 'CONTROL_MESSAGE' THEN ${kindCode('CONTROL_MESSAGE')} WHEN message IS NULL OR trim(message, ' \t') = '' THEN ${kindCode('BLANK')} ` +
      `WHEN starts_with(message, '#') THEN ${kindCode('COMMENT')} WHEN len(words) <> ${count} THEN ${kindCode('MALFORMED_FIELDS')} ` +
      `WHEN words[1] = '${fields[0] ?? ''}' AND words[${count}] = '${fields.at(-1) ?? ''}' THEN ${kindCode('HEADER')} END`,
    bytesRead: '0',
    field: (name) => {
      const index = fields.indexOf(name);
      return index < 0 ? null : `words[${index + 1}]`;
    },
  };
}

/** Brings the fields of any source to {@link ROW_COLUMNS}, and says for each row whether it is a record we can use and, if not, why. */
function normalise(scan: RowScan, limits: TimeLimits, raw: RawRows): string {
  const fields = scan.layout.fields(raw.field);
  const cells = [
    `${fileNumber(scan.fileNumbers)} AS file`,
    `${raw.preKind} AS pre_kind`,
    `${raw.bytesRead} AS bytes_read`,
    ...textCell('attachment', fields.attachment),
    ...textCell('source', fields.source),
    ...textCell('destination', fields.destination),
    ...textCell('action', fields.action),
    ...textCell('status', fields.status),
    ...textCell('direction', fields.direction),
    ...textCell('true_source', fields.trueSource),
    ...textCell('true_destination', fields.trueDestination),
    ...textCell('named_rule', fields.namedRule),
    ...numberCell('source_port', fields.sourcePort, 'USMALLINT'),
    ...numberCell('destination_port', fields.destinationPort, 'USMALLINT'),
    ...numberCell('protocol', fields.protocol, 'UTINYINT'),
    ...numberCell('tcp_flags', fields.tcpFlags, 'USMALLINT'),
    ...numberCell('packets', fields.packets, 'DOUBLE'),
    ...numberCell('bytes', fields.bytes, 'DOUBLE'),
    ...numberCell('records', fields.records, 'DOUBLE'),
    ...numberCell('start_s', fields.start, 'UINTEGER'),
    ...numberCell('end_s', fields.end, 'UINTEGER'),
  ];
  return (
    `SELECT file, kind, ${whenUsable('attachment', fields.attachment, kindCode('SKIPDATA'))} AS attachment, ` +
    `CASE WHEN kind <= 2 THEN source ELSE '' END AS source, CASE WHEN kind <= 2 THEN destination ELSE '' END AS destination, ` +
    `${portOf('source_port', fields.sourcePort, fields)} AS source_port, ${portOf('destination_port', fields.destinationPort, fields)} AS destination_port, ` +
    `${fields.protocol === null ? UNSEEN_PROTOCOL : `coalesce(protocol, ${UNSEEN_PROTOCOL})`}::UINTEGER AS protocol, ` +
    `${countOf('packets', fields.packets, 0)} AS packets, ${countOf('bytes', fields.bytes, 0)} AS bytes, start_s, greatest(start_s, end_s) AS end_s, ` +
    `${evidenceOf(scan.layout, fields)}::UINTEGER AS evidence, ${countOf('records', fields.records, 1)} AS records, ` +
    `${trueAddress('true_source', 'source', fields.trueSource)} AS true_source, ${trueAddress('true_destination', 'destination', fields.trueDestination)} AS true_destination, ` +
    `${whenUsable('named_rule', fields.namedRule, kindCode('REJECT'))} AS named_rule, bytes_read ` +
    `FROM (SELECT * REPLACE (${timesOf(fields)}), ${kindOf(fields, limits)}::UTINYINT AS kind FROM (SELECT ${cells.join(', ')} FROM ${raw.from}))`
  );
}

/** The reader counts the files of its list from 0. */
function fileNumber(numbers: readonly number[]): string {
  const first = numbers[0] ?? 0;
  const inOrder = numbers.every((number, index) => number === first + index);
  return inOrder ? `(file + ${first})::INTEGER` : `[${numbers.join(', ')}][(file + 1)::BIGINT]::INTEGER`;
}

function textCell(name: string, source: FieldSource | null): readonly string[] {
  return source === null ? [] : [`${source.sql} AS ${name}`];
}

/** The value, and beside it the text it was read from, or for numbers whether there was one. */
function numberCell(name: string, source: FieldSource | null, type: string): readonly string[] {
  if (source === null) return name === 'start_s' || name === 'end_s' ? [`NULL::${type} AS ${name}`] : [];
  if (source.type === 'number') return [`try_cast(${source.sql} AS ${type}) AS ${name}`, `(${source.sql}) IS NOT NULL AS ${name}_there`];
  return [`try_cast(${source.value ?? source.sql} AS ${type}) AS ${name}`, `${source.sql} AS ${name}_text`];
}

/** True when the field says something that is not what it should be. Ports and protocols must be written as plain digits. */
function isBad(name: string, source: FieldSource | null, style: 'digits' | 'number'): readonly string[] {
  if (source === null) return [];
  if (source.type === 'number') return [`(${name} IS NULL AND ${name}_there)`];
  const unread = `(${name} IS NULL AND ${name}_text NOT IN ('-', ''))`;
  return style === 'digits' && source.value === undefined ? [unread, `${name}::VARCHAR <> ${name}_text`] : [unread];
}

function isAbsent(name: string): string {
  return `(${name} IS NULL OR ${name} IN ('-', ''))`;
}

function kindOf(fields: FlowFields, limits: TimeLimits): string {
  const count = (name: string, source: FieldSource | null): readonly string[] =>
    source === null ? [] : [...isBad(name, source, 'number'), `${name} < 0`, `NOT isfinite(${name})`];
  const cases = [
    ['pre_kind IS NOT NULL', 'pre_kind'],
    ...(fields.status === null
      ? [[`${isAbsent('source')} AND ${isAbsent('destination')}`, kindCode('NODATA')]]
      : [
          [`status = 'NODATA'`, kindCode('NODATA')],
          [`status = 'SKIPDATA'`, kindCode('SKIPDATA')],
          [`status NOT IN ('OK', '-', '')`, kindCode('MALFORMED_STATUS')],
        ]),
    [`${isAbsent('source')} OR ${isAbsent('destination')}`, kindCode('MALFORMED_ADDRESS')],
    [any(isBad('protocol', fields.protocol, 'digits')), kindCode('MALFORMED_PROTOCOL')],
    [
      any([...isBad('source_port', fields.sourcePort, 'digits'), ...isBad('destination_port', fields.destinationPort, 'digits')]),
      kindCode('MALFORMED_PORT'),
    ],
    [
      any([...count('packets', fields.packets), ...count('bytes', fields.bytes), ...count('records', fields.records)]),
      kindCode('MALFORMED_COUNT'),
    ],
    [any([...isBad('start_s', fields.start, 'number'), ...isBad('end_s', fields.end, 'number')]), kindCode('MALFORMED_TIME')],
    [fields.action === null ? 'false' : `action NOT IN ('ACCEPT', 'REJECT', '-', '')`, kindCode('MALFORMED_ACTION')],
    [any(isBad('tcp_flags', fields.tcpFlags, 'number')), kindCode('MALFORMED_FLAGS')],
    [fields.direction === null ? 'false' : `direction NOT IN ('ingress', 'egress', '-', '')`, kindCode('MALFORMED_DIRECTION')],
    [limits.from === null ? 'false' : `coalesce(start_s, end_s) < ${limits.from}`, kindCode('OUTSIDE_WINDOW')],
    [limits.to === null ? 'false' : `coalesce(start_s, end_s) >= ${limits.to}`, kindCode('OUTSIDE_WINDOW')],
    ...(fields.action === null
      ? []
      : [
          [`action = 'ACCEPT'`, kindCode('ACCEPT')],
          [`action = 'REJECT'`, kindCode('REJECT')],
        ]),
  ].filter(([condition]) => condition !== 'false');
  return `CASE ${cases.map(([condition, code]) => `WHEN ${condition} THEN ${code}`).join(' ')} ELSE ${kindCode('UNKNOWN_ACTION')} END`;
}

function any(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : conditions.join(' OR ');
}

/** A record with only one of its two times happened then. */
function timesOf(fields: FlowFields): string {
  if (fields.start === null && fields.end === null) return 'start_s AS start_s';
  return 'coalesce(start_s, end_s) AS start_s, coalesce(end_s, start_s) AS end_s';
}

function whenUsable(name: string, source: FieldSource | null, lastKind: number): string {
  return source === null ? `''` : `CASE WHEN kind <= ${lastKind} AND ${name} IS NOT NULL AND ${name} <> '-' THEN ${name} ELSE '' END`;
}

/** Ports where the protocol has them, type and code where the source tells them; ICMP in a VPC flow log shows 0 and 0, which means nothing. */
function portOf(name: string, source: FieldSource | null, fields: FlowFields): string {
  if (source === null) return `${UNSEEN_PORT}::UINTEGER`;
  const known = `coalesce(${name}::UINTEGER, ${UNSEEN_PORT})`;
  if (fields.protocol === null) return known;
  const protocols = [...PROTOCOLS_WITH_PORTS, ...(fields.icmpInPorts ? [ICMP, ICMPV6] : [])];
  // A CASE, because the database makes a hash join of a long IN, and a quarter of the whole scan is spent in it.
  const cases = protocols.map((protocol) => `WHEN ${protocol} THEN ${known}`).join(' ');
  return `CASE WHEN protocol IS NULL THEN ${known} ELSE CASE protocol ${cases} ELSE ${UNSEEN_PORT} END END::UINTEGER`;
}

function countOf(name: string, source: FieldSource | null, absent: number): string {
  return source === null ? `${absent}::DOUBLE` : `coalesce(${name}, ${absent})`;
}

function evidenceOf(layout: FlowLayout, fields: FlowFields): string {
  const direction =
    fields.direction === null ? '0' : `CASE direction WHEN 'ingress' THEN ${LOGGED_INGRESS} WHEN 'egress' THEN ${LOGGED_EGRESS} ELSE 0 END`;
  return `(${flagEvidence(layout, fields)} + ${direction})`;
}

function flagEvidence(layout: FlowLayout, fields: FlowFields): string {
  if (layout.dialect === 'aws') {
    if (fields.tcpFlags === null || fields.protocol === null) return '0';
    return `CASE WHEN protocol <> ${TCP} OR protocol IS NULL THEN 0 WHEN tcp_flags & 18 = 18 THEN ${EVIDENCE_RESPONDER} WHEN tcp_flags & 2 = 2 THEN ${EVIDENCE_OPENER} ELSE 0 END`;
  }
  if (fields.tcpFlags === null) return String(EVIDENCE_OPENER);
  return `CASE WHEN tcp_flags IS NULL OR (protocol = ${TCP} AND tcp_flags & 18 = 2) THEN ${EVIDENCE_OPENER} ELSE 0 END`;
}

function trueAddress(name: string, seen: string, source: FieldSource | null): string {
  if (source === null) return `''`;
  return `CASE WHEN kind <= 2 AND ${name} IS NOT NULL AND ${name} NOT IN ('-', '') AND ${name} <> ${seen} THEN ${name} ELSE '' END`;
}
