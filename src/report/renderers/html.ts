import { toPage } from '../html/page.ts';
import type { Renderer } from './renderer.ts';

/** `report.html`: one self-contained file without network access, for reading and for printing. */
export const html: Renderer = {
  name: 'html',
  title: 'Report to read: one HTML file with filters, evidence, plan and coverage',
  suffixes: ['.html', '.htm'],
  render: (result) => toPage(result),
};
