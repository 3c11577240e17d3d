import type { ServiceMatrixDocument } from '../../model/service-matrix.ts';
import { painter } from '../renderers/text-paint.ts';
import { matrixCsv } from './csv.ts';
import { matrixSvg } from './svg.ts';
import { matrixLines } from './text.ts';

export const MATRIX_FORMATS = ['text', 'csv', 'json', 'svg'] as const;
export type MatrixFormat = (typeof MATRIX_FORMATS)[number];

/** A document of service matrices as text. `width` counts for `text` only, and is at least 60; `csv` is safe for spreadsheets. */
export function renderMatrix(
  document: ServiceMatrixDocument,
  format: MatrixFormat,
  options: { readonly color: boolean; readonly width: number },
): string {
  switch (format) {
    case 'text':
      return `${matrixLines(document, painter(options.color), Math.max(60, options.width)).join('\n').trimEnd()}\n`;
    case 'csv':
      return matrixCsv(document, 'spreadsheet');
    case 'json':
      return `${JSON.stringify(document)}\n`;
    case 'svg':
      return matrixSvg(document);
  }
}
