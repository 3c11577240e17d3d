import { EVIDENCE_OPENER, EVIDENCE_RESPONDER, LOGGED_EGRESS, LOGGED_INGRESS, UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../model/flow.ts';
import { ICMP, ICMPV6, PROTOCOLS_WITH_PORTS, TCP } from '../../model/service.ts';
import { type FieldSource, type FlowFields, type FlowLayout, kindCode, type RowKind } from './format.ts';

/**
 * Names of the columns that every source of rows gives, in this order. `kind` is a code of ROW_KINDS; what a row that is no
 * record says in the others means nothing, but for its attachment and times when it is NODATA or SKIPDATA. `bytes_read` is what the row took in its file, line end included (0 where it is not known).
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

/** Half-open, epoch seconds. */
export interface TimeLimits {
  readonly from: number | null;
  readonly to: number | null;
}

/** Rows of a source before anything is known about them. */
export interface RawRows {
  /** Table expression with the column `file`. */
  readonly from: string;
  /** Conditions that rows which are records for sure fulfil, whatever their fields say. */
  readonly isPlain: readonly string[];
  /** WHEN … THEN of kinds that do not depend on what the fields say. */
  readonly kinds: readonly string[];
  /** Columns that these conditions speak about. */
  readonly keep: readonly string[];
  readonly bytesRead: string;
  readonly field: (name: string) => string | null;
}

/**
 * Brings the fields of any source to {@link ROW_COLUMNS}, and says for each row whether it is a record we can use and, if not, why. Nearly all rows are
 * plain records: they are told by one cheap condition, and only the others are asked what is wrong with them.
 */
export function toRecords(layout: FlowLayout, fileNumbers: readonly number[], raw: RawRows, limits: TimeLimits): string {
  const fields = layout.fields(raw.field);
  const cells = [
    `${fileNumber(fileNumbers)} AS file`,
    `${raw.bytesRead} AS bytes_read`,
    ...raw.keep,
    ...textCell('attachment', fields.attachment),
    ...textCell('source', fields.source),
    ...textCell('destination', fields.destination),
    ...textCell('status', fields.status),
    ...textCell('true_source', fields.trueSource),
    ...textCell('true_destination', fields.trueDestination),
    ...textCell('named_rule', fields.namedRule),
    ...codeCell('action', fields.action, { ACCEPT: kindCode('ACCEPT'), REJECT: kindCode('REJECT') }),
    ...codeCell('direction', fields.direction, { ingress: LOGGED_INGRESS, egress: LOGGED_EGRESS }),
    ...numberCell('source_port', fields.sourcePort, 'USMALLINT'),
    ...numberCell('destination_port', fields.destinationPort, 'USMALLINT'),
    ...numberCell('protocol', fields.protocol, 'UTINYINT'),
    ...numberCell('tcp_flags', fields.tcpFlags, 'USMALLINT'),
    ...numberCell('packets', fields.packets, 'UBIGINT'),
    ...numberCell('bytes', fields.bytes, 'UBIGINT'),
    ...numberCell('records', fields.records, 'UBIGINT'),
    ...numberCell('start_s', fields.start, 'UINTEGER'),
    ...numberCell('end_s', fields.end, 'UINTEGER'),
  ];
  const judged = `SELECT *, ${kindOf(fields, limits, raw)}::UTINYINT AS kind, ${hasPorts(fields)} AS has_ports FROM (SELECT ${cells.join(', ')} FROM ${raw.from})`;
  return (
    `SELECT file, kind, ${fields.attachment === null ? `''` : 'attachment'} AS attachment, source, destination, ` +
    `${portOf('source_port', fields.sourcePort)} AS source_port, ${portOf('destination_port', fields.destinationPort)} AS destination_port, ` +
    `${fields.protocol === null ? UNSEEN_PROTOCOL : `coalesce(protocol, ${UNSEEN_PROTOCOL}::USMALLINT)`}::UINTEGER AS protocol, ` +
    `${countOf('packets', fields.packets, 0)} AS packets, ${countOf('bytes', fields.bytes, 0)} AS bytes, ${timesOf(fields)}, ` +
    `${evidenceOf(layout, fields)}::UINTEGER AS evidence, ${countOf('records', fields.records, 1)} AS records, ` +
    `${trueAddress('true_source', 'source', fields.trueSource)} AS true_source, ${trueAddress('true_destination', 'destination', fields.trueDestination)} AS true_destination, ` +
    `${fields.namedRule === null ? `''` : `CASE WHEN named_rule IS NULL OR named_rule = '-' THEN '' ELSE named_rule END`} AS named_rule, bytes_read FROM (${judged})`
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

/** A word as a code: 0 when it is absent, NULL when it is none of the words. */
function codeCell(name: string, source: FieldSource | null, codes: Readonly<Record<string, number>>): readonly string[] {
  if (source === null) return [];
  const cases = Object.entries(codes).map(([word, code]) => `WHEN '${word}' THEN ${code}`);
  return [
    `CASE ${source.sql} ${cases.join(' ')} WHEN '-' THEN 0 WHEN '' THEN 0 ELSE CASE WHEN ${source.sql} IS NULL THEN 0 END END AS ${name}`,
  ];
}

/** The value, and beside it the text it was read from, or for numbers whether there was one. */
function numberCell(name: string, source: FieldSource | null, type: string): readonly string[] {
  if (source === null) return name === 'start_s' || name === 'end_s' ? [`NULL::${type} AS ${name}`] : [];
  if (source.type === 'number') return [`try_cast(${source.sql} AS ${type}) AS ${name}`, `(${source.sql}) IS NOT NULL AS ${name}_there`];
  return [`try_cast(${source.value ?? source.sql} AS ${type}) AS ${name}`, `${source.sql} AS ${name}_text`];
}

function kindOf(fields: FlowFields, limits: TimeLimits, raw: RawRows): string {
  const limit = [
    ...(limits.from === null ? [] : [`coalesce(start_s, end_s) < ${limits.from}`]),
    ...(limits.to === null ? [] : [`coalesce(start_s, end_s) >= ${limits.to}`]),
  ];
  const action = fields.action === null ? String(kindCode('UNKNOWN_ACTION')) : 'action';
  const cases = [
    ...raw.kinds,
    ...(fields.status === null
      ? [`WHEN ${isAbsent('source')} AND ${isAbsent('destination')} THEN ${kindCode('NODATA')}`]
      : [
          `WHEN status = 'NODATA' THEN ${kindCode('NODATA')} WHEN status = 'SKIPDATA' THEN ${kindCode('SKIPDATA')}`,
          `WHEN status NOT IN ('OK', '-', '') THEN ${kindCode('MALFORMED_STATUS')}`,
        ]),
    `WHEN ${isAbsent('source')} OR ${isAbsent('destination')} THEN ${kindCode('MALFORMED_ADDRESS')}`,
    ...whenAny([isBad('protocol', fields.protocol, 'digits')], 'MALFORMED_PROTOCOL'),
    ...whenAny(
      [isBad('source_port', fields.sourcePort, 'digits'), isBad('destination_port', fields.destinationPort, 'digits')],
      'MALFORMED_PORT',
    ),
    ...whenAny(
      [isBad('packets', fields.packets, 'number'), isBad('bytes', fields.bytes, 'number'), isBad('records', fields.records, 'number')],
      'MALFORMED_COUNT',
    ),
    ...whenAny([isBad('start_s', fields.start, 'number'), isBad('end_s', fields.end, 'number')], 'MALFORMED_TIME'),
    ...whenAny(fields.action === null ? [] : [['action IS NULL']], 'MALFORMED_ACTION'),
    ...whenAny([isBad('tcp_flags', fields.tcpFlags, 'number')], 'MALFORMED_FLAGS'),
    ...whenAny(fields.direction === null ? [] : [['direction IS NULL']], 'MALFORMED_DIRECTION'),
    ...whenAny([limit], 'OUTSIDE_WINDOW'),
  ];
  const plain = [...raw.isPlain, ...isPlainRecord(fields), ...limit.map((condition) => `NOT (${condition})`)];
  return `CASE WHEN ${plain.join(' AND ')} THEN ${action} ELSE CASE ${cases.join(' ')} ELSE ${action} END END`;
}

/** Everything that is there is what it should be. Enough to be a record, but not necessary: fields may be absent. */
function isPlainRecord(fields: FlowFields): readonly string[] {
  const numbers = Object.entries({
    source_port: fields.sourcePort,
    destination_port: fields.destinationPort,
    protocol: fields.protocol,
    packets: fields.packets,
    bytes: fields.bytes,
    records: fields.records,
    start_s: fields.start,
    end_s: fields.end,
    tcp_flags: fields.tcpFlags,
    action: fields.action,
    direction: fields.direction,
  });
  return [
    ...(fields.status === null ? [] : [`status = 'OK'`]),
    ...numbers.filter(([, source]) => source !== null).map(([name]) => `${name} IS NOT NULL`),
    ...numbers.slice(0, 3).flatMap(([name, source]) => (isWrittenInDigits(source) ? [isPlainNumber(name)] : [])),
    `source >= '0' AND destination >= '0'`, // neither absent: `-` sorts before the digits
  ];
}

/**
 * As long as its value has digits, so written in digits alone; half the price of writing the value again and comparing. `1e2` is as long as 100 is,
 * so the hundreds are not plain and get the full look.
 */
function isPlainNumber(name: string): string {
  const digits = `CASE WHEN ${name} > 9999 THEN 5 WHEN ${name} > 999 THEN 4 WHEN ${name} > 99 THEN (CASE WHEN ${name} % 100 = 0 THEN 0 ELSE 3 END) WHEN ${name} > 9 THEN 2 ELSE 1 END`;
  return `strlen(${name}_text) = ${digits}`;
}

function whenAny(conditions: readonly (readonly string[])[], kind: RowKind): readonly string[] {
  const all = conditions.flat();
  return all.length === 0 ? [] : [`WHEN ${all.join(' OR ')} THEN ${kindCode(kind)}`];
}

/** True when the field says something that is not what it should be. Ports and protocols must be written as plain digits. */
function isBad(name: string, source: FieldSource | null, style: 'digits' | 'number'): readonly string[] {
  if (source === null) return [];
  if (source.type === 'number') return [`(${name} IS NULL AND ${name}_there)`];
  const unread = `(${name} IS NULL AND ${name}_text NOT IN ('-', ''))`;
  return style === 'digits' && isWrittenInDigits(source) ? [unread, `${name}::VARCHAR <> ${name}_text`] : [unread];
}

function isWrittenInDigits(source: FieldSource | null): boolean {
  return source !== null && source.type === 'text' && source.value === undefined;
}

function isAbsent(name: string): string {
  return `(${name} IS NULL OR ${name} IN ('-', ''))`;
}

/** A record with only one of its two times happened then; an end before the start is no time. */
function timesOf(fields: FlowFields): string {
  if (fields.start === null && fields.end === null) return 'start_s, end_s';
  return 'coalesce(start_s, end_s) AS start_s, CASE WHEN end_s >= start_s THEN end_s ELSE coalesce(start_s, end_s) END AS end_s';
}

/**
 * Whether the ports of the record mean something; a protocol we do not see may have ports. Not an IN: the database makes a hash join of a long one,
 * which costs a tenth of the whole statement.
 */
function hasPorts(fields: FlowFields): string {
  if (fields.protocol === null) return 'true';
  const protocols = [...PROTOCOLS_WITH_PORTS, ...(fields.icmpInPorts ? [ICMP, ICMPV6] : [])];
  return `CASE ${protocols.map((protocol) => `WHEN protocol = ${protocol} THEN true`).join(' ')} ELSE protocol IS NULL END`;
}

/** Ports where the protocol has them, type and code where the source tells them; ICMP in a VPC flow log shows 0 and 0, which means nothing. */
function portOf(name: string, source: FieldSource | null): string {
  if (source === null) return `${UNSEEN_PORT}::UINTEGER`;
  return `CASE WHEN has_ports AND ${name} IS NOT NULL THEN ${name}::UINTEGER ELSE ${UNSEEN_PORT}::UINTEGER END`;
}

function countOf(name: string, source: FieldSource | null, absent: number): string {
  if (source === null) return `${absent}::DOUBLE`;
  return absent === 0 ? `${name}::DOUBLE` : `coalesce(${name}::DOUBLE, ${absent})`;
}

function evidenceOf(layout: FlowLayout, fields: FlowFields): string {
  return `(${flagEvidence(layout, fields)} + ${fields.direction === null ? '0' : 'coalesce(direction, 0)'})`;
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
  return `CASE WHEN ${name} = ${seen} OR ${name} IS NULL OR ${name} IN ('-', '') THEN '' ELSE ${name} END`;
}
