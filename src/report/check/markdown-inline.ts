import { markdownText } from '../escape/markdown-escape.ts';
import { fitText } from '../escape/visible-text.ts';

/** Text inside a Markdown line, read literally; at most `most` characters before the escape, the last one `…` when something is missing. */
export function inline(text: string, most: number): string {
  return markdownText(fitText(text, most));
}
