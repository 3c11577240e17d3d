import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { InterruptedError, StoreError } from '../model/errors.ts';
import { appendRows, type Cell, type CellKind } from './append.ts';
import { type Column, type ColumnKind, streamColumns } from './columns.ts';

export interface StoreOptions {
  readonly threads: number;
  /** What the database may keep in memory, in bytes; the process needs a few hundred MB more. Beyond it, data goes to a temporary folder. */
  readonly memoryBytes: number;
  /** Interrupts the running statement, which then throws {@link InterruptedError}. */
  readonly signal?: AbortSignal | null;
}

export type ResultRow = Readonly<Record<string, string | number | bigint | boolean | null>>;

/** An embedded database that lives as long as one run and never touches the network. */
export interface Store {
  /** Runs statements that return nothing. @throws {StoreError | InterruptedError} */
  run(sql: string): Promise<void>;
  /** All rows of a small result. Whole numbers up to 32 bit and DOUBLE arrive as number, BIGINT and wider as bigint. */
  rows(sql: string): Promise<readonly ResultRow[]>;
  /** A large numeric result as typed arrays, `batchRows` rows at a time (the last batch has fewer). Arrays are reused between batches. */
  columns(
    sql: string,
    kinds: readonly ColumnKind[],
    batchRows: number,
  ): AsyncIterable<{ readonly rowCount: number; readonly columns: readonly Column[] }>;
  /** Fills an existing table row by row, in the order of its columns. */
  append(table: string, kinds: readonly CellKind[], rows: Iterable<readonly Cell[]>): Promise<void>;
  /** 0..1 of the running statement; null when the database cannot tell. */
  progress(): number | null;
  /** Ends the database and removes its temporary folder. May be called twice. */
  close(): void;
}

/** Opens an empty database in memory. @throws {StoreError} when the driver cannot start */
export async function openStore(options: StoreOptions): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'rulesweep-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder); // whoever forgets to close, or cannot
  try {
    // Loaded here, because a run without traffic has no use for it, and loading it is a third of the time such a run takes.
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(options.threads),
      memory_limit: `${Math.floor(options.memoryBytes / 2 ** 20)}MiB`,
      temp_directory: folder,
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run('SET enable_progress_bar = true; SET enable_progress_bar_print = false');
    return storeOf(instance, connection, removeFolder, options.signal ?? null);
  } catch (cause) {
    process.off('exit', removeFolder);
    removeFolder();
    throw new StoreError(`the embedded database does not start: ${messageOf(cause)}`, { cause });
  }
}

function storeOf(instance: DuckDBInstance, connection: DuckDBConnection, removeFolder: () => void, signal: AbortSignal | null): Store {
  let open = true;
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    if (signal?.aborted === true) throw new InterruptedError('interrupted');
    try {
      return await work();
    } catch (cause) {
      throw toStoreError(cause, signal);
    }
  }

  return {
    run: (sql) => guarded(async () => void (await connection.run(sql))),
    rows: (sql) => guarded(async () => (await connection.runAndReadAll(sql)).getRowObjects() as readonly ResultRow[]),
    async *columns(sql, kinds, batchRows) {
      if (signal?.aborted === true) throw new InterruptedError('interrupted');
      try {
        yield* streamColumns(await connection.stream(sql), kinds, batchRows);
      } catch (cause) {
        throw toStoreError(cause, signal);
      }
    },
    append: (table, kinds, rows) => guarded(() => appendRows(connection, table, kinds, rows)),
    progress: () => {
      const { percentage } = connection.progress;
      return percentage >= 0 && percentage <= 100 ? percentage / 100 : null;
    },
    close: () => {
      if (!open) return;
      open = false;
      signal?.removeEventListener('abort', interrupt);
      connection.closeSync();
      instance.closeSync();
      process.off('exit', removeFolder);
      removeFolder();
    },
  };
}

function toStoreError(cause: unknown, signal: AbortSignal | null): Error {
  if (cause instanceof InterruptedError || cause instanceof StoreError) return cause;
  if (signal?.aborted === true) return new InterruptedError('interrupted', { cause });
  return new StoreError(messageOf(cause), { cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** A text as an SQL literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A name as an SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
