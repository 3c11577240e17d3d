import type { Input } from '../../model/audit-result.ts';
import { formatTimestamp, parseTimestamp } from '../../model/time.ts';

/** A file of rules or inventories as it is now. */
export interface FileNow {
  readonly path: string;
  /** As the user forced it; null: not. */
  readonly format: string | null;
  /** Epoch seconds, as the user dated it; null: not. */
  readonly at: number | null;
  readonly sha256: string;
  /** For one that was matched: the path by which the audit names it. */
  readonly shownAs?: string;
}

export type MatchedInputs =
  | { readonly kind: 'matched'; readonly files: readonly FileNow[] }
  | { readonly kind: 'stale'; readonly reasons: readonly string[] };

/**
 * Finds for each file the one that the audit read, by content. `matched`: they are the same files, now in the order of the audit and with its dates and
 * formats. `stale`: a file has changed, is missing or was not part of the audit.
 */
export function matchInputs(inputs: readonly Input[], files: readonly FileNow[]): MatchedInputs {
  const missing = inputs.filter(({ role }) => role === 'rules' || role === 'inventory');
  const order = new Map(missing.map((input, index) => [input, index]));
  const matched: { readonly file: FileNow; readonly place: number }[] = [];
  const others: FileNow[] = [];
  for (const file of files) {
    const same = missing.filter(({ sha256 }) => sha256 === file.sha256);
    const input = same.find(({ path }) => path === file.path) ?? same[0];
    if (input === undefined) {
      others.push(file);
      continue;
    }
    missing.splice(missing.indexOf(input), 1);
    const at = input.at === null ? null : parseTimestamp(input.at);
    const placed = { ...file, format: file.format ?? input.format, at: file.at ?? at, shownAs: input.path };
    if (placed.at === at) matched.push({ file: placed, place: order.get(input) ?? 0 });
    else others.push(placed);
  }
  const reasons = [...others.map((file) => explainOther(file, inputs, missing)), ...missing.map(explainMissing)];
  if (reasons.length > 0) return { kind: 'stale', reasons };
  return { kind: 'matched', files: matched.sort((a, b) => a.place - b.place).map(({ file }) => file) };
}

/** @param missing what no file was found for; the one that the file seems to be is taken out */
function explainOther(file: FileNow, inputs: readonly Input[], missing: Input[]): string {
  const dated = inputs.find(({ sha256 }) => sha256 === file.sha256);
  if (dated !== undefined) {
    const now = file.at === null ? 'no date' : formatTimestamp(file.at);
    return `${file.path} is given with ${now}, and the audit read it with ${dated.at ?? 'no date'}`;
  }
  const changed = missing.find(({ path }) => path === file.path) ?? missing.find(({ path }) => nameOf(path) === nameOf(file.path));
  if (changed === undefined) return `${file.path} (SHA-256 ${file.sha256}) was not part of the audit; leave it out, or audit again`;
  missing.splice(missing.indexOf(changed), 1);
  return `${file.path} has the SHA-256 ${file.sha256}, and the audit read ${changed.path} with ${changed.sha256}; give the file of that time, or audit again`;
}

function explainMissing({ path, sha256, role }: Input): string {
  return `the audit read ${path} (SHA-256 ${sha256}) as well; add it with --${role === 'inventory' ? 'inventory' : 'rules'}`;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
