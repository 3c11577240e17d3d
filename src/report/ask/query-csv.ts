import type { QueryAnswer, QueryArea, QueryPoint } from '../../model/query-answer.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { type CsvCell, toCsv } from '../escape/csv-escape.ts';
import { yesNo } from '../table-cells.ts';
import { describeAttributes, describeWhen } from './decision-words.ts';

const HEADER = [
  'complete',
  'interfaces',
  'direction',
  'layers',
  'point_verdict',
  'area',
  'area_verdict',
  'region',
  'area_packets',
  'area_packets_ipv4',
  'area_packets_ipv6',
  'if',
  'verdict',
  'attributes',
  'policy',
  'rule',
  'rule_name',
  'as_written',
  'source_ref',
  'hits_certain',
  'hits_possible',
  'witness',
  'omitted',
] as const;

type Column = (typeof HEADER)[number];
type Row = Partial<Record<Column, CsvCell>>;

/** One row for each region, case and rule; what the answer leaves out has a row of its own with `omitted`. Safe for spreadsheets. */
export function queryCsv(answer: QueryAnswer): string {
  const rows = answer.points.flatMap((point) => pointRows(point, yesNo(answer.complete)));
  return toCsv({ header: HEADER, rows: rows.map((row) => HEADER.map((column) => row[column] ?? null)) }, 'spreadsheet');
}

function pointRows(point: QueryPoint, complete: string): Row[] {
  const { attachments, direction, layers, verdict, areas, areasOmitted } = point;
  const own: Row = {
    complete,
    interfaces: attachments.join('; '),
    direction,
    layers: layers.map((policies) => policies.join(' with ')).join(', then '),
    point_verdict: verdict,
  };
  const rest: Row[] =
    areasOmitted === null ? [] : [{ area_packets: areasOmitted.packets.packets, omitted: `${areasOmitted.count} more areas` }];
  return [...areas.flatMap((area, index) => areaRows(area, index + 1, point)), ...rest].map((row) => ({ ...own, ...row }));
}

function areaRows(area: QueryArea, number: number, point: QueryPoint): Row[] {
  const { verdict, count, regions, regionsOmitted, witness, cases } = area;
  const own: Row = {
    area: number,
    area_verdict: verdict,
    area_packets: count.packets,
    area_packets_ipv4: count.ipv4,
    area_packets_ipv6: count.ipv6,
    witness,
  };
  const deciders = cases.flatMap((each) => caseRows(each, point));
  const rest: Row[] = regionsOmitted === 0 ? [] : [{ omitted: `${regionsOmitted} more regions of the area` }];
  return [...regions.flatMap((region) => deciders.map((decider) => ({ ...decider, region }))), ...rest].map((row) => ({ ...own, ...row }));
}

function caseRows({ when, decided }: QueryArea['cases'][number], { rules }: QueryPoint): Row[] {
  const own: Row = {
    if: describeWhen(when),
    verdict: decided.verdict,
    attributes: describeAttributes(decided.attributes),
  };
  const { by } = decided;
  const rest = [...(by.omitted === 0 ? [] : [`${by.omitted} more rules`]), ...(by.complete ? [] : ['other rules may have a part in it'])];
  const rows: Row[] = by.rules.map((ref) => {
    const rule = rules.find((each) => each.policy === ref.policy && each.rule === ref.rule);
    return {
      policy: ref.policy,
      rule: ref.rule,
      rule_name: rule?.name ?? '',
      as_written: rule?.asWritten ?? '',
      source_ref: rule === undefined ? '' : formatSourceRef(rule.sourceRef),
      hits_certain: rule?.usage?.certain ?? null,
      hits_possible: rule?.usage?.possible ?? null,
    };
  });
  const closing: Row[] = rest.length === 0 ? [] : [{ omitted: rest.join('; ') }];
  return (rows.length + closing.length === 0 ? [{}] : [...rows, ...closing]).map((row) => ({ ...own, ...row }));
}
