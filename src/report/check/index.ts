import type { CheckResult } from '../../model/check-result.ts';
import { UsageError } from '../../model/errors.ts';
import { checkAnnotations } from './annotations.ts';
import { checkJunit } from './junit.ts';
import { checkMarkdown } from './markdown.ts';
import { checkText } from './text.ts';

export { checkState, failingItems } from './check-state.ts';
export { itemTitle } from './item-words.ts';

export const CHECK_FORMATS = ['text', 'json', 'md', 'github', 'junit'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

/** The result of a check for people and programs; `color` and `width` (columns, at least 60) are for `text` only. The same result gives the same text. */
export function renderCheck(
  result: CheckResult,
  format: CheckFormat,
  options: { readonly color: boolean; readonly width: number },
): string {
  switch (format) {
    case 'text':
      return checkText(result, options);
    case 'json':
      return `${JSON.stringify(result, null, 2)}\n`;
    case 'md':
      return checkMarkdown(result);
    case 'github':
      return checkAnnotations(result);
    case 'junit':
      return checkJunit(result);
  }
}

const BY_SUFFIX: Readonly<Record<string, CheckFormat>> = { '.txt': 'text', '.json': 'json', '.md': 'md', '.xml': 'junit' };

/**
 * What a file of this name holds.
 * @throws {UsageError} when the suffix is none of ours
 */
export function checkFormatOfFile(path: string): CheckFormat {
  const [suffix = ''] = /\.[^./\\]+$/.exec(path.toLowerCase()) ?? [];
  const format = Object.hasOwn(BY_SUFFIX, suffix) ? BY_SUFFIX[suffix] : undefined;
  if (format !== undefined) return format;
  throw new UsageError(`no report is known for the file name "${path}"; end it in ${Object.keys(BY_SUFFIX).join(', ')}`);
}
