import { readDocument } from './ingest/read-document.ts';
import type { Input } from './model/audit-result.ts';
import type { Diagnostic } from './model/diagnostic.ts';

export interface SettledFile<Content> {
  readonly content: Content;
  /** With the hash that stands for the version of the file. */
  readonly input: Input;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a file in which people settle something: all of it counts, or it is refused.
 *
 * @param countOf how many entries it holds
 * @throws {InputError} when the file cannot be read; whatever `parse` throws
 */
export async function readSettledFile<Content>(
  role: 'guardrails' | 'decisions',
  path: string,
  parse: (text: string, path: string) => Content,
  countOf: (content: Content) => number,
): Promise<SettledFile<Content>> {
  const { document, sha256, diagnostics } = await readDocument({ path, format: null, at: null });
  const content = parse(document.text, path);
  const records = countOf(content);
  return {
    content,
    input: { role, path, sha256, format: role, at: null, records, accepted: records, skipped: 0, skippedByReason: {} },
    diagnostics,
  };
}
