import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What must hold of a lock file so that `npm ci` works everywhere, with any package source, and runs nothing of anybody else's.
 *
 * @param folder where package-lock.json lies
 * @returns one sentence per defect; empty when all is well
 */
export function lockDefects(folder) {
  const packages = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
  const entries = Object.entries(packages);
  const locked = new Set(entries.map(([path]) => path.replace(/^.*node_modules\//, '')));
  return [
    ...entries.flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => !locked.has(name))
        .map(
          (name) =>
            `${name}, an optional platform package of ${path || 'the root'}, is not in the lock: npm ci refuses such a lock on other platforms`,
        ),
    ),
    ...entries
      .filter(([, entry]) => /^[a-z+]+:/.test(entry.resolved ?? ''))
      .map(
        ([path, entry]) =>
          `${path} has a download address (${entry.resolved.split('/').slice(0, 3).join('/')}/…): .npmrc is there to keep it out`,
      ),
    ...entries
      .filter(([path, entry]) => path !== '' && entry.hasInstallScript && !entry.dev)
      .map(([path]) => `${path} has an install script, which npm does not run for our users`),
  ];
}
