import type { Explanation } from '../../model/explanation.ts';
import { type Paint, painter } from '../renderers/text-paint.ts';
import { packetLines } from './packet-text.ts';
import { findingLines, ruleLines } from './rule-text.ts';

export const EXPLANATION_FORMATS = ['text', 'json'] as const;
export type ExplanationFormat = (typeof EXPLANATION_FORMATS)[number];

/** An explanation as text for a terminal (`width` columns, at least 60), or as the whole document. The same explanation gives the same text. */
export function renderExplanation(
  explanation: Explanation,
  format: ExplanationFormat,
  options: { readonly color: boolean; readonly width: number },
): string {
  if (format === 'json') return `${JSON.stringify(explanation, null, 2)}\n`;
  return `${linesOf(explanation, painter(options.color), Math.max(60, options.width)).join('\n')}\n`;
}

function linesOf(explanation: Explanation, paint: Paint, width: number): string[] {
  switch (explanation.subject) {
    case 'packet':
      return packetLines(explanation, paint, width);
    case 'rule':
      return ruleLines(explanation, paint, width);
    case 'finding':
      return findingLines(explanation, paint, width);
  }
}
