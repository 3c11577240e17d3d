import type { ProgressEvent } from '../../audit-request.ts';
import type { Input } from '../../model/audit-result.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { InterruptedError, UsageError } from '../../model/errors.ts';
import type { ConversationBatch, CoverageFacts, FlowDictionary, Window } from '../../model/flow.ts';
import type { Store } from '../../store/database.ts';
import { resolveAddresses } from './addresses.ts';
import {
  ATTACHMENTS,
  carryRoles,
  clearMissingAttachments,
  findRefusedReplies,
  IS_CONVERSATION,
  mergeConversations,
  NAMED_RULES,
  streamConversations,
} from './conversations.ts';
import { coverageDays, loggedDays, type SeenFields, seenFields } from './coverage.ts';
import { countingDiagnostics, inputsOf } from './inputs.ts';
import { countIdenticalRecords } from './overlap.ts';
import type { RollUpShape } from './rollup.ts';
import { ROLLED, scanFlows } from './scan.ts';
import { type FlowFile, type FlowSource, fieldsOf, hashSources, inspectFlowSources, isRead } from './sources.ts';

export type { FlowFile } from './sources.ts';

export interface LoadFlowsOptions {
  /** Half-open limits on the start of records, epoch seconds; null: none. Records without any time are inside. */
  readonly from: number | null;
  readonly to: number | null;
  readonly onProgress: (event: ProgressEvent) => void;
  readonly signal: AbortSignal | null;
}

/** Flow logs, rolled up to conversations inside the store they were loaded into. */
export interface LoadedFlows {
  /** One for each file, in path order, with role `flows`. */
  readonly inputs: readonly Input[];
  /** As asked for, else the whole UTC days from the first start to the last end; null when no record was accepted or none has a time. */
  readonly window: Window | null;
  readonly coverage: CoverageFacts;
  readonly dictionary: FlowDictionary;
  /** What some accepted records do not carry although it matters to them. */
  readonly unseen: SeenFields['unseen'];
  /** Files that were left out whole. */
  readonly unreadable: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Every conversation once, in batches of at most 65,536 rows, IPv4 first; the order inside a family is not defined. May be called again. */
  conversations(): AsyncIterable<ConversationBatch>;
}

/**
 * Loads flow logs into the store, which holds one load at a time.
 *
 * Records are never lost: for each file, records = accepted + skipped by reason. Files of equal content count once; a file that cannot be read whole is
 * left out whole and noted in the coverage.
 *
 * @throws {InputError} when a file is missing, of unknown format or without the columns needed
 * @throws {InterruptedError} when the signal is aborted
 */
export async function loadFlows(store: Store, files: readonly FlowFile[], options: LoadFlowsOptions): Promise<LoadedFlows> {
  if (options.from !== null && options.to !== null && options.from >= options.to) {
    throw new UsageError(`the window is empty: from ${options.from} to ${options.to} (epoch seconds); the start must lie before the end`);
  }
  const diagnostics: Diagnostic[] = [];
  const limits = { from: options.from, to: options.to };
  const sources = await inspectFlowSources(store, files, diagnostics);
  stopIfAborted(options.signal);
  const hashing = hashSources(sources);
  hashing.catch(() => {}); // its failure is met below, unless reading fails before
  const scanned = await scanFlows(store, sources, limits, diagnostics, options.onProgress);
  stopIfAborted(options.signal);
  const unreadable = sources.filter((source) => scanned.broken.has(source.number));
  if (scanned.rows === null) return nothingRead(sources, scanned.broken, unreadable, diagnostics, await hashing);

  const resolved = await resolveAddresses(store, scanned);
  const joined = await clearMissingAttachments(store);
  if (scanned.needsMerge || resolved.needsMerge || joined) await mergeConversations(store, scanned.shape);
  if (hasFlags(sources)) await carryRoles(store);
  await findRefusedReplies(store);
  const logged = await loggedDays(store);
  const seen = seenFields(logged, limits);
  await numberNames(store, ATTACHMENTS, seen.attachments, 0);
  const dictionary = {
    attachments: seen.attachments,
    ipv6Addresses: resolved.ipv6Addresses,
    namedRules: scanned.shape.named ? await namedRules(store) : [],
  };
  const counted = { sources, hashes: await hashing, counts: resolved.counts, broken: scanned.broken, emptyLines: scanned.emptyLines };
  const inputs = inputsOf(counted);
  const accepted = inputs.reduce((sum, input) => sum + input.accepted, 0);
  diagnostics.push(...identicalRecords(await countIdenticalRecords(store, scanned.rows, scanned.shape, accepted)));
  diagnostics.push(...countingDiagnostics(counted, inputs, resolved.unreadTrueAddresses));
  return {
    inputs,
    window: seen.window,
    coverage: {
      days: coverageDays(logged),
      unreadFiles: unreadable.map(unreadFile),
      loggedActions: seen.loggedActions,
      rejectOnly: seen.rejectOnly,
      ...countUnread(inputs),
    },
    dictionary,
    unseen: seen.unseen,
    unreadable: unreadable.length,
    diagnostics,
    conversations: () => streamConversations(store, scanned.shape satisfies RollUpShape),
  };
}

