import { visibleText } from './visible-text.ts';

/** For spreadsheets: a cell can never act as a formula. For machines: the text as it is, for programs that do not interpret it. */
export type CsvDialect = 'spreadsheet' | 'raw';

export type CsvCell = string | number | null;

export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: Iterable<readonly CsvCell[]>;
}

/** RFC 4180 text: every field quoted, lines end with CRLF, UTF-8 without a byte order mark. */
export function toCsv({ header, rows }: CsvTable, dialect: CsvDialect): string {
  const lines = [toCsvLine(header, dialect)];
  for (const row of rows) lines.push(toCsvLine(row, dialect));
  return lines.join('');
}

function toCsvLine(cells: readonly CsvCell[], dialect: CsvDialect): string {
  return `${cells.map((cell) => quote(typeof cell === 'string' && dialect === 'spreadsheet' ? spreadsheetSafe(cell) : String(cell ?? ''))).join(',')}\r\n`;
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/**
 * Text that no spreadsheet takes for a formula: visible (see {@link visibleText}), and with a leading `'` when its first sign, behind any blanks,
 * invisible characters and quotes, could start one.
 */
export function spreadsheetSafe(text: string): string {
  const visible = visibleText(text);
  return /^[\t\r\n]/.test(text) || FORMULA_START.test(visible) ? `'${visible}` : visible;
}

// Blanks, byte order mark, zero-width characters and quotes, then the signs that start a formula or a command, half and full width.
const FORMULA_START = /^[\s\u200b-\u200d\u2060\ufeff\u00ad"'`\u2018-\u201f]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/;
