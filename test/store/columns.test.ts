import { DuckDBDataChunk, UINTEGER } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { copyOneByOne, copyValues } from '../../src/store/columns.ts';

function vectorOf(values: readonly number[]): ReturnType<DuckDBDataChunk['getColumnVector']> {
  const chunk = DuckDBDataChunk.create([UINTEGER], values.length);
  chunk.setColumnValues(0, values);
  return chunk.getColumnVector(0);
}

test('the values of the driver can still be read as a typed array, which is what makes reading fast', () => {
  expect(Reflect.get(vectorOf([1, 2, 3]), 'items')).toBeInstanceOf(Uint32Array);
});

test('reading value by value gives what reading all at once gives', () => {
  const vector = vectorOf([5, 4_294_967_295, 7, 8]);
  const fast = new Uint32Array(6);
  const slow = new Uint32Array(6);
  copyValues(vector, 1, 3, fast, 2);
  copyOneByOne(vector, 1, 3, slow, 2);
  expect([...fast]).toEqual([0, 0, 4_294_967_295, 7, 8, 0]);
  expect(slow).toEqual(fast);
});

test('a driver that hides its arrays is read value by value', () => {
  const vector = vectorOf([9, 10]);
  const hidden = new Proxy(vector, {
    get: (target, name) => {
      const value: unknown = name === 'items' ? undefined : Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const target = new Uint32Array(2);
  copyValues(hidden, 0, 2, target, 0);
  expect([...target]).toEqual([9, 10]);
});
