import type { VendorCommand } from '../format.ts';

/** The beginning of a flow log file, decompressed: 16 to 64 KiB. */
export interface FlowFileHead {
  /** As shown to the user. */
  readonly path: string;
  /** `parquet` stands for itself: its inner compression is nobody's business. */
  readonly container: 'plain' | 'gzip' | 'zstd' | 'parquet';
  /** Text of the head without a byte order mark; empty for Parquet. A cut-off last line is not removed. */
  readonly text: string;
  /** For Parquet: columns as `name` → type, with nested fields as `outer.inner`; otherwise empty. */
  readonly parquetColumns: ReadonlyMap<string, string>;
}

/**
 * One field of a record, as SQL over a row of the source. `text`: a VARCHAR in which NULL, the empty string and `-` mean absent; `number`: a
 * numeric expression in which NULL means absent. `value` replaces the ordinary reading of a text as a whole number.
 */
export type FieldSource =
  | { readonly type: 'text'; readonly sql: string; readonly value?: string }
  | { readonly type: 'number'; readonly sql: string };

/** Where the fields of a record come from; null: the source has no such field. */
export interface FlowFields {
  readonly attachment: FieldSource | null;
  readonly source: FieldSource;
  readonly destination: FieldSource;
  readonly sourcePort: FieldSource | null;
  readonly destinationPort: FieldSource | null;
  readonly protocol: FieldSource | null;
  /** The ports of ICMP records are type (source) and code (destination); otherwise they mean nothing. */
  readonly icmpInPorts: boolean;
  readonly packets: FieldSource | null;
  readonly bytes: FieldSource | null;
  /** Epoch seconds. */
  readonly start: FieldSource | null;
  readonly end: FieldSource | null;
  readonly action: FieldSource | null;
  /** `OK`, `NODATA`, `SKIPDATA`. */
  readonly status: FieldSource | null;
  readonly tcpFlags: FieldSource | null;
  readonly direction: FieldSource | null;
  readonly trueSource: FieldSource | null;
  readonly trueDestination: FieldSource | null;
  readonly namedRule: FieldSource | null;
  /** How many log records the row stands for; null: one. */
  readonly records: FieldSource | null;
}

/**
 * What the flags and words of a source mean.
 * `aws`: only SYN, SYN-ACK, FIN, RST are recorded, so SYN-ACK proves the responder. `every-flag`: all flags of the connection are joined, so only
 * a SYN without ACK proves anything, and a row without flags is oriented: its source opened.
 */
export type FlagDialect = 'aws' | 'every-flag';

export type FlowReader =
  /** One record per line, fields by position. `quoted`: a field may be in double quotes. */
  | {
      readonly kind: 'lines';
      readonly delimiter: ' ' | ',';
      readonly fields: readonly string[];
      readonly headerLines: 0 | 1;
      readonly quoted: boolean;
    }
  /** Records inside other documents: SQL with the columns `file` (0-based index into the list) and `message`, a record as one text line. */
  | { readonly kind: 'messages'; readonly fields: readonly string[]; readonly select: (source: ReaderSource) => string }
  /** Named columns: SQL with the column `file` and the columns that `fields` speaks about. */
  | { readonly kind: 'columns'; readonly select: (source: ReaderSource) => string };

export interface ReaderSource {
  /** An SQL list of file names. */
  readonly files: string;
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** Bytes of the text of the largest of the files, as far as it is known. */
  readonly largestText: number;
}

/** How to read one file. Files of equal `key` are read by one scan. */
export interface FlowLayout {
  readonly key: string;
  readonly reader: FlowReader;
  readonly dialect: FlagDialect;
  /** `field` gives the SQL of a column of the source by its name; null when the layout has no such column. */
  readonly fields: (field: (name: string) => string | null) => FlowFields;
}

/** A kind of flow log. */
export interface FlowFormat {
  readonly name: string;
  readonly title: string;
  readonly vendorCommands: readonly VendorCommand[];
  /**
   * The layout of a file, by its content; null: another format.
   * @throws {InputError} when it is this format but needed columns are missing
   */
  readonly layout: (head: FlowFileHead) => FlowLayout | null;
}

/** What becomes of a row: the first three are accepted records and equal the logged action; every other is skipped, under its name. */
export const ROW_KINDS = [
  'UNKNOWN_ACTION',
  'ACCEPT',
  'REJECT',
  'NODATA',
  'SKIPDATA',
  'COMMENT',
  'HEADER',
  'IRREGULAR',
  'OUTSIDE_WINDOW',
  'MALFORMED_FIELDS',
  'MALFORMED_STATUS',
  'MALFORMED_ADDRESS',
  'MALFORMED_PORT',
  'MALFORMED_PROTOCOL',
  'MALFORMED_COUNT',
  'MALFORMED_TIME',
  'MALFORMED_ACTION',
  'MALFORMED_FLAGS',
  'MALFORMED_DIRECTION',
  'BLANK',
  'CONTROL_MESSAGE',
  'DUPLICATE_DELIVERY',
] as const;
export type RowKind = (typeof ROW_KINDS)[number];

export function kindCode(kind: RowKind): number {
  return ROW_KINDS.indexOf(kind);
}

export function isAcceptedKind(code: number): boolean {
  return code <= kindCode('REJECT');
}
