import { constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { InterruptedError, UsageError } from '../model/errors.ts';

/** `path` is relative to the folder, with `/` between its parts. */
export interface OutputFile {
  readonly path: string;
  /** Pieces of a text that is too long for one string are written one by one. */
  readonly content: string | Uint8Array | Iterable<string>;
  readonly executable?: boolean;
}

/**
 * Replaces what belongs to us in `folder` as a whole: everything is written to a temporary folder on the same file system and then renamed, so that
 * a reader, an interruption or a full disk never meets a half-written report. Other entries of the folder are not touched.
 *
 * @param owned names of the folder's own entries that are ours; those that `files` does not have are removed, because they tell of another run
 * @throws {UsageError} when the folder cannot be written
 * @throws {InterruptedError} when `signal` is aborted before the renaming begins; nothing has changed then
 */
export async function writeFolder(
  folder: string,
  files: readonly OutputFile[],
  owned: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const target = resolve(folder);
  try {
    await replaceContents(target, files, owned, signal);
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      throw new UsageError(`--out ${folder} cannot be written: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Finds out before a long run what would stop `writeFolder` at its end; what happens in between cannot be foreseen.
 *
 * @throws {UsageError}
 */
export async function requireOutputFolder(folder: string): Promise<void> {
  if (folder.trim() === '') throw new UsageError('--out needs the name of a folder');
  const target = resolve(folder);
  let existing = target;
  while (!(await isFolder(existing)) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    await access(existing, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--out ${folder} cannot be written: no permission to write to ${existing}`, { cause: error });
  }
}

async function replaceContents(target: string, files: readonly OutputFile[], owned: readonly string[], signal: AbortSignal): Promise<void> {
  const exists = await isFolder(target);
  await mkdir(dirname(target), { recursive: true });
  // Inside a folder that is there already: it may be a mount point, which nothing beside it could be renamed into.
  const staging = await mkdtemp(exists ? join(target, '.rulesweep-') : `${target}.rulesweep-`);
  const removeStaging = () => rmSync(staging, { recursive: true, force: true });
  process.once('exit', removeStaging);
  try {
    const next = join(staging, 'next');
    await mkdir(next);
    for (const file of files) {
      if (signal.aborted) throw new InterruptedError('interrupted while writing');
      await writeStaged(next, file);
    }
    if (signal.aborted) throw new InterruptedError('interrupted while writing');
    // From here on synchronous: no signal handler of ours runs in between.
    if (exists) swapEntries(target, staging, owned);
    else renameSync(next, target);
  } finally {
    removeStaging();
    process.removeListener('exit', removeStaging);
  }
}

/** False when nothing is there. */
async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    if (error.code === 'ENOTDIR') throw new UsageError(`--out ${path} lies below a file; give the name of a folder`);
    throw error;
  });
  if (found !== null && !found.isDirectory()) throw new UsageError(`--out ${path} is a file; give the name of a folder`);
  return found !== null;
}

async function writeStaged(next: string, file: OutputFile): Promise<void> {
  if (isAbsolute(file.path) || file.path.split(/[\\/]/).includes('..')) throw new Error(`output path ${file.path} leaves its folder`);
  const path = join(next, file.path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, file.content);
  if (file.executable) await chmod(path, 0o755);
}

/** Moves our old entries out and the new ones in; when that fails half-way, the other way round. */
function swapEntries(target: string, staging: string, owned: readonly string[]): void {
  const previous = join(staging, 'previous');
  mkdirSync(previous);
  const done: (readonly [from: string, to: string])[] = [];
  const move = (from: string, to: string) => {
    if (!existsSync(from)) return;
    renameSync(from, to);
    done.push([from, to]);
  };
  try {
    for (const name of owned) {
      move(join(target, name), join(previous, name));
      move(join(staging, 'next', name), join(target, name));
    }
  } catch (error) {
    for (const [from, to] of done.reverse()) renameSync(to, from);
    throw error;
  }
}
