import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Diagnostic } from '../model/diagnostic.ts';
import { InputError } from '../model/errors.ts';
import type { SourceDocument } from './format.ts';
import type { SourceFile } from './sources.ts';

/** Rule exports are read whole; a text of more bytes than this would not fit into one string together with its values. */
const MAX_DOCUMENT_BYTES = 256 * 1024 * 1024;

export interface ReadDocument {
  readonly document: SourceDocument;
  /** Of the bytes as they are in the file, compressed or not. */
  readonly sha256: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a file of rules or inventories as text: UTF-8 or UTF-16 (as PowerShell writes it), plain or gzip by its first bytes. A byte that is no
 * UTF-8 becomes U+FFFD and a diagnostic, so that the cell it stands in cannot be misread.
 *
 * @throws {InputError} when the file is missing, empty, too big, truncated or compressed otherwise
 */
export async function readDocument(file: SourceFile, maxBytes = MAX_DOCUMENT_BYTES): Promise<ReadDocument> {
  const stored = file.path === '-' ? await readStandardInput(maxBytes) : await readWhole(file.path, maxBytes);
  if (stored.length === 0) throw new InputError(file.path, 'the file is empty; export it again');
  const bytes = unpack(stored, file.path, maxBytes);
  const { text, diagnostics } = decode(bytes, file.path);
  if (text.trim() === '') throw new InputError(file.path, 'the file holds nothing but blanks; export it again');
  return {
    document: { path: file.shownAs ?? file.path, text, at: file.at },
    sha256: createHash('sha256').update(stored).digest('hex'),
    diagnostics,
  };
}

async function readWhole(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw tooBig(path, size, maxBytes);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError(path, `the file cannot be read (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
}

async function readStandardInput(maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) throw tooBig('-', size, maxBytes);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function tooBig(path: string, size: number, maxBytes: number): InputError {
  return new InputError(
    path,
    `${size} bytes are more than the ${maxBytes} that a rule or inventory file may have; split the export, for example by VPC`,
  );
}

const OTHER_PACKAGES: readonly { readonly name: string; readonly magic: readonly number[] }[] = [
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'zip', magic: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68] },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
];

function unpack(stored: Buffer, path: string, maxBytes: number): Buffer {
  const other = OTHER_PACKAGES.find(({ magic }) => magic.every((byte, index) => stored[index] === byte));
  if (other !== undefined)
    throw new InputError(path, `the file is ${other.name}-compressed; rule and inventory files are read plain or gzip, so unpack it first`);
  if (stored.subarray(0, 4).toString('latin1') === 'PAR1') {
    throw new InputError(path, 'the file is Parquet, which holds flow logs and no rules; name it with --flows');
  }
  if (stored[0] !== 0x1f || stored[1] !== 0x8b) return stored;
  try {
    const unpacked = gunzipSync(stored, { maxOutputLength: maxBytes });
    if (unpacked.length === 0) throw new InputError(path, 'the gzip file holds an empty file; export it again');
    return unpacked;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    if (cause instanceof RangeError)
      throw new InputError(path, `unpacked, the file has more than the ${maxBytes} bytes that a rule or inventory file may have`, {
        cause,
      });
    throw new InputError(
      path,
      `the gzip data is broken or cut off (${cause instanceof Error ? cause.message : String(cause)}); copy the file again`,
      { cause },
    );
  }
}

function decode(bytes: Buffer, path: string): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: new TextDecoder('utf-16le').decode(bytes), diagnostics: [] };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { text: new TextDecoder('utf-16be').decode(bytes), diagnostics: [] };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), diagnostics: [] };
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    const line = text.slice(0, text.indexOf('\uFFFD')).split('\n').length;
    const message = `line ${line} is the first with bytes that are no UTF-8; they are read as U+FFFD. Save the file as UTF-8`;
    return { text, diagnostics: [{ severity: 'warning', code: 'INVALID_UTF8', message, path, line }] };
  }
}
