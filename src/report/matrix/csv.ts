import type { AddressClass, FamilyMatrix, ServiceMatrix, ServiceMatrixDocument } from '../../model/service-matrix.ts';
import { type CsvDialect, toCsv } from '../escape/csv-escape.ts';
import { classText, functionCodes, functionText } from './words.ts';

/** Spreadsheets hold no longer text in a cell. */
const MOST_CHARACTERS = 30_000;

/** A file with more would be of no use: cells then have the sign of what is permitted, and a list of the signs follows. */
const MOST_TEXT = 50_000_000;

/**
 * One table for each matrix and family, one below the other: a line that names the destinations, then a line for each class of sources. All lines have as
 * many fields as the widest table. What is not complete has a line that says why.
 */
export function matrixCsv(document: ServiceMatrixDocument, dialect: CsvDialect): string {
  const lines = document.matrices.flatMap(matrixRows);
  const rest = document.incompleteBecause.map((reason) => ['', 'not complete', reason]);
  const all = [...lines, ...rest];
  const width = all.reduce((widest, line) => Math.max(widest, line.length), 3);
  const padded = all.map((line) => [...line, ...Array.from({ length: width - line.length }, () => '')]);
  const [header = ['matrix', 'family', 'source', ...Array.from({ length: width - 3 }, () => '')], ...rows] = padded;
  return toCsv({ header, rows }, dialect);
}

function matrixRows(matrix: ServiceMatrix): string[][] {
  const texts = matrix.functions.map((each) => cut(functionText(each)));
  const isLong = lengthOf(matrix, texts) > MOST_TEXT;
  const codes = functionCodes(matrix.functions);
  return [
    ...matrix.families.flatMap((family) => familyRows(matrix, family, isLong ? codes : texts)),
    ...(isLong ? [['matrix', 'sign', 'permitted'], ...texts.map((text, i) => [matrix.name, codes[i] ?? '', text])] : []),
    ...matrix.incompleteBecause.map((reason) => [matrix.name, 'not complete', reason]),
  ];
}

function lengthOf({ families }: ServiceMatrix, texts: readonly string[]): number {
  let length = 0;
  for (const { cells } of families) for (const row of cells) for (const cell of row) length += texts[cell]?.length ?? 0;
  return length;
}

function familyRows(matrix: ServiceMatrix, { family, rows, columns, cells }: FamilyMatrix, texts: readonly string[]): string[][] {
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
