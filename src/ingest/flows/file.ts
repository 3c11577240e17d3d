import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { InputError } from '../../model/errors.ts';

const HEAD_BYTES = 16_384;

/** A file as its first and last bytes tell it. */
export interface InspectedFile {
  readonly path: string;
  readonly size: number;
  readonly container: 'plain' | 'gzip' | 'zstd' | 'parquet';
  /** Beginning of the text, without a byte order mark; empty for zstd and Parquet, which the database opens. */
  readonly headText: string;
  readonly hasByteOrderMark: boolean;
  /** Bytes of the text inside, modulo 2^32, as the container states it; null when it does not. */
  readonly textBytes: number | null;
  /** Why the file is already known to be broken; null when it looks whole. */
  readonly broken: string | null;
  /** The container cannot be trusted without reading it to the end. */
  readonly suspect: boolean;
}

/**
 * Reads the ends of a file for what is inside. By content, never by name.
 * @throws {InputError} when the file is missing or cannot be opened
 */
export async function inspectFlowFile(path: string): Promise<InspectedFile> {
  const file = await openFile(path);
  try {
    const size = (await file.stat()).size;
    const head = await readAt(file, 0, Math.min(size, HEAD_BYTES));
    const tail = await readAt(file, Math.max(0, size - 8), Math.min(size, 8));
    const base = {
      path,
      size,
      hasByteOrderMark: false,
      headText: '',
      textBytes: null,
      broken: null,
      suspect: false,
    };
    if (size === 0) return { ...base, container: 'plain', broken: 'the file is empty' };
    if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { ...base, container: 'parquet' };
    if (head[0] === 0x1f && head[1] === 0x8b) return { ...base, container: 'gzip', ...inspectGzip(head, tail, size) };
    if (size >= 4 && head.readUInt32LE(0) === ZSTD_MAGIC) return { ...base, container: 'zstd', ...(await inspectZstd(file, size)) };
    const isText = !head.includes(0);
    return {
      ...base,
      container: 'plain',
      ...textHead(head),
      textBytes: size % 2 ** 32,
      broken: isText ? null : 'it is neither text nor gzip, zstd or Parquet',
    };
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    throw new InputError(path, `the file cannot be opened (${code}); check the path and the permissions`, { cause });
  }
}

/** SHA-256 of a whole file, in hexadecimal digits. */
export async function hashFile(path: string): Promise<string> {
  const file = await openFile(path);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function textHead(bytes: Buffer): { headText: string; hasByteOrderMark: boolean } {
  const hasByteOrderMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return { headText: bytes.subarray(hasByteOrderMark ? 3 : 0).toString('utf8'), hasByteOrderMark };
}

/**
 * The last four bytes of a gzip file are the length of the text inside. A file that was cut off has something else there, which is seen now
 * (a length out of all proportion) or after the scan (a length other than what was read).
 */
function inspectGzip(head: Buffer, tail: Buffer, size: number): Partial<InspectedFile> {
  if (size < 20) return { broken: 'its gzip data is cut off' };
  let text: Buffer;
  try {
    text = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (cause) {
    return { broken: `its gzip data is damaged (${cause instanceof Error ? cause.message : String(cause)})` };
  }
  const textBytes = tail.readUInt32LE(4);
  const plausible = textBytes >= size * 0.5 - 100 && textBytes <= size * 1032;
  return { ...textHead(text.subarray(0, 4 * HEAD_BYTES)), textBytes, suspect: !plausible };
}

const ZSTD_MAGIC = 0xfd2fb528;
const ZSTD_FRAME_SIZES = [0, 2, 4, 8];

/** Walks over frames and blocks by their headers (RFC 8878): whether the last one is whole, and the length of the text where all frames state it. */
async function inspectZstd(file: FileHandle, size: number): Promise<Partial<InspectedFile>> {
  const cutOff = { broken: 'its zstd data is cut off' };
  let position = 0;
  let textBytes: number | null = 0;
  while (position < size) {
    const header = await readAt(file, position, Math.min(32, size - position));
    if (header.length < 8) return cutOff;
    const magic = header.readUInt32LE(0);
    if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) {
      position += 8 + header.readUInt32LE(4);
      continue;
    }
    if (magic !== ZSTD_MAGIC) return { broken: 'its zstd data is followed by something else' };
    const frame = frameHeader(header);
    if (frame === null) return cutOff;
    textBytes = textBytes === null || frame.contentSize === null ? null : textBytes + frame.contentSize;
    const end = await skipBlocks(file, position + frame.length, size);
    if (end === null) return cutOff;
    position = end + (frame.hasChecksum ? 4 : 0);
  }
  if (position > size) return cutOff;
  return { textBytes: textBytes === null ? null : textBytes % 2 ** 32 };
}

function frameHeader(bytes: Buffer): { length: number; contentSize: number | null; hasChecksum: boolean } | null {
  const descriptor = bytes[4] ?? 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && singleSegment ? 1 : (ZSTD_FRAME_SIZES[sizeFlag] ?? 0);
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeAt = 5 + (singleSegment ? 0 : 1) + dictionaryBytes;
  if (bytes.length < sizeAt + sizeBytes) return null;
  return { length: sizeAt + sizeBytes, contentSize: contentSize(bytes, sizeAt, sizeBytes), hasChecksum: (descriptor & 4) !== 0 };
}

function contentSize(bytes: Buffer, at: number, length: number): number | null {
  switch (length) {
    case 1:
      return bytes.readUInt8(at);
    case 2:
      return bytes.readUInt16LE(at) + 256;
    case 4:
      return bytes.readUInt32LE(at);
    case 8:
      return Number(bytes.readBigUInt64LE(at));
    default:
      return null;
  }
}

/** The position after the last block of a frame; null when the file ends before it. */
async function skipBlocks(file: FileHandle, start: number, size: number): Promise<number | null> {
  for (let position = start; position + 3 <= size; ) {
    const header = await readAt(file, position, Math.min(8, size - position));
    const value = header.readUIntLE(0, 3);
    position += 3 + (((value >> 1) & 3) === 1 ? 1 : value >> 3);
    if ((value & 1) === 1) return position <= size ? position : null;
  }
  return null;
}
