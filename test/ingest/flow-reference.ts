import type { LoadedFlows } from '../../src/ingest/flows/load-flows.ts';
import { type Address, formatAddress, parseAddress } from '../../src/model/address.ts';
import { PROTOCOLS_WITH_PORTS } from '../../src/model/service.ts';

/** A conversation as text, whichever endpoint comes first. */
export type Conversations = Readonly<Record<string, string>>;

interface Half {
  records: number;
  packets: number;
  bytes: number;
  evidence: number;
}

/** The slow, obvious reader of VPC flow logs: one line at a time, one record at a time, no database. */
export class ReferenceLoader {
  readonly #conversations = new Map<string, { first: Half; second: Half; start: number; end: number }>();

  /** Counts of one file by kind; accepted records are counted under ACCEPT, REJECT, UNKNOWN_ACTION. */
  addFile(text: string): Record<string, number> {
    const counts: Record<string, number> = {};
    const lines = text.split(/\r\n|\n|\r/);
    if (lines.at(-1) === '') lines.pop();
    const fields = (lines.find((line) => line.startsWith('version')) ?? '').trim().split(/\s+/);
    for (const line of lines) {
      const kind = this.#addLine(line, fields);
      if (kind !== 'HEADER') counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  }

  #addLine(line: string, fields: readonly string[]): string {
    const words = splitLine(line, fields.length);
    if (line.replaceAll(/[ \t]/g, '') === '') return 'BLANK';
    if (line.startsWith('#')) return 'COMMENT';
    if (words === null) return 'MALFORMED_FIELDS';
    if (words[0] === fields[0] && words.at(-1) === fields.at(-1)) return 'HEADER';
    const value = (name: string): string => words[fields.indexOf(name)] ?? '-';
    return this.#addRecord(value);
  }

  #addRecord(value: (name: string) => string): string {
    const status = value('log-status');
    if (status === 'NODATA' || status === 'SKIPDATA') return status;
    if (!['OK', '-', ''].includes(status)) return 'MALFORMED_STATUS';
    if (isAbsent(value('srcaddr')) || isAbsent(value('dstaddr'))) return 'MALFORMED_ADDRESS';
    const protocol = wholeNumber(value('protocol'), 255);
    if (protocol === 'bad') return 'MALFORMED_PROTOCOL';
    const ports = [wholeNumber(value('srcport'), 65535), wholeNumber(value('dstport'), 65535)];
    if (ports.includes('bad')) return 'MALFORMED_PORT';
    const counts = [value('packets'), value('bytes')].map((text) => (isAbsent(text) ? 0 : /^\d+$/.test(text) ? Number(text) : 'bad'));
    if (counts.includes('bad')) return 'MALFORMED_COUNT';
    const times = [wholeNumber(value('start'), 2 ** 32 - 1), wholeNumber(value('end'), 2 ** 32 - 1)];
    if (times.includes('bad')) return 'MALFORMED_TIME';
    const action = value('action');
    if (!['ACCEPT', 'REJECT', '-', ''].includes(action)) return 'MALFORMED_ACTION';
    const flags = wholeNumber(value('tcp-flags'), 65535);
    if (flags === 'bad') return 'MALFORMED_FLAGS';
    const direction = value('flow-direction');
    if (!['ingress', 'egress', '-', ''].includes(direction)) return 'MALFORMED_DIRECTION';
    const source = parseAddress(value('srcaddr'));
    const destination = parseAddress(value('dstaddr'));
    if (source === null || destination === null || source.family !== destination.family) return 'MALFORMED_ADDRESS';
    const hasPorts = protocol === null || PROTOCOLS_WITH_PORTS.includes(Number(protocol));
    const [first, last] = [times[0] ?? times[1] ?? Number.NaN, times[1] ?? times[0] ?? Number.NaN].map(Number);
    const [start = Number.NaN, end = Number.NaN] = [first, Math.max(first ?? Number.NaN, last ?? Number.NaN)];
    this.#add({
      day: Number.isNaN(start) ? -1 : Math.floor(start / 86400),
      attachment: isAbsent(value('interface-id')) ? '' : value('interface-id'),
      from: endpoint(source, hasPorts ? ports[0] : null),
      to: endpoint(destination, hasPorts ? ports[1] : null),
      protocol: protocol === null ? 256 : Number(protocol),
      action: action === 'ACCEPT' ? 1 : action === 'REJECT' ? 2 : 0,
      half: {
        records: 1,
        packets: Number(counts[0]),
        bytes: Number(counts[1]),
        evidence: roleOf(Number(protocol ?? -1), Number(flags ?? 0)) + (direction === 'ingress' ? 4 : direction === 'egress' ? 8 : 0),
      },
      start,
      end,
    });
    return action === 'ACCEPT' || action === 'REJECT' ? action : 'UNKNOWN_ACTION';
  }

  #add(record: {
    day: number;
    attachment: string;
    from: string;
    to: string;
    protocol: number;
    action: number;
    half: Half;
    start: number;
    end: number;
  }): void {
    const forward = record.from <= record.to;
    const [first, second] = forward ? [record.from, record.to] : [record.to, record.from];
    const key = [record.day, record.attachment, first, second, record.protocol, record.action].join(' ');
    const entry = this.#conversations.get(key) ?? { first: emptyHalf(), second: emptyHalf(), start: record.start, end: record.end };
    const half = forward ? entry.first : entry.second;
    half.records += record.half.records;
    half.packets += record.half.packets;
    half.bytes += record.half.bytes;
    half.evidence |= record.half.evidence;
    entry.start = Math.min(entry.start, record.start);
    entry.end = Math.max(entry.end, record.end);
    this.#conversations.set(key, entry);
  }

  conversations(): Conversations {
    return Object.fromEntries(
      [...this.#conversations]
        .map(([key, { first, second, start, end }]) => [key, [halfText(first), halfText(second), start, end].join(' | ')] as const)
        .sort(),
    );
  }
}

