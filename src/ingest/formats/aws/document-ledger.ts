import type { DocumentCount, SourceDocument } from '../../format.ts';

/** Counts what became of every record of every document, so that records = accepted + skipped by reason. */
export class DocumentLedger {
  readonly #entries: LedgerEntry[];

  constructor(documents: readonly SourceDocument[]) {
    this.#entries = documents.map(({ path, at }) => ({ path, at, holdsRules: false, accepted: 0, skipped: new Map() }));
  }

  accept(document: number, count = 1): void {
    this.#entry(document).accepted += count;
  }

  skip(document: number, reason: string, count = 1): void {
    const { skipped } = this.#entry(document);
    if (count > 0) skipped.set(reason, (skipped.get(reason) ?? 0) + count);
  }

  /** The document is a rule export, even if it holds no rule. */
  markAsRules(document: number): void {
    this.#entry(document).holdsRules = true;
  }

  toCounts(): DocumentCount[] {
    return this.#entries.map(({ path, at, holdsRules, accepted, skipped }) => ({
      path,
      role: holdsRules ? 'rules' : 'inventory',
      at,
      records: [...skipped.values()].reduce((sum, count) => sum + count, accepted),
      accepted,
      skippedByReason: Object.fromEntries([...skipped].sort(([a], [b]) => (a < b ? -1 : 1))),
    }));
  }

  #entry(document: number): LedgerEntry {
    const entry = this.#entries[document];
    if (entry === undefined) throw new RangeError(`no document ${document}`);
    return entry;
  }
}

interface LedgerEntry {
  readonly path: string;
  readonly at: number | null;
  holdsRules: boolean;
  accepted: number;
  readonly skipped: Map<string, number>;
}
