import type { ProgressEvent } from '../../audit-request.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Store } from '../../store/database.ts';
import { kindCode } from './format.ts';
import { damageOf, tallyLines } from './line-tally.ts';
import { withoutDuplicateDeliveries } from './overlap.ts';
import type { TimeLimits } from './records.ts';
import { type RollUpShape, rollUp } from './rollup.ts';
import { type RowScan, readEveryLine, selectLinesOneByOne, selectRows } from './rows.ts';
import { type FlowSource, fieldsOf, fileList, firstSentence, isRead, scansOf } from './sources.ts';

export const ROLLED = 'rolled_flows';

/** Rows of one file by the code of their kind. */
export type KindCounts = ReadonlyMap<number, number>;

/** What reading came to: the roll-up is in table {@link ROLLED}. */
export interface ScannedFlows {
  /** By file number; no entry for files that were not read. */
  readonly counts: ReadonlyMap<number, KindCounts>;
  /** Files found broken while reading, with the reason. */
  readonly broken: ReadonlyMap<number, string>;
  /** Empty lines of the files that were counted byte by byte; they hold no record, and elsewhere there are none. */
  readonly emptyLines: ReadonlyMap<number, number>;
  /** All rows of all files that were read, as SQL, to look something up again. */
  readonly rows: string | null;
  readonly shape: RollUpShape;
  /** Conversations may occur twice and must be merged. */
  readonly needsMerge: boolean;
}

interface Plan {
  readonly broken: Map<number, string>;
  /** Files that the fast reader does not read reliably: every line by the slow one. */
  readonly lineByLine: Set<number>;
  /** Files with lines that only the slow reader can read; the fast one reads the others. */
  readonly irregular: Set<number>;
  /** Attachments that several flow logs cover, once known. */
  overlapping: readonly string[];
  /** Lines of the files that were counted byte by byte, empty ones apart. */
  readonly tallies: Map<number, { readonly lines: number; readonly emptyLines: number }>;
}

/**
 * Reads every file once and rolls it up. Each file's bytes are then accounted for; where they do not add up (empty lines, repeated blanks, odd bytes,
 * a cut-off file) the file is counted line by line, and read in whatever way makes every line accounted for, or left out whole.
 */
export async function scanFlows(
  store: Store,
  sources: readonly FlowSource[],
  limits: TimeLimits,
  diagnostics: Diagnostic[],
  onProgress: (event: ProgressEvent) => void,
): Promise<ScannedFlows> {
  const plan: Plan = { broken: new Map(), lineByLine: new Set(), irregular: new Set(), overlapping: [], tallies: new Map() };
  for (const source of sources) {
    if (source.fate.kind === 'broken') plan.broken.set(source.number, source.fate.reason);
    else if (isRead(source) && needsFullCheck(source)) await checkWhole(source, plan);
  }
  for (;;) {
    const included = sources.filter((source) => isRead(source) && !plan.broken.has(source.number));
    const shape = shapeOf(sources, included, plan);
    await store.run(`DROP TABLE IF EXISTS ${ROLLED}`);
    if (included.length === 0)
      return { counts: new Map(), broken: plan.broken, emptyLines: new Map(), rows: null, shape, needsMerge: false };
    const rows = rowsOf(included, plan, limits);
    const judge = (all: string): string =>
      shape.copies && shape.flowLogs !== null ? withoutDuplicateDeliveries(all, plan.overlapping, shape.flowLogs) : all;
    try {
      await withProgress(store, onProgress, included.length, () => store.run(`CREATE TABLE ${ROLLED} AS ${rollUp(judge(rows), shape)}`));
    } catch (cause) {
      if (await findUnreadable(store, included, limits, plan)) continue;
      throw cause;
    }
    const knownBefore = new Set(plan.irregular);
    const verdict = await account(store, included, plan, limits, shape);
    if (verdict === 'read again') continue;
    if (plan.overlapping.length === 0 && shape.flowLogs !== null && (await findOverlaps(store, plan, sources, diagnostics))) continue;
    const added = [...plan.irregular].some((number) => !knownBefore.has(number));
    const emptyLines = new Map([...plan.tallies].map(([number, tally]) => [number, tally.emptyLines]));
    return {
      counts: await countsOf(store),
      broken: plan.broken,
      emptyLines,
      rows: judge(rowsOf(included, plan, limits)),
      shape,
      needsMerge: added,
    };
  }
}

/** Containers whose loss the scan would not notice are read to the end beforehand. */
function needsFullCheck(source: FlowSource): boolean {
  if (!isRead(source) || source.container === 'parquet') return false;
  return source.suspect || (source.container === 'gzip' && source.fate.layout.reader.kind !== 'lines');
}

