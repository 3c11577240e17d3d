import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** What a text file holds, counted byte by byte. */
export interface LineTally {
  /** Lines with at least one byte. */
  readonly lines: number;
  readonly emptyLines: number;
}

export type TallyResult = { readonly ok: true; readonly tally: LineTally } | { readonly ok: false; readonly reason: string };

/** Reads a whole plain or gzip file, checks its integrity and counts its lines; `\n`, `\r\n` and `\r` end a line, and the last line may lack it. */
export async function tallyLines(path: string, container: 'plain' | 'gzip'): Promise<TallyResult> {
  const counter = new LineCounter();
  const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
  const count = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) counter.add(chunk);
  };
  try {
    if (container === 'gzip') await pipeline(bytes, createGunzip({ chunkSize: 1 << 18 }), count);
    else await pipeline(bytes as Readable, count);
    return { ok: true, tally: counter.result() };
  } catch (cause) {
    return { ok: false, reason: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** What is wrong with a file that could not be read to its end. */
export function damageOf(container: string, reason: string): string {
  if (/unexpected end/i.test(reason)) return `its ${container} data is cut off`;
  return `its ${container} data is damaged (${reason})`;
}

class LineCounter {
  #lines = 0;
  #emptyLines = 0;
  #length = 0;
  #afterReturn = false;

  add(chunk: Buffer): void {
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (byte === 10) {
        if (this.#afterReturn) this.#afterReturn = false;
        else this.#endLine();
      } else if (byte === 13) {
        this.#endLine();
        this.#afterReturn = true;
      } else {
        this.#length += 1;
        this.#afterReturn = false;
      }
    }
  }

  result(): LineTally {
    return { lines: this.#lines + (this.#length > 0 ? 1 : 0), emptyLines: this.#emptyLines };
  }

  #endLine(): void {
    if (this.#length > 0) this.#lines += 1;
    else this.#emptyLines += 1;
    this.#length = 0;
  }
}
