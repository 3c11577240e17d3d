import type { VendorCommand } from './ingest/format.ts';
import { FLOW_FORMATS } from './ingest/formats/flow-formats.ts';
import { ruleFormats } from './ingest/formats/index.ts';

/** One format that rulesweep reads. */
export interface FormatListing {
  /** As in `--rules NAME=PATH` and `--flows NAME=PATH`. */
  readonly name: string;
  readonly title: string;
  /** The options that take it. */
  readonly options: readonly string[];
  /** Read-only commands of the vendor's own tool that produce the files; empty where the files are made by hand. */
  readonly vendorCommands: readonly VendorCommand[];
}

/** Everything that can be read, rule exports first, in the order of the lists. */
export function listFormats(): readonly FormatListing[] {
  const describe = (options: readonly string[]) => (format: Omit<FormatListing, 'options'>) => ({
    name: format.name,
    title: format.title,
    options,
    vendorCommands: format.vendorCommands,
  });
  return [...ruleFormats.map(describe(['--rules', '--inventory'])), ...FLOW_FORMATS.map(describe(['--flows']))];
}
