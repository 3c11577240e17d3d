import { InputError } from '../../../model/errors.ts';
import type { FlowFileHead, FlowFormat, FlowLayout, ReaderSource } from '../../flows/format.ts';
import { awsFields, DEFAULT_FIELDS, isHeader } from './flow-log-fields.ts';

/** VPC flow logs that went through CloudWatch Logs or a log collector: records as texts inside JSON or CSV, without a header. */
export const vpcFlowLogMessages: FlowFormat = {
  name: 'aws-vpc-flow-log-messages',
  title:
    'AWS VPC flow logs from CloudWatch Logs (subscription or filter-log-events JSON, console CSV) and JSON with the record in "body" or "message"',
  vendorCommands: [
    {
      produces: 'one JSON document with all events',
      command: 'aws logs filter-log-events --log-group-name GROUP --start-time MS --end-time MS --output json > flows.json',
    },
  ],
  layout: messageLayout,
};

interface Wrapping {
  readonly name: string;
  readonly matches: (text: string) => boolean;
  /** The first message inside the text, as JSON or CSV writes it. */
  readonly firstMessage: RegExp;
  readonly select: (source: ReaderSource) => string;
}

const SMALL_OBJECT = 4 * 2 ** 20;
const MESSAGE = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/;
const BODY = /"body"\s*:\s*"((?:[^"\\]|\\.)*)"/;

const WRAPPINGS: readonly Wrapping[] = [
  {
    name: 'subscription',
    matches: (text) => /^\s*\{/.test(text) && /"messageType"\s*:/.test(text),
    firstMessage: MESSAGE,
    select: (source) => {
      const events = `${readJson(source, 'unstructured', "messageType: 'VARCHAR', logEvents: 'STRUCT(message VARCHAR)[]'")}`;
      return (
        `SELECT file_index AS file, unnest(logEvents).message AS message, NULL AS skip FROM ${events} WHERE messageType IS DISTINCT FROM 'CONTROL_MESSAGE' ` +
        `UNION ALL SELECT file_index, NULL, 'CONTROL_MESSAGE' FROM ${events} WHERE messageType = 'CONTROL_MESSAGE'`
      );
    },
  },
  {
    name: 'events',
    matches: (text) => /^\s*\{\s*"(events|searchedLogStreams|nextForwardToken)"\s*:/.test(text),
    firstMessage: MESSAGE,
    select: (source) =>
      `SELECT file_index AS file, unnest(events).message AS message, NULL AS skip FROM ${readJson(source, 'unstructured', "events: 'STRUCT(message VARCHAR)[]'")}`,
  },
  jsonRecords('array-of-body', /^\s*\[\s*\{/, BODY, 'array', 'body'),
  jsonRecords('array-of-message', /^\s*\[\s*\{/, MESSAGE, 'array', 'message'),
  jsonRecords('body', /^\s*\{/, BODY, 'unstructured', 'body'),
  jsonRecords('message', /^\s*\{/, MESSAGE, 'unstructured', 'message'),
  {
    name: 'console-csv',
    matches: (text) => /^"?timestamp"?,"?message"?\s*[\r\n]/.test(text),
    firstMessage: /^\s*"?\d+"?,"?([^"\r\n]*)"?\s*$/m,
    select: ({ files, compression }) =>
      // One column: the message holds no comma, and a quoted one loses its quotes.
      `SELECT file_index AS file, regexp_replace(line, '^"?[^,"]*"?,"?(.*?)"?$', '\\1') AS message, NULL AS skip FROM ` +
      `read_csv(${files}, columns = {line: 'VARCHAR'}, delim = '\x02', quote = '', escape = '', header = false, skip = 1, auto_detect = false, ` +
      `strict_mode = false, null_padding = true, nullstr = '\x01', hive_partitioning = false, max_line_size = 16777216, buffer_size = 33554432, compression = '${compression}', encoding = 'latin-1')`,
  },
];

function jsonRecords(name: string, start: RegExp, field: RegExp, shape: 'array' | 'unstructured', column: string): Wrapping {
  return {
    name,
    matches: (text) => start.test(text) && field.test(text),
    firstMessage: field,
    select: (source) =>
      `SELECT file_index AS file, ${column} AS message, NULL AS skip FROM ${readJson(source, shape, `${column}: 'VARCHAR'`)}`,
  };
}

/** A document of one object is as large as its file, and the reader must be told; records in an array are small. */
function readJson({ files, compression, largestText }: ReaderSource, shape: string, columns: string): string {
  const packed = compression === 'none' ? 'uncompressed' : compression;
  return `read_json(${files}, format = '${shape}', columns = {${columns}}, compression = '${packed}', maximum_object_size = ${shape === 'array' ? SMALL_OBJECT : Math.max(SMALL_OBJECT, largestText + 1024)}, hive_partitioning = false)`;
}

function messageLayout(head: FlowFileHead): FlowLayout | null {
  if (head.container === 'parquet') return null;
  const wrapping = WRAPPINGS.find((candidate) => candidate.matches(head.text));
  if (wrapping === undefined) return null;
  const message = wrapping.firstMessage.exec(head.text)?.[1];
  if (message === undefined) {
    // Control messages only, or an export without events: nothing contradicts the default layout.
    return wrapping.name === 'subscription' || wrapping.name === 'events' ? layoutOf(wrapping) : null;
  }
  const words = message.trim().split(/\s+/);
  if (words.length === DEFAULT_FIELDS.length && !isHeader(words) && /^\d+$/.test(words[0] ?? '')) return layoutOf(wrapping);
  if (!/^\d{1,2}$/.test(words[0] ?? '') || words.length < 3) return null;
  throw new InputError(
    head.path,
    `its messages have ${words.length} fields, but the default layout of VPC flow logs has ${DEFAULT_FIELDS.length}, and CloudWatch does not export the names; write the messages to a text file, one per line, below a first line with the names of the fields`,
  );
}

function layoutOf(wrapping: Wrapping): FlowLayout {
  return {
    key: `aws-vpc-flow-log-messages ${wrapping.name}`,
    reader: { kind: 'messages', fields: DEFAULT_FIELDS, select: wrapping.select },
    dialect: 'aws',
    fields: (field) =>
      awsFields((name) => {
        const sql = field(name);
        return sql === null ? null : { type: 'text', sql };
      }),
  };
}
