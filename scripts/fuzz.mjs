// `npm run test:fuzz -- --policies N --seed S` compiles and runs test/fuzz/run.ts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap, root } from './bootstrap.mjs';
import { compile } from './compile.mjs';

try {
  bootstrap();
  compile(root, {
    config: 'tsconfig.fuzz.json',
    sourceFolders: ['src', 'test/fuzz', 'test/support/trace'],
    outFolder: '.cache/fuzz-js',
    buildInfo: '.cache/fuzz.tsbuildinfo',
    stamp: '.cache/fuzz.sha256',
    outOf: (source) => [source.replace(/\.ts$/, '.js')],
  });
  const child = spawnSync(process.execPath, [join(root, '.cache', 'fuzz-js', 'test', 'fuzz', 'run.js'), ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = child.status ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
