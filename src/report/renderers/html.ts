import { toPage } from '../html/page.ts';
import type { TextRenderer } from './renderer.ts';

/** `report.html`: one self-contained file without network access, for reading and for printing. */
export const html: TextRenderer = {
  name: 'html',
  title: 'Report to read: one HTML file with filters, evidence, plan and coverage',
  suffixes: ['.html', '.htm'],
  render: (result) => toPage(result),
};
