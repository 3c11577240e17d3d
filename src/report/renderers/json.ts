import { type AuditResult, auditResultSchema } from '../../model/audit-result.ts';
import type { TextRenderer } from './renderer.ts';

/** `audit.json`: the result itself, keys in the order of the schema, two blanks of indent, one line feed at the end. */
export const json: TextRenderer = {
  name: 'json',
  title: 'The whole result (audit.json)',
  suffixes: ['.json'],
  render: (result) => toAuditJson(result),
};

/** The bytes of `audit.json`: equal results give equal text, in whatever order their keys were put in. */
export function toAuditJson(result: AuditResult): string {
  return `${JSON.stringify(inStableOrder(result), null, 2)}\n`;
}

/** Parsing puts the keys of every object into the order of the schema; objects the schema leaves open are sorted here. */
export function inStableOrder(result: AuditResult): AuditResult {
  return sortOpenObjects(auditResultSchema.parse(result), false) as AuditResult;
}

const OPEN_OBJECTS: ReadonlySet<string> = new Set(['skippedByReason', 'native']);

function sortOpenObjects(value: unknown, isOpen: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => sortOpenObjects(item, isOpen));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  if (isOpen) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortOpenObjects(inner, isOpen || OPEN_OBJECTS.has(key))]));
}
