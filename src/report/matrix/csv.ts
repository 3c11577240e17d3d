import type { AddressClass, FamilyMatrix, ServiceMatrix, ServiceMatrixDocument } from '../../model/service-matrix.ts';
import { type CsvDialect, toCsv } from '../escape/csv-escape.ts';
import { classText, functionText } from './words.ts';

/** Spreadsheets hold no longer text in a cell. */
const MOST_CHARACTERS = 30_000;

/**
 * One table for each matrix and family, one below the other: a line that names the destinations, then a line for each class of sources. All lines have as
 * many fields as the widest table. What is not complete has a line that says why.
 */
export function matrixCsv(document: ServiceMatrixDocument, dialect: CsvDialect): string {
  const lines = document.matrices.flatMap((matrix) => [
    ...matrix.families.flatMap((family) => familyRows(matrix, family)),
    ...matrix.incompleteBecause.map((reason) => [matrix.name, 'not complete', reason]),
  ]);
  const rest = document.incompleteBecause.map((reason) => ['', 'not complete', reason]);
  const all = [...lines, ...rest];
  const width = all.reduce((widest, line) => Math.max(widest, line.length), 3);
  const padded = all.map((line) => [...line, ...Array.from({ length: width - line.length }, () => '')]);
  const [header = ['matrix', 'family', 'source', ...Array.from({ length: width - 3 }, () => '')], ...rows] = padded;
  return toCsv({ header, rows }, dialect);
}

function familyRows(matrix: ServiceMatrix, { family, rows, columns, cells }: FamilyMatrix): string[][] {
  const texts = matrix.functions.map((each) => cut(functionText(each)));
  return [
    ['matrix', 'family', 'source', ...columns.map(labelOf)],
    ...rows.map((row, i) => [matrix.name, `IPv${family}`, labelOf(row), ...(cells[i] ?? []).map((cell) => texts[cell] ?? '')]),
  ];
}

function labelOf(each: AddressClass): string {
  return cut(classText(each));
}

function cut(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}… (cut; the JSON has all of it)`;
}
