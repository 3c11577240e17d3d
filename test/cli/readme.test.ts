import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot, program, temporaryFolder } from './run-rulesweep.ts';
import { consoleCommands, matchesShown, type ShownCommand } from './shown-commands.ts';

/** Pages whose commands are run, each page from top to bottom in one folder, so that a command may use what an earlier one wrote. */
const PAGES = ['README.md', 'samples/README.md', 'samples/pull-request/README.md'];
const scripts = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }
).scripts;

describe.skipIf(process.platform === 'win32')(
  'what the pages show is what happens (skipped on Windows: the commands are for a POSIX shell)',
  () => {
    test.each(PAGES)('%s', { timeout: 240_000 }, async (page) => {
      const commands = consoleCommands(readFileSync(join(packageRoot, page), 'utf8'));
      if (page === 'README.md') expect(commands.length).toBeGreaterThan(0);
      const folder = folderLikeAClone();
      for (const command of commands) {
        const run = await runShown(command, folder);
        expect({ line: command.line, command: command.command, exitCode: run.code }, run.output).toEqual({
          line: command.line,
          command: command.command,
          exitCode: command.exitCode,
        });
        if (command.shown !== null && !matchesShown(run.output, command.shown))
          expect(run.output, `${page}:${command.line}`).toBe(command.shown);
      }
    });
  },
);

/** An empty folder with the samples and a `rulesweep` in it, so that nothing is written into the repository. */
function folderLikeAClone(): string {
  const folder = temporaryFolder();
  symlinkSync(join(packageRoot, 'samples'), join(folder, 'samples'));
  mkdirSync(join(folder, '.bin'));
  writeFileSync(join(folder, '.bin', 'rulesweep'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  return folder;
}

async function runShown({ command }: ShownCommand, folder: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const asRun = withoutNpm(command);
  if (asRun === null) return { code: 0, output: '' };
  const { FORCE_COLOR: _force, ...inherited } = process.env;
  const env = { ...inherited, NO_COLOR: '1', PATH: `${join(folder, '.bin')}:${process.env['PATH'] ?? ''}` };
  const child = spawn('sh', ['-c', asRun], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      chunks[name] += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output: chunks.stdout + chunks.stderr };
}

/** `npm start` is run as what it starts. Other scripts of npm only have to exist: a test that runs the tests would not end. */
function withoutNpm(command: string): string | null {
  const [, name] = /^(?:npx )?npm (?:run )?([a-z:]+)/.exec(command) ?? [];
  if (name === undefined || name === 'install' || name === 'ci') return name === undefined ? command : null;
  const script = scripts[name];
  expect(script, `package.json has the script of "${command}"`).toBeDefined();
  if (name === 'bench') requireBenchmark(command);
  return name === 'start' ? (script ?? '').replace('node dist/cli/main.js', 'rulesweep') : null;
}

function requireBenchmark(command: string): void {
  const [, benchmark] = /-- (\w+)/.exec(command) ?? [];
  if (benchmark !== undefined) expect(existsSync(join(packageRoot, 'bench', `${benchmark}.ts`)), `bench/${benchmark}.ts`).toBe(true);
}
