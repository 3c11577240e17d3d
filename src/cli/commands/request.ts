import { Command, Option } from 'commander';
import { InterruptedError } from '../../model/errors.ts';
import type { RequestAnswer } from '../../model/request-answer.ts';
import { REQUEST_FORMATS, type RequestFormat, renderRequest } from '../../report/ask/index.ts';
import { requestAccess } from '../../request.ts';
import type { Outcome } from '../exit.ts';
import { parseTime } from '../parse-options.ts';
import type { Session } from '../session.ts';
import { wantsColor, writeStandardOutput } from '../standard-output.ts';

interface RequestOptions {
  readonly rules: readonly string[];
  readonly inventory?: readonly string[];
  readonly guardrails?: string;
  readonly audit?: string;
  readonly asOf?: string;
  readonly interface?: string;
  readonly direction?: 'in' | 'out';
  readonly defaultAction?: 'permit' | 'deny';
  readonly format: RequestFormat;
}

const EXAMPLES = `
A region is written in quotes: "protocol SOURCES[:PORTS] -> DESTINATIONS[:PORTS]"; addresses and ports are lists, ranges, networks or any; IPv6 stands in
brackets. Nothing is changed; the suggestions are verified by comparing the policy before and after.

Examples:
  rulesweep request "tcp 10.1.2.0/24 -> 10.9.0.5:443" --rules exports/
  rulesweep request "tcp 10.1.2.0/24 -> 10.9.0.5:443" --rules exports/ --guardrails guardrails.yaml --as-of 2026-06-01 --format json`;

/** `rulesweep request`: whether something is permitted already, the smallest change that grants it, and what the guardrails say. */
export function requestCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('request')
    .description('say whether a request is permitted already, and the smallest change that grants it')
    .argument('<region...>', 'the packets that should be permitted')
    .requiredOption('--rules <path...>', 'rule exports: [format=]PATH[@T]')
    .option('--inventory <path...>', 'what the rules are attached to and refer to: [format=]PATH[@T]')
    .option('--guardrails <file>', 'what may be permitted, and what passes by itself')
    .option('--audit <file>', 'an audit.json with flows: shows whether the rules are used')
    .option('--as-of <time>', 'the day by which exceptions of the guardrails are judged; without it none holds')
    .option('--interface <id>', 'only this interface')
    .addOption(new Option('--direction <direction>', 'only this direction').choices(['in', 'out']))
    .addOption(new Option('--default-action <action>', 'for rule exports that state none').choices(['permit', 'deny']))
    .addOption(new Option('--format <format>', 'what goes to standard output').choices(REQUEST_FORMATS).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (words: readonly string[], options: RequestOptions) => settle(await runRequest(words.join(' '), options, session)));
}

async function runRequest(region: string, options: RequestOptions, session: Session): Promise<Outcome> {
  const answer = await requestAccess({
    region,
    rules: options.rules,
    inventory: options.inventory ?? [],
    guardrails: options.guardrails ?? null,
    audit: options.audit ?? null,
    asOf: options.asOf === undefined ? null : parseTime('--as-of', options.asOf),
    interface: options.interface ?? null,
    direction: options.direction ?? null,
    defaultAction: options.defaultAction ?? null,
    onProgress: session.progress.show,
    signal: session.signal,
  });
  if (session.signal.aborted) throw new InterruptedError('interrupted');
  session.progress.clear();
  await writeStandardOutput(renderRequest(answer, options.format, { color: wantsColor(), width: process.stdout.columns || 100 }));
  const [incomplete] = answer.incompleteBecause;
  return incomplete === undefined ? { code: 0, reason: summary(answer) } : { code: 3, reason: `incomplete: ${incomplete}` };
}

/** `partly permitted; 2 changes suggested; guardrails: needs approval`. */
function summary({ verdict, suggestions, guardrails }: RequestAnswer): string {
  const found =
    verdict === 'permitted'
      ? 'permitted already'
      : verdict === 'partly'
        ? 'partly permitted'
        : (verdict ?? 'not judged: no policy meets the request');
  const count = suggestions.length;
  const changes = count === 0 ? '' : `; ${count === 1 ? '1 change' : `${count} changes`} suggested`;
  return `${found}${changes}${guardrails === null ? '' : `; guardrails: ${guardrails.decision}`}`;
}
