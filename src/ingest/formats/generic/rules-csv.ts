import type { Diagnostic } from '../../../model/diagnostic.ts';
import { InputError } from '../../../model/errors.ts';
import type { Policy } from '../../../model/policy.ts';
import type { Action } from '../../../model/rule.ts';
import type { DocumentCount, ReadOptions, ReadRules, RuleFormat, SourceDocument } from '../../format.ts';
import { traceHistory } from '../../history.ts';
import { shorten } from '../../shorten.ts';
import { createUnreadableMatch } from '../../unreadable-rules.ts';
import { parseCsv, parseHeader } from './csv-rows.ts';
import { type CsvRule, readCsvRule, toRule } from './csv-rule.ts';

const REQUIRED = ['policy', 'id', 'action', 'protocol', 'source', 'source_port', 'destination', 'destination_port'];
const OPTIONAL = ['enabled', 'name', 'description', 'owner', 'ticket', 'created', 'modified', 'expires', 'hits'];
const KNOWN: ReadonlySet<string> = new Set([...REQUIRED, ...OPTIONAL]);

/** Rules as a table, for exports that nobody has a parser for: first match decides, stateful, every policy sees every flow. */
export const rulesCsv: RuleFormat = {
  name: 'rules-csv',
  title: 'Rules as CSV, for spreadsheets and any other firewall',
  vendorCommands: [
    {
      produces: 'a table with one rule per row, in the order of evaluation',
      command: `printf '%s\\n' '${REQUIRED.join(',')}' 'edge,10,permit,tcp,10.0.0.0/8,any,192.0.2.10,443' > rules.csv`,
    },
  ],
  // Three names that no other table has together: a header that lacks the rest deserves the error that names it.
  sniff: (text) => {
    const columns = parseHeader(text, KNOWN);
    return columns.includes('action') && columns.includes('source') && columns.includes('destination') && !columns.includes('start');
  },
  read: readRulesCsv,
};

function readRulesCsv(documents: readonly SourceDocument[], options: ReadOptions): ReadRules {
  const diagnostics: Diagnostic[] = [];
  const tables = documents.map((document) => readTable(document, diagnostics));
  const policies = new Map<string, PolicyVersion[]>();
  for (const table of tables) {
    for (const version of table.policies) policies.set(version.id, [...(policies.get(version.id) ?? []), version]);
  }
  for (const versions of policies.values()) refuseSameDate(versions);
  const isCurrent = new Set<CsvRule>();
  const result = [...policies.values()].map((versions) => toPolicy(versions, options.defaultAction ?? 'deny', isCurrent));
  return {
    policies: result.sort((a, b) => (a.id < b.id ? -1 : 1)),
    attachments: [],
    hasInventory: false,
    diagnostics,
    documents: tables.map((table) => toCount(table, isCurrent)),
  };
}

interface PolicyVersion {
  readonly id: string;
  readonly path: string;
  readonly at: number | null;
  readonly items: CsvRule[];
}

interface Table {
  readonly document: SourceDocument;
  readonly policies: readonly PolicyVersion[];
  readonly emptyRows: number;
}

function readTable(document: SourceDocument, diagnostics: Diagnostic[]): Table {
  const { path, at } = document;
  const { columns, rows } = parseCsv(document.text, path, KNOWN);
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    const all = `expected ${REQUIRED.join(',')} in any order, separated by commas`;
    throw new InputError({ path, line: 1 }, `the header has no column ${missing.join(', ')}; ${all}`);
  }
  const others = columns.filter((name) => !KNOWN.has(name) && !/^note/i.test(name));
  const unreadable = createUnreadableMatch();
  const policies = new Map<string, PolicyVersion>();
  let emptyRows = 0;
  for (const row of rows) {
    if ([...row.cells.values()].every((cell) => cell === '') && row.problem === null) {
      emptyRows += 1;
      continue;
    }
    const id = row.cells.get('policy') || 'unnamed';
    const version = policies.get(id) ?? { id, path, at, items: [] };
    policies.set(id, version);
    version.items.push(readCsvRule(row, { path, others, unreadable, diagnostics }));
  }
  for (const name of others) reportColumn(name, rows.filter((row) => (row.cells.get(name) ?? '') !== '').length, path, diagnostics);
  return { document, policies: [...policies.values()], emptyRows };
}

function reportColumn(name: string, count: number, path: string, diagnostics: Diagnostic[]): void {
  if (count === 0) return;
  const message = `the column "${shorten(name)}" is a condition that nobody can evaluate, so that its ${count} rules are partly unknown; call it "note …" if it is none`;
  diagnostics.push({ severity: 'warning', code: 'UNKNOWN_COLUMN', message, path, count });
}

function refuseSameDate(versions: readonly PolicyVersion[]): void {
  for (const [index, version] of versions.entries()) {
    const twin = versions.slice(0, index).find(({ at }) => at === version.at);
    if (twin === undefined) continue;
    throw new InputError(
      version.path,
      `the policy "${version.id}" also stands in ${twin.path}, and the order of their rules is not known; put them into one file, or date two exports with PATH@T`,
    );
  }
}

function toPolicy(versions: readonly PolicyVersion[], defaultAction: Action, isCurrent: Set<CsvRule>): Policy {
  const history = traceHistory(versions, (item) => item.key);
  const { items } = history.newest;
  const newest = versions.find((version) => version.items === items);
  const id = newest?.id ?? '';
  const kept = new Set(items.map((item) => item.key));
  for (const item of versions.flatMap((version) => version.items)) {
    if (kept.has(item.key)) isCurrent.add(item);
  }
  const ids = new Map<string, number>();
  return {
    id,
    name: id,
    format: 'rules-csv',
    evaluation: 'first-match',
    stateful: true,
    defaultAction,
    direction: null,
    rules: items.map((item, rank) => toRule(item, uniqueId(ids, item.id || String(rank + 1)), rank, history.presenceOf(item.key))),
    // Where they stood among today's rules is not known; in front, they may have decided anything.
    retiredRules: history.retired.map(({ item, presence }, index) => toRule(item, `retired-${index + 1}`, -0.5, presence)),
    attachments: null,
    interfaceBound: false,
    unlogged: [],
    untrackedWhenOpen: false,
    snapshots: history.snapshots,
    scope: { account: '', network: '', nativeId: id },
    sourceRef: items[0]?.sourceRef ?? { path: newest?.path ?? '' },
  };
}

function uniqueId(taken: Map<string, number>, name: string): string {
  const copy = (taken.get(name) ?? 0) + 1;
  taken.set(name, copy);
  const id = copy === 1 ? name : `${name}#${copy}`;
  // A row may really be called `7#2`.
  return copy === 1 || !taken.has(id) ? id : uniqueId(taken, name);
}

function toCount({ document, policies, emptyRows }: Table, isCurrent: ReadonlySet<CsvRule>): DocumentCount {
  const items = policies.flatMap((policy) => policy.items);
  const accepted = items.filter((item) => isCurrent.has(item)).length;
  const skipped = { EMPTY_ROW: emptyRows, SUPERSEDED_EXPORT: items.length - accepted };
  return {
    path: document.path,
    role: 'rules',
    at: document.at,
    records: items.length + emptyRows,
    accepted,
    skippedByReason: Object.fromEntries(Object.entries(skipped).filter(([, count]) => count > 0)),
  };
}
