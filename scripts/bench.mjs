// `npm run bench -- NAME [arguments]` compiles and runs bench/NAME.ts; without a name it lists what there is.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, root } from './bootstrap.mjs';
import { compile } from './compile.mjs';

/** One word names a benchmark; files with a hyphen (ingest-data.ts) and folders are parts of one. */
const names = readdirSync(join(root, 'bench'))
  .filter((file) => /^[a-z0-9]+\.ts$/.test(file))
  .map((file) => file.slice(0, -'.ts'.length))
  .sort();

const [name, ...args] = process.argv.slice(2);
try {
  process.exitCode = name === undefined ? list() : run(name);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function list() {
  console.log(
    names.length === 0
      ? 'There is no benchmark in bench/.'
      : `Benchmarks, run with npm run bench -- NAME:\n${names.map((each) => `  ${each}`).join('\n')}`,
  );
  return 0;
}

function run(wanted) {
  if (!names.includes(wanted)) throw new Error(`There is no benchmark "${wanted}"; there are: ${names.join(', ') || 'none'}.`);
  bootstrap();
  compile(root, {
    config: 'tsconfig.bench.json',
    sourceFolders: ['src', 'bench'],
    outFolder: '.cache/bench-js',
    buildInfo: '.cache/bench.tsbuildinfo',
    stamp: '.cache/bench.sha256',
    outOf: (source) => [source.replace(/\.ts$/, '.js')],
  });
  const script = join(root, '.cache', 'bench-js', 'bench', `${wanted}.js`);
  if (!existsSync(script)) throw new Error(`bench/${wanted}.ts was compiled, but ${script} is not there.`);
  const child = spawnSync(process.execPath, ['--expose-gc', script, ...args], { cwd: root, stdio: 'inherit' });
  return child.status ?? 1;
}
