import type { Diagnostic } from '../model/diagnostic.ts';
import type { RuleBase } from '../model/policy.ts';

/** A file of rules or inventories, whole. */
export interface SourceDocument {
  /** As the user named it: relative paths stay relative. */
  readonly path: string;
  readonly text: string;
  /** From `PATH@T`, epoch seconds; null when undated. */
  readonly at: number | null;
}

/** What one document held. records = accepted + Σ skippedByReason. */
export interface DocumentCount {
  readonly path: string;
  /** `inventory` when the document holds no rule at all. */
  readonly role: 'rules' | 'inventory';
  readonly at: number | null;
  readonly records: number;
  readonly accepted: number;
  readonly skippedByReason: Readonly<Record<string, number>>;
}

export interface ReadOptions {
  /** For sources that state no default. */
  readonly defaultAction: 'permit' | 'deny' | null;
}

/** Rules of one platform as read from all its documents together, with a count for each document, in the given order. */
export interface ReadRules extends Omit<RuleBase, 'diagnostics'> {
  readonly diagnostics: readonly Diagnostic[];
  readonly documents: readonly DocumentCount[];
}

/** How a user gets the files: read-only commands of the vendor's own tool. */
export interface VendorCommand {
  readonly produces: string;
  readonly command: string;
}

/** A platform's rule exports and inventories. */
export interface RuleFormat {
  readonly name: string;
  readonly title: string;
  readonly vendorCommands: readonly VendorCommand[];
  /** Whether the text, or its beginning, is one of the documents of this format. By content, never by file name. */
  sniff(text: string): boolean;
  /**
   * Reads all documents of the format together, because they complete each other (rules, interfaces, prefix lists, older exports).
   * @throws {InputError} when a document is broken as a whole; what is wrong with a part of it is a diagnostic and a rule that is not evaluable
   */
  read(documents: readonly SourceDocument[], options: ReadOptions): ReadRules;
}
