import { Command, Option } from 'commander';
import { check } from '../../check.ts';
import { type CheckKind, type CheckResult, checkKindSchema } from '../../model/check-result.ts';
import { InterruptedError, UsageError } from '../../model/errors.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { formatTimestamp } from '../../model/time.ts';
import {
  CHECK_FORMATS,
  type CheckFormat,
  checkFormatOfFile,
  checkState,
  failingItems,
  itemTitle,
  renderCheck,
} from '../../report/check/index.ts';
import type { Outcome } from '../exit.ts';
import { parseCount, parseSize, parseTime } from '../parse-options.ts';
import type { Session } from '../session.ts';
import { wantsColor, writeStandardOutput } from '../standard-output.ts';
import { writeFiles } from '../write-files.ts';

/** As commander delivers them: an option that was not given is absent, and `base` is false for `--no-base`. */
interface CheckOptions {
  readonly base?: readonly string[] | false;
  readonly head: readonly string[];
  readonly inventory?: readonly string[];
  readonly guardrails?: string;
  readonly decisions?: string;
  readonly flows?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly asOf?: number;
  readonly defaultAction?: 'permit' | 'deny';
  readonly failOn?: readonly CheckKind[];
  readonly format: CheckFormat;
  readonly out?: readonly string[];
  readonly threads?: number;
  readonly memory?: number;
}

const EXAMPLES = `
Only what the change introduces is judged: what was there before is counted, and does not fail the check.
--out may be repeated; the suffix decides: md (pull-request comment, step summary), json, xml (JUnit), txt. --format github is annotations for a workflow.

Exit code 0: passed. 1: the change introduces something that must not get in. 3: the answer is incomplete, which is no pass.

Examples:
  rulesweep check --base main/rules --head rules --guardrails guardrails.yaml
  rulesweep check --base before.csv --head after.csv --decisions decisions.yaml --as-of 2026-11-01 --out check.md check.json check.xml
  rulesweep check --no-base --head new-site.csv`;

/** `rulesweep check`: what a change of the rules introduces, as a gate. */
export function checkCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('check')
    .description('say what a change of the rules introduces, and fail on what must not get in')
    .option('--base <path...>', 'rule exports before the change: [format=]PATH[@T]')
    .option('--no-base', 'there was nothing before: everything is new')
    .requiredOption('--head <path...>', 'rule exports after the change: [format=]PATH[@T]')
    .option('--inventory <path...>', 'what the rules are attached to and refer to: [format=]PATH[@T]')
    .option('--guardrails <file>', 'zones, zone matrix, insecure services, protected rules, exceptions')
    .option('--decisions <file>', 'what somebody decided about before')
    .option('--flows <path...>', 'traffic logs: [format=]PATH; says which connections the change touches')
    .option('--from <t>', 'begin of the window of the logs', (text) => parseTime('--from', text))
    .option('--to <t>', 'end of the window, exclusive', (text) => parseTime('--to', text))
    .option('--as-of <t>', 'the date by which decisions and exceptions expire', (text) => parseTime('--as-of', text))
    .addOption(new Option('--default-action <action>', 'for rule exports that state none').choices(['permit', 'deny']))
    .option('--fail-on <kind...>', 'only these kinds fail the check (default: all that make a rule base worse)', collectKinds)
    .addOption(new Option('--format <format>', 'what goes to standard output').choices(CHECK_FORMATS).default('text'))
    .option('--out <file...>', 'files to write: FILE.md, FILE.json, FILE.xml, FILE.txt')
    .option('--threads <n>', 'threads of the embedded database', (text) => parseCount('--threads', text, 1024))
    .option('--memory <size>', 'memory of the embedded database, for example 2GB', (text) => parseSize('--memory', text))
    .addHelpText('after', EXAMPLES)
    .action(async (options: CheckOptions) => settle(await runCheck(options, session)));
}

function collectKinds(text: string, kinds: readonly CheckKind[] | undefined): readonly CheckKind[] {
  const kind = checkKindSchema.options.find((each) => each === text);
  if (kind === undefined) throw new UsageError(`--fail-on ${text} is not a kind; expected one of ${checkKindSchema.options.join(', ')}`);
  return [...new Set([...(kinds ?? []), kind])];
}

async function runCheck(options: CheckOptions, session: Session): Promise<Outcome> {
  const { from, to } = options;
  if (from !== undefined && to !== undefined && from >= to)
    throw new UsageError(`--from ${formatTimestamp(from)} is not before --to ${formatTimestamp(to)}; the window would be empty`);
  const outputs = (options.out ?? []).map((path) => ({ path, format: checkFormatOfFile(path) }));
  const result = await check({
    base: baseOf(options),
    head: options.head,
    inventory: options.inventory ?? [],
    guardrails: options.guardrails ?? null,
    decisions: options.decisions ?? null,
    flows: options.flows ?? [],
    from: from ?? null,
    to: to ?? null,
    asOf: options.asOf ?? null,
    defaultAction: options.defaultAction ?? null,
    failsOn: options.failOn ?? null,
    threads: options.threads ?? null,
    memoryBytes: options.memory ?? null,
    onProgress: session.progress.show,
    signal: session.signal,
  });
  if (session.signal.aborted) throw new InterruptedError('interrupted');
  await writeFiles(outputs.map(({ path, format }) => ({ path, content: renderCheck(result, format, { color: false, width: 100 }) })));
  session.progress.clear();
  await writeStandardOutput(renderCheck(result, options.format, { color: wantsColor(), width: process.stdout.columns || 100 }));
  return outcomeOf(result);
}

/** Nobody leaves the base out by mistake: then everything would be new. */
function baseOf({ base }: CheckOptions): readonly string[] {
  if (base === false) return [];
  if (base !== undefined) return base;
  throw new UsageError('--base PATH is missing: the rule exports before the change; where there were none, give --no-base');
}

function outcomeOf(result: CheckResult): Outcome {
  const { word, sentence } = checkState(result);
  switch (word) {
    case 'INCOMPLETE':
      return { code: 3, reason: `incomplete: ${sentence}` };
    case 'FAILED':
      return { code: 1, reason: failure(result) };
    case 'PASSED':
      return { code: 0, reason: sentence };
  }
}

function failure(result: CheckResult): string {
  const failing = failingItems(result);
  const [first] = failing;
  const named = first === undefined ? '' : `: ${itemTitle(first)} (${formatSourceRef(first.sourceRef)})`;
  const more = failing.length > 1 ? ` and ${failing.length - 1} more` : '';
  return `the change introduces ${failing.length} ${failing.length === 1 ? 'thing' : 'things'} that must not get in${named}${more}`;
}
