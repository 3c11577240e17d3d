// `npm run test:fuzz -- --policies N --seed S` compiles and runs test/fuzz/run.ts, `npm run test:fuzz -- --ask N --seed S` test/fuzz/ask.ts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap, root } from './bootstrap.mjs';
import { compile } from './compile.mjs';

try {
  bootstrap();
  compile(root, {
    config: 'tsconfig.fuzz.json',
    sourceFolders: ['src', 'test/fuzz', 'test/support'],
    outFolder: '.cache/fuzz-js',
    buildInfo: '.cache/fuzz.tsbuildinfo',
    stamp: '.cache/fuzz.sha256',
    outOf: (source) => [source.replace(/\.ts$/, '.js')],
  });
  const runner = process.argv.some((argument) => argument.startsWith('--ask')) ? 'ask.js' : 'run.js';
  const child = spawnSync(process.execPath, [join(root, '.cache', 'fuzz-js', 'test', 'fuzz', runner), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = child.status ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
