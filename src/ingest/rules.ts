import type { Input } from '../model/audit-result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { InputError } from '../model/errors.ts';
import type { Attachment, NamedNetwork, Policy, RuleBase } from '../model/policy.ts';
import type { DocumentCount, ReadOptions, ReadRules, RuleFormat, SourceDocument } from './format.ts';
import { ruleFormats } from './formats/index.ts';
import { type ReadDocument, readDocument } from './read-document.ts';
import type { SourceFile } from './sources.ts';

export interface RuleSources {
  readonly ruleBase: RuleBase;
  /** One for each file, in the given order. */
  readonly inputs: readonly Input[];
}

/**
 * Reads rule exports and inventories together, because they complete each other: each document is recognised by its content (or by the format the
 * user forced), and every format reads all of its documents at once. A file given twice is read once and counted as a duplicate.
 *
 * @param files of `--rules` and `--inventory` alike; none at all gives an empty rule base
 * @throws {InputError} when a file is unreadable, empty, of no known format, or when two formats claim one policy
 */
export async function readRuleSources(files: readonly SourceFile[], options: ReadOptions): Promise<RuleSources> {
  const sources: Source[] = [];
  for (const file of files) {
    const read = await readDocument(file);
    sources.push({ ...read, format: chooseFormat(file, read.document.text), copyOf: findCopy(sources, read) });
  }
  const results = ruleFormats.flatMap((format) => readFormat(format, sources, options));
  const counts = new Map(results.flatMap((result) => [...result.counts]));
  return {
    ruleBase: mergeRuleBases(
      results.map((result) => result.read),
      sources.flatMap((source) => source.diagnostics.concat(source.copyOf === null ? [] : [duplicateFile(source, source.copyOf)])),
    ),
    inputs: sources.map((source) => toInput(source, counts.get(source.copyOf ?? source))),
  };
}

interface Source extends ReadDocument {
  readonly format: RuleFormat;
  /** The earlier source with the same bytes and date. */
  readonly copyOf: Source | null;
}

function findCopy(earlier: readonly Source[], read: ReadDocument): Source | null {
  return (
    earlier.find((source) => source.copyOf === null && source.sha256 === read.sha256 && source.document.at === read.document.at) ?? null
  );
}

function chooseFormat(file: SourceFile, text: string): RuleFormat {
  const forced = file.format === null ? undefined : ruleFormats.find((format) => format.name === file.format);
  const format = forced ?? ruleFormats.find((candidate) => candidate.sniff(text));
  if (format !== undefined) return format;
  const names = ruleFormats.map((candidate) => candidate.name).join(', ');
  throw new InputError(
    file.path,
    `not a rule export or inventory that is known: it holds ${describeContent(text)}. Tried: ${names}. "rulesweep formats" shows how to produce them`,
  );
}

/** What a person sees on opening the file, for an error message. */
function describeContent(text: string): string {
  const start = text.trimStart();
  if (start.includes('\0')) return 'binary data';
  const keys = [...start.slice(0, 100_000).matchAll(/^ {0,4}"([^"\n]{1,40})"\s*:/gm)].slice(0, 5).map((match) => match[1]);
  if (start.startsWith('{') || start.startsWith('[')) return `JSON${keys.length === 0 ? '' : ` with the keys ${keys.join(', ')}`}`;
  const [line = ''] = start.split(/\r?\n/, 1);
  return `text that begins with "${line.slice(0, 80)}"`;
}

interface FormatResult {
  readonly read: ReadRules;
  readonly counts: ReadonlyMap<Source, DocumentCount>;
}

function readFormat(format: RuleFormat, sources: readonly Source[], options: ReadOptions): FormatResult[] {
  const own = sources.filter((source) => source.format === format && source.copyOf === null);
  if (own.length === 0) return [];
  const read = format.read(
    own.map((source): SourceDocument => source.document),
    options,
  );
  const counts = new Map<Source, DocumentCount>();
  for (const [index, source] of own.entries()) {
    const count = read.documents[index];
    if (count === undefined) throw new Error(`format ${format.name} gave ${read.documents.length} counts for ${own.length} documents`);
    counts.set(source, count);
  }
  return [{ read, counts }];
}

function mergeRuleBases(bases: readonly ReadRules[], diagnostics: readonly Diagnostic[]): RuleBase {
  const policies = bases.flatMap((base) => base.policies).sort(byId);
  for (const [index, policy] of policies.entries()) {
    const before = policies[index - 1];
    if (before?.id === policy.id) throw twoPolicies(before, policy);
  }
  const networks = bases.flatMap((base): readonly NamedNetwork[] => base.networks ?? []).sort(byId);
  return {
    policies,
    attachments: bases.flatMap((base): readonly Attachment[] => base.attachments).sort(byId),
    hasInventory: bases.some((base) => base.hasInventory),
    ...(networks.length === 0 ? {} : { networks }),
    diagnostics: [...diagnostics, ...bases.flatMap((base) => base.diagnostics)],
  };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function twoPolicies(a: Policy, b: Policy): InputError {
  return new InputError(
    b.sourceRef,
    `the policy "${b.id}" (${b.format}) is already defined by ${a.sourceRef.path} (${a.format}); audit the two apart or rename one of them`,
  );
}

function duplicateFile(source: Source, original: Source): Diagnostic {
  const message = `the file has the same content and date as ${original.document.path}; it is read once`;
  return { severity: 'warning', code: 'DUPLICATE_FILE', message, path: source.document.path };
}

function toInput(source: Source, count: DocumentCount | undefined): Input {
  if (count === undefined) throw new Error(`no count for ${source.document.path}`);
  const isCopy = source.copyOf !== null;
  const skippedByReason = isCopy ? (count.records === 0 ? {} : { DUPLICATE_FILE: count.records }) : count.skippedByReason;
  const accepted = isCopy ? 0 : count.accepted;
  const skipped = Object.values(skippedByReason).reduce((sum, some) => sum + some, 0);
  if (count.records !== accepted + skipped) {
    throw new Error(`${source.document.path}: ${count.records} records are not ${accepted} accepted and ${skipped} skipped`);
  }
  return {
    role: count.role,
    path: source.document.path,
    sha256: source.sha256,
    format: source.format.name,
    at: count.at === null ? null : `${new Date(count.at * 1000).toISOString().slice(0, 19)}Z`,
    records: count.records,
    accepted,
    skipped,
    skippedByReason,
  };
}
