import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The folders of the project `core` in vitest.config.ts, whose files run in one process, one after the other. */
const SHARED = ['core', 'governance', 'model', 'report'];

/** Whatever opens the database, or may. Reading rules does not: formats are given a store. */
const OPENS_DATABASE = /^src\/(?!version\.ts$)([^/]+\.ts|(store|cli)\/.*)$/;

test('the configuration shares a process among these folders and no others', () => {
  expect(readFileSync(join(ROOT, 'vitest.config.ts'), 'utf8')).toContain(`[${SHARED.map((folder) => `'${folder}'`).join(', ')}].map(`);
});

test.each(SHARED)('no test in test/%s reaches the database, which must have a process of its own', (folder) => {
  const files = testFilesIn(join(ROOT, 'test', folder));
  expect(files.length).toBeGreaterThan(0);
  const offences = files.flatMap((file) => importedBy(file, new Set()).filter((path) => OPENS_DATABASE.test(path)));
  expect([...new Set(offences)]).toEqual([]);
});

test('a test of the use cases is recognised as one that does', () => {
  const imported = importedBy(join(ROOT, 'test', 'samples.test.ts'), new Set());
  expect(imported.filter((path) => OPENS_DATABASE.test(path))).toContain('src/audit.ts');
});

function testFilesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

/** Values that a file imports, through the files beside it in `test`: borders of `src` are checked elsewhere. */
function importedBy(file: string, seen: Set<string>): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const imports = [...readFileSync(file, 'utf8').matchAll(/^import (?!type ).*?from '(\.[^']+\.ts)';$/gms)];
  return imports.flatMap(([, specifier]) => {
    const path = join(dirname(file), specifier ?? '');
    const name = relative(ROOT, path).split(sep).join('/');
    return name.startsWith('test/') ? importedBy(path, seen) : [name];
  });
}
