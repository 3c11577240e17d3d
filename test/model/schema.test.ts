import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonSchemaFiles } from '../../src/model/json-schemas.ts';

const FOLDER = join(import.meta.dirname, '../../schema');
const published = (name: string) => JSON.parse(jsonSchemaFiles().get(name) ?? '{}');

test('the committed JSON Schemas are those of the code; `npm run schema` writes them', () => {
  const committed = new Map(readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
  expect([...committed.keys()].sort()).toEqual([...jsonSchemaFiles().keys()].sort());
  for (const [name, text] of jsonSchemaFiles()) expect(committed.get(name), name).toBe(text);
});

test('the header of rules-csv is the one that DESIGN fixes', () => {
  const schema = published('rules-csv.schema.json');
  expect(schema.required).toEqual(['policy', 'id', 'action', 'protocol', 'source', 'source_port', 'destination', 'destination_port']);
  expect(Object.keys(schema.properties).slice(8)).toEqual([
    'enabled',
    'name',
    'description',
    'owner',
    'ticket',
    'created',
    'modified',
    'expires',
    'hits',
  ]);
});

test('the header of flows-csv is the one that DESIGN fixes', () => {
  const schema = published('flows-csv.schema.json');
  expect(schema.required).toEqual([
    'start',
    'end',
    'source',
    'source_port',
    'destination',
    'destination_port',
    'protocol',
    'action',
    'packets',
    'bytes',
  ]);
  expect(Object.keys(schema.properties).slice(10)).toEqual(['interface', 'direction', 'tcp_flags', 'records', 'rule']);
});

test('every column of a published table says what it holds', () => {
  for (const name of ['rules-csv', 'flows-csv', 'rules-report', 'findings-report']) {
    for (const [column, property] of Object.entries<{ description?: string }>(published(`${name}.schema.json`).properties)) {
      expect(property.description, `${name} ${column}`).toMatch(/\S/);
    }
  }
});

test('a decision has an owner, a reason and an expiry, and no other keys than those named', () => {
  const { decisions } = published('decisions.schema.json').properties;
  expect(decisions.items.required).toEqual(['rule', 'kind', 'decision', 'reason', 'owner', 'expires']);
  expect(decisions.items.additionalProperties).toBe(false);
});

test('an exception of the guardrails has an owner, a reason and an expiry, and every key of an entry says what it holds', () => {
  const { properties, additionalProperties } = published('guardrails.schema.json');
  expect(additionalProperties).toBe(false);
  expect(properties.exceptions.items.required).toEqual(['id', 'from', 'to', 'services', 'owner', 'reason', 'expires']);
  expect(properties.exceptions.items.additionalProperties).toBe(false);
  for (const key of Object.keys(properties)) expect(key === 'version' || properties[key].description, key).toBeTruthy();
});

test('the audit document refuses names that the schema does not have', () => {
  const schema = published('audit.schema.json');
  expect(schema.additionalProperties).toBe(false);
  expect(schema.required).toEqual(
    expect.arrayContaining([
      'schemaVersion',
      'complete',
      'tool',
      'asOf',
      'window',
      'inputs',
      'policies',
      'findings',
      'plan',
      'diagnostics',
    ]),
  );
});
