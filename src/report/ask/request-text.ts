import type { RequestAnswer } from '../../model/request-answer.ts';
import { wrapText } from '../escape/visible-text.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { incompleteLines, noteLines } from './closing-lines.ts';
import { guardrailLines } from './guardrail-lines.ts';
import { paintPointVerdict, pointLines } from './point-lines.ts';
import { askedLines, describePoints } from './query-text.ts';
import { appendedLines, suggestionLines } from './suggestion-lines.ts';

/** Whether the request is permitted already, by which rules; what would have to change; and what the guardrails say to it. */
export function requestLines(answer: RequestAnswer, paint: Paint, width: number): string[] {
  const { region, verdict, points, guardrails, notes } = answer;
  const decision =
    guardrails === null
      ? 'No guardrails were given: nothing is said about whether it may be granted.'
      : `Guardrails: ${guardrails.decision}`;
  return [
    ...askedLines(region, paint, width),
    ...wrapText(requestSentence(answer), width, 3).map((line) =>
      verdict === null ? paint.yellow(line) : paintPointVerdict(line, verdict, paint),
    ),
    ...wrapText(decision, width, 2),
    ...incompleteLines(answer, paint, width),
    ...points.flatMap((point) => ['', ...pointLines(point, region, paint, width)]),
    ...appendedLines(answer, paint, width),
    ...suggestionLines(answer, paint, width),
    ...guardrailLines(answer, paint, width),
    ...noteLines(notes, paint, width),
  ];
}

/** The answer in one sentence. */
function requestSentence({ verdict, points }: RequestAnswer): string {
  const where = points.length > 1 ? ` (${describePoints(points)})` : '';
  switch (verdict) {
    case null:
      return describePoints([]);
    case 'permitted':
      return `PERMITTED already: every packet passes everywhere it has to${where}.`;
    case 'denied':
      return `DENIED: no packet of it passes${where}.`;
    case 'partly':
      return `PARTLY PERMITTED: some of it passes, some of it is denied${where}.`;
    case 'depends':
      return `DEPENDS: conditions that cannot be computed decide${where}.`;
  }
}
