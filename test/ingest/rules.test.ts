import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRuleSources } from '../../src/ingest/rules.ts';
import type { SourceFile } from '../../src/ingest/sources.ts';
import { inputSchema } from '../../src/model/audit-result.ts';
import { group, networkInterface, tcp } from '../support/aws-documents.ts';

const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port';
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | object, more: Partial<SourceFile> = {}): SourceFile {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return { format: null, path, at: null, ...more };
}

const read = (...files: SourceFile[]) => readRuleSources(files, { defaultAction: null });

test('documents of all formats make one rule base, and rules and inventory complete each other', async () => {
  const { ruleBase, inputs } = await read(
    file('fw.txt', `${HEADER}\nedge,1,permit,tcp,any,any,any,443\n`),
    file('sg.dat', { SecurityGroups: [group('sg-1', [tcp(22, '10.0.0.0/8')])] }),
    file('eni.dat', { NetworkInterfaces: [networkInterface('eni-1', '10.0.1.5', ['sg-1'])] }),
  );
  expect(ruleBase.policies.map(({ id, attachments }) => [id, attachments])).toEqual([
    ['edge', null],
    ['sg-1:in', ['eni-1']],
    ['sg-1:out', ['eni-1']],
  ]);
  expect(ruleBase.attachments.map(({ id }) => id)).toEqual(['eni-1']);
  expect(ruleBase.hasInventory).toBe(true);
  expect(inputs.map(({ role, format, records, accepted, skipped }) => [role, format, records, accepted, skipped])).toEqual([
    ['rules', 'rules-csv', 1, 1, 0],
    ['rules', 'aws-vpc', 1, 1, 0],
    ['inventory', 'aws-vpc', 1, 1, 0],
  ]);
  for (const input of inputs) expect(inputSchema.parse(input)).toEqual(input);
});

test('the date of a source stands in the input', async () => {
  const { inputs } = await read(file('sg.json', { SecurityGroups: [] }, { at: 1767225600 }));
  expect(inputs[0]?.at).toBe('2026-01-01T00:00:00Z');
});

test('no file at all is an empty rule base', async () => {
  expect(await read()).toEqual({ ruleBase: { policies: [], attachments: [], hasInventory: false, diagnostics: [] }, inputs: [] });
});

test('the same file twice is read once', async () => {
  const table = `${HEADER}\nedge,1,permit,tcp,any,any,any,443\n`;
  const { ruleBase, inputs } = await read(file('a.csv', table), file('b.csv', table));
  expect(ruleBase.policies.map(({ rules }) => rules.length)).toEqual([1]);
  expect(inputs.map(({ records, accepted, skippedByReason }) => [records, accepted, skippedByReason])).toEqual([
    [1, 1, {}],
    [1, 0, { DUPLICATE_FILE: 1 }],
  ]);
  expect(ruleBase.diagnostics.map(({ code }) => code)).toEqual(['DUPLICATE_FILE']);
});

test.each([
  [
    'other.json',
    '{\n  "foo": {"bar": 1}\n}',
    /not a rule export or inventory that is known: it holds JSON with the keys foo\. Tried: aws-vpc, rules-csv/,
  ],
  ['notes.txt', 'Dear all,\nplease', /it holds text that begins with "Dear all,"/],
  ['empty.json', '', /the file is empty/],
])('%s is an error that says what was seen', async (name, content, message) => {
  await expect(read(file(name, content))).rejects.toThrow(message);
});

test('a forced format is taken at its word', async () => {
  await expect(read(file('fw.csv', 'a,b\n', { format: 'rules-csv' }))).rejects.toThrow('the header has no column policy, id, action');
  await expect(read(file('fw.json', '{"foo": 1}', { format: 'aws-vpc' }))).rejects.toThrow('none of the lists that an AWS export has');
});

test('one policy id from two formats is an error', async () => {
  const clash = read(
    file('fw.csv', `${HEADER}\nsg-1:in,1,permit,tcp,any,any,any,443\n`),
    file('sg.json', { SecurityGroups: [group('sg-1', [])] }),
  );
  await expect(clash).rejects.toThrow(/the policy "sg-1:in" \((aws-security-group|rules-csv)\) is already defined by/);
});
