import type { ClauseAnswer, RequestAnswer } from '../../model/request-answer.ts';
import { visibleText } from '../escape/visible-text.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { regionLines } from './area-lines.ts';
import { bullet } from './closing-lines.ts';
import { describeCount } from './packet-part.ts';

const MOST_REGIONS = 3;

/** The clauses that speak about the request, with their line in the file, and what follows from them. */
export function guardrailLines({ guardrails, inputs }: RequestAnswer, paint: Paint, width: number): string[] {
  if (guardrails === null) return [];
  const { decision, because, clauses } = guardrails;
  const file = inputs.find(({ role }) => role === 'guardrails')?.path ?? 'guardrails';
  const verdict = bullet(`${decision}: ${because}`, '  ', width);
  return [
    '',
    paint.bold('Guardrails'),
    ...verdict.map((line) => (decision === 'passes' ? paint.bold(line) : decision === 'forbidden' ? paint.red(line) : paint.yellow(line))),
    ...(clauses.length === 0 ? ['  No clause speaks about these packets.'] : []),
    ...clauses.flatMap((clause) => clauseLines(clause, file, paint, width)),
  ];
}

function clauseLines(clause: ClauseAnswer, file: string, paint: Paint, width: number): string[] {
  const { says, kind, id, title, severity, line, reason, packets } = clause;
  const weight = says === 'forbids' || says === 'warns' ? `, ${severity}` : '';
  const name = title.includes(id) ? title : `${id}: ${title}`;
  const count = describeCount(packets.count);
  const head = bullet(`${name} (${kind}${weight})`, `  ${says.padEnd(8)}`, width);
  return [
    ...head.map((part) => (weight === '' ? part : paint.severity(part, severity))),
    // Never cut: a person goes there.
    paint.dim(`          ${visibleText(file)}:${line}`),
    ...(reason === '' ? [] : bullet(reason, '          ', width)),
    ...regionLines(packets, MOST_REGIONS, '          ', width),
    ...(count === '' ? [] : [`          ${count}`]),
  ];
}
