import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command } from 'commander';
import { type AuditResult, auditResultSchema } from '../../model/audit-result.ts';
import { InputError, InterruptedError } from '../../model/errors.ts';
import { PLAIN_TEXT, type Renderer, rendererForSuffix } from '../../report/renderers/index.ts';
import type { Outcome } from '../exit.ts';
import type { Session } from '../session.ts';
import { writeFiles } from '../write-files.ts';

const READABLE_VERSION = 1;

const EXAMPLES = `
The suffix decides: html, csv, md, json, jsonl, txt, arrow. A csv or arrow file whose name begins with "rules" is the whole rule population, any other the findings.

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
  const result = parseResult(path, await readText(path));
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

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function parseResult(path: string, text: string): AuditResult {
  const document = parseJson(path, text);
  const version = typeof document === 'object' && document !== null && 'schemaVersion' in document ? document.schemaVersion : undefined;
  if (version === undefined) throw new InputError(path, 'is not the audit.json of an audit: it has no "schemaVersion"');
  if (version !== READABLE_VERSION) {
    throw new InputError(
      path,
      `has schema version ${JSON.stringify(version)}; this release reads version ${READABLE_VERSION}. Use the release that wrote it, or audit again`,
    );
  }
  const parsed = auditResultSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const place = first === undefined ? '' : ` at /${first.path.join('/')}: ${first.message}`;
  throw new InputError(
    path,
    `is damaged or was changed by hand${place}; ${parsed.error.issues.length} places do not fit the schema. Audit again`,
  );
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(path, `is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
