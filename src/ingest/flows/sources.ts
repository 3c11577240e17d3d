import type { Diagnostic } from '../../model/diagnostic.ts';
import { InputError, UsageError } from '../../model/errors.ts';
import { type Store, sqlName, sqlText } from '../../store/database.ts';
import { FLOW_FORMATS } from '../formats/flow-formats.ts';
import { hashFile, type InspectedFile, inspectFlowFile } from './file.ts';
import type { FlowFields, FlowFileHead, FlowFormat, FlowLayout, ReaderSource } from './format.ts';
import { damageOf, tallyLines } from './line-tally.ts';
import { type RowScan, readEveryLine } from './rows.ts';

/** A flow log file as the user named it. */
export interface FlowFile {
  /** As shown to the user; relative paths stay relative. */
  readonly path: string;
  /** Name of a flow format, when the user forces one; null: by content. */
  readonly format: string | null;
}

/** A file and what is to be done with it. */
export type FlowSource = InspectedFile & {
  /** SHA-256, where it was needed to find files of equal content; else null. */
  readonly sha256: string | null;
  /** Place in path order, from 0. */
  readonly number: number;
  /** Flow log id and time slot, from the name that S3 delivery gives; empty and null elsewhere. */
  readonly flowLog: string;
  readonly slot: number | null;
  readonly fate:
    | {
        readonly kind: 'read';
        readonly format: FlowFormat;
        readonly layout: FlowLayout;
        readonly lineEnd: 1 | 2;
        readonly headerBytes: number;
      }
    | { readonly kind: 'duplicate'; readonly of: number }
    | { readonly kind: 'broken'; readonly reason: string };
};

/**
 * Looks into every file, in path order: how it is packed, which format and layout it has. Files of equal content are read once.
 * @throws {InputError} when a file is missing, of no format we know, or lacks needed columns
 */
export async function inspectFlowSources(
  store: Store,
  files: readonly FlowFile[],
  diagnostics: Diagnostic[],
): Promise<readonly FlowSource[]> {
  const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
  const inspected: InspectedFile[] = [];
  const sameSize = new Map<number, number>();
  for (const file of sorted) {
    const one = await inspectFlowFile(file.path);
    inspected.push(one);
    sameSize.set(one.size, (sameSize.get(one.size) ?? 0) + 1);
  }
  const numberOfHash = new Map<string, number>();
  const parquetTypes = new Map<string, ReadonlyMap<string, string>>();
  const sources: FlowSource[] = [];
  for (const [number, file] of inspected.entries()) {
    // Only files of one size can be equal: the others are hashed later, while the database works.
    const sha256 = (sameSize.get(file.size) ?? 0) > 1 ? await hashFile(file.path) : null;
    // The beginning of the text has told all it can; thousands of them would fill the memory.
    const base = { ...file, headText: '', number, sha256, ...deliveryName(file.path) };
    const before = sha256 === null ? undefined : numberOfHash.get(sha256);
    if (sha256 !== null && before === undefined) numberOfHash.set(sha256, number);
    if (before !== undefined) {
      diagnostics.push(duplicateOf(file.path, sources[before]?.path ?? ''));
      sources.push({ ...base, fate: { kind: 'duplicate', of: before } });
    } else if (file.broken !== null) sources.push({ ...base, fate: { kind: 'broken', reason: file.broken } });
    else sources.push({ ...base, fate: await recogniseOrBroken(store, file, sorted[number]?.format ?? null, parquetTypes) });
  }
  return sources;
}

function duplicateOf(path: string, first: string): Diagnostic {
  return { severity: 'info', code: 'DUPLICATE_FILE', path, message: `the file has the same content as ${first} and was not read again` };
}

/** The hashes of all files, in path order. */
export async function hashSources(sources: readonly FlowSource[]): Promise<readonly string[]> {
  const hashes: string[] = [];
  for (const source of sources) hashes.push(source.sha256 ?? (await hashFile(source.path)));
  return hashes;
}

/** `…_fl-0dcb_20220221T1955Z_7fe2.log.gz` */
function deliveryName(path: string): { flowLog: string; slot: number | null } {
  const match = /_(fl-[0-9a-z]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_/.exec(path);
  if (match === null) return { flowLog: '', slot: null };
  const [, flowLog = '', year, month, day, hour, minute] = match;
  return { flowLog, slot: Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)) / 1000 };
}

/** A gzip file whose beginning says nothing may be cut off: then that is what is wrong with it. */
async function recogniseOrBroken(...[store, file, forced, parquetTypes]: Parameters<typeof recognise>): Promise<FlowSource['fate']> {
  try {
    return await recognise(store, file, forced, parquetTypes);
  } catch (cause) {
    if (!(cause instanceof InputError) || file.container !== 'gzip') throw cause;
    const whole = await tallyLines(file.path, 'gzip');
    if (whole.ok) throw cause;
    return { kind: 'broken', reason: damageOf('gzip', whole.reason) };
  }
}

