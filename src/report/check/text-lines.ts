import { visibleText, wrapText } from '../escape/visible-text.ts';
import { formatQuantity } from '../number-format.ts';

const LABEL_WIDTH = 12;

/** A label and its text, which may take up to eight lines; nothing for an empty text. */
export function fact(label: string, text: string, width: number): string[] {
  if (text === '') return [];
  return wrapText(text, width - LABEL_WIDTH - 2, 8).map((line, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`);
}

/** A label and texts that are never cut or broken, because a person copies them. */
export function copyable(label: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => `  ${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${visibleText(text)}`);
}

export function indented(text: string, indent: string, width: number, lines: number): string[] {
  return wrapText(text, width - indent.length, lines).map((line) => `${indent}${line}`);
}

/** Says how many are not shown and where they are; nothing when all are. */
export function hiddenLines(count: number, one: string, several: string): string[] {
  return count <= 0 ? [] : ['', `${formatQuantity(count, one, several)} not shown: --format json has everything.`];
}
