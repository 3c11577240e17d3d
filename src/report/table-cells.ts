import { createHash } from 'node:crypto';
import type { TableColumn } from '../model/table-columns.ts';
import type { CsvCell, CsvTable } from './escape/csv-escape.ts';
import type { ReportContext } from './report-context.ts';

/** The columns that are computed from the others, or left to people. */
type ClosingColumn = 'row_sha256' | 'reviewer' | 'review_decision' | 'decision_date' | 'decision_reason';

/** How each column of a row is made; the compiler notices a forgotten one. */
export type CellsOf<Row, Source> = { readonly [Name in Exclude<keyof Row, ClosingColumn>]: (source: Source) => Row[Name] };

/** The columns every table begins with. */
export const REPORT_CELLS = {
  report_id: ({ context }: HasContext) => context.report_id,
  as_of: ({ context }: HasContext) => context.as_of,
  tool_version: ({ context }: HasContext) => context.tool_version,
  complete: ({ context }: HasContext) => context.complete,
};

interface HasContext {
  readonly context: ReportContext;
}

/** A table before it is text: columns in the order of its schema, rows in the order of the sources. */
export type ReportTable = CsvTable;

/** Makes the rows as they are read; every row closes with its hash and the empty cells for the reviewer. */
export function toTable<Source>(
  columns: readonly TableColumn[],
  cells: Readonly<Record<string, (source: Source) => CsvCell>>,
  sources: readonly Source[],
): ReportTable {
  const header = columns.map((column) => column.name);
  const makers = header.slice(0, header.indexOf('row_sha256')).map((name) => cells[name] ?? (() => null));
  const blanks = header.slice(makers.length + 1).map(() => '');
  return { header, rows: closedRows(makers, sources, blanks) };
}

function* closedRows<Source>(
  makers: readonly ((source: Source) => CsvCell)[],
  sources: readonly Source[],
  blanks: readonly string[],
): Generator<CsvCell[]> {
  for (const source of sources) {
    const row = makers.map((make) => make(source));
    yield [...row, hashRow(row), ...blanks];
  }
}

/** Hash of a row: of the JSON array of its cells as text, an empty one for null. */
function hashRow(cells: readonly CsvCell[]): string {
  return createHash('sha256')
    .update(JSON.stringify(cells.map((cell) => String(cell ?? ''))), 'utf8')
    .digest('hex');
}

export function yesNo(value: boolean): 'yes' | 'no' {
  return value ? 'yes' : 'no';
}
