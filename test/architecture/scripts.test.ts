import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { version } from '../../src/version.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rulesweep-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the bootstrap', () => {
  /** A small package with the scripts, the settings and the dependencies of this one. */
  function plant(sources: Readonly<Record<string, string>>): void {
    cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
    const settings = readFileSync(join(root, 'tsconfig.json'), 'utf8');
    // Without the types of Node the compiler needs a third of the time.
    writeFileSync(join(folder, 'tsconfig.json'), settings.replace('"types": ["node"]', '"types": []'));
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(root, name), join(folder, name));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, 'src'));
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, 'src', name), text);
  }
  function bootstrap() {
    return spawnSync(process.execPath, [join(folder, 'scripts', 'bootstrap.mjs')], { cwd: tmpdir(), encoding: 'utf8' });
  }
  const inDist = (name: string) => join(folder, 'dist', name);

  test('a second run compiles nothing, and prints nothing', () => {
    plant({ 'one.ts': 'export const one = 1;\n' });
    expect(bootstrap()).toMatchObject({ status: 0, stdout: '' });
    const before = statSync(inDist('one.js')).mtimeMs;
    expect(bootstrap()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(statSync(inDist('one.js')).mtimeMs).toBe(before);
  });

  test('what a deleted source left in dist goes, and a deleted output comes back', () => {
    plant({ 'one.ts': 'export const one = 1;\n', 'two.ts': 'export const two = 2;\n' });
    bootstrap();
    rmSync(join(folder, 'src', 'two.ts'));
    rmSync(inDist('one.js'));
    expect(bootstrap().status).toBe(0);
    expect(existsSync(inDist('one.js'))).toBe(true);
    expect(existsSync(inDist('two.js'))).toBe(false);
    expect(existsSync(inDist('two.d.ts'))).toBe(false);
  });

  test('a changed source is compiled again', () => {
    plant({ 'one.ts': 'export const one = 1;\n' });
    bootstrap();
    writeFileSync(join(folder, 'src', 'one.ts'), 'export const one = 11;\n');
    bootstrap();
    expect(readFileSync(inDist('one.js'), 'utf8')).toContain('11');
  });

  test('a type error fails every run until it is mended', () => {
    plant({ 'one.ts': "export const one: number = 'one';\n" });
    expect(bootstrap().status).toBe(1);
    expect(bootstrap().status).toBe(1);
    writeFileSync(join(folder, 'src', 'one.ts'), 'export const one: number = 1;\n');
    expect(bootstrap().status).toBe(0);
  });
});

describe('the check of the locks', () => {
  async function defects(packages: object): Promise<readonly string[]> {
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    const { lockDefects } = (await import(pathToFileURL(join(root, 'scripts', 'check-locks.mjs')).href)) as {
      lockDefects: (path: string) => readonly string[];
    };
    return lockDefects(folder);
  }

  test('a lock that holds every optional package passes', async () => {
    const packages = { '': {}, 'node_modules/a': { optionalDependencies: { 'a-linux': '1' } }, 'node_modules/a-linux': { optional: true } };
    expect(await defects(packages)).toEqual([]);
  });

  test('a missing platform package, a download address and an install script are named', async () => {
    const found = await defects({
      'node_modules/a': { optionalDependencies: { 'a-darwin': '1' } },
      'node_modules/b': { resolved: 'https://packages.example/b.tgz' },
      'node_modules/c': { hasInstallScript: true },
      'node_modules/d': { hasInstallScript: true, dev: true },
    });
    expect(found).toHaveLength(3);
    expect(found[0]).toMatch(/^a-darwin/);
    expect(found[1]).toMatch(/^node_modules\/b has a download address/);
    expect(found[2]).toMatch(/^node_modules\/c has an install script/);
  });
});

describe('the totals of a CI run', () => {
  function count(report: object | null) {
    const path = join(folder, 'report.json');
    if (report !== null) writeFileSync(path, JSON.stringify(report));
    return spawnSync(process.execPath, [join(root, 'scripts', 'count-tests.mjs'), path], { encoding: 'utf8' });
  }

  test('passed tests are counted', () => {
    const run = count({
      numPassedTests: 7,
      numFailedTests: 0,
      testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
    });
    expect(run).toMatchObject({ status: 0, stdout: 'Tests: 7 passed, 0 failed\n' });
  });

  test('a file that does not load is a failure', () => {
    const run = count({
      numPassedTests: 7,
      numFailedTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [{ status: 'failed' }] },
        { status: 'failed', assertionResults: [] },
      ],
    });
    expect(run).toMatchObject({ status: 1, stdout: 'Tests: 7 passed, 2 failed\n' });
  });

  test('no report, and no test at all, are failures', () => {
    expect(count(null)).toMatchObject({ status: 1, stdout: 'Tests: 0 passed, 0 failed\n' });
  });
});

test('the version that results name is the one of the package', () => {
  expect((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version).toBe(version);
});