function identicalRecords(count: number | null): readonly Diagnostic[] {
  if (count === null || count === 0) return [];
  const message = `${count} ${count === 1 ? 'record equals' : 'records equal'} another one of the same flow log in every field; all were counted, because they may be connections that look the same`;
  return [{ severity: 'info', code: 'IDENTICAL_LINES', message, count }];
}

function stopIfAborted(signal: AbortSignal | null): void {
  if (signal?.aborted === true) throw new InterruptedError('interrupted while flow logs were read');
}

/** A file of S3 delivery holds the records that ended in the five minutes its name tells. */
function unreadFile(source: FlowSource): CoverageFacts['unreadFiles'][number] {
  return { path: source.path, from: source.slot, to: source.slot === null ? null : source.slot + 300 };
}

function countUnread(inputs: readonly Input[]): Pick<CoverageFacts, 'unreadRecords' | 'records'> {
  const unread = inputs
    .flatMap(({ skippedByReason }) => Object.entries(skippedByReason))
    .filter(([reason]) => reason.startsWith('MALFORMED'));
  return {
    unreadRecords: unread.reduce((sum, [, count]) => sum + count, 0),
    records: inputs.reduce((sum, { records }) => sum + records, 0),
  };
}

function nothingRead(
  sources: readonly FlowSource[],
  broken: ReadonlyMap<number, string>,
  unreadable: readonly FlowSource[],
  diagnostics: Diagnostic[],
  hashes: readonly string[],
): LoadedFlows {
  const counted = { sources, hashes, counts: new Map(), broken, emptyLines: new Map() };
  const inputs = inputsOf(counted);
  return {
    inputs,
    window: null,
    coverage: {
      days: [],
      unreadFiles: unreadable.map(unreadFile),
      loggedActions: { accept: false, reject: false },
      rejectOnly: [],
      unreadRecords: 0,
      records: 0,
    },
    dictionary: { attachments: [], ipv6Addresses: [], namedRules: [] },
    unseen: { sourcePort: false, destinationPort: false, protocol: false, time: false },
    unreadable: unreadable.length,
    diagnostics: [...diagnostics, ...countingDiagnostics(counted, inputs, 0)],
    conversations: async function* () {},
  };
}

/** Whether roles can be carried over at all. */
function hasFlags(sources: readonly FlowSource[]): boolean {
  return sources.some((source) => isRead(source) && fieldsOf(source).tcpFlags !== null);
}

/** Rules that the logs themselves name, sorted; 0 is kept for none. */
async function namedRules(store: Store): Promise<readonly string[]> {
  const rows = await store.rows(
    `SELECT DISTINCT named_rule AS name FROM ${ROLLED} WHERE ${IS_CONVERSATION} AND named_rule <> '' ORDER BY name`,
  );
  const names = rows.map((row) => String(row['name']));
  await numberNames(store, NAMED_RULES, names, 1);
  return names;
}

/** A table that the hand-over joins to turn names into numbers. */
async function numberNames(store: Store, table: string, names: readonly string[], first: number): Promise<void> {
  await store.run(`CREATE OR REPLACE TABLE ${table} (name VARCHAR, id UINTEGER)`);
  await store.append(
    table,
    ['text', 'uint32'],
    names.map((name, index) => [name, index + first]),
  );
}