async function recognise(
  store: Store,
  file: InspectedFile,
  forced: string | null,
  parquetTypes: Map<string, ReadonlyMap<string, string>>,
): Promise<FlowSource['fate']> {
  const formats = forced === null ? FLOW_FORMATS : FLOW_FORMATS.filter((format) => format.name === forced);
  if (formats.length === 0) {
    throw new UsageError(`there is no flow format "${forced}"; known are ${FLOW_FORMATS.map((format) => format.name).join(', ')}`);
  }
  let head: FlowFileHead;
  try {
    head = await headOf(store, file, parquetTypes);
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'StoreError') return { kind: 'broken', reason: firstSentence(cause.message) };
    throw cause;
  }
  for (const format of formats) {
    const layout = format.layout(head);
    if (layout === null) continue;
    const firstLine = /^[^\r\n]*(\r\n|\n|\r)?/.exec(head.text) ?? ['', ''];
    const headerBytes = layout.reader.kind === 'lines' && layout.reader.headerLines === 1 ? Buffer.byteLength(firstLine[0]) : 0;
    return { kind: 'read', format, layout, lineEnd: firstLine[1] === '\r\n' ? 2 : 1, headerBytes };
  }
  if (forced !== null)
    throw new InputError(file.path, `the file does not look like ${forced}; leave the format away to have it recognised`);
  throw new InputError(
    head.container === 'parquet' ? { path: file.path } : { path: file.path, line: 1 },
    `no flow log format fits: ${head.container === 'parquet' ? `columns ${[...head.parquetColumns.keys()].slice(0, 8).join(', ')}` : `it begins with "${head.text.slice(0, 60).replaceAll(/\s+/g, ' ')}"`}. "rulesweep formats" lists what can be read`,
  );
}

async function headOf(store: Store, file: InspectedFile, parquetTypes: Map<string, ReadonlyMap<string, string>>): Promise<FlowFileHead> {
  const none = new Map<string, string>();
  if (file.container === 'parquet') {
    return { path: file.path, container: 'parquet', text: '', parquetColumns: await parquetColumns(store, file.path, parquetTypes) };
  }
  if (file.container !== 'zstd') return { path: file.path, container: file.container, text: file.headText, parquetColumns: none };
  const lines = await store.rows(
    `SELECT line FROM ${readEveryLine({ files: fileList([file]), compression: 'zstd', largestText: 0 }, 0)} LIMIT 20`,
  );
  return { path: file.path, container: 'zstd', text: lines.map((row) => String(row['line'])).join('\n'), parquetColumns: none };
}

/** Columns with their types; nested ones by path, one level deep. Files of equal schema are described once. */
async function parquetColumns(
  store: Store,
  path: string,
  known: Map<string, ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const file = `read_parquet([${sqlText(globText(path))}], hive_partitioning = false)`;
  const tops = await store.rows(`DESCRIBE SELECT * FROM ${file}`);
  const signature = JSON.stringify(tops.map((row) => [row['column_name'], row['column_type']]));
  const before = known.get(signature);
  if (before !== undefined) return before;
  const columns = new Map<string, string>();
  for (const row of tops) {
    const name = String(row['column_name']);
    const type = String(row['column_type']);
    columns.set(name, type);
    if (!type.startsWith('STRUCT(') || type.endsWith('[]')) continue;
    const quoted = `"${name.replaceAll('"', '""')}"`;
    for (const inner of await store.rows(`DESCRIBE SELECT unnest(${quoted}) FROM ${file}`)) {
      columns.set(`${name}.${String(inner['column_name'])}`, String(inner['column_type']));
    }
  }
  known.set(signature, columns);
  return columns;
}

export type ReadSource = FlowSource & { readonly fate: { readonly kind: 'read' } };

export function isRead(source: FlowSource): source is ReadSource {
  return source.fate.kind === 'read';
}

/** Which fields the records of a file have. */
export function fieldsOf({ fate: { layout } }: ReadSource): FlowFields {
  const { reader } = layout;
  return layout.fields((name) => (reader.kind === 'columns' || reader.fields.includes(name) ? sqlName(name) : null));
}

/** Scans that read the given files: those of equal layout, packing and line ends together. */
export function scansOf(sources: readonly FlowSource[]): readonly RowScan[] {
  const groups = new Map<string, ReadSource[]>();
  for (const source of sources.filter(isRead)) {
    const key = `${source.container} ${source.fate.lineEnd} ${source.fate.layout.key}`;
    groups.set(key, [...(groups.get(key) ?? []), source]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [
      {
        layout: first.fate.layout,
        lineEnd: first.fate.lineEnd,
        fileNumbers: group.map((source) => source.number),
        source: readerSource(group),
      },
    ];
  });
}

function readerSource(group: readonly FlowSource[]): ReaderSource {
  const container = group[0]?.container;
  const largestText = Math.max(...group.map((source) => source.textBytes ?? source.size));
  return { files: fileList(group), compression: container === 'gzip' ? 'gzip' : container === 'zstd' ? 'zstd' : 'none', largestText };
}

export function fileList(files: readonly { readonly path: string }[]): string {
  return `[${files.map((file) => sqlText(globText(file.path))).join(', ')}]`;
}

/** The database expands `*`, `?` and `[` in names; ours are names. */
function globText(path: string): string {
  return path.replaceAll(/[[*?]/g, (character) => `[${character}]`);
}

export function firstSentence(message: string): string {
  return (message.split('\n')[0] ?? '').slice(0, 200);
}
