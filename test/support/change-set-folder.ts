import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { ChangeFile } from '../../src/report/changes/index.ts';
import type { SimulatedState } from './ec2-simulator.ts';

/** A change set on disk beside a simulated EC2, so that its scripts can be run as a person would. */
export interface ChangeSetFolder {
  readonly path: string;
  /** Runs a script of the change set with bash from another working directory. */
  run(script: string, environment?: Readonly<Record<string, string>>): ScriptRun;
  state(): SimulatedState;
  setState(state: SimulatedState): void;
  /** Commands that EC2 has seen since the last call. */
  takeCommands(): string[];
  remove(): void;
}

export interface ScriptRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const FOLDER = 'aws-security-group';

/** Writes the files below a folder whose name has a blank, a quote and a dollar sign: nobody promises us a tidy path. */
export function writeChangeSet(files: readonly ChangeFile[], state: SimulatedState): ChangeSetFolder {
  const root = mkdtempSync(join(tmpdir(), 'rulesweep-changes-'));
  const aws = writeFakeAws(root);
  const statePath = join(root, 'ec2.json');
  const logPath = join(root, 'ec2.log');
  const path = join(root, "it's $HOME, ok");
  for (const file of files) {
    const place = join(path, file.path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, file.content);
    if (file.executable) chmodSync(place, 0o755);
  }
  const folder: ChangeSetFolder = {
    path: join(path, FOLDER),
    run: (script, environment = {}) => {
      const env = {
        PATH: process.env['PATH'] ?? '',
        AWS_CLI: aws,
        FAKE_AWS_STATE: statePath,
        FAKE_AWS_LOG: logPath,
        CDPATH: root,
        ...environment,
      };
      const done = spawnSync('bash', [join(path, FOLDER, script)], { cwd: root, env, encoding: 'utf8' });
      return { exitCode: done.status, stdout: done.stdout, stderr: done.stderr };
    },
    state: () => JSON.parse(readFileSync(statePath, 'utf8')),
    setState: (next) => writeFileSync(statePath, JSON.stringify(next)),
    takeCommands: () => {
      const commands = readFileSync(logPath, 'utf8').split('\n').slice(0, -1);
      writeFileSync(logPath, '');
      return commands;
    },
    remove: () => rmSync(root, { recursive: true }),
  };
  folder.setState(state);
  writeFileSync(logPath, '');
  return folder;
}

/** Compiles the simulator to plain JavaScript, because a script started by bash has no test runner around it. */
function writeFakeAws(root: string): string {
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  for (const name of ['ec2-simulator', 'fake-aws']) {
    const source = readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8');
    const compiled = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, rewriteRelativeImportExtensions: true },
    });
    writeFileSync(join(root, `${name}.js`), compiled.outputText);
  }
  const aws = join(root, 'aws');
  writeFileSync(aws, `#!/bin/sh\nexec '${process.execPath}' "$(dirname "$0")/fake-aws.js" "$@"\n`, { mode: 0o755 });
  return aws;
}
