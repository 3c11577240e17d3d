import type { DuckDBResult, DuckDBVector } from '@duckdb/node-api';

/** Type of a column in JavaScript; the SQL expression must be cast to it (UINTEGER, INTEGER, DOUBLE) and hold no NULL. */
export type ColumnKind = 'uint32' | 'int32' | 'float64';
export type Column = Uint32Array | Int32Array | Float64Array;

const ARRAYS = { uint32: Uint32Array, int32: Int32Array, float64: Float64Array } as const;

/** Copies a streamed result, chunk by chunk (2048 rows), into arrays of `batchRows` rows. */
export async function* streamColumns(
  result: DuckDBResult,
  kinds: readonly ColumnKind[],
  batchRows: number,
): AsyncGenerator<{ rowCount: number; columns: readonly Column[] }> {
  const columns = kinds.map((kind) => new ARRAYS[kind](batchRows));
  let filled = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    let taken = 0;
    while (taken < chunk.rowCount) {
      const count = Math.min(chunk.rowCount - taken, batchRows - filled);
      for (const [index, column] of columns.entries()) copyValues(chunk.getColumnVector(index), taken, count, column, filled);
      taken += count;
      filled += count;
      if (filled === batchRows) {
        yield { rowCount: filled, columns };
        filled = 0;
      }
    }
  }
  if (filled > 0) yield { rowCount: filled, columns };
}

/** Copies `count` values from `from` on to `target[at…]`. @throws {TypeError} when the vector is not of the kind of `target` */
export function copyValues(vector: DuckDBVector, from: number, count: number, target: Column, at: number): void {
  const items = rawItems(vector, target);
  if (items === null) copyOneByOne(vector, from, count, target, at);
  else target.set(items.subarray(from, from + count), at);
}

/**
 * The driver keeps the values of numeric vectors in a typed array in a field it calls private: reading it is ten times faster than asking
 * for each value. Null when a release of the driver no longer does, which costs time and nothing else.
 */
function rawItems(vector: DuckDBVector, target: Column): Column | null {
  const items: unknown = Reflect.get(vector, 'items');
  if (!ArrayBuffer.isView(items)) return null;
  if (items.constructor !== target.constructor) {
    throw new TypeError(`a column of ${items.constructor.name} was read as ${target.constructor.name}; cast it in the statement`);
  }
  return items as Column;
}

/** The slow, public way. */
export function copyOneByOne(vector: DuckDBVector, from: number, count: number, target: Column, at: number): void {
  for (let offset = 0; offset < count; offset += 1) {
    const value = vector.getItem(from + offset);
    if (typeof value !== 'number') throw new TypeError(`a numeric column holds ${String(value)}; cast it and remove NULL in the statement`);
    target[at + offset] = value;
  }
}
