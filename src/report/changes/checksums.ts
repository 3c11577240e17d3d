import { createHash } from 'node:crypto';
import type { ChangeFile } from './change-emitter.ts';

/** Hex SHA-256 of the text as UTF-8. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** `SHA256SUMS` of the files of one folder, as `sha256sum --check` reads it, sorted by path. `files` do not include the sums themselves. */
export function checksumFile(folder: string, files: readonly ChangeFile[]): ChangeFile {
  const lines = files.map((file) => `${sha256Hex(file.content)}  ${file.path.slice(folder.length + 1)}`);
  lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
  return { path: `${folder}/SHA256SUMS`, content: `${lines.join('\n')}\n` };
}
