import { InputError } from '../../../model/errors.ts';
import type { FieldSource, FlowFileHead, FlowFormat, FlowLayout } from '../../flows/format.ts';
import { selectRows } from './flow-log-parquet.ts';

/** VPC flow logs as Amazon Security Lake stores them: OCSF 1.x Network Activity (class 4001), Parquet with nested columns. */
export const securityLakeFlows: FlowFormat = {
  name: 'aws-security-lake-flows',
  title: 'AWS VPC flow logs in Amazon Security Lake (OCSF Parquet)',
  vendorCommands: [
    { produces: 'a folder of .gz.parquet files', command: 'aws s3 sync s3://aws-security-data-lake-REGION-ID/aws/VPC_FLOW/ flows/' },
  ],
  layout: ocsfLayout,
};

function ocsfLayout(head: FlowFileHead): FlowLayout | null {
  const columns = head.parquetColumns;
  if (!columns.has('src_endpoint') && !columns.has('connection_info')) return null;
  const path = (name: string): string | null =>
    columns.has(name)
      ? name
          .split('.')
          .map((part) => `"${part}"`)
          .join('.')
      : null;
  const interfaces = ['src_endpoint.interface_uid', 'dst_endpoint.interface_uid'].flatMap((name) => path(name) ?? []);
  const source = path('src_endpoint.ip');
  const destination = path('dst_endpoint.ip');
  const missing = [
    source === null ? 'src_endpoint.ip' : [],
    destination === null ? 'dst_endpoint.ip' : [],
    interfaces.length === 0 ? 'interface_uid' : [],
  ].flat();
  if (source === null || destination === null || interfaces.length === 0) {
    throw new InputError(
      { path: head.path },
      `the OCSF file has no ${missing.join(', no ')}; export the VPC flow source of Security Lake with these columns`,
    );
  }
  const number = (name: string): FieldSource | null => numberAt(path(name));
  return {
    key: `aws-security-lake-flows ${[...columns].map(([name, type]) => `${name} ${type}`).join(', ')}`,
    reader: { kind: 'columns', select: selectRows },
    dialect: 'aws',
    fields: () => ({
      attachment: { type: 'text', sql: `coalesce(${interfaces.map((sql) => `nullif(nullif(${sql}, '-'), '')`).join(', ')}, '-')` },
      source: { type: 'text', sql: source },
      destination: { type: 'text', sql: destination },
      sourcePort: number('src_endpoint.port'),
      destinationPort: number('dst_endpoint.port'),
      protocol: number('connection_info.protocol_num'),
      icmpInPorts: false,
      packets: number('traffic.packets'),
      bytes: number('traffic.bytes'),
      start: timeOf(columns, 'start_time'),
      end: timeOf(columns, 'end_time'),
      action: actionOf(columns),
      status: columns.has('status_code') ? { type: 'text', sql: '"status_code"' } : null,
      tcpFlags: number('connection_info.tcp_flags'),
      direction: columns.has('connection_info.direction')
        ? {
            type: 'text',
            sql: `CASE lower("connection_info"."direction") WHEN 'inbound' THEN 'ingress' WHEN 'outbound' THEN 'egress' ELSE '-' END`,
          }
        : null,
      trueSource: null,
      trueDestination: null,
      namedRule: null,
      records: null,
    }),
  };
}

function numberAt(sql: string | null): FieldSource | null {
  return sql === null ? null : { type: 'number', sql: `CASE WHEN ${sql} >= 0 THEN ${sql} END` };
}

/** `start_time` in epoch milliseconds, or `start_time_dt` as a timestamp; `time` is the start when neither is there. */
function timeOf(columns: ReadonlyMap<string, string>, name: string): FieldSource | null {
  if (columns.get(`${name}_dt`)?.startsWith('TIMESTAMP') === true) return { type: 'number', sql: `epoch("${name}_dt")::BIGINT` };
  if (columns.has(name)) return { type: 'number', sql: `"${name}" // 1000` };
  return name === 'start_time' && columns.has('time') ? { type: 'number', sql: '"time" // 1000' } : null;
}

function actionOf(columns: ReadonlyMap<string, string>): FieldSource | null {
  const name = columns.has('action') ? 'action' : columns.has('disposition') ? 'disposition' : null;
  if (name === null) return null;
  return {
    type: 'text',
    sql: `CASE lower("${name}") WHEN 'allowed' THEN 'ACCEPT' WHEN 'denied' THEN 'REJECT' WHEN 'blocked' THEN 'REJECT' WHEN 'unknown' THEN '-' ELSE "${name}" END`,
  };
}
