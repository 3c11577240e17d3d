import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeFolder } from '../../src/cli/write-folder.ts';
import { InterruptedError, UsageError } from '../../src/model/errors.ts';
import { temporaryFolder } from './run-rulesweep.ts';

const running = new AbortController().signal;
const file = (path: string, content: string) => ({ path, content });

describe('an output folder', () => {
  test('is made with its parents, and its files with their folders', async () => {
    const base = temporaryFolder();
    const out = join(base, 'deep', 'out');
    await writeFolder(
      out,
      [file('a.txt', 'A'), { ...file('changes/run.sh', '#!/bin/sh\n'), executable: true }],
      ['a.txt', 'changes'],
      running,
    );
    expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('A');
    expect(statSync(join(out, 'changes', 'run.sh')).mode & 0o111).not.toBe(0);
    expect(statSync(join(out, 'a.txt')).mode & 0o111).toBe(0);
    expect(statSync(out).mode).toBe(statSync(join(base, 'deep')).mode);
    expect(readdirSync(join(base, 'deep'))).toEqual(['out']);
  });

  test('loses our files of another run, keeps everything else', async () => {
    const out = temporaryFolder({ 'a.txt': 'old', 'mine.txt': 'mine' });
    mkdirSync(join(out, 'changes'));
    writeFileSync(join(out, 'changes', 'old.sh'), 'old');
    await writeFolder(out, [file('a.txt', 'new'), file('b.txt', 'B')], ['a.txt', 'b.txt', 'changes'], running);
    expect(readdirSync(out).sort()).toEqual(['a.txt', 'b.txt', 'mine.txt']);
    expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('new');
    expect(readFileSync(join(out, 'mine.txt'), 'utf8')).toBe('mine');
  });

  test('is as it was when the run is interrupted', async () => {
    const out = temporaryFolder({ 'a.txt': 'old' });
    const stopped = AbortSignal.abort();
    await expect(writeFolder(out, [file('a.txt', 'new')], ['a.txt'], stopped)).rejects.toThrow(InterruptedError);
    expect(readdirSync(out)).toEqual(['a.txt']);
    expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('old');
    const fresh = join(out, 'fresh');
    await expect(writeFolder(fresh, [file('a.txt', 'new')], ['a.txt'], stopped)).rejects.toThrow(InterruptedError);
    expect(readdirSync(out)).toEqual(['a.txt']);
  });

  test('is as it was when one of its files cannot be written', async () => {
    const out = temporaryFolder({ 'a.txt': 'old' });
    // "b" cannot be a file and a folder at once.
    const files = [file('a.txt', 'new'), file('b', 'file'), file('b/c.txt', 'in a folder')];
    await expect(writeFolder(out, files, ['a.txt', 'b'], running)).rejects.toThrow(UsageError);
    expect(readdirSync(out)).toEqual(['a.txt']);
    expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('old');
  });

  test('cannot take the place of a file', async () => {
    const base = temporaryFolder({ out: 'a file' });
    await expect(writeFolder(join(base, 'out'), [file('a.txt', 'A')], ['a.txt'], running)).rejects.toThrow(
      /is a file; give the name of a folder/,
    );
    expect(readFileSync(join(base, 'out'), 'utf8')).toBe('a file');
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'that cannot be written is named (skipped for root and on Windows)',
    async () => {
      const base = temporaryFolder();
      chmodSync(base, 0o500);
      await expect(writeFolder(join(base, 'out'), [file('a.txt', 'A')], ['a.txt'], running)).rejects.toThrow(/--out .* cannot be written/);
      chmodSync(base, 0o700);
    },
  );

  test('never gets a file outside of it', async () => {
    const out = join(temporaryFolder(), 'out');
    await expect(writeFolder(out, [file('../escaped.txt', 'A')], [], running)).rejects.toThrow(/leaves its folder/);
    expect(existsSync(out)).toBe(false);
  });
});
