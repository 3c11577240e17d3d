import type { Diagnostic } from '../../../model/diagnostic.ts';
import type { Action, Presence, Rule } from '../../../model/rule.ts';
import type { SourceRef } from '../../../model/source-ref.ts';
import { parseTimestamp } from '../../../model/time.ts';
import { shorten } from '../../shorten.ts';
import type { UnreadableMatch } from '../../unreadable-rules.ts';
import { listOf, readCsvMatch } from './csv-match.ts';
import type { CsvRow } from './csv-rows.ts';

/** A row of a rules table, read, before it has its place in a policy. */
export interface CsvRule
  extends Pick<
    Rule,
    'name' | 'description' | 'asWritten' | 'written' | 'effect' | 'enabled' | 'match' | 'evaluable' | 'metadata' | 'nativeHits'
  > {
  /** Empty when the row has none. */
  readonly id: string;
  /** Equal keys are the same rule in different exports. */
  readonly key: string;
  readonly sourceRef: SourceRef;
}

interface RowContext {
  readonly path: string;
  /** Columns that hold conditions nobody knows. */
  readonly others: readonly string[];
  readonly unreadable: UnreadableMatch;
  readonly diagnostics: Diagnostic[];
}

const ACTIONS: Readonly<Record<string, Action>> = {
  permit: 'permit',
  allow: 'permit',
  accept: 'permit',
  pass: 'permit',
  deny: 'deny',
  drop: 'deny',
  reject: 'deny',
  block: 'deny',
};
const ENABLED: Readonly<Record<string, boolean>> = { '': true, yes: true, true: true, '1': true, no: false, false: false, '0': false };
const CONTENT = ['action', 'protocol', 'source', 'source_port', 'destination', 'destination_port', 'enabled'];

/** Reads one row. Whatever is wrong with it, it stays a rule: one that cannot be evaluated and might match anything. */
export function readCsvRule(row: CsvRow, context: RowContext): CsvRule {
  const cell = (name: string): string => row.cells.get(name) ?? '';
  const sourceRef = { path: context.path, line: row.line };
  const unknowns = context.others.flatMap((name) => (cell(name) === '' ? [] : [`${shorten(name)}=${shorten(cell(name))}`]));
  const verb = cell('action').toLowerCase();
  const action = Object.hasOwn(ACTIONS, verb) ? ACTIONS[verb] : undefined;
  const enabled = ENABLED[cell('enabled').toLowerCase()];
  const read = readCsvMatch(row, unknowns);
  const problems = [
    ...(row.problem === null ? [] : [row.problem]),
    ...(action === undefined ? [`action "${shorten(cell('action'), 60)}" is none of ${Object.keys(ACTIONS).join(', ')}`] : []),
    ...(enabled === undefined ? [`enabled "${shorten(cell('enabled'), 60)}" is neither yes nor no`] : []),
    ...read.problems,
  ];
  const report = reporter(context, row.line);
  if (cell('policy') === '') report('POLICY_EMPTY', 'the row names no policy; it is taken into the policy "unnamed"');
  for (const text of read.masked) report('HOST_BITS_MASKED', `${text} has bits below its prefix length, which are ignored`);
  if (problems.length > 0) report('RULE_UNREADABLE', `the rule cannot be evaluated: ${problems.slice(0, 5).join('; ')}`);
  else if (read.match.products.length === 0)
    report('NO_COMMON_FAMILY', 'source and destination have no address family in common, so that the rule matches nothing');
  return {
    id: cell('id'),
    name: cell('name'),
    description: cell('description'),
    asWritten: asWritten(row),
    written: { source: textOf(row, 'source'), destination: textOf(row, 'destination'), services: servicesOf(row) },
    effect: { verdict: action ?? 'deny', attributes: {} },
    enabled: enabled ?? true,
    match: problems.length > 0 ? context.unreadable(allWritten(row, unknowns)) : read.match,
    evaluable: problems.length > 0 ? 'no' : unknowns.length > 0 ? 'partial' : 'full',
    metadata: {
      owner: cell('owner'),
      ticket: cell('ticket'),
      createdAt: readDate(cell('created'), 'created', report),
      modifiedAt: readDate(cell('modified'), 'modified', report),
      documentedExpiry: cell('expires'),
    },
    nativeHits: readHits(cell('hits'), report),
    key: JSON.stringify([...CONTENT, ...context.others].map((name) => [name, cell(name).toLowerCase()]).filter(([, text]) => text !== '')),
    sourceRef,
  };
}

