import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expandSources, parseSourceSpec } from '../../src/ingest/sources.ts';
import { InputError, UsageError } from '../../src/model/errors.ts';

const FORMATS = ['aws-vpc', 'rules-csv'];

describe('[format=]PATH[@T]', () => {
  test.each([
    ['fw.csv', { format: null, path: 'fw.csv', at: null }],
    ['rules-csv=fw.csv', { format: 'rules-csv', path: 'fw.csv', at: null }],
    ['aws-vpc=a=b.json@2026-01-01', { format: 'aws-vpc', path: 'a=b.json', at: 1767225600 }],
    ['name=fw.csv', { format: null, path: 'name=fw.csv', at: null }],
    ['fw.csv@2026-01-01T12:30Z', { format: null, path: 'fw.csv', at: 1767270600 }],
    ['fw.csv@2026-01-01T12:30:00', { format: null, path: 'fw.csv', at: 1767270600 }],
    ['fw.csv@2026-01-01T14:30:00+02:00', { format: null, path: 'fw.csv', at: 1767270600 }],
    ['fw.csv@1767225600', { format: null, path: 'fw.csv', at: 1767225600 }],
    ['me@office/fw.csv', { format: null, path: 'me@office/fw.csv', at: null }],
    ['exports@2026-01-01/fw.csv', { format: null, path: 'exports@2026-01-01/fw.csv', at: null }],
    ['fw@home.csv@2026-01-01', { format: null, path: 'fw@home.csv', at: 1767225600 }],
    ['fw.csv@2026-02-30', { format: null, path: 'fw.csv@2026-02-30', at: null }],
    ['fw.csv@42', { format: null, path: 'fw.csv@42', at: null }],
    ['-@2026-01-01', { format: null, path: '-', at: 1767225600 }],
  ])('%s', (spec, expected) => {
    expect(parseSourceSpec(spec, FORMATS)).toEqual(expected);
  });

  test('a source without a path is wrong usage', () => {
    expect(() => parseSourceSpec('rules-csv=', FORMATS)).toThrow(UsageError);
    expect(() => parseSourceSpec('', FORMATS)).toThrow(UsageError);
  });
});

describe('files', () => {
  let folder = '';
  let root = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sources-'));
    for (const name of [
      'b.json',
      'a.json',
      'sub/c.json',
      'sub/deep/d.json',
      'sub/deep/e.csv',
      '.hidden.json',
      'sub/.git/f.json',
      'odd[1].json',
    ]) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), '{}');
    }
    mkdirSync(join(folder, 'empty'));
    symlinkSync(folder, join(folder, 'sub', 'loop'));
    root = relative(process.cwd(), folder).replaceAll('\\', '/');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const expand = async (...specs: string[]) =>
    (
      await expandSources(
        specs.map((spec) => spec.replace('ROOT', root)),
        FORMATS,
      )
    ).map(({ path }) => path.replace(root, 'ROOT'));

  test('a folder holds its files, sorted, hidden ones left out, loops not followed', async () => {
    const all = ['ROOT/a.json', 'ROOT/b.json', 'ROOT/odd[1].json', 'ROOT/sub/c.json', 'ROOT/sub/deep/d.json', 'ROOT/sub/deep/e.csv'];
    expect(await expand('ROOT')).toEqual(all);
    expect(await expand('ROOT/')).toEqual(all);
  });

  test.each([
    ['ROOT/*.json', ['ROOT/a.json', 'ROOT/b.json', 'ROOT/odd[1].json']],
    ['ROOT/?.json', ['ROOT/a.json', 'ROOT/b.json']],
    ['ROOT/**/*.json', ['ROOT/a.json', 'ROOT/b.json', 'ROOT/odd[1].json', 'ROOT/sub/c.json', 'ROOT/sub/deep/d.json']],
    ['ROOT/**/deep/*', ['ROOT/sub/deep/d.json', 'ROOT/sub/deep/e.csv']],
    ['ROOT/sub/**', ['ROOT/sub/c.json', 'ROOT/sub/deep/d.json', 'ROOT/sub/deep/e.csv']],
    ['ROOT/*/c.json', ['ROOT/sub/c.json']],
    ['ROOT/odd[1].*', ['ROOT/odd[1].json']],
  ])('%s', async (pattern, expected) => {
    expect(await expand(pattern)).toEqual(expected);
  });

  test('the date and the format hold for every file of a source; sources keep their order', async () => {
    const files = await expandSources([`rules-csv=${root}/sub/**/*.csv@2026-01-01`, `${root}/a.json`], FORMATS);
    expect(files).toEqual([
      { format: 'rules-csv', path: `${root}/sub/deep/e.csv`, at: 1767225600 },
      { format: null, path: `${root}/a.json`, at: null },
    ]);
  });

  test('standard input is a source, once', async () => {
    expect(await expandSources(['-'], FORMATS)).toEqual([{ format: null, path: '-', at: null }]);
    await expect(expandSources(['-', '-'], FORMATS)).rejects.toThrow(UsageError);
  });

  test.each([
    ['ROOT/none.json', 'no such file or folder'],
    ['aws-vcp=ROOT/a.json', '"aws-vcp" is no known format, those are aws-vpc, rules-csv'],
    ['ROOT/*.xml', 'the pattern matches no file'],
    ['nowhere/**/*.xml', 'the pattern matches no file'],
    ['ROOT/empty', 'the folder holds no file'],
    ['s3://bucket/AWSLogs/2026/*.gz', 'Copy them first: aws s3 sync s3://bucket/AWSLogs/2026 ./2026'],
    ['s3://bucket', 'aws s3 sync s3://bucket ./bucket'],
    ['https://example.com/fw.csv', 'https:// addresses are not read'],
  ])('%s is an error that says what to do', async (spec, message) => {
    const failing = expandSources([spec.replace('ROOT', root)], FORMATS);
    await expect(failing).rejects.toThrow(InputError);
    await expect(expandSources([spec.replace('ROOT', root)], FORMATS)).rejects.toThrow(message);
  });
});
