import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import * as z from 'zod';
import { InputError } from '../model/errors.ts';

/** Keys and list positions from the top of a document. */
export type Place = readonly (string | number)[];

export interface StrictDocument<Value> {
  readonly value: Value;
  /** Line, from 1, of the deepest part of the place that exists, or of a key in it; 1 for an empty document. */
  lineOf(place: Place, key?: string): number;
}

/**
 * Reads YAML or JSON that must fit the schema exactly. What it refuses is named with its line: a repeated or unknown key, a missing or wrong value,
 * an alias to nothing, an unknown tag, a second document, a key that is no text.
 *
 * @param path for error messages only
 * @param name what the document is called in them: `the decisions`
 * @throws {InputError} for the first problem; an unknown key goes before the missing one it was perhaps meant to be
 */
export function parseStrictYaml<Schema extends z.ZodType>(
  text: string,
  { path, name, schema }: { readonly path: string; readonly name: string; readonly schema: Schema },
): StrictDocument<z.output<Schema>> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true, merge: false });
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) throw notValid(path, broken.linePos?.[0].line ?? 1, name, firstLine(broken.message));
  refuseStrangeKeys(document, lines, path);
  const lineOf = (place: Place, key?: string): number => findLine(document, lines, place, key);
  const parsed = schema.safeParse(toValue(document, path, name), { error: sentenceFor });
  if (!parsed.success) throw schemaError(parsed.error, schema, lineOf, path);
  return { value: parsed.data, lineOf };
}

function notValid(path: string, line: number, name: string, reason: string, cause?: unknown): InputError {
  return new InputError({ path, line }, `${name} are not valid YAML or JSON: ${reason}`, { cause });
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
}

/** `1: x` and `"1": y` would be one key of the value, and `__proto__` none. */
function refuseStrangeKeys(document: Document, lines: LineCounter, path: string): void {
  visit(document, {
    Pair: (_, { key }) => {
      const value = isScalar(key) ? key.value : undefined;
      if (typeof value === 'string' && value !== '__proto__') return;
      const line = lines.linePos((key as Node | null)?.range?.[0] ?? 0).line;
      const shown = value === undefined ? 'a list or a map' : `${value}`;
      throw new InputError({ path, line }, `the key ${shown} cannot be used; expected text, in quotes where it looks like something else`);
    },
  });
}

/** Aliases are resolved only here: one may point to nothing, or to more than fits. */
function toValue(document: Document, path: string, name: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw notValid(path, 1, name, firstLine(cause instanceof Error ? cause.message : String(cause)), cause);
  }
}

/** For problems about which the schema itself says nothing better. */
function sentenceFor(issue: Parameters<z.core.$ZodErrorMap>[0]): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `expected ${describeType(issue.expected)}, found ${describeValue(issue.input)}${hintAboutQuotes(issue.expected, issue.input)}`;
    case 'invalid_value':
      return expectedOneOf(issue.values.map(String), issue.input);
    case 'invalid_union': {
      const values = issue.errors.flat().flatMap((each) => (each.code === 'invalid_value' ? each.values.map(String) : []));
      return values.length === 0 ? undefined : expectedOneOf([...new Set(values)], issue.input);
    }
    default:
      return undefined;
  }
}

function expectedOneOf(values: readonly string[], input: unknown): string {
  const expected = `expected ${values.length > 1 ? 'one of ' : ''}${values.join(', ')}`;
  return input === undefined ? `is missing; ${expected}` : `${expected}, found ${describeValue(input)}`;
}

function describeType(expected: string): string {
  if (expected === 'object' || expected === 'record') return 'keys with values';
  return expected === 'array' ? 'a list' : expected === 'string' ? 'text' : `a ${expected}`;
}

/** `47`, `true` and the like are no text in YAML. */
function hintAboutQuotes(expected: string, input: unknown): string {
  return expected === 'string' && ['number', 'boolean'].includes(typeof input) ? '; write it in quotes' : '';
}

function describeValue(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  return typeof value === 'string' ? JSON.stringify(value) : `the ${typeof value} ${String(value)}`;
}

/** The first problem, at the line of the key or value that has it. */
function schemaError(error: z.ZodError, schema: z.ZodType, lineOf: StrictDocument<unknown>['lineOf'], path: string): InputError {
  const [first] = error.issues;
  if (first === undefined) return new InputError(path, 'the document has a shape that cannot be read');
  const parent = JSON.stringify(first.path.slice(0, -1));
  const misspelt = error.issues.find(({ code, path: place }) => code === 'unrecognized_keys' && JSON.stringify(place) === parent);
  const issue = misspelt ?? first;
  const place = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const name = place.length === 0 ? 'the document' : place.join('.');
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const expected = expectedKeys(schema, place).join(', ');
    return new InputError({ path, line: lineOf(place, key) }, `${name} has the unknown key "${key}"; expected ${expected}`);
  }
  if (issue.code === 'invalid_key') {
    const line = lineOf(place.slice(0, -1), String(place.at(-1)));
    return new InputError({ path, line }, `${name}: ${issue.issues[0]?.message ?? issue.message}`);
  }
  return new InputError({ path, line: lineOf(place) }, `${name}: ${issue.message}`);
}

interface JsonShape {
  readonly properties?: Readonly<Record<string, JsonShape>>;
  readonly additionalProperties?: JsonShape | boolean;
  readonly items?: JsonShape;
}

function expectedKeys(schema: z.ZodType, place: Place): readonly string[] {
  let shape = z.toJSONSchema(schema) as JsonShape;
  for (const part of place) {
    const inMap = shape.properties?.[String(part)] ?? (typeof shape.additionalProperties === 'object' ? shape.additionalProperties : {});
    shape = (typeof part === 'number' ? shape.items : inMap) ?? {};
  }
  return Object.keys(shape.properties ?? {});
}

function findLine(document: Document, lines: LineCounter, place: Place, key?: string): number {
  for (let length = place.length; length >= 0; length--) {
    const node = (length === 0 ? document.contents : document.getIn(place.slice(0, length), true)) as Node | null | undefined;
    if (node?.range == null) continue;
    const pair = key === undefined || !isMap(node) ? undefined : node.items.find((item) => isScalar(item.key) && item.key.value === key);
    const keyRange = isScalar(pair?.key) ? pair.key.range : undefined;
    return lines.linePos((keyRange ?? node.range)[0]).line;
  }
  return 1;
}