/** The rule at its place. Its own dates say more about its age than the exports that hold it. */
export function toRule(item: CsvRule, id: string, rank: number, exported: Presence): Rule {
  // Field by field: leaving one out of a copy costs ten times as much, and there may be a hundred thousand.
  return {
    id,
    rank,
    nativeId: item.id === '' ? null : item.id,
    name: item.name,
    description: item.description,
    asWritten: item.asWritten,
    written: item.written,
    effect: item.effect,
    enabled: item.enabled,
    match: item.match,
    evaluable: item.evaluable,
    metadata: item.metadata,
    nativeHits: item.nativeHits,
    sourceRef: item.sourceRef,
    staleReference: null,
    unresolvedReferences: [],
    presence: datedPresence(item, exported),
    native: {},
  };
}

function datedPresence({ metadata: { createdAt, modifiedAt } }: CsvRule, exported: Presence): Presence {
  if (createdAt === null && modifiedAt === null) return exported;
  const since = Math.max(createdAt ?? 0, modifiedAt ?? 0);
  const source = modifiedAt !== null && since === modifiedAt ? 'modified' : 'created';
  return { absentAt: since, knownFrom: since, retiredAt: exported.retiredAt, source };
}

type Report = (code: string, message: string) => void;

function reporter({ path, diagnostics }: RowContext, line: number): Report {
  return (code, message) => diagnostics.push({ severity: 'warning', code, message, path, line });
}

/** A date says when the rule was there, not what it matches, so that a bad one leaves the rule evaluable. */
function readDate(text: string, column: string, report: Report): number | null {
  if (text === '') return null;
  const time = parseTimestamp(text);
  if (time === null) report('DATE_UNREADABLE', `${column} "${shorten(text, 60)}" is no ISO 8601 date; the age of the rule stays unknown`);
  return time;
}

function readHits(text: string, report: Report): number | null {
  if (text === '') return null;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  report('HITS_UNREADABLE', `hits "${shorten(text, 60)}" is no count; the device's count of the rule stays unknown`);
  return null;
}

function textOf(row: CsvRow, column: string): string[] {
  const items = listOf(row, column).map((item) => shorten(item));
  return items.length === 0 ? ['any'] : items;
}

function servicesOf(row: CsvRow): string[] {
  const [sources, destinations] = [textOf(row, 'source_port'), textOf(row, 'destination_port')];
  const from = sources[0] === 'any' ? '' : ` from ${sources.join(';')}`;
  return textOf(row, 'protocol').flatMap((protocol) =>
    destinations.map((port) => (protocol === 'any' && port === 'any' ? `any${from}` : `${protocol.toLowerCase()}/${port}${from}`)),
  );
}

function asWritten(row: CsvRow): string {
  const text = (name: string): string => shorten((row.cells.get(name) ?? '').replace(/\s+/g, ' ') || 'any');
  const port = (name: string): string => (textOf(row, name)[0] === 'any' ? '' : ` port ${text(name)}`);
  return `${text('action')} ${text('protocol')} ${text('source')}${port('source_port')} -> ${text('destination')}${port('destination_port')}`;
}

/** Everything that has a say in what the rule matches. */
function allWritten(row: CsvRow, unknowns: readonly string[]): string {
  const enabled = row.cells.get('enabled') ?? '';
  return [
    asWritten(row),
    ...(enabled === '' ? [] : [`enabled=${enabled}`]),
    ...unknowns,
    ...(row.problem === null ? [] : [row.problem]),
  ].join(', ');
}
