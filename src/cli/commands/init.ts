import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { init } from '../../init.ts';
import { InterruptedError, UsageError } from '../../model/errors.ts';
import type { Outcome } from '../exit.ts';
import type { Session } from '../session.ts';
import { writeStandardOutput } from '../standard-output.ts';

interface InitOptions {
  readonly rules?: readonly string[];
  readonly inventory?: readonly string[];
  readonly out: string;
}

const EXAMPLES = `
The file is a proposal to read and adapt: zones from the networks of the inventory and of the rules, everything else as examples.

Examples:
  rulesweep init --rules exports/
  rulesweep init --rules rules.csv --out -`;

/** `rulesweep init`: a commented guardrails file to begin with. */
export function initCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('init')
    .description('write a commented guardrails file, with zones proposed from the rules and inventories')
    .option('--rules <path...>', 'rule exports: [format=]PATH[@T]')
    .option('--inventory <path...>', 'what the rules are attached to and refer to: [format=]PATH[@T]')
    .option('--out <file>', 'the file to write, which must not exist yet; - is standard output', 'guardrails.yaml')
    .addHelpText('after', EXAMPLES)
    .action(async (options: InitOptions) => settle(await runInit(options, session)));
}

async function runInit({ rules = [], inventory = [], out }: InitOptions, session: Session): Promise<Outcome> {
  if (out.trim() === '') throw new UsageError('--out needs the name of a file, or - for standard output');
  if (out !== '-' && existsSync(out)) throw alreadyThere(out);
  const { text, zones, inputs, unreadRules } = await init({ rules, inventory, onProgress: session.progress.show });
  if (session.signal.aborted) throw new InterruptedError('interrupted');
  session.progress.clear();
  if (out === '-') await writeStandardOutput(text);
  else await writeNew(out, text);
  const origin =
    inputs === 0 ? 'examples only, because no --rules were given' : `${count(zones, 'zone')} proposed from ${count(inputs, 'file')}`;
  const unread = unreadRules === 0 ? '' : `; ${count(unreadRules, 'rule')} could not be read`;
  return { code: 0, reason: `${out === '-' ? 'guardrails' : `written: ${out}`}, ${origin}${unread}` };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Somebody may have put a file there in the meantime: it is never replaced. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw alreadyThere(path, cause);
    throw new UsageError(`--out ${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function alreadyThere(path: string, cause?: unknown): UsageError {
  return new UsageError(`--out ${path} is there already and is not replaced; name another file, or - for standard output`, { cause });
}
