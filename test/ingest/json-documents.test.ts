import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonDocuments } from '../../src/ingest/json-documents.ts';

test('values one after another come back as they were written, with their lines', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(fc.object(), fc.array(fc.jsonValue())), fc.constantFrom(0, 2)), { minLength: 2, maxLength: 5 }),
      (values) => {
        const texts = values.map(([value, indent]) => JSON.stringify(value, null, indent));
        const read = parseJsonDocuments(texts.join('\n'), 'x');
        expect(read.map(({ value }) => value)).toEqual(texts.map((text) => JSON.parse(text) as unknown));
        expect(read.map(({ line }) => line)).toEqual(
          texts.map((_, index) => texts.slice(0, index).join('\n').split('\n').length + (index === 0 ? 0 : 1)),
        );
      },
    ),
  );
});

test('one value fills the file and has no index', () => {
  expect(parseJsonDocuments('\uFEFF {"a": 1} ', 'x')).toEqual([{ value: { a: 1 }, line: 1, index: null }]);
});

test.each([
  ['{"a": 1}\n{"b": [1,\n', 'x:2: the JSON value that begins here is not complete: the file ends at line 3'],
  ['{"a": 1}\n{"b": nope}\n', 'x:2: not valid JSON'],
  ['{"a": "open}\n', 'x:1: the JSON value that begins here is not complete'],
  ['{"a": 1}\nhello\n', 'x:2: not valid JSON'],
])('%j is an error with its line', (text, message) => {
  expect(() => parseJsonDocuments(text, 'x')).toThrow(message);
});
