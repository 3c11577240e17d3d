import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Brings `folder/node_modules` to what `folder/package-lock.json` says; does nothing when it is there already.
 * No install script of any dependency runs: none of ours needs one.
 *
 * @returns whether something had to be installed
 * @throws {Error} when npm fails
 */
export function installLocked(folder) {
  if (holdsWhatIsLocked(folder)) return false;
  const npm = npmCommand();
  const options = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  // The output goes to stderr: stdout belongs to the command that is being prepared.
  const run = spawnSync(npm.command, [...npm.first, ...options], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: npm.shell,
    env: cleanEnvironment(),
  });
  if (run.error)
    throw new Error(`npm could not be started in ${basename(folder)}: ${run.error.message}. Install npm, then run this again.`);
  if (run.status !== 0) throw new Error(`npm ci failed with exit code ${run.status}: see the lines above.`);
  return true;
}

/** Compares by content, not by time: a lock file that git has touched without changing it costs no new installation. */
function holdsWhatIsLocked(folder) {
  const installed = packagesOf(join(folder, 'node_modules', '.package-lock.json'));
  const locked = packagesOf(join(folder, 'package-lock.json'));
  if (locked === null)
    throw new Error(`${join(folder, 'package-lock.json')} is missing or not JSON; it belongs to the repository: restore it.`);
  if (installed === null) return false;
  const same = (name) => installed[name].version === locked[name]?.version && installed[name].integrity === locked[name]?.integrity;
  // Packages for other platforms are in the lock and not installed.
  const present = (name) => (name in installed ? existsSync(join(folder, name, 'package.json')) : locked[name].optional === true);
  return Object.keys(installed).every(same) && Object.keys(locked).every((name) => name === '' || present(name));
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** The npm that runs us, without a shell; otherwise the `npm` on the path, which on Windows is a script and needs one. */
function npmCommand() {
  const self = process.env.npm_execpath;
  if (self && /^npm-cli\.c?js$/.test(basename(self))) return { command: process.execPath, first: [self], shell: false };
  return { command: 'npm', first: [], shell: process.platform === 'win32' };
}

/** `npm start --x` hands its own options to every npm below it as variables: those that change what is installed are taken out. */
function cleanEnvironment() {
  const {
    NODE_ENV: _mode,
    npm_config_omit: _omit,
    npm_config_production: _production,
    npm_config_dry_run: _dryRun,
    ...environment
  } = process.env;
  return environment;
}
