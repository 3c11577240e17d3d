import type { Diagnostic } from '../../../model/diagnostic.ts';
import type { UnreadableMatch } from '../../unreadable-rules.ts';
import type { DocumentLedger } from './document-ledger.ts';
import type { AwsRecord, AwsRecords } from './documents.ts';

/** What the readers of one run share: the records found, the count of what became of each, and what people must know. */
export interface Reading {
  readonly records: AwsRecords;
  readonly ledger: DocumentLedger;
  readonly unreadable: UnreadableMatch;
  report(severity: Diagnostic['severity'], code: string, path: string | null, message: string): void;
}

/** Records by the date of their export, oldest first, the undated ones last. */
export function byDate(records: readonly AwsRecord[]): readonly { readonly at: number | null; readonly records: readonly AwsRecord[] }[] {
  const groups = new Map<number | null, AwsRecord[]>();
  for (const record of records) {
    const group = groups.get(record.at);
    if (group === undefined) groups.set(record.at, [record]);
    else group.push(record);
  }
  return [...groups].map(([at, group]) => ({ at, records: group })).sort((a, b) => orderOfDate(a.at) - orderOfDate(b.at));
}

/** For sorting: an undated export counts as the newest. */
export function orderOfDate(at: number | null): number {
  return at ?? Number.MAX_SAFE_INTEGER;
}
