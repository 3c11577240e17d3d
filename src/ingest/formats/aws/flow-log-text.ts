import { InputError } from '../../../model/errors.ts';
import type { FlowFileHead, FlowFormat, FlowLayout, FlowReader } from '../../flows/format.ts';
import { awsFields, DEFAULT_FIELDS, isHeader, requireColumns } from './flow-log-fields.ts';

/** VPC and transit gateway flow logs as S3 delivers them: one record per line, separated by blanks, a header that names the fields. */
export const vpcFlowLog: FlowFormat = {
  name: 'aws-vpc-flow-log',
  title: 'AWS VPC flow logs, text (plain, gz or zst), any field order',
  vendorCommands: [
    { produces: 'a folder of .log.gz files', command: 'aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/REGION/ flows/' },
  ],
  layout: textLayout,
};

function textLayout(head: FlowFileHead): FlowLayout | null {
  if (head.container === 'parquet') return null;
  const lines = head.text.split(/\r\n|\n|\r/);
  const first = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  const words = lines[first]?.trim().split(/\s+/) ?? [];
  if (isHeader(words)) {
    requireColumns(head.path, first + 1, words);
    // A header that is not the first line is met again by the scan, which knows it by its words.
    return layoutOf(words, first === 0 && lines[0] === words.join(' ') ? 1 : 0);
  }
  if (!looksLikeRecord(words)) return null;
  if (words.length !== DEFAULT_FIELDS.length) {
    throw new InputError(
      { path: head.path, line: first + 1 },
      `the flow log has no header and ${words.length} fields, but the default layout has ${DEFAULT_FIELDS.length}; put a first line with the names of the fields, as in the flow log's format`,
    );
  }
  return layoutOf(DEFAULT_FIELDS, 0);
}

function layoutOf(fields: readonly string[], headerLines: 0 | 1): FlowLayout {
  const reader: FlowReader = { kind: 'lines', delimiter: ' ', fields, headerLines, quoted: false };
  return {
    key: `aws-vpc-flow-log ${headerLines} ${fields.join(' ')}`,
    reader,
    dialect: 'aws',
    fields: (field) => awsFields((name) => textField(field(name))),
  };
}

function textField(sql: string | null): { readonly type: 'text'; readonly sql: string } | null {
  return sql === null ? null : { type: 'text', sql };
}

/** A version number, and somewhere an interface or an address or the dashes of a record without data. */
function looksLikeRecord(words: readonly string[]): boolean {
  return (
    words.length >= 3 &&
    /^\d{1,2}$/.test(words[0] ?? '') &&
    words.some((word) => /^(eni|tgw-attach)-/.test(word) || /^\d+\.\d+\.\d+\.\d+$/.test(word))
  );
}
