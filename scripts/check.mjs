// `npm run check`: everything that must hold besides the tests. Runs all checks, one line each; exit code 1 when one of them failed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap, root } from './bootstrap.mjs';
import { lockDefects } from './check-locks.mjs';
import { installLocked } from './install-locked.mjs';

const tools = join(root, 'tools');

/** Each check returns what it has to say when it holds, and throws what is wrong when it does not. */
const checks = [
  ['build', () => bootstrap()],
  ['tools', () => (installLocked(tools) ? 'installed' : 'present')],
  ['locks', checkLocks],
  [
    'format and lint',
    () =>
      node(
        'node_modules/@biomejs/biome/bin/biome',
        'check',
        '--error-on-warnings',
        '--diagnostic-level=warn',
        '--max-diagnostics=50',
        '--colors=off',
      ),
  ],
  ['types', () => node('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.check.json')],
  ['borders', checkBorders],
  ['unused code', () => node('tools/node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints')],
  ['published schema', checkSchema],
  ['unfinished marks', checkUnfinishedMarks],
];

let failures = 0;
for (const [title, check] of checks) {
  const startedAt = performance.now();
  const report = (mark, text) =>
    console.log(`${mark} ${title.padEnd(17)}${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s  ${text}`);
  try {
    report('ok  ', (await check()) || '');
  } catch (error) {
    failures += 1;
    report('FAIL', '');
    console.log(error.message.replace(/^/gm, '     '));
  }
}
console.log(failures === 0 ? 'All checks hold.' : `${failures} of ${checks.length} checks failed.`);
process.exitCode = failures === 0 ? 0 : 1;

function checkLocks() {
  const defects = [
    ['package-lock.json', root],
    ['tools/package-lock.json', tools],
  ].flatMap(([name, folder]) => lockDefects(folder).map((defect) => `${name}: ${defect}`));
  if (defects.length > 0) throw new Error(defects.join('\n'));
  return 'two locks';
}

/** dependency-cruiser answers "no violations" when it understands no file at all, so what it saw is counted against what is there. */
function checkBorders() {
  const folders = ['src', 'samples', 'bench'].filter((folder) => existsSync(join(root, folder)));
  const run = spawn('tools/node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--output-type', 'json', ...folders);
  const { summary, modules } = JSON.parse(run.stdout || '{"summary":{"violations":[]},"modules":[]}');
  const seen = modules.filter((module) => /^src\/.*\.ts$/.test(module.source)).length;
  const present = filesUnder(join(root, 'src')).filter((path) => path.endsWith('.ts')).length;
  if (seen === 0 || seen < present) throw new Error(`dependency-cruiser saw ${seen} of the ${present} modules in src. ${run.stderr}`);
  const broken = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  if (broken.length > 0) throw new Error(broken.join('\n'));
  return `${seen} modules of src, ${summary.totalDependenciesCruised ?? 0} imports`;
}

async function checkSchema() {
  const { jsonSchemaFiles } = await import(pathToFileURL(join(root, 'dist', 'model', 'json-schemas.js')).href);
  const wanted = jsonSchemaFiles();
  const folder = join(root, 'schema');
  const names = new Set([...wanted.keys(), ...readdirSync(folder)]);
  const textOf = (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined);
  const stale = [...names].filter((name) => wanted.get(name) !== textOf(name));
  if (stale.length > 0)
    throw new Error(`not as the model says: ${stale.map((name) => `schema/${name}`).join(', ')}; npm run schema writes them`);
  return `${wanted.size} files`;
}

function checkUnfinishedMarks() {
  const found = filesUnder(join(root, 'src')).flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, index) => (/\b(?:TODO|FIXME|XXX)\b/.test(line) ? [`${relative(root, path)}:${index + 1}: ${line.trim()}`] : [])),
  );
  if (found.length > 0) throw new Error(found.join('\n'));
}

function node(script, ...args) {
  const run = spawn(script, ...args);
  if (run.status !== 0) throw new Error(`${run.stdout}${run.stderr}`.trim() || `${script} ended with exit code ${run.status}`);
  return '';
}

function spawn(script, ...args) {
  const run = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (run.error) throw new Error(`${script} could not be started: ${run.error.message}`);
  return run;
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