async function checkWhole(source: FlowSource, plan: Plan): Promise<void> {
  if (source.container !== 'plain' && source.container !== 'gzip') return;
  const result = await tallyLines(source.path, source.container);
  if (result.ok) plan.tallies.set(source.number, result.tally);
  else plan.broken.set(source.number, damageOf(source.container, result.reason));
}

function shapeOf(sources: readonly FlowSource[], included: readonly FlowSource[], plan: Plan): RollUpShape {
  const fields = included.filter(isRead).map(fieldsOf);
  const ids = [...new Set(included.map((source) => source.flowLog).filter((id) => id !== ''))].sort();
  return {
    translated: fields.some((each) => each.trueSource !== null || each.trueDestination !== null),
    named: fields.some((each) => each.namedRule !== null),
    weighted: fields.some((each) => each.records !== null),
    // Files without an id belong to no flow log that could overlap another: each other's copies stay.
    flowLogs: ids.length < 2 ? null : sources.map((source) => ids.indexOf(source.flowLog)),
    copies: plan.overlapping.length > 0,
  };
}

function rowsOf(included: readonly FlowSource[], plan: Plan, limits: TimeLimits): string {
  const fast = scansOf(included.filter((source) => !plan.lineByLine.has(source.number)));
  const whole = scansOf(included.filter((source) => plan.lineByLine.has(source.number)));
  const partly = scansOf(included.filter((source) => plan.irregular.has(source.number) && !plan.lineByLine.has(source.number)));
  return [
    ...fast.map((scan) => selectRows(scan, limits)),
    ...whole.map((scan) => selectLinesOneByOne(scan, limits, 'all')),
    ...partly.map((scan) => selectLinesOneByOne(scan, limits, 'irregular')),
  ].join(' UNION ALL ');
}

async function withProgress(
  store: Store,
  onProgress: (event: ProgressEvent) => void,
  files: number,
  work: () => Promise<void>,
): Promise<void> {
  const detail = `reading ${files} flow log file${files === 1 ? '' : 's'}`;
  onProgress({ stage: 'flows', detail, fraction: 0 });
  const timer = setInterval(() => onProgress({ stage: 'flows', detail, fraction: store.progress() }), 500);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
}

/** Errors that no file can cause. */
const OUR_MISTAKE = /^(Binder|Parser|Catalog|Not implemented|Out of Memory|Internal|INTERNAL)/;

/** After a failed scan: reads each file alone and marks those that fail. False when none does. */
async function findUnreadable(store: Store, included: readonly FlowSource[], limits: TimeLimits, plan: Plan): Promise<boolean> {
  let found = false;
  for (const source of included) {
    try {
      await store.rows(`SELECT count(*), max(kind), max(source), max(attachment) FROM (${rowsOf([source], plan, limits)})`);
    } catch (cause) {
      if (!(cause instanceof Error) || cause.name !== 'StoreError' || OUR_MISTAKE.test(cause.message)) throw cause;
      plan.broken.set(source.number, `it cannot be read (${firstSentence(cause.message)})`);
      found = true;
    }
  }
  return found;
}

/** Compares what was read with what the files hold, and inserts the lines that only the slow reader can read. */
async function account(
  store: Store,
  included: readonly FlowSource[],
  plan: Plan,
  limits: TimeLimits,
  shape: RollUpShape,
): Promise<'read again' | 'complete'> {
  const bytes = await bytesOf(store);
  const counts = await countsOf(store);
  const verdicts = new Map<FlowSource, FileVerdict>();
  for (const source of included.filter(isRead)) {
    verdicts.set(source, await judge(store, source, counts.get(source.number) ?? new Map(), bytes.get(source.number) ?? 0, plan));
  }
  const irregular = [...verdicts].filter(([, verdict]) => verdict === 'has irregular lines').map(([source]) => source);
  for (const source of irregular) plan.irregular.add(source.number);
  if ([...verdicts.values()].includes('read again')) return 'read again';
  for (const scan of scansOf(irregular)) await insertIrregular(store, scan, limits, shape);
  return irregular.length > 0 && !(await irregularAddUp(store, irregular, plan)) ? 'read again' : 'complete';
}

type FileVerdict = 'adds up' | 'has irregular lines' | 'read again';

/** Whether every line of a file came, and if not, how it is to be read: noted in the plan. */
async function judge(store: Store, source: FlowSource, kinds: KindCounts, bytes: number, plan: Plan): Promise<FileVerdict> {
  if (!isRead(source) || source.fate.layout.reader.kind !== 'lines') return 'adds up';
  const irregular = kinds.get(kindCode('IRREGULAR')) ?? 0;
  const isReadLineByLine = plan.lineByLine.has(source.number);
  const isSettled = isReadLineByLine || plan.irregular.has(source.number);
  if (!isSettled && irregular === 0 && bytesAddUp(source, bytes)) return 'adds up';
  if (!(await isWhole(store, source, plan))) return 'read again';
  const lines = (plan.tallies.get(source.number)?.lines ?? 0) - source.fate.layout.reader.headerLines;
  const came = [...kinds.values()].reduce((sum, count) => sum + count, 0);
  if (isSettled ? came - irregular === lines : came === lines) return isSettled || irregular === 0 ? 'adds up' : 'has irregular lines';
  if (isReadLineByLine) plan.broken.set(source.number, `${lines} lines were counted but ${came} could be read`);
  else plan.lineByLine.add(source.number);
  return 'read again';
}

