import type { FamilyMatrix, ServiceFunction, ServiceMatrix, ServiceMatrixDocument } from '../../model/service-matrix.ts';
import { fitText, visibleText, wrapText } from '../escape/visible-text.ts';
import { formatCount } from '../number-format.ts';
import type { Paint } from '../renderers/text-paint.ts';
import { classText, conditionNote, functionCodes, functionText, layersText, shortClassText, sizeText } from './words.ts';

/** Larger tables are for a spreadsheet, a picture or a program. */
const MOST_CELLS = 40_000;
const MOST_LINES = 6;

/** A grid of signs for each matrix, with what the signs stand for below it. `width` columns, at least 60. */
export function matrixLines(document: ServiceMatrixDocument, paint: Paint, width: number): string[] {
  return [
    ...(document.asked ?? []).map((line) => paint.dim(fitText(`Asked for: ${line}`, width))),
    ...document.matrices.flatMap((matrix) => [...linesOf(matrix, paint, width), '']),
    ...document.notes.flatMap((note) => wrapText(note, width, MOST_LINES)),
    ...document.incompleteBecause.flatMap((reason) => wrapText(`Not complete: ${reason}`, width, MOST_LINES).map(paint.yellow)),
  ];
}

function linesOf(matrix: ServiceMatrix, paint: Paint, width: number): string[] {
  const codes = functionCodes(matrix.functions);
  return [
    paint.bold(fitText(matrix.name, width)),
    ...wrapText(`Judged by ${layersText(matrix)}`, width, MOST_LINES).map(paint.dim),
    ...matrix.incompleteBecause.flatMap((reason) => wrapText(`Not complete: ${reason}.`, width, MOST_LINES).map(paint.yellow)),
    ...matrix.families.flatMap((family) => ['', ...familyLines(family, matrix.functions, codes, paint, width)]),
    ...legendLines(matrix, codes, paint, width),
  ];
}

function familyLines(
  { family, rows, columns, cells }: FamilyMatrix,
  functions: readonly ServiceFunction[],
  codes: readonly string[],
  paint: Paint,
  width: number,
): string[] {
  const title = `IPv${family}: ${sizeText(rows.length, columns.length)}`;
  if (rows.length * columns.length > MOST_CELLS) {
    return [
      title,
      ...wrapText(
        `${formatCount(rows.length * columns.length)} cells are too many to print; take csv, json or svg, or ask for a smaller region.`,
        width,
        MOST_LINES,
      ),
    ];
  }
  if (rows.length === 1 && columns.length === 1) {
    const [cell = 0] = cells.flat();
    return [
      title,
      ...wrapText(`  every source to every destination: ${functionText(functions[cell] as ServiceFunction)}`, width, MOST_LINES),
    ];
  }
  const used = cells.flat().map((cell) => (codes[cell] as string).length);
  const cellWidth =
    Math.max(
      String(columns.length).length,
      used.reduce((widest, each) => Math.max(widest, each), 1),
    ) + 1;
  const labelWidth = Math.max(
    20,
    Math.min(
      Math.floor(width * 0.4),
      rows.reduce((widest, row) => Math.max(widest, classText(row).length), 0),
    ),
  );
  const perBlock = Math.max(1, Math.floor((width - labelWidth - 2) / cellWidth));
  const labels = rows.map((row) => shortClassText(row, labelWidth).padEnd(labelWidth));
  const lines = [title];
  for (let first = 0; first < columns.length; first += perBlock) {
    const block = columns.slice(first, first + perBlock).map((_, i) => String(first + i + 1).padStart(cellWidth));
    lines.push(paint.dim(`  ${'from \\ to'.padEnd(labelWidth)}${block.join('')}`));
    rows.forEach((_, row) => {
      const signs = (cells[row] ?? []).slice(first, first + perBlock).map((cell) => sign(cell, functions, codes, paint, cellWidth));
      lines.push(`  ${labels[row]}${signs.join('')}`);
    });
    lines.push('');
  }
  const numberWidth = String(columns.length).length;
  columns.forEach((column, i) => {
    const [head = '', ...rest] = wrapText(classText(column), width - numberWidth - 5, MOST_LINES);
    lines.push(`  to ${String(i + 1).padStart(numberWidth)} ${head}`, ...rest.map((line) => `     ${' '.repeat(numberWidth)}${line}`));
  });
  const shortened = rows.filter((row) => classText(row).length > labelWidth);
  for (const row of shortened) {
    const [head = '', ...rest] = wrapText(`${shortClassText(row, labelWidth)} is ${classText(row)}`, width - 4, MOST_LINES);
    lines.push(`  ${head}`, ...rest.map((line) => `    ${line}`));
  }
  return lines;
}

function sign(cell: number, functions: readonly ServiceFunction[], codes: readonly string[], paint: Paint, width: number): string {
  const text = (codes[cell] as string).padStart(width);
  switch (functions[cell]?.extent) {
    case 'none':
      return paint.dim(text);
    case 'conditional':
      return paint.yellow(text);
    case 'all':
      return paint.red(text);
    default:
      return text;
  }
}

/** What the signs stand for; a long one is cut, and says so. */
function legendLines({ functions, families }: ServiceMatrix, codes: readonly string[], paint: Paint, width: number): string[] {
  const isShown = new Set(
    families.filter(({ cells }) => cells.length * (cells[0]?.length ?? 0) <= MOST_CELLS).flatMap(({ cells }) => cells.flat()),
  );
  const codeWidth = codes.reduce((widest, code) => Math.max(widest, code.length), 1);
  const lines = functions.flatMap((each, index) => {
    if (!isShown.has(index)) return [];
    const [head = '', ...rest] = wrapText(functionText(each), width - codeWidth - 4, MOST_LINES);
    const code = sign(index, functions, codes, paint, codeWidth + 2);
    return [`${code}  ${head}`, ...rest.map((line) => `${' '.repeat(codeWidth + 4)}${visibleText(line)}`)];
  });
  const note = conditionNote(functions);
  return lines.length === 0 ? [] : ['', `Permitted${note === '' ? '' : ` (${note})`}`, ...lines];
}
