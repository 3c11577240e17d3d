import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { type ExitCode, outcomeOfError } from '../../src/cli/exit.ts';

export const SESSION = { signal: new AbortController().signal, progress: { show: () => {}, clear: () => {} }, say: () => {} };

export interface InProcessRun {
  readonly code: ExitCode;
  /** Without `rulesweep: exit N: `. */
  readonly reason: string;
  readonly stdout: string;
}

/**
 * The command line without the time that a process takes to start. Arguments that are names of files in the folder, or begin with `gone.`, mean files
 * there; what comes out names them without the folder, as when the program runs in it.
 */
export async function runInProcess(folder: string, args: readonly string[]): Promise<InProcessRun> {
  const names = readdirSync(folder);
  const placed = args.map((arg) => (names.includes(arg) || arg.startsWith('gone.') ? join(folder, arg) : arg));
  let stdout = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation(((text: string, done?: () => void) => {
    stdout += text;
    if (typeof done === 'function') done();
    return true;
  }) as typeof process.stdout.write);
  const bare = (text: string): string => text.replaceAll(`${folder}/`, '');
  try {
    const outcome = await runCommandLine(placed, SESSION).catch(outcomeOfError);
    return { code: outcome?.code ?? 0, reason: bare(outcome?.reason ?? ''), stdout: bare(stdout) };
  } finally {
    spy.mockRestore();
  }
}
