import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { InterruptedError, StoreError } from '../../src/model/errors.ts';
import { openStore, type Store, sqlName, sqlText } from '../../src/store/database.ts';

const MIB = 2 ** 20;
const opened: Store[] = [];
async function open(signal: AbortSignal | null = null): Promise<Store> {
  const store = await openStore({ threads: 2, memoryBytes: 256 * MIB, signal });
  opened.push(store);
  return store;
}
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
});

async function allOf(
  store: Store,
  sql: string,
  kinds: readonly ('uint32' | 'int32' | 'float64')[],
  batchRows: number,
): Promise<number[][]> {
  const columns: number[][] = kinds.map(() => []);
  for await (const batch of store.columns(sql, kinds, batchRows)) {
    for (const [index, column] of batch.columns.entries()) columns[index]?.push(...column.subarray(0, batch.rowCount));
  }
  return columns;
}

test('columns arrive as typed arrays, in batches that need not fit the chunks of the database', async () => {
  const store = await open();
  const sql = 'SELECT i::UINTEGER AS a, (-i)::INTEGER AS b, (i / 2)::DOUBLE AS c FROM range(5001) r(i) ORDER BY i';
  for (const batchRows of [7, 2048, 3000, 100_000]) {
    const [a = [], b = [], c = []] = await allOf(store, sql, ['uint32', 'int32', 'float64'], batchRows);
    expect([a.length, b.length, c.length]).toEqual([5001, 5001, 5001]);
    expect(a.every((value, row) => value === row && b[row] === -row && c[row] === row / 2)).toBe(true);
  }
});

test('an empty result has no batch', async () => {
  expect(await allOf(await open(), 'SELECT 1::UINTEGER WHERE false', ['uint32'], 10)).toEqual([[]]);
});

test('a column of another type than asked for is refused rather than misread', async () => {
  await expect(allOf(await open(), 'SELECT 1::BIGINT', ['float64'], 10)).rejects.toThrow(
    /a column of BigInt64Array was read as Float64Array/,
  );
});

test('rows are appended in the order of the columns, and cells of another kind are refused', async () => {
  const store = await open();
  await store.run('CREATE TABLE t (name VARCHAR, id UINTEGER, large UHUGEINT)');
  await store.append(
    't',
    ['text', 'uint32', 'hugeint'],
    [
      ['a', 1, 2n ** 100n],
      ['b', 4_294_967_295, 0n],
    ],
  );
  expect(await store.rows('SELECT * FROM t ORDER BY name')).toEqual([
    { name: 'a', id: 1, large: 2n ** 100n },
    { name: 'b', id: 4_294_967_295, large: 0n },
  ]);
  await expect(store.append('t', ['text', 'uint32', 'hugeint'], [['a', '1', 1n]])).rejects.toThrow(/a cell of kind uint32 holds string/);
});

test('nothing is fetched from a network', async () => {
  const store = await open();
  await expect(store.rows("SELECT * FROM read_csv('s3://bucket/key')")).rejects.toThrow(StoreError);
  await expect(store.rows("SELECT '10.0.0.1'::INET")).rejects.toThrow(StoreError);
});

test('a failing statement is a store error that says what the database says', async () => {
  await expect((await open()).run('SELECT * FROM nowhere')).rejects.toThrow(/nowhere does not exist/);
});

test('an aborted signal interrupts the running statement', async () => {
  const controller = new AbortController();
  const store = await open(controller.signal);
  setTimeout(() => controller.abort(), 50);
  await expect(store.rows('SELECT sum(a.i * b.i) FROM range(1000000) a(i), range(1000000) b(i)')).rejects.toThrow(InterruptedError);
  await expect(store.run('SELECT 1')).rejects.toThrow(InterruptedError);
});

test('closing removes the temporary folder, and may happen twice', async () => {
  const store = await open();
  const [row] = await store.rows("SELECT current_setting('temp_directory') AS folder");
  const folder = String(row?.['folder']);
  expect(existsSync(folder)).toBe(true);
  store.close();
  store.close();
  expect(existsSync(folder)).toBe(false);
});

test('texts and names are quoted', async () => {
  const [row] = await (await open()).rows(`SELECT ${sqlText("it's")} AS ${sqlName('a "b"')}`);
  expect(row).toEqual({ 'a "b"': "it's" });
});
