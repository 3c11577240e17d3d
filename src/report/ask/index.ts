import type { PolicyDiff } from '../../model/policy-diff.ts';
import type { QueryAnswer } from '../../model/query-answer.ts';
import type { RequestAnswer } from '../../model/request-answer.ts';
import { painter } from '../renderers/text-paint.ts';
import { diffMarkdown } from './diff-markdown.ts';
import { diffLines } from './diff-text.ts';
import { queryCsv } from './query-csv.ts';
import { queryLines } from './query-text.ts';
import { requestLines } from './request-text.ts';

export { countKinds } from './diff-words.ts';
export { describePart } from './packet-part.ts';
export { describePoints } from './query-text.ts';

export const QUERY_FORMATS = ['text', 'json', 'csv'] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

export const DIFF_FORMATS = ['text', 'json', 'md'] as const;
export type DiffFormat = (typeof DIFF_FORMATS)[number];

export const REQUEST_FORMATS = ['text', 'json'] as const;
export type RequestFormat = (typeof REQUEST_FORMATS)[number];

/** For a terminal of `width` columns, at least 60; other formats do not look at it. The same answer gives the same text. */
interface TextOptions {
  readonly color: boolean;
  readonly width: number;
}

export function renderQuery(answer: QueryAnswer, format: QueryFormat, options: TextOptions): string {
  if (format === 'csv') return queryCsv(answer);
  return format === 'json' ? toJson(answer) : toText(queryLines(answer, painter(options.color), widthOf(options)));
}

export function renderDiff(diff: PolicyDiff, format: DiffFormat, options: TextOptions): string {
  if (format === 'md') return diffMarkdown(diff);
  return format === 'json' ? toJson(diff) : toText(diffLines(diff, painter(options.color), widthOf(options)));
}

export function renderRequest(answer: RequestAnswer, format: RequestFormat, options: TextOptions): string {
  return format === 'json' ? toJson(answer) : toText(requestLines(answer, painter(options.color), widthOf(options)));
}

function widthOf({ width }: TextOptions): number {
  return Math.max(60, width);
}

function toText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function toJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
