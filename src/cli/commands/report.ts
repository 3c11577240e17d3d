import { basename } from 'node:path';
import { Command } from 'commander';
import { InterruptedError } from '../../model/errors.ts';
import { readAudit } from '../../read-audit.ts';
import { PLAIN_TEXT, type Renderer, rendererForSuffix } from '../../report/renderers/index.ts';
import type { Outcome } from '../exit.ts';
import type { Session } from '../session.ts';
import { writeFiles } from '../write-files.ts';

const EXAMPLES = `
The suffix decides: html, csv, md, json, jsonl, txt, arrow. A csv or arrow file whose
name begins with "rules", or ends in rules.csv or rules.arrow, is the whole rule population; one that ends in map.csv the application map; any other the findings.

Example:
  rulesweep report audit/audit.json -o rules.csv findings.csv audit.html`;

/** `rulesweep report`: renders an archived result again, without its data. */
export function reportCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('report')
    .description('render an audit.json again, without its data')
    .argument('<audit.json>', 'written by rulesweep audit --out or --format json')
    .requiredOption('-o, --output <file...>', 'files to write')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: { readonly output: readonly string[] }) => settle(await render(path, options.output, session)));
}

async function render(path: string, outputs: readonly string[], session: Session): Promise<Outcome> {
  const renderers = outputs.map((output) => ({ path: output, renderer: rendererForFile(output) }));
  const result = await readAudit(path);
  const files = await Promise.all(
    renderers.map(async ({ path: output, renderer }) => ({ path: output, content: await renderer.render(result, PLAIN_TEXT) })),
  );
  if (session.signal.aborted) throw new InterruptedError('interrupted');
  await writeFiles(files);
  const shown = result.complete ? '' : `; the audit in ${path} is incomplete: ${result.incompleteBecause.join(' ')}`;
  return { code: 0, reason: `written: ${outputs.join(', ')}${shown}` };
}

/** `rules-2026.csv` is meant as a rule report, whatever its suffix says. */
function rendererForFile(path: string): Renderer {
  const [, kind] = /^rules.*?((?:\.raw)?\.csv|\.arrow)$/i.exec(basename(path)) ?? [];
  return rendererForSuffix(kind === undefined ? path : `rules${kind}`);
}
