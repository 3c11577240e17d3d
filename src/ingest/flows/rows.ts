import { sqlName } from '../../store/database.ts';
import { type FlowLayout, kindCode, type ReaderSource } from './format.ts';
import { type RawRows, type TimeLimits, toRecords } from './records.ts';

/** Files that one scan reads. */
export interface RowScan {
  readonly layout: FlowLayout;
  /** The numbers of the files of `source.files`, in the same order. */
  readonly fileNumbers: readonly number[];
  readonly source: ReaderSource;
  /** Bytes of a line end, 1 or 2. */
  readonly lineEnd: 1 | 2;
}

/** SQL that reads whole files. Lines with too few or too many fields come as IRREGULAR, once each; {@link selectLinesOneByOne} reads them again. */
export function selectRows(scan: RowScan, limits: TimeLimits): string {
  const { reader } = scan.layout;
  const records = (raw: RawRows): string => toRecords(scan.layout, scan.fileNumbers, raw, limits);
  switch (reader.kind) {
    case 'lines':
      return records(plainLines(scan, reader.fields, reader.delimiter, reader.headerLines, reader.quoted));
    case 'messages':
      return records(messageRows(reader.fields, `SELECT file, message, skip FROM (${reader.select(scan.source)})`, SPLIT_BLANKS));
    case 'columns':
      return records({
        from: `(${reader.select(scan.source)})`,
        isPlain: [],
        kinds: [],
        keep: [],
        bytesRead: '0::DOUBLE',
        field: sqlName,
      });
  }
}

/** SQL that reads the files of a line reader again, slowly and one line at a time. */
export function selectLinesOneByOne(scan: RowScan, limits: TimeLimits, which: 'irregular' | 'all'): string {
  const { reader } = scan.layout;
  if (reader.kind !== 'lines') throw new Error('only line readers are read line by line');
  const split = reader.quoted ? SPLIT_CSV : SPLIT_BLANKS;
  const lines = `SELECT file_index AS file, line AS message, NULL AS skip FROM ${readEveryLine(scan.source, reader.headerLines)}`;
  const irregular =
    which === 'all'
      ? ''
      : ` WHERE len(string_split(line, '${reader.delimiter}')) <> ${reader.fields.length}${reader.quoted ? ` OR contains(line, '"')` : ''}`;
  return toRecords(scan.layout, scan.fileNumbers, messageRows(reader.fields, lines + irregular, split), limits);
}

/** Every line, whatever bytes it holds, as one Latin-1 text; empty lines do not come. */
export function readEveryLine(source: ReaderSource, headerLines: 0 | 1): string {
  return readLines(source, headerLines, EVERY_LINE);
}

/** Lines that are longer, or no UTF-8, do not come, which shows in the bytes. */
const FAST_LINES = 'max_line_size = 1048576, buffer_size = 4194304, ignore_errors = true';
/** Longer lines make a file unreadable; ten million bytes must not. */
const EVERY_LINE = "max_line_size = 16777216, buffer_size = 33554432, encoding = 'latin-1'";

function readLines(source: ReaderSource, headerLines: 0 | 1, limits: string): string {
  return (
    `read_csv(${source.files}, columns = {line: 'VARCHAR'}, delim = '\x02', quote = '', escape = '', header = false, skip = ${headerLines}, auto_detect = false, ` +
    `strict_mode = false, null_padding = true, nullstr = '\x01', hive_partitioning = false, compression = '${source.compression}', ${limits})`
  );
}

/**
 * One column, split at every delimiter: the database's own splitting of wide lines takes longer, and the length of a line is needed anyway. Lines of another number of fields are left to
 * the slow reader.
 */
function plainLines(scan: RowScan, fields: readonly string[], delimiter: string, headerLines: 0 | 1, quoted: boolean): RawRows {
  const count = fields.length;
  const header = `(words[1] = '${fields[0] ?? ''}' AND words[${count}] = '${fields.at(-1) ?? ''}')`;
  const quotes = quoted ? ` OR contains(line, '"')` : '';
  return {
    from: `(SELECT file_index AS file, line, string_split(line, '${delimiter}') AS words FROM ${readLines(scan.source, headerLines, FAST_LINES)})`,
    // `#` sorts before the digits and letters with which every record begins.
    isPlain: [`len(words) = ${count} AND line >= '0' AND NOT (${header}${quotes})`],
    kinds: [
      `WHEN len(words) <> ${count}${quotes} THEN ${kindCode('IRREGULAR')}`,
      `WHEN starts_with(line, '#') THEN ${kindCode('COMMENT')}`,
      `WHEN ${header} THEN ${kindCode('HEADER')}`,
    ],
    keep: ['line', 'words'],
    bytesRead: `(strlen(line) + ${scan.lineEnd})::DOUBLE`,
    field: (name) => wordOf(fields, name),
  };
}

function wordOf(fields: readonly string[], name: string): string | null {
  const index = fields.indexOf(name);
  return index < 0 ? null : `words[${index + 1}]`;
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
    isPlain: [`len(words) = ${count} AND message >= '0' AND words[${count}] <> '${fields.at(-1) ?? ''}'`],
    kinds: [
      `WHEN skip = 'CONTROL_MESSAGE' THEN ${kindCode('CONTROL_MESSAGE')}`,
      `WHEN message IS NULL OR trim(message, ' \t') = '' THEN ${kindCode('BLANK')}`,
      `WHEN starts_with(message, '#') THEN ${kindCode('COMMENT')}`,
      `WHEN len(words) <> ${count} OR words IS NULL THEN ${kindCode('MALFORMED_FIELDS')}`,
      `WHEN words[1] = '${fields[0] ?? ''}' AND words[${count}] = '${fields.at(-1) ?? ''}' THEN ${kindCode('HEADER')}`,
    ],
    keep: ['message', 'words', 'skip'],
    bytesRead: '0::DOUBLE',
    field: (name) => wordOf(fields, name),
  };
}
