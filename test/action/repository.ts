import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { packageRoot } from '../cli/run-rulesweep.ts';

/** Why the scripts cannot be run here; null where they can. */
export const missingTool: string | null = ['git', 'bash'].find((tool) => spawnSync(tool, ['--version']).status !== 0) ?? null;

/** Git without the settings of whoever runs the tests. */
const ISOLATED = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.org',
  // Else every commit starts a process that has nothing to do.
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'maintenance.auto',
  GIT_CONFIG_VALUE_0: 'false',
};

/** What the script gave the program: its arguments, and for each `--base` and `--head` the files behind it. */
export interface Recorded {
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

export interface ScriptRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly recorded: Recorded | null;
  readonly summary: string;
  readonly outputs: string;
}

/** A git repository of its own for one test. */
export interface Repository {
  readonly folder: string;
  /** Of the runner: outside of the repository. */
  readonly temporary: string;
  /** Makes the pre-commit script the hook of this repository. */
  installHook(args: string, exitCode: number): void;
  /** What the program was called with last. */
  recorded(): Recorded | null;
  git(...args: readonly string[]): string;
  write(files: Readonly<Record<string, string>>): void;
  /** @returns its id */
  commit(files: Readonly<Record<string, string>>): string;
  run(script: 'check.sh' | 'pre-commit.sh', args: readonly string[], env?: Readonly<Record<string, string>>): ScriptRun;
}

export function createRepository(): Repository {
  const root = mkdtempSync(join(tmpdir(), 'rulesweep action-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, "it's a repository");
  const temporary = join(root, 'runner temp');
  for (const each of [folder, temporary]) mkdirSync(each);
  const repository = repositoryAt(folder, temporary);
  repository.git('init', '--quiet', '--template=', '--initial-branch=main');
  return repository;
}

/** As `actions/checkout` does by default: without history. */
export function shallowClone(origin: Repository, branch: string): Repository {
  const folder = join(origin.temporary, 'clone');
  origin.git('clone', '--quiet', '--depth=1', `--branch=${branch}`, `file://${encodeURI(origin.folder)}`, folder);
  return repositoryAt(folder, origin.temporary);
}

function repositoryAt(folder: string, temporary: string): Repository {
  const environment = { ...process.env, ...ISOLATED };
  const git = (...args: readonly string[]): string => {
    const run = spawnSync('git', args, { cwd: folder, env: environment, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`git ${args.join(' ')}: ${run.stderr}`);
    return run.stdout.trim();
  };
  const write = (files: Readonly<Record<string, string>>): void => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  };
  const recorder = join(temporary, 'recorder.mjs');
  const record = join(temporary, 'recorded.json');
  writeFileSync(recorder, RECORDER);
  chmodSync(recorder, 0o755);
  return {
    folder,
    temporary,
    git,
    installHook: (args, exitCode) => {
      const script = join(packageRoot, 'action', 'pre-commit.sh');
      const hook = `#!/usr/bin/env bash\nexport RULESWEEP_PROGRAM="${recorder}" RECORD="${record}" EXIT=${exitCode}\nexec bash "${script}" ${args}\n`;
      write({ '.git/hooks/pre-commit': hook });
      chmodSync(join(folder, '.git/hooks/pre-commit'), 0o755);
    },
    recorded: () => {
      const text = readIfThere(record);
      return text === '' ? null : (JSON.parse(text) as Recorded);
    },
    write,
    commit: (files) => {
      write(files);
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message=change');
      return git('rev-parse', 'HEAD');
    },
    run: (script, args, env = {}) => runScript(script, args, folder, temporary, { ...environment, ...env }),
  };
}

function runScript(script: string, args: readonly string[], folder: string, temporary: string, env: NodeJS.ProcessEnv): ScriptRun {
  const record = join(temporary, 'recorded.json');
  const summary = join(temporary, 'summary.md');
  const outputs = join(temporary, 'outputs');
  for (const path of [record, summary, outputs]) rmSync(path, { force: true });
  const run = spawnSync('bash', [join(packageRoot, 'action', script), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      RULESWEEP_PROGRAM: join(temporary, 'recorder.mjs'),
      ...env,
      RECORD: record,
      RUNNER_TEMP: temporary,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: outputs,
    },
  });
  const recorded = readIfThere(record);
  return {
    code: run.status,
    stdout: run.stdout,
    stderr: run.stderr,
    recorded: recorded === '' ? null : (JSON.parse(recorded) as Recorded),
    summary: readIfThere(summary),
    outputs: readIfThere(outputs),
  };
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Stands where rulesweep would: notes what it was called with and which files it could read, writes its reports, ends as it is told. */
const RECORDER = `
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
const args = process.argv.slice(2);
const files = {};
const note = (path) => {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) note(path.replace(/[/]$/, '') + '/' + name);
  else files[path] = readFileSync(path, 'utf8');
};
for (const arg of args) {
  const [, path] = /^--(?:base|head|guardrails|inventory)=(?:rules-csv=)?(.*)$/.exec(arg) ?? [];
  if (path !== undefined && !/[*?]/.test(path)) note(path);
}
writeFileSync(process.env.RECORD, JSON.stringify({ args, files }));
if (process.env.NO_REPORT === undefined)
  for (const arg of args) if (arg.startsWith('--out=')) writeFileSync(arg.slice(6), 'report in ' + arg.slice(-2) + '\\n');
process.stdout.write('::notice title=outcome::annotation\\n');
process.stderr.write('::add-mask::a rule name##[stop-commands]x 100%\\nrulesweep: exit: the reason 100%');
process.exitCode = Number(process.env.EXIT ?? 0);
`;
