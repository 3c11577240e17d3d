import { readdir, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { InputError, UsageError } from '../model/errors.ts';
import { parseTimestamp } from '../model/time.ts';

/** What a person wrote for one source: `[format=]PATH[@T]`. */
export interface SourceSpec {
  /** Only a known format name; null: recognise it by content. */
  readonly format: string | null;
  readonly path: string;
  /** Epoch seconds; null when undated. */
  readonly at: number | null;
}

/** One file to read. `path` is relative when the user wrote it so, with forward slashes; `-` is standard input. */
export interface SourceFile extends SourceSpec {
  /** The name it has in results, where that is another one: a file that an audit read elsewhere. */
  readonly shownAs?: string;
}

/**
 * Takes `[format=]PATH[@T]` apart. `T` is an ISO 8601 date, a date-time (UTC unless it says otherwise), or epoch seconds of at least nine
 * digits. A prefix that is no known format name and an `@` that no date follows belong to the path.
 */
export function parseSourceSpec(spec: string, knownFormats: readonly string[]): SourceSpec {
  const equals = spec.indexOf('=');
  const prefix = equals > 0 ? spec.slice(0, equals) : '';
  const format = knownFormats.includes(prefix) ? prefix : null;
  const rest = format === null ? spec : spec.slice(equals + 1);
  const sign = rest.lastIndexOf('@');
  const at = sign > 0 ? parseTimestamp(rest.slice(sign + 1)) : null;
  const path = at === null ? rest : rest.slice(0, sign);
  if (path === '') throw new UsageError(`"${spec}" names no file; expected [format=]PATH[@T]`);
  return { format, path, at };
}

/**
 * The files behind the given sources, in the order of the sources and sorted by path inside each: a file, a folder (recursive, hidden files
 * skipped), a pattern with `*`, `?` and `**`, or `-` for standard input.
 *
 * @throws {InputError} when a source matches no file or is an address that is not read directly
 */
export async function expandSources(specs: readonly string[], knownFormats: readonly string[]): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const text of specs) {
    const spec = parseSourceSpec(text, knownFormats);
    for (const path of await findPaths(spec.path, knownFormats)) files.push({ ...spec, path });
  }
  if (files.filter((file) => file.path === '-').length > 1) throw new UsageError('standard input "-" is named twice; it can be read once');
  return files;
}

async function findPaths(path: string, knownFormats: readonly string[]): Promise<string[]> {
  if (path === '-') return ['-'];
  refuseRemote(path);
  const given = toForwardSlashes(path);
  const kind = await kindOf(given);
  if (kind === 'file') return [given];
  if (kind === 'folder') {
    const found = await walk(given.replace(/\/+$/, '') || '/', () => true);
    if (found.length === 0) throw new InputError(path, 'the folder holds no file (hidden files are skipped)');
    return found;
  }
  if (!/[*?]/.test(given)) throw new InputError(path, `no such file or folder${hintAboutFormat(path, knownFormats)}`);
  const found = await findByPattern(given);
  if (found.length === 0)
    throw new InputError(path, 'the pattern matches no file; *, ? and ** are understood, and hidden files are skipped');
  return found;
}

function refuseRemote(path: string): void {
  const remote = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path);
  if (remote === null) return;
  const scheme = (remote[1] ?? '').toLowerCase();
  if (scheme === 's3') {
    const folder = path.replace(/[*?].*$/, '').replace(/\/+$/, '');
    const local = folder.split('/').at(-1) || 'logs';
    throw new InputError(
      path,
      `S3 objects are not read directly, because rulesweep works offline and without credentials. Copy them first: aws s3 sync ${folder} ./${local}`,
    );
  }
  throw new InputError(
    path,
    `${scheme}:// addresses are not read, because rulesweep works offline; download the file first and name the copy`,
  );
}

function hintAboutFormat(path: string, knownFormats: readonly string[]): string {
  const prefix = /^([A-Za-z0-9-]+)=/.exec(path);
  return prefix === null ? '' : `; "${prefix[1]}" is no known format, those are ${[...knownFormats].sort().join(', ')}`;
}

async function findByPattern(pattern: string): Promise<string[]> {
  const segments = pattern.split('/');
  const firstWild = segments.findIndex((segment) => /[*?]/.test(segment));
  const base = segments.slice(0, firstWild).join('/');
  const root = base === '' ? (pattern.startsWith('/') ? '/' : '.') : base;
  if ((await kindOf(root)) !== 'folder') return [];
  const matcher = patternToRegExp(pattern.replace(/^\.\//, ''));
  return walk(root, (path) => matcher.test(path.replace(/^\.\//, '')));
}

/** `**` stands for any folders, none included; `*` and `?` stay inside one name. */
function patternToRegExp(pattern: string): RegExp {
  const segments = pattern.split('/');
  const source = segments.map((segment, index) => {
    const last = index === segments.length - 1;
    if (segment === '**') return last ? '.+' : '(?:[^/]+/)*';
    const name = segment
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*+/g, '[^/]*')
      .replace(/\?/g, '[^/]');
    return last ? name : `${name}/`;
  });
  return new RegExp(`^${source.join('')}$`, 'u');
}

/** Files below a folder that `accepts` takes, sorted; links are followed, loops are not. */
async function walk(folder: string, accepts: (path: string) => boolean, above: readonly string[] = []): Promise<string[]> {
  const real = await realpath(folder);
  if (above.some((folderAbove) => folderAbove === real || folderAbove.startsWith(`${real}${sep}`))) return [];
  const found: string[] = [];
  for (const name of await readNames(folder)) {
    if (name.startsWith('.')) continue;
    const path = folder === '.' ? name : `${folder === '/' ? '' : folder}/${name}`;
    const kind = await kindOf(path);
    if (kind === 'folder') found.push(...(await walk(path, accepts, [...above, real])));
    else if (kind === 'file' && accepts(path)) found.push(path);
  }
  return above.length === 0 ? found.sort() : found;
}

async function readNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new InputError(folder, 'the folder cannot be read; check its permissions', { cause });
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'folder';
    // A named pipe (`<(zcat …)`) is read like a file.
    return found.isFile() || found.isFIFO() || found.isCharacterDevice() ? 'file' : null;
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw new InputError(path, 'the path cannot be read; check its permissions', { cause });
  }
}

function isMissing(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG';
}

function toForwardSlashes(path: string): string {
  return sep === '\\' ? path.replaceAll('\\', '/') : path;
}
