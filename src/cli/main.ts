#!/usr/bin/env node
import { type Outcome, outcomeOfError } from './exit.ts';
import { createProgress } from './progress.ts';
import type { Session } from './session.ts';
import { tolerateClosedPipes } from './standard-output.ts';

/** How long a run may take to stop in good order before it is ended. */
const PATIENCE_MS = 2_000;

const interruption = new AbortController();
const session: Session = {
  signal: interruption.signal,
  progress: createProgress(process.stderr, process.env),
  say: (line) => process.stderr.write(`rulesweep: ${oneLine(line)}\n`),
};

tolerateClosedPipes();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
process.on('uncaughtException', endAfterDefect);
const outcome = await settle();
session.progress.clear();
if (outcome !== null) finish(outcome);

async function settle(): Promise<Outcome | null> {
  try {
    // Loaded here, because a missing or broken dependency must not end the process with Node's exit code 1, which means a failed gate.
    const { runCommandLine } = await import('./command-line.ts');
    return await runCommandLine(process.argv.slice(2), session);
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): Outcome {
  session.progress.clear();
  const { stack, ...failure } = outcomeOfError(error);
  if (stack !== null) process.stderr.write(`${stack}\n`);
  return failure;
}

/** Errors thrown where nobody waits for them. */
function endAfterDefect(error: unknown): never {
  finish(explain(error));
  process.exit();
}

function interrupt(): void {
  if (interruption.signal.aborted) end();
  interruption.abort();
  setTimeout(end, PATIENCE_MS).unref();
}

function end(): never {
  session.progress.clear();
  finish({ code: 130, reason: 'interrupted; nothing is left half-written' });
  process.exit();
}

function finish({ code, reason }: Outcome): void {
  session.say(`exit ${code}: ${reason}`);
  process.exitCode = code;
}

/** Reasons quote file names and log text, which can hold anything. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '?').trim();
}
