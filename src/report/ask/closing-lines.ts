import { wrapText } from '../escape/visible-text.ts';
import type { Paint } from '../renderers/text-paint.ts';

/** Why an answer is not whole, so that nobody takes silence in it for an answer; nothing where it is. */
export function incompleteLines(
  answer: { readonly complete: boolean; readonly incompleteBecause: readonly string[] },
  paint: Paint,
  width: number,
): string[] {
  if (answer.complete) return [];
  return [
    paint.red(paint.bold('INCOMPLETE: this answer is missing something.')),
    ...answer.incompleteBecause.flatMap((reason) => bullet(reason, '  - ', width)),
  ];
}

export function noteLines(notes: readonly string[], paint: Paint, width: number): string[] {
  if (notes.length === 0) return [];
  return ['', paint.bold('Notes'), ...notes.flatMap((note) => bullet(note, '  - ', width))];
}

/** A sentence behind a mark, its further lines below its first word. */
export function bullet(sentence: string, mark: string, width: number): string[] {
  return wrapText(sentence, width - mark.length, 8).map((line, index) => `${index === 0 ? mark : ' '.repeat(mark.length)}${line}`);
}
