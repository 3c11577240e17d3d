import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { demoWithProofs } from '../../demo.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../report/renderers/index.ts';
import { deliverAudit } from '../deliver-audit.ts';
import type { Outcome } from '../exit.ts';
import type { Session } from '../session.ts';
import { requireOutputFolder } from '../write-folder.ts';

interface DemoOptions {
  readonly out?: string;
  readonly format: OutputFormat;
}

/** `rulesweep demo`: the audit of the sample that comes with the package. */
export function demoCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('demo')
    .description('audit the bundled sample: a three-tier VPC with 100 days of flow logs')
    .option('--out <dir>', 'folder for audit.json, proofs.jsonl, rules.csv, findings.csv, report.html and changes/')
    .addOption(new Option('--format <format>', 'what goes to standard output').choices(OUTPUT_FORMATS).default('text'))
    .action(async (options: DemoOptions) => settle(await runDemo(options, session)));
}

async function runDemo(options: DemoOptions, session: Session): Promise<Outcome> {
  if (options.out !== undefined) await requireOutputFolder(options.out);
  const out = options.out === undefined ? null : { folder: resolve(options.out), asNamed: options.out };
  // The sample's paths are shown as they are in the package, wherever the package is and whoever runs it.
  process.chdir(fileURLToPath(new URL('../../..', import.meta.url)));
  const proven = await demoWithProofs({ onProgress: session.progress.show, signal: session.signal });
  return deliverAudit(proven, { format: options.format, out, gates: [] }, session);
}
