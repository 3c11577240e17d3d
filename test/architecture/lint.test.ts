import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rulesweep-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Rules of Biome's nursery may change their names or stop working with any release, and then say nothing at all. */
const PLANTED: readonly (readonly [rule: string, text: string])[] = [
  ['noFloatingPromises', 'async function load(): Promise<void> {}\nexport function start(): void {\n  load();\n}\n'],
  ['noMisusedPromises', 'async function isReady(): Promise<boolean> {\n  return true;\n}\nexport const state = isReady() ? 1 : 2;\n'],
  [
    'useExhaustiveSwitchCases',
    "export function toNumber(action: 'permit' | 'deny'): number {\n  switch (action) {\n    case 'permit':\n      return 1;\n  }\n  return 0;\n}\n",
  ],
  ['noExplicitAny', 'export const value: any = 1;\n'],
  ['noDefaultExport', 'export default 1;\n'],
  ['noConsole', "console.log('here');\n"],
];

test.each(PLANTED)('the linter still finds %s', (rule, text) => {
  const planted = join(folder, rule);
  mkdirSync(join(planted, 'src'), { recursive: true });
  copyFileSync(join(root, 'biome.json'), join(planted, 'biome.json'));
  writeFileSync(join(planted, 'package.json'), '{ "name": "planted", "type": "module" }\n');
  writeFileSync(join(planted, 'src', 'planted.ts'), text);
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const run = spawnSync(process.execPath, [biome, 'lint', '--colors=off', 'src'], { cwd: planted, encoding: 'utf8' });
  expect(run.stdout + run.stderr).toContain(`/${rule}`);
  expect(run.status).toBe(1);
});
