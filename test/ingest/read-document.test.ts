import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDocument } from '../../src/ingest/read-document.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'documents-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(bytes: Buffer | string, maxBytes?: number) {
  const path = join(folder, 'document');
  writeFileSync(path, bytes);
  return readDocument({ format: null, path, at: 7 }, maxBytes);
}

test.each([
  ['UTF-8', Buffer.from('{"ü": 1}')],
  ['UTF-8 with a byte order mark', Buffer.from('\uFEFF{"ü": 1}')],
  ['UTF-16, as PowerShell writes it', Buffer.from('\uFEFF{"ü": 1}', 'utf16le')],
  ['gzip, whatever the file is called', gzipSync('{"ü": 1}')],
])('%s', async (_, bytes) => {
  const { document, sha256, diagnostics } = await read(bytes);
  expect(document).toMatchObject({ text: '{"ü": 1}', at: 7 });
  expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(diagnostics).toEqual([]);
});

test('bytes that are no UTF-8 become U+FFFD, with the line of the first', async () => {
  const { document, diagnostics } = await read(Buffer.from('a\nb\xfc\n', 'latin1'));
  expect(document.text).toBe('a\nb\uFFFD\n');
  expect(diagnostics).toMatchObject([{ code: 'INVALID_UTF8', line: 2 }]);
});

test.each([
  ['an empty file', Buffer.alloc(0), 'the file is empty'],
  ['a file of blanks', Buffer.from(' \n\n'), 'nothing but blanks'],
  ['an empty gzip file', gzipSync(''), 'holds an empty file'],
  ['a truncated gzip file', gzipSync('{"a": 1, "b": [1, 2, 3, 4, 5, 6, 7, 8]}').subarray(0, 30), 'the gzip data is broken or cut off'],
  ['a zip file', Buffer.from('504b030414', 'hex'), 'zip-compressed'],
  ['a zstd file', Buffer.from('28b52ffd04', 'hex'), 'zstd-compressed'],
  ['a Parquet file', Buffer.from('PAR1....PAR1'), 'name it with --flows'],
])('%s is an error that says what to do', async (_, bytes, message) => {
  await expect(read(bytes)).rejects.toThrow(message);
});

test('a file that is too big is refused before it is read, and before it is unpacked', async () => {
  await expect(read('x'.repeat(101), 100)).rejects.toThrow('101 bytes are more than the 100');
  await expect(read(gzipSync('x'.repeat(1000)), 100)).rejects.toThrow('unpacked, the file has more than the 100 bytes');
});

test('a missing file is an error with its name', async () => {
  await expect(readDocument({ format: null, path: 'no/such.json', at: null })).rejects.toThrow('no/such.json: the file cannot be read');
});
