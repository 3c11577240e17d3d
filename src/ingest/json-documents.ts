import { InputError } from '../model/errors.ts';

/** One JSON value of a file. `line` is where it starts; `index` is null when the file holds nothing else. */
export interface JsonDocument {
  readonly value: unknown;
  readonly line: number;
  readonly index: number | null;
}

/**
 * The JSON values of a text: one document, several one after another (pages of an export), or one on each line.
 *
 * @throws {InputError} at the line of the first value that is cut off or is no JSON
 */
export function parseJsonDocuments(text: string, path: string): JsonDocument[] {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    return [{ value: JSON.parse(body) as unknown, line: 1, index: null }];
  } catch {
    return parseConcatenated(body, path);
  }
}

function parseConcatenated(text: string, path: string): JsonDocument[] {
  const documents: JsonDocument[] = [];
  let line = 1;
  let position = 0;
  for (;;) {
    const start = skipBlanks(text, position);
    line += countLines(text, position, start);
    if (start >= text.length) break;
    const end = endOfValue(text, start);
    if (end === null) {
      const message = `the JSON value that begins here is not complete: the file ends at line ${line + countLines(text, start, text.length)}. It was cut off; export it again`;
      throw new InputError({ path, line }, message);
    }
    documents.push({ value: parseValue(text.slice(start, end), path, line), line, index: documents.length });
    line += countLines(text, start, end);
    position = end;
  }
  const only = documents[0];
  return documents.length === 1 && only !== undefined ? [{ ...only, index: null }] : documents;
}

function parseValue(text: string, path: string, line: number): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError({ path, line: line + countLines(text, 0, offsetOf(reason, text)) }, `not valid JSON: ${reason.slice(0, 200)}`, {
      cause,
    });
  }
}

/** Where a message of JSON.parse points to: it names the position, or shows ten characters on both sides of it. */
function offsetOf(reason: string, text: string): number {
  const position = /position (\d+)/.exec(reason)?.[1];
  if (position !== undefined) return Number(position);
  const shown = /, (\.\.\.)?"([\s\S]*?)"(?:\.\.\.)? is not valid JSON$/.exec(reason);
  const start = shown?.[2] === undefined ? -1 : text.indexOf(shown[2]);
  return start < 0 ? 0 : start + (shown?.[1] === undefined ? 0 : 10);
}

const BLANKS = new Set([' ', '\t', '\n', '\r', ',']);

/** Blanks, and the commas of a list whose brackets were lost. */
function skipBlanks(text: string, from: number): number {
  let position = from;
  while (position < text.length && BLANKS.has(text.charAt(position))) position += 1;
  return position;
}

/** The end of the value that starts at `start`; null when the text ends inside it. A value that is neither object nor list ends with its line. */
function endOfValue(text: string, start: number): number | null {
  if (text[start] !== '{' && text[start] !== '[') {
    const end = text.indexOf('\n', start);
    return end < 0 ? text.length : end;
  }
  let depth = 0;
  for (let position = start; position < text.length; position += 1) {
    const character = text[position];
    if (character === '"') {
      const close = endOfString(text, position);
      if (close === null) return null;
      position = close;
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return position + 1;
    }
  }
  return null;
}

/** The position of the closing quote. */
function endOfString(text: string, open: number): number | null {
  for (let position = open + 1; position < text.length; position += 1) {
    if (text[position] === '\\') position += 1;
    else if (text[position] === '"') return position;
  }
  return null;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
