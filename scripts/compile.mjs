import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * Compiles a TypeScript project unless the last compilation had exactly these sources, settings and compiler, and its output is whole.
 * Afterwards `outFolder` holds the output of the present sources and nothing else: what a deleted source left behind is removed.
 *
 * @param root folder of the repository
 * @param project { config, sourceFolders, outFolder, buildInfo, stamp }, paths relative to `root`; `outOf(source)` gives a source's outputs
 * @throws {Error} when the compiler finds an error
 */
export function compile(root, project) {
  const sources = project.sourceFolders.flatMap((folder) => filesUnder(join(root, folder))).filter((path) => path.endsWith('.ts'));
  const expected = new Set(sources.flatMap((path) => project.outOf(relative(root, path)).map((out) => join(root, project.outFolder, out))));
  const digest = digestOf(root, [
    ...sources,
    ...['tsconfig.json', project.config, 'package.json', 'package-lock.json'].map((name) => join(root, name)),
  ]);
  const stamp = join(root, project.stamp);
  const whole = [...expected].every((path) => existsSync(path));
  removeOthers(join(root, project.outFolder), expected);
  if (whole && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  // The compiler believes its build information and would not write a missing output again.
  if (!whole) rmSync(join(root, project.buildInfo), { force: true });
  rmSync(stamp, { force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(process.execPath, [compiler, '-p', project.config], { cwd: root, stdio: ['ignore', 2, 2] });
  if (run.status !== 0) throw new Error(`tsc -p ${project.config} failed: see the lines above.`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

function digestOf(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths.sort())
    hash
      .update(`${relative(root, path)}\n`)
      .update(readFileSync(path))
      .update('\0');
  return hash.digest('hex');
}

function removeOthers(folder, expected) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      if (!expected.has(path)) rmSync(path);
      continue;
    }
    removeOthers(path, expected);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
