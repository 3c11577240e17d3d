/** A JSON object whose fields are read one by one, because collectors differ in what they leave out. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, or a number written as text; the empty string when the field is missing, null or something else. */
export function textField(object: JsonObject, name: string): string {
  const value = object[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

/** An integer, also when it is written as text; null when the field is missing or null; NaN when it is anything else. */
export function integerField(object: JsonObject, name: string): number | null {
  const value = object[name];
  if (value === undefined || value === null || value === '') return null;
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : Number.NaN;
}

/** The elements of a list; none when the field is missing or null. */
export function listField(object: JsonObject, name: string): readonly unknown[] {
  const value = object[name];
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The objects among the elements of a list. */
export function objectsField(object: JsonObject, name: string): readonly JsonObject[] {
  return listField(object, name).filter(isObject);
}

export function objectField(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isObject(value) ? value : {};
}

/** The same value without fields that are null or undefined, at any depth: request schemas refuse them. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null && field !== undefined)
      .map(([name, field]) => [name, withoutNulls(field)]),
  );
}

/** `[{Key, Value}]` as an object; empty when there are none. */
export function tagsOf(object: JsonObject): Readonly<Record<string, string>> {
  const tags = [...objectsField(object, 'Tags'), ...objectsField(object, 'TagSet')];
  return Object.fromEntries(tags.map((tag) => [textField(tag, 'Key'), textField(tag, 'Value')]));
}
