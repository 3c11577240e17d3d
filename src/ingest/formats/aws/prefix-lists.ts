import { type AddressFamily, type AddressRange, formatAddressRange, parseAddressRange } from '../../../model/address.ts';
import type { AwsRecord } from './documents.ts';
import { listField, textField } from './json-fields.ts';
import { byDate, type Reading } from './reading.ts';

export interface PrefixList {
  readonly id: string;
  /** Empty when the export does not say. */
  readonly name: string;
  /** What the list can hold; both families when the export does not say. */
  readonly families: readonly AddressFamily[];
  /** What stands in the list in every export of it; null when no export holds its entries. */
  readonly entries: readonly AddressRange[] | null;
}

/**
 * Reads prefix lists in all three shapes: `describe-prefix-lists` (with addresses), `describe-managed-prefix-lists` (without), and
 * `get-managed-prefix-list-entries` (addresses without the id of their list, unless a wrapper names it).
 */
export function readPrefixLists(reading: Reading): ReadonlyMap<string, PrefixList> {
  const drafts = new Map<string, Draft>();
  for (const { at, records } of byDate(reading.records.of('prefix-list'))) {
    for (const record of records) readList(reading, drafts, record, at);
  }
  const orphans = new Map<string, number>();
  for (const { at, records } of byDate(reading.records.of('prefix-entry'))) {
    for (const record of records) readEntry(reading, drafts, record, at, orphans);
  }
  for (const [path, count] of orphans) {
    const message = `${count} entries do not say which prefix list they belong to; write the id beside them: {"PrefixListId": "pl-…", "Entries": […]}`;
    reading.report('warning', 'PREFIX_LIST_ID_UNKNOWN', path, message);
  }
  return new Map([...drafts].map(([id, draft]) => [id, toPrefixList(id, draft)]));
}

interface Draft {
  name: string;
  family: AddressFamily | null;
  readonly versions: Map<number | null, Map<string, AddressRange>>;
}

function draftOf(drafts: Map<string, Draft>, id: string): Draft {
  const draft = drafts.get(id) ?? { name: '', family: null, versions: new Map() };
  drafts.set(id, draft);
  return draft;
}

function versionOf(draft: Draft, at: number | null): Map<string, AddressRange> {
  const version = draft.versions.get(at) ?? new Map<string, AddressRange>();
  draft.versions.set(at, version);
  return version;
}

function readList(reading: Reading, drafts: Map<string, Draft>, record: AwsRecord, at: number | null): void {
  const id = textField(record.value, 'PrefixListId');
  if (id === '') {
    reading.ledger.skip(record.document, 'NO_ID');
    reading.report('warning', 'NO_ID', record.sourceRef.path, `a prefix list (${record.sourceRef.pointer ?? ''}) has no PrefixListId`);
    return;
  }
  const draft = draftOf(drafts, id);
  draft.name = textField(record.value, 'PrefixListName') || draft.name;
  const family = textField(record.value, 'AddressFamily');
  if (family !== '') draft.family = family.endsWith('6') ? 6 : 4;
  if (Array.isArray(record.value['Cidrs'])) {
    const version = versionOf(draft, at);
    for (const cidr of listField(record.value, 'Cidrs')) addEntry(reading, version, id, String(cidr), record.sourceRef.path);
  }
  reading.ledger.accept(record.document);
}

function readEntry(reading: Reading, drafts: Map<string, Draft>, record: AwsRecord, at: number | null, orphans: Map<string, number>): void {
  if (record.wrapper === '') {
    orphans.set(record.sourceRef.path, (orphans.get(record.sourceRef.path) ?? 0) + 1);
    reading.ledger.skip(record.document, 'PREFIX_LIST_ID_UNKNOWN');
    return;
  }
  const version = versionOf(draftOf(drafts, record.wrapper), at);
  const isRead = addEntry(reading, version, record.wrapper, textField(record.value, 'Cidr'), record.sourceRef.path);
  if (isRead) reading.ledger.accept(record.document);
  else reading.ledger.skip(record.document, 'MALFORMED');
}

function addEntry(reading: Reading, version: Map<string, AddressRange>, list: string, text: string, path: string): boolean {
  const parsed = parseAddressRange(text);
  if (parsed.ok) version.set(formatAddressRange(parsed.range), parsed.range);
  else
    reading.report(
      'warning',
      'ADDRESS_UNREADABLE',
      path,
      `prefix list ${list}: ${parsed.reason}; the entry is left out of what surely matches`,
    );
  return parsed.ok;
}

function toPrefixList(id: string, draft: Draft): PrefixList {
  const [first, ...others] = draft.versions.values();
  const entries =
    first === undefined ? null : [...first].filter(([key]) => others.every((other) => other.has(key))).map(([, range]) => range);
  const seen = new Set([...draft.versions.values()].flatMap((version) => [...version.values()].map(({ family }) => family)));
  const known = draft.family ?? (seen.size === 1 ? [...seen][0] : undefined);
  return { id, name: draft.name, families: known === undefined ? [4, 6] : [known], entries };
}
