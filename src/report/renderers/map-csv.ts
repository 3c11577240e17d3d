import type { ApplicationMap } from '../../model/application-map.ts';
import type { AuditResult } from '../../model/audit-result.ts';
import { type CsvCell, type CsvTable, toCsv } from '../escape/csv-escape.ts';
import { type ReportContext, toReportContext } from '../report-context.ts';
import type { TextRenderer } from './renderer.ts';

/** The lines of the application map, safe for spreadsheets; the header alone for an audit without one. */
export const mapCsv: TextRenderer = {
  name: 'map-csv',
  title: 'Application map: who talks to whom on what, safe for spreadsheets',
  suffixes: ['map.csv'],
  render: (result) => toCsv(toMapTable(result), 'spreadsheet'),
};

const HEADER = [
  'report_id',
  'source',
  'source_kind',
  'source_name',
  'destination',
  'destination_kind',
  'destination_name',
  'service',
  'orientation',
  'connections',
  'accepted',
  'rejected',
  'undecided',
  'answered',
  'refused_replies',
  'sightings',
  'bytes',
  'first_day',
  'last_day',
];

/** In the order of the result. What the map leaves out is the last row, so that connections, sightings and bytes add up to the total. */
function toMapTable(result: AuditResult): CsvTable {
  const map = result.traffic?.applicationMap;
  const context = toReportContext(result);
  return { header: HEADER, rows: map === undefined ? [] : [...edgeRows(map, context), ...omittedRow(map, context)] };
}

function edgeRows({ nodes, edges }: ApplicationMap, { report_id }: ReportContext): CsvCell[][] {
  const known = new Map(nodes.map((node) => [node.id, node]));
  return edges.map((edge) => {
    const [source, destination] = [known.get(edge.source), known.get(edge.destination)];
    return [
      report_id,
      edge.source,
      source?.kind ?? '',
      source?.name ?? '',
      edge.destination,
      destination?.kind ?? '',
      destination?.name ?? '',
      edge.service,
      edge.orientation,
      edge.connections,
      edge.accepted,
      edge.rejected,
      edge.undecided,
      edge.answered,
      edge.refusedReplies,
      edge.sightings,
      edge.bytes,
      edge.firstDay ?? '',
      edge.lastDay ?? '',
    ];
  });
}

function omittedRow({ omitted }: ApplicationMap, { report_id }: ReportContext): CsvCell[][] {
  if (omitted.edges === 0) return [];
  const names = [report_id, '(left out)', '', '', '(left out)', '', '', `${omitted.edges} lines`, ''];
  return [[...names, omitted.connections, null, null, null, null, null, omitted.sightings, omitted.bytes, '', '']];
}
