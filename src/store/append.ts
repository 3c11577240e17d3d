import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';

export type CellKind = 'text' | 'uint32' | 'int32' | 'boolean' | 'hugeint';
export type Cell = string | number | bigint | boolean;

/** Appends rows, whose cells follow `kinds`, to an existing table. */
export async function appendRows(
  connection: DuckDBConnection,
  table: string,
  kinds: readonly CellKind[],
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const appender = await connection.createAppender(table);
  for (const row of rows) {
    for (const [index, kind] of kinds.entries()) appendCell(appender, kind, row[index]);
    appender.endRow();
  }
  appender.closeSync();
}

function appendCell(appender: DuckDBAppender, kind: CellKind, cell: Cell | undefined): void {
  if (kind === 'text' && typeof cell === 'string') appender.appendVarchar(cell);
  else if (kind === 'uint32' && typeof cell === 'number') appender.appendUInteger(cell);
  else if (kind === 'int32' && typeof cell === 'number') appender.appendInteger(cell);
  else if (kind === 'boolean' && typeof cell === 'boolean') appender.appendBoolean(cell);
  else if (kind === 'hugeint' && typeof cell === 'bigint') appender.appendUHugeInt(cell);
  else throw new TypeError(`a cell of kind ${kind} holds ${typeof cell}`);
}
