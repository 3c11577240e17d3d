import { Command, Option } from 'commander';
import { InterruptedError, UsageError } from '../../model/errors.ts';
import type { QueryAnswer, QueryPoint } from '../../model/query-answer.ts';
import type { ServiceMatrixDocument } from '../../model/service-matrix.ts';
import { type QueryRequest, query, queryMatrix } from '../../query.ts';
import { describePart, describePoints, QUERY_FORMATS, type QueryFormat, renderQuery } from '../../report/ask/index.ts';
import { renderMatrix } from '../../report/matrix/index.ts';
import type { Outcome } from '../exit.ts';
import type { Session } from '../session.ts';
import { wantsColor, writeStandardOutput } from '../standard-output.ts';
import { writeFiles } from '../write-files.ts';

interface QueryOptions {
  readonly rules: readonly string[];
  readonly inventory?: readonly string[];
  readonly guardrails?: string;
  readonly fromZone?: readonly string[];
  readonly toZone?: readonly string[];
  readonly tag?: readonly string[];
  readonly audit?: string;
  readonly interface?: string;
  readonly direction?: 'in' | 'out';
  readonly policy?: readonly string[];
  readonly defaultAction?: 'permit' | 'deny';
  readonly format: QueryFormat;
  readonly matrix?: boolean;
  readonly svg?: string;
}

const EXAMPLES = `
A region is written in quotes: "protocol SOURCES[:PORTS] -> DESTINATIONS[:PORTS]"; addresses and ports are lists, ranges, networks or any; IPv6 stands in
brackets. Without a region it is everything, or what the zones hold.

Examples:
  rulesweep query "tcp any -> 10.9.0.0/16:1-1024" --rules exports/
  rulesweep query "any any -> 10.9.0.5" --rules exports/ --inventory inventory/ --interface eni-0a1b --direction in
  rulesweep query --to-zone card --guardrails guardrails.yaml --rules exports/ --format csv
  rulesweep query "tcp any -> any:22" --rules exports/ --audit audit/audit.json
  rulesweep query --matrix --rules exports/ --policy edge --svg edge.svg`;

/** `rulesweep query`: what is permitted and denied in a region, by which rules. */
export function queryCommand(session: Session, settle: (outcome: Outcome) => void): Command {
  return new Command('query')
    .description('say what is permitted and denied in a region, by which rules')
    .argument('[region...]', 'the packets asked about; everything where it is left out')
    .requiredOption('--rules <path...>', 'rule exports: [format=]PATH[@T]')
    .option('--inventory <path...>', 'what the rules are attached to and refer to: [format=]PATH[@T]')
    .option('--guardrails <file>', 'the zones and tags')
    .option('--from-zone <name...>', 'only packets from these zones')
    .option('--to-zone <name...>', 'only packets to these zones')
    .option('--tag <name...>', 'only packets to zones with this tag')
    .option('--audit <file>', 'an audit.json with flows: shows what was used')
    .option('--interface <id>', 'only this interface')
    .addOption(new Option('--direction <direction>', 'only this direction').choices(['in', 'out']))
    .option('--policy <id...>', 'only these policies')
    .option('--matrix', 'who may reach whom by what: addresses with equal permissions as rows and columns')
    .option('--svg <file>', 'with --matrix: also a picture')
    .addOption(new Option('--default-action <action>', 'for rule exports that state none').choices(['permit', 'deny']))
    .addOption(new Option('--format <format>', 'what goes to standard output').choices(QUERY_FORMATS).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (words: readonly string[], options: QueryOptions) => settle(await runQuery(regionOf(words), options, session)));
}

/** An empty text is a variable that somebody forgot to set, not the wish to see everything. */
function regionOf(words: readonly string[]): string | null {
  return words.length === 0 ? null : words.join(' ');
}

async function runQuery(region: string | null, options: QueryOptions, session: Session): Promise<Outcome> {
  if (options.svg !== undefined && options.matrix !== true) throw new UsageError('--svg is the picture of a matrix; give --matrix too');
  const request = toRequest(region, options, session);
  const display = { color: wantsColor(), width: process.stdout.columns || 100 };
  if (options.matrix === true) {
    const matrix = await queryMatrix(request);
    leaveIfInterrupted(session);
    await writeStandardOutput(renderMatrix(matrix, options.format, display));
    if (options.svg !== undefined) await writeFiles([{ path: options.svg, content: renderMatrix(matrix, 'svg', display) }]);
    return toOutcome(matrix.incompleteBecause, summaryOfMatrices(matrix));
  }
  const answer = await query(request);
  leaveIfInterrupted(session);
  await writeStandardOutput(renderQuery(answer, options.format, display));
  return toOutcome(answer.incompleteBecause, summary(answer));
}

function toRequest(region: string | null, options: QueryOptions, session: Session): QueryRequest {
  return {
    region,
    rules: options.rules,
    inventory: options.inventory ?? [],
    guardrails: options.guardrails ?? null,
    fromZones: options.fromZone ?? [],
    toZones: options.toZone ?? [],
    tags: options.tag ?? [],
    audit: options.audit ?? null,
    interface: options.interface ?? null,
    direction: options.direction ?? null,
    policies: options.policy ?? [],
    defaultAction: options.defaultAction ?? null,
    onProgress: session.progress.show,
    signal: session.signal,
  };
}

function leaveIfInterrupted({ signal, progress }: Session): void {
  if (signal.aborted) throw new InterruptedError('interrupted');
  progress.clear();
}

function toOutcome([incomplete]: readonly string[], reason: string): Outcome {
  return incomplete === undefined ? { code: 0, reason } : { code: 3, reason: `incomplete: ${incomplete}` };
}

/** `matrix of 3 rows and 4 columns`; several matrices are counted. */
function summaryOfMatrices({ matrices }: ServiceMatrixDocument): string {
  const [only] = matrices;
  if (only === undefined) return 'no matrix: the packets meet no policy';
  if (matrices.length > 1) return `${matrices.length} matrices`;
  const size = (side: 'rows' | 'columns'): number => only.families.reduce((sum, family) => sum + family[side].length, 0);
  return `matrix of ${size('rows')} rows and ${size('columns')} columns`;
}

/** `permitted: 3 rules`; several points are counted. */
function summary({ points }: QueryAnswer): string {
  const [only] = points;
  return only === undefined || points.length > 1 ? describePoints(points) : summaryOfPoint(only);
}

function summaryOfPoint({ verdict, rules, rulesOmitted, asked, permitted }: QueryPoint): string {
  switch (verdict) {
    case 'permitted': {
      const count = rules.filter(({ action }) => action === 'permit').length;
      if (rulesOmitted > 0) return `permitted: more than ${count} rules`;
      return `permitted: ${count === 1 ? '1 rule' : `${count} rules`}`;
    }
    case 'denied':
      return 'denied';
    case 'partly':
      return `partly: ${describePart(permitted, asked)} permitted`;
    case 'depends':
      return 'depends on conditions that cannot be computed';
  }
}
