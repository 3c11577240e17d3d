import { Command, Option } from 'commander';
import { auditWithProofs } from '../../audit.ts';
import { UsageError } from '../../model/errors.ts';
import { formatTimestamp } from '../../model/time.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../report/renderers/index.ts';
import { deliverAudit } from '../deliver-audit.ts';
import type { Outcome } from '../exit.ts';
import type { Gate } from '../gate.ts';
import { parseCount, parseGate, parseSize, parseTime } from '../parse-options.ts';
import type { Session } from '../session.ts';
import { requireOutputFolder } from '../write-folder.ts';

/** As commander delivers them: an option that was not given is absent. */
interface AuditOptions {
  readonly rules: readonly string[];
  readonly flows?: readonly string[];
  readonly inventory?: readonly string[];
  readonly guardrails?: string;
  readonly decisions?: string;
  readonly from?: number;
  readonly to?: number;
  readonly asOf?: number;
  readonly defaultAction?: 'permit' | 'deny';
  readonly out?: string;
  readonly format: OutputFormat;
  readonly failOn?: readonly Gate[];
  readonly threads?: number;
  readonly memory?: number;
}

const EXAMPLES = `
PATH is a file, a folder or a quoted glob; - is standard input. Formats are recognised by content; format=PATH forces one.
PATH@T says when a snapshot was taken. T is a date (its first second, UTC), a date with time, or epoch seconds.

Examples:
  rulesweep audit --rules security-groups.json --inventory interfaces.json
  rulesweep audit --rules exports/ --flows logs/AWSLogs --out audit --fail-on high
  rulesweep audit --rules exports/2026-01-01@2026-01-01 exports/2026-04-01@2026-04-01 --flows 'logs/**/*.gz' --format json`;

/** `rulesweep audit`: which rules are needed, by what evidence. */
export function auditCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('audit')
    .description('say which rules nobody needs, and prove it')
    .requiredOption('--rules <path...>', 'rule exports: [format=]PATH[@T]')
    .option('--flows <path...>', 'traffic logs: [format=]PATH')
    .option('--inventory <path...>', 'what the rules are attached to and refer to: [format=]PATH[@T]')
    .option('--guardrails <file>', 'protected rules, calendar of the business, exceptions')
    .option('--decisions <file>', 'findings that somebody decided about before')
    .option('--from <t>', 'begin of the window (default: of the logs)', (text) => parseTime('--from', text))
    .option('--to <t>', 'end of the window, exclusive (default: of the logs)', (text) => parseTime('--to', text))
    .option('--as-of <t>', 'the date of the audit, the only one in a result', (text) => parseTime('--as-of', text))
    .addOption(new Option('--default-action <action>', 'for rule exports that state none').choices(['permit', 'deny']))
    .option('--out <dir>', 'folder for audit.json, proofs.jsonl, rules.csv, findings.csv, report.html and changes/')
    .addOption(new Option('--format <format>', 'what goes to standard output').choices(OUTPUT_FORMATS).default('text'))
    .option('--fail-on <kind...>', 'KIND[:N]: exit code 1 with more than N (default 0) findings of a kind or severity', collectGates)
    .option('--threads <n>', 'threads of the embedded database', (text) => parseCount('--threads', text, 1024))
    .option('--memory <size>', 'memory of the embedded database, for example 2GB', (text) => parseSize('--memory', text))
    .addHelpText('after', EXAMPLES)
    .action(async (options: AuditOptions) => settle(await runAudit(options, session)));
}

function collectGates(text: string, gates: readonly Gate[] | undefined): readonly Gate[] {
  return [...(gates ?? []), parseGate(text)];
}

async function runAudit(options: AuditOptions, session: Session): Promise<Outcome> {
  requireOrder(options);
  if (options.out !== undefined) await requireOutputFolder(options.out);
  const proven = await auditWithProofs({
    rules: options.rules,
    inventory: options.inventory ?? [],
    flows: options.flows ?? [],
    counters: [],
    guardrails: options.guardrails ?? null,
    decisions: options.decisions ?? null,
    from: options.from ?? null,
    to: options.to ?? null,
    asOf: options.asOf ?? null,
    defaultAction: options.defaultAction ?? null,
    threads: options.threads ?? null,
    memoryBytes: options.memory ?? null,
    onProgress: session.progress.show,
    signal: session.signal,
  });
  const out = options.out === undefined ? null : { folder: options.out, asNamed: options.out };
  return deliverAudit(proven, { format: options.format, out, gates: options.failOn ?? [] }, session);
}

function requireOrder({ from, to }: AuditOptions): void {
  if (from === undefined || to === undefined || from < to) return;
  throw new UsageError(`--from ${formatTimestamp(from)} is not before --to ${formatTimestamp(to)}; the window would be empty`);
}
