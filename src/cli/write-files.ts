import { rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { UsageError } from '../model/errors.ts';
import type { OutputFile } from './write-folder.ts';

/**
 * Writes files whole, each under a temporary name first: no reader meets half of one, and when the disk is full none is replaced.
 *
 * @param files with paths as the user gave them
 * @throws {UsageError} when a file cannot be written
 */
export async function writeFiles(files: readonly OutputFile[]): Promise<void> {
  const staged = files.map((file) => ({ ...file, temporary: `${file.path}.rulesweep-${process.pid}` }));
  let current = '';
  try {
    for (const { path, temporary, content } of staged) {
      current = path;
      await writeFile(temporary, content, { flag: 'wx' });
    }
    for (const { path, temporary } of staged) {
      current = path;
      await rename(temporary, path);
    }
  } catch (error) {
    throw new UsageError(`${current} cannot be written: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
  }
}
