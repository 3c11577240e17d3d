import { InputError } from '../../../model/errors.ts';
import { formatProtocol } from '../../../model/service.ts';
import type { FieldSource, FlowFileHead, FlowFormat, FlowLayout } from '../../flows/format.ts';

const REQUIRED = ['start', 'end', 'source', 'source_port', 'destination', 'destination_port', 'protocol', 'action', 'packets', 'bytes'];
const OPTIONAL = ['interface', 'direction', 'tcp_flags', 'records', 'rule'];

/**
 * Our own CSV of flows, for logs nobody has a reader for: header by name in any order. Times are ISO 8601 or epoch seconds. A row whose `tcp_flags` is
 * missing or empty is oriented: its source opened the connection. ICMP may have `type/code` as destination port.
 */
export const flowsCsv: FlowFormat = {
  name: 'flows-csv',
  title: 'flows-csv: flows of any device, one per row',
  vendorCommands: [],
  layout: csvLayout,
};

function csvLayout(head: FlowFileHead): FlowLayout | null {
  if (head.container === 'parquet') return null;
  const firstLine = /^[^\r\n]*/.exec(head.text)?.[0] ?? '';
  const names = firstLine.split(',').map((name) =>
    name
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .toLowerCase(),
  );
  if (names.length < 3 || !names.includes('source') || !names.includes('destination')) return null;
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new InputError(
      { path: head.path, line: 1 },
      `flows-csv needs the columns ${REQUIRED.join(', ')}; this file has no ${missing.join(', no ')}`,
    );
  }
  const unknown = names.filter((name) => !REQUIRED.includes(name) && !OPTIONAL.includes(name) && !name.startsWith('note'));
  if (unknown.length > 0) {
    throw new InputError(
      { path: head.path, line: 1 },
      `flows-csv has no column ${unknown.map((name) => `"${name}"`).join(', ')}; the optional ones are ${OPTIONAL.join(', ')}, and any column whose name starts with "note"`,
    );
  }
  return {
    key: `flows-csv ${names.join(',')}`,
    reader: { kind: 'lines', delimiter: ',', fields: names, headerLines: 1, quoted: true },
    dialect: 'every-flag',
    fields: (field) => {
      const cell = (name: string): FieldSource | null => {
        const sql = field(name);
        return sql === null ? null : { type: 'text', sql: `trim(${sql})` };
      };
      const textOf = (name: string): string => `trim(${field(name) ?? "''"})`;
      return {
        attachment: cell('interface'),
        source: { type: 'text', sql: textOf('source') },
        destination: { type: 'text', sql: textOf('destination') },
        sourcePort: { type: 'text', sql: `CASE WHEN ${isIcmp(textOf)} THEN ${icmpPart(textOf, 1)} ELSE ${textOf('source_port')} END` },
        destinationPort: {
          type: 'text',
          sql: `CASE WHEN ${isIcmp(textOf)} THEN ${icmpPart(textOf, 2)} ELSE ${textOf('destination_port')} END`,
        },
        protocol: { type: 'text', sql: protocolNumber(textOf('protocol')) },
        icmpInPorts: true,
        packets: cell('packets'),
        bytes: cell('bytes'),
        start: timeOf(textOf('start')),
        end: timeOf(textOf('end')),
        action: { type: 'text', sql: actionWord(textOf('action')) },
        status: null,
        tcpFlags: cell('tcp_flags'),
        direction: field('direction') === null ? null : { type: 'text', sql: directionWord(textOf('direction')) },
        trueSource: null,
        trueDestination: null,
        namedRule: cell('rule'),
        records: cell('records'),
      };
    },
  };
}

function isIcmp(textOf: (name: string) => string): string {
  return `${protocolNumber(textOf('protocol'))} IN ('1', '58')`;
}

/** The type takes the source's place and the code the destination's, where the model keeps them; `8` alone is a type, its code unseen. */
function icmpPart(textOf: (name: string) => string, part: 1 | 2): string {
  return `split_part(nullif(${textOf('destination_port')}, 'any'), '/', ${part})`;
}

/** Names become numbers; what is neither stays as it is, and the row is malformed. */
function protocolNumber(text: string): string {
  const names = Array.from({ length: 256 }, (_, number) => ({ number, name: formatProtocol(number) })).filter(
    ({ number, name }) => name !== String(number),
  );
  const cases = [...names, { number: 58, name: 'ipv6-icmp' }].map(({ number, name }) => `WHEN '${name}' THEN '${number}'`);
  return `CASE lower(${text}) ${cases.join(' ')} WHEN 'any' THEN '-' ELSE ${text} END`;
}

function timeOf(text: string): FieldSource {
  return { type: 'text', sql: text, value: `floor(coalesce(try_cast(${text} AS DOUBLE), epoch(try_cast(${text} AS TIMESTAMPTZ))))` };
}

function actionWord(text: string): string {
  return `CASE WHEN lower(${text}) IN ('permit', 'allow', 'accept', 'pass') THEN 'ACCEPT' WHEN lower(${text}) IN ('deny', 'drop', 'reject', 'block') THEN 'REJECT' ELSE ${text} END`;
}

function directionWord(text: string): string {
  return `CASE WHEN lower(${text}) IN ('in', 'ingress', 'inbound') THEN 'ingress' WHEN lower(${text}) IN ('out', 'egress', 'outbound') THEN 'egress' ELSE ${text} END`;
}
