import type { AuditResult } from '../../model/audit-result.ts';
import type { ReportTable } from '../table-cells.ts';
import { toFindingsTable } from './findings-csv.ts';
import type { Renderer } from './renderer.ts';
import { toRulesTable } from './rules-csv.ts';

/** The tables of `rules.csv` and `findings.csv` as Arrow IPC files, for notebooks and databases: numbers are numbers, what is not known is null. */
export const rulesArrow: Renderer = {
  name: 'rules-arrow',
  title: 'Unused-rule report as an Arrow IPC file (Feather)',
  suffixes: ['rules.arrow'],
  render: (result: AuditResult) => toArrowFile(toRulesTable(result)),
};

export const findingsArrow: Renderer = {
  name: 'findings-arrow',
  title: 'Findings as an Arrow IPC file (Feather)',
  suffixes: ['.arrow'],
  render: (result: AuditResult) => toArrowFile(toFindingsTable(result)),
};

/** A column in which any cell is a number is one of 64-bit floats, every other column is text. */
async function toArrowFile({ header, rows }: ReportTable): Promise<Uint8Array> {
  // Loaded here, because reading the library takes longer than most reports.
  const { Float64, Table, tableToIPC, Utf8, vectorFromArray } = await import('apache-arrow');
  const cells = [...rows];
  const columns = header.map((name, column) => {
    const values = cells.map((row) => row[column] ?? null);
    const isNumeric = values.some((value) => typeof value === 'number');
    const vector = isNumeric
      ? vectorFromArray(
          values.map((value) => (typeof value === 'number' ? value : null)),
          new Float64(),
        )
      : vectorFromArray(
          values.map((value) => (value === null ? null : String(value))),
          new Utf8(),
        );
    return [name, vector] as const;
  });
  return tableToIPC(new Table(Object.fromEntries(columns)), 'file');
}
