import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type * as z from 'zod';
import { type Decision, type DecisionEntry, type Decisions, decisionsSchema } from '../model/decisions.ts';
import { InputError } from '../model/errors.ts';

/**
 * Reads a decisions file, YAML or JSON.
 *
 * @param path for error messages only
 * @throws {InputError} with the line, for text that is no YAML, a repeated or unknown key, a missing or wrong value, two entries for the same thing
 */
export function parseDecisions(text: string, path: string): Decisions {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true, merge: false });
  const [broken] = document.errors;
  if (broken !== undefined)
    throw new InputError(
      { path, line: broken.linePos?.[0].line ?? 1 },
      `the decisions are not valid YAML or JSON: ${firstLine(broken.message)}`,
    );
  const parsed = decisionsSchema.safeParse(document.toJS());
  if (!parsed.success) throw schemaError(parsed.error, document, lines, path);
  const entries = parsed.data.decisions.map(
    (decision, index): DecisionEntry => ({ ...decision, line: lineOf(document, lines, ['decisions', index]) }),
  );
  refuseRepeated(entries, path);
  return { path, entries };
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
}

/** The first problem, at the line of the key or value that has it. */
function schemaError(error: z.ZodError, document: Document, lines: LineCounter, path: string): InputError {
  const [issue] = error.issues;
  if (issue === undefined) return new InputError(path, 'the decisions have a shape that cannot be read');
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const place = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const line = lineOf(document, lines, place, unknownKey);
  const name = place.length === 0 ? 'the document' : place.join('.');
  if (unknownKey !== undefined)
    return new InputError({ path, line }, `${name} has the unknown key "${unknownKey}"; expected ${expectedKeys(place)}`);
  return new InputError({ path, line }, `${name}: ${issue.message}`);
}

function expectedKeys(place: readonly (string | number)[]): string {
  const shape = place.length === 0 ? decisionsSchema.shape : decisionsSchema.shape.decisions.element.shape;
  return Object.keys(shape).join(', ');
}

/** Line of the deepest part of the path that exists, or of a key in it; 1 for an empty document. */
function lineOf(document: Document, lines: LineCounter, place: readonly (string | number)[], key?: string): number {
  for (let length = place.length; length >= 0; length--) {
    const node = (length === 0 ? document.contents : document.getIn(place.slice(0, length), true)) as Node | null | undefined;
    if (node?.range == null) continue;
    const pair = key === undefined || !isMap(node) ? undefined : node.items.find((item) => isScalar(item.key) && item.key.value === key);
    const keyRange = isScalar(pair?.key) ? pair.key.range : undefined;
    return lines.linePos((keyRange ?? node.range)[0]).line;
  }
  return 1;
}

function refuseRepeated(entries: readonly DecisionEntry[], path: string): void {
  const seen = new Map<string, DecisionEntry>();
  for (const entry of entries) {
    const key = decisionKey(entry);
    const before = seen.get(key);
    if (before !== undefined) {
      const where = entry.policy === undefined ? '' : ` in ${entry.policy}`;
      throw new InputError(
        { path, line: entry.line },
        `a second decision about ${entry.kind} of ${entry.rule}${where}; the first is on line ${before.line}. Keep one of them`,
      );
    }
    seen.set(key, entry);
  }
}

/** What a decision is about, as one text. */
export function decisionKey({ rule, kind, policy }: Pick<Decision, 'rule' | 'kind' | 'policy'>): string {
  return JSON.stringify([rule, kind, policy ?? null]);
}
