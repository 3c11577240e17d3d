import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const packageRoot = fileURLToPath(new URL('../..', import.meta.url));
export const program = join(packageRoot, 'dist', 'cli', 'main.js');

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The last line on stderr. */
  readonly reason: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called once the process runs, for example to send it a signal. */
  readonly meanwhile?: (child: ReturnType<typeof spawn>) => void;
}

/** Runs the compiled program as a user would, without a terminal; standard input stays open and empty. */
export async function runRulesweep(args: readonly string[], { cwd, env = {}, meanwhile }: RunOptions): Promise<Run> {
  const { FORCE_COLOR: _force, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...inherited, NO_COLOR: '1', ...env }, stdio: 'pipe' });
  const chunks = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (chunks[name] += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  meanwhile?.(child);
  const code = await ended;
  return { code, ...chunks, reason: chunks.stderr.trimEnd().split('\n').at(-1) ?? '' };
}

/** A folder of its own for one test, removed afterwards. */
export function temporaryFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'rulesweep-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