async function bytesOf(store: Store): Promise<ReadonlyMap<number, number>> {
  const rows = await store.rows(`SELECT file, sum(records_ba) AS total FROM ${ROLLED} WHERE file IS NOT NULL GROUP BY file`);
  return new Map(rows.map((row) => [Number(row['file']), Number(row['total'])]));
}

/** Whether the slow reader found exactly the lines that the fast one could not read; where not, it shall read them all. */
async function irregularAddUp(store: Store, files: readonly FlowSource[], plan: Plan): Promise<boolean> {
  const counts = await countsOf(store);
  const wrong = files.filter((source) => {
    const kinds = counts.get(source.number) ?? new Map<number, number>();
    const read = [...kinds.values()].reduce((sum, count) => sum + count, 0) - (kinds.get(kindCode('IRREGULAR')) ?? 0);
    const header = isRead(source) && source.fate.layout.reader.kind === 'lines' ? source.fate.layout.reader.headerLines : 0;
    return read !== (plan.tallies.get(source.number)?.lines ?? 0) - header;
  });
  for (const source of wrong) plan.lineByLine.add(source.number);
  return wrong.length === 0;
}

async function insertIrregular(store: Store, scan: RowScan, limits: TimeLimits, shape: RollUpShape): Promise<void> {
  const columns = (await store.rows(`DESCRIBE ${ROLLED}`)).map((row) => String(row['column_name'])).join(', ');
  const rows = selectLinesOneByOne(scan, limits, 'irregular');
  const withCopies = shape.copies ? `SELECT *, 1 AS copies FROM (${rows})` : rows;
  await store.run(`INSERT INTO ${ROLLED} (${columns}) SELECT ${columns} FROM (${rollUp(withCopies, shape)})`);
}

/** A last line without its line end is read like any other. */
function bytesAddUp(source: FlowSource, read: number): boolean {
  if (!isRead(source) || source.textBytes === null) return false;
  const total = (read + source.fate.headerBytes + (source.hasByteOrderMark ? 3 : 0)) % 2 ** 32;
  return total === source.textBytes || total - source.fate.lineEnd === source.textBytes;
}

async function isWhole(store: Store, source: FlowSource, plan: Plan): Promise<boolean> {
  if (plan.tallies.has(source.number)) return true;
  if (source.container === 'zstd') {
    const [row] = await store.rows(
      `SELECT count(*) AS lines FROM ${readEveryLine({ files: fileList([source]), compression: 'zstd', largestText: 0 }, 0)}`,
    );
    plan.tallies.set(source.number, { lines: Number(row?.['lines'] ?? 0), emptyLines: 0 });
    return true;
  }
  await checkWhole(source, plan);
  return plan.tallies.has(source.number);
}

async function countsOf(store: Store): Promise<ReadonlyMap<number, KindCounts>> {
  const counts = new Map<number, Map<number, number>>();
  const rows = await store.rows(
    `SELECT file, k::DOUBLE AS kind, sum(records_ab) AS total FROM ${ROLLED} WHERE file IS NOT NULL GROUP BY ALL ORDER BY ALL`,
  );
  for (const row of rows) {
    const file = Number(row['file']);
    const kinds = counts.get(file) ?? new Map<number, number>();
    kinds.set(Number(row['kind']), Number(row['total']));
    counts.set(file, kinds);
  }
  return counts;
}

/** Attachments with records in several flow logs: only their records are compared one by one. */
async function findOverlaps(store: Store, plan: Plan, sources: readonly FlowSource[], diagnostics: Diagnostic[]): Promise<boolean> {
  const rows = await store.rows(
    `SELECT attachment, list_sort(list(DISTINCT flow_log)) AS logs FROM ${ROLLED} WHERE flow_log >= 0 AND attachment NOT IN ('', '-') GROUP BY attachment HAVING count(DISTINCT flow_log) > 1 ORDER BY attachment`,
  );
  if (rows.length === 0) return false;
  plan.overlapping = rows.map((row) => String(row['attachment']));
  const ids = [...new Set(sources.map((source) => source.flowLog).filter((id) => id !== ''))].sort();
  diagnostics.push({
    severity: 'info',
    code: 'OVERLAPPING_FLOW_LOGS',
    message: `${plan.overlapping.length} interfaces are covered by more than one of the flow logs ${ids.join(', ')}; records that both delivered were counted once`,
    count: plan.overlapping.length,
  });
  return true;
}
