import type { FieldSource, FlowFileHead, FlowFormat, FlowLayout, ReaderSource } from '../../flows/format.ts';
import { awsFields, requireColumns } from './flow-log-fields.ts';

/** VPC flow logs as Parquet, by column name, whatever the types. */
export const vpcFlowLogParquet: FlowFormat = {
  name: 'aws-vpc-flow-log-parquet',
  title: 'AWS VPC flow logs, Parquet',
  vendorCommands: [
    {
      produces: 'a folder of .log.parquet files',
      command: 'aws s3 sync s3://BUCKET/AWSLogs/ flows/ --exclude "*" --include "*/vpcflowlogs/*.parquet"',
    },
  ],
  layout: parquetLayout,
};

function parquetLayout(head: FlowFileHead): FlowLayout | null {
  if (head.container !== 'parquet') return null;
  const columns = new Map([...head.parquetColumns].map(([name, type]) => [name.replaceAll('_', '-').toLowerCase(), { name, type }]));
  if (!columns.has('srcaddr') && !columns.has('dstaddr') && !columns.has('interface-id')) return null;
  requireColumns(head.path, null, [...columns.keys()]);
  return {
    key: `aws-vpc-flow-log-parquet ${[...head.parquetColumns].map(([name, type]) => `${name} ${type}`).join(', ')}`,
    reader: { kind: 'columns', select: selectRows },
    dialect: 'aws',
    fields: (field) =>
      awsFields((name) => {
        const column = columns.get(name);
        const sql = column === undefined ? null : field(column.name);
        return column === undefined || sql === null ? null : typedField(sql, column.type);
      }),
  };
}

export function selectRows({ files }: ReaderSource): string {
  return `SELECT *, file_index AS file FROM read_parquet(${files}, hive_partitioning = false)`;
}

/** Texts may say `None` for a missing value; negative numbers stand for it too (no field of a flow log can be negative). */
function typedField(sql: string, type: string): FieldSource {
  if (type === 'VARCHAR') return { type: 'text', sql: `nullif(${sql}, 'None')` };
  return { type: 'number', sql: `CASE WHEN ${sql} >= 0 THEN ${sql} END` };
}