/** Blanks one by one, else runs of blanks; null when neither gives the right number of fields. */
function splitLine(line: string, count: number): readonly string[] | null {
  const plain = line.split(' ');
  if (plain.length === count) return plain;
  const runs = line.replaceAll(/^[ \t]+|[ \t]+$/g, '').split(/[ \t]+/);
  return runs.length === count ? runs : null;
}

function isAbsent(text: string): boolean {
  return text === '-' || text === '';
}

function wholeNumber(text: string, last: number): number | null | 'bad' {
  if (isAbsent(text)) return null;
  return /^(0|[1-9]\d*)$/.test(text) && Number(text) <= last ? Number(text) : 'bad';
}

function roleOf(protocol: number, flags: number): number {
  if (protocol !== 6) return 0;
  if ((flags & 18) === 18) return 2;
  return (flags & 2) === 2 ? 1 : 0;
}

function endpoint(address: Address, port: number | 'bad' | null | undefined): string {
  return `${formatAddress(address.family, address.value)}#${typeof port === 'number' ? port : 65536}`;
}

function emptyHalf(): Half {
  return { records: 0, packets: 0, bytes: 0, evidence: 0 };
}

function halfText(half: Half): string {
  return `${half.records} ${half.packets} ${half.bytes} ${half.evidence}`;
}

/** What was loaded, in the words of the reference. Roles carried over and refused replies are left out by `evidenceMask`. */
export async function conversationsOf(loaded: LoadedFlows, evidenceMask = 0xff): Promise<Conversations> {
  const { attachments, ipv6Addresses } = loaded.dictionary;
  const result: [string, string][] = [];
  for await (const batch of loaded.conversations()) {
    for (let row = 0; row < batch.rowCount; row += 1) {
      const cell = (column: Uint32Array | Int32Array | Float64Array): number => column[row] ?? Number.NaN;
      const address = (column: Uint32Array): string =>
        formatAddress(batch.family, batch.family === 4 ? BigInt(cell(column)) : (ipv6Addresses[cell(column)] ?? -1n));
      const a = `${address(batch.aAddress)}#${cell(batch.aPort)}`;
      const b = `${address(batch.bAddress)}#${cell(batch.bPort)}`;
      const evidence = cell(batch.evidence) & evidenceMask;
      const ab = [cell(batch.recordsAb), cell(batch.packetsAb), cell(batch.bytesAb), evidence & 15].join(' ');
      const ba = [cell(batch.recordsBa), cell(batch.packetsBa), cell(batch.bytesBa), evidence >> 4].join(' ');
      const [first, second, halves] = a <= b ? [a, b, [ab, ba]] : [b, a, [ba, ab]];
      const key = [
        cell(batch.day),
        attachments[cell(batch.attachment)],
        first,
        second,
        cell(batch.protocol),
        cell(batch.loggedAction),
      ].join(' ');
      result.push([key, [...halves, cell(batch.firstStart), cell(batch.lastEnd)].join(' | ')]);
    }
  }
  const keys = new Set(result.map(([key]) => key));
  if (keys.size !== result.length) throw new Error('a conversation was handed over twice');
  return Object.fromEntries(result.sort());
}
