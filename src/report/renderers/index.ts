import { UsageError } from '../../model/errors.ts';
import { findingsArrow, rulesArrow } from './arrow.ts';
import { findingsCsv, findingsRawCsv } from './findings-csv.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { jsonl } from './jsonl.ts';
import { mapCsv } from './map-csv.ts';
import { markdown } from './markdown.ts';
import type { Renderer, TextRenderer } from './renderer.ts';
import { rulesCsv, rulesRawCsv } from './rules-csv.ts';
import { text } from './text.ts';

export { PLAIN_TEXT, type Renderer } from './renderer.ts';

/** Every way to present a result. */
export const renderers: readonly Renderer[] = [
  text,
  json,
  jsonl,
  findingsCsv,
  findingsRawCsv,
  rulesCsv,
  rulesRawCsv,
  mapCsv,
  markdown,
  html,
  rulesArrow,
  findingsArrow,
];

/**
 * The renderer for a file name: `x.html`, `rules.csv` (any name that ends in it), `x.csv` (findings), `x.raw.csv`. The longest suffix decides.
 * @throws {UsageError} when no suffix fits
 */
export function rendererForSuffix(path: string): Renderer {
  const lower = path.toLowerCase();
  let best: Renderer | null = null;
  let bestLength = 0;
  for (const renderer of renderers) {
    for (const suffix of renderer.suffixes) {
      if (!lower.endsWith(suffix) || suffix.length <= bestLength) continue;
      best = renderer;
      bestLength = suffix.length;
    }
  }
  if (best !== null) return best;
  const known = renderers.flatMap((renderer) => renderer.suffixes).join(', ');
  throw new UsageError(`no report is known for the file name "${path}"; end it in one of ${known}`);
}

/** What `--format` names. */
export type OutputFormat = 'text' | 'json' | 'jsonl' | 'csv' | 'md';

const BY_FORMAT: Readonly<Record<OutputFormat, TextRenderer>> = { text, json, jsonl, csv: findingsCsv, md: markdown };

export const OUTPUT_FORMATS = Object.keys(BY_FORMAT) as readonly OutputFormat[];

export function rendererForFormat(format: OutputFormat): TextRenderer {
  return BY_FORMAT[format];
}
