import { type CsvError, type Info, parse } from 'csv-parse/sync';
import { InputError } from '../../../model/errors.ts';

/** A row below the header. */
export interface CsvRow {
  /** Where it begins, from 1. */
  readonly line: number;
  /** By column, without surrounding blanks; empty where the row has no such cell. */
  readonly cells: ReadonlyMap<string, string>;
  /** What is wrong with its shape; null when it has as many cells as the header. */
  readonly problem: string | null;
}

export interface CsvTable {
  /** As written in the header, in order; known names in their own spelling. */
  readonly columns: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * Reads CSV with a header (RFC 4180; LF, CRLF and CR; a byte order mark; quotes inside an unquoted cell are kept).
 *
 * @param known column names; the header may write them in any case, and with blanks or hyphens for underscores
 * @throws {InputError} when a quoted cell is never closed, or a column stands there twice
 */
export function parseCsv(text: string, path: string, known: ReadonlySet<string>): CsvTable {
  const [header, ...body] = parseRecords(text, path);
  if (header === undefined) throw new InputError(path, 'the file holds no header row');
  const columns = header.record.map((cell, index) => columnName(cell, index, known));
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError({ path, line: header.line }, `the column "${twice}" stands in the header twice`);
  return { columns, rows: body.map(({ record, line }) => toRow(record, line, columns)) };
}

/** The columns of the header, without reading further; [] when the text has no header row. */
export function parseHeader(text: string, known: ReadonlySet<string>): string[] {
  const [first = ''] = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .slice(0, 10_000)
    .split(/\r\n|\n|\r/, 1);
  return first.split(',').map((cell, index) => columnName(cell.trim().replace(/^"(.*)"$/, '$1'), index, known));
}

interface NumberedRecord {
  readonly record: readonly string[];
  readonly line: number;
}

function parseRecords(text: string, path: string): NumberedRecord[] {
  const records: NumberedRecord[] = [];
  let lastLine = 0;
  try {
    // csv-parse counts a CRLF inside quotes as two lines.
    parse(text.replace(/\r\n?/g, '\n'), {
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: (record: readonly string[], info: Info) => {
        const breaks = record.reduce((sum, cell) => sum + countBreaks(cell), 0);
        records.push({ record: record.map((cell) => cell.trim()), line: info.lines - breaks });
        lastLine = info.lines;
        return null;
      },
    });
  } catch (cause) {
    const { code } = cause as CsvError;
    const message =
      code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'a quoted cell begins here or further down and is never closed; close the quote, or double the quotes inside the cell'
        : `not readable as CSV: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new InputError({ path, line: lastLine + 1 }, message, { cause });
  }
  return records;
}

function countBreaks(cell: string): number {
  let breaks = 0;
  for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) breaks += 1;
  return breaks;
}

function columnName(cell: string, index: number, known: ReadonlySet<string>): string {
  const canonical = cell
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  if (known.has(canonical)) return canonical;
  return cell.trim() === '' ? `column ${index + 1}` : cell.trim();
}

function toRow(record: readonly string[], line: number, columns: readonly string[]): CsvRow {
  const cells = new Map(columns.map((name, index) => [name, record[index] ?? '']));
  const surplus = record.slice(columns.length).filter((cell) => cell !== '').length;
  const counted = `the row has ${record.length} cells, the header ${columns.length}`;
  return { line, cells, problem: record.length < columns.length || surplus > 0 ? counted : null };
}
