import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** What to generate. The same shape gives the same bytes on every machine. */
export interface LogShape {
  readonly records: number;
  readonly files: number;
  readonly days: number;
  /** Distinct directed 5-tuples per record, 0..0.9. */
  readonly distinct: number;
  readonly interfaces: number;
}

/** The interfaces of the generated network: enough to write rules that meet the traffic. Addresses are IPv4 integers. */
export interface BenchInterface {
  readonly id: string;
  readonly address: number;
  readonly ports: readonly number[];
}

export const FIRST_START = 1_767_225_600; // 2026-01-01T00:00:00Z
export const FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags flow-direction';

const SERVER_PORTS = [22, 53, 80, 123, 389, 443, 445, 636, 1433, 3306, 3389, 5432, 6379, 8080, 8443, 9042, 9092, 9200, 27017];

export function benchInterfaces(count: number): readonly BenchInterface[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, (_, index) => {
    const address = (10 * 2 ** 24 + (index % 24) * 7 * 2 ** 16 + Math.floor(random() * 16) * 4096 + 10 + index) >>> 0;
    const id = `eni-0${createHash('sha256').update(`interface ${index}`).digest('hex').slice(0, 16)}`;
    return { id, address, ports: [0, 1, 2].map(() => pick(random, SERVER_PORTS)) };
  });
}

/**
 * Writes gz flow logs, with header, into `folder` and returns their paths; does nothing when they are there already. Requests are followed by
 * their replies; every conversation starts once, in the order of time, and what is left repeats recent ones (60 %) or popular ones from any
 * day (40 %). 2 % NODATA, 0.02 % SKIPDATA, 2.4 % REJECT (no reply), 1 % IPv6, 6 % UDP, 1 % ICMP.
 */
export async function writeBenchLogs(folder: string, shape: LogShape): Promise<readonly string[]> {
  const paths = Array.from({ length: shape.files }, (_, file) => join(folder, `flow-${String(file).padStart(4, '0')}.log.gz`));
  if (existsSync(join(folder, 'complete.json'))) return paths;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const network = benchInterfaces(shape.interfaces);
  let pending: Promise<void> = Promise.resolve();
  for (const [file, path] of paths.entries()) {
    const text = fileText(shape, network, file);
    await pending;
    pending = compress(text).then((bytes) => {
      writeFileSync(`${path}.part`, bytes);
      renameSync(`${path}.part`, path);
    });
  }
  await pending;
  writeFileSync(join(folder, 'complete.json'), `${JSON.stringify(shape)}\n`);
  return paths;
}

function fileText(shape: LogShape, network: readonly BenchInterface[], file: number): string {
  const random = seededRandom(1000 + file);
  const conversations = Math.floor((shape.distinct * shape.records) / 2);
  const fileRecords = Math.floor((shape.records * (file + 1)) / shape.files) - Math.floor((shape.records * file) / shape.files);
  const firstNew = Math.floor((conversations * file) / shape.files);
  const newHere = Math.floor((conversations * (file + 1)) / shape.files) - firstNew;
  const seconds = (shape.days * 86_400) / shape.files;
  const lines = [FIELDS];
  let introduced = 0;
  while (lines.length <= fileRecords) {
    const progress = (lines.length - 1) / fileRecords;
    const start = Math.floor(FIRST_START + (file + progress) * seconds);
    const luck = random();
    if (luck < 0.0202) {
      const { id } = pick(random, network);
      lines.push(`2 123456789012 ${id} - - - - - - - ${start} ${start + 60} - ${luck < 0.0002 ? 'SKIPDATA' : 'NODATA'} - -`);
      continue;
    }
    const isNew = introduced < newHere && introduced <= progress * newHere;
    const conversation = isNew ? firstNew + introduced : repeatedConversation(random, firstNew + introduced, newHere);
    if (isNew) introduced += 1;
    pushConversation(lines, network, conversation, start, random);
  }
  lines.length = fileRecords + 1;
  return `${lines.join('\n')}\n`;
}

function repeatedConversation(random: () => number, known: number, perFile: number): number {
  if (known <= 1) return 0;
  if (random() < 0.6) return known - 1 - Math.floor(random() * Math.min(known, perFile + 1));
  return Math.floor(known ** random()) - 1;
}

/** One request and, unless it was rejected, its reply. Everything but counts and times follows from the number of the conversation. */
function pushConversation(
  lines: string[],
  network: readonly BenchInterface[],
  conversation: number,
  start: number,
  random: () => number,
): void {
  const own = seededRandom(conversation + 1_000_003);
  const local = pick(own, network);
  const inbound = own() < 0.6;
  const peer = own() < 0.7 ? pick(own, network).address : (0x0b000000 + Math.floor(own() * 0xc0000000)) >>> 0;
  const kind = own();
  const protocol = kind < 0.93 ? 6 : kind < 0.99 ? 17 : 1;
  const rejected = own() < 0.047;
  const v6 = own() < 0.01;
  const clientPort = protocol === 1 ? 0 : 32768 + Math.floor(own() * 28232);
  const serverPort = protocol === 1 ? 0 : own() < 0.8 ? pick(own, local.ports) : pick(own, SERVER_PORTS);
  const localText = addressText(local.address, v6);
  const peerText = addressText(peer, v6);
  const client = inbound ? peerText : localText;
  const server = inbound ? localText : peerText;
  const packets = 1 + Math.floor(random() * random() * 300);
  const bytes = packets * (52 + Math.floor(random() * 800));
  const end = start + 60;
  const flags = protocol !== 6 ? [0, 0] : random() < 0.8 ? [3, 19] : [0, 0];
  const towards = inbound ? ['ingress', 'egress'] : ['egress', 'ingress'];
  const action = rejected ? 'REJECT' : 'ACCEPT';
  const head = `2 123456789012 ${local.id} `;
  const tail = `${start} ${end} ${action} OK`;
  lines.push(
    `${head}${client} ${server} ${clientPort} ${serverPort} ${protocol} ${packets} ${bytes} ${tail} ${rejected && protocol === 6 ? 2 : flags[0]} ${towards[0]}`,
  );
  if (rejected) return;
  lines.push(
    `${head}${server} ${client} ${serverPort} ${clientPort} ${protocol} ${packets} ${bytes * 3} ${tail} ${flags[1]} ${towards[1]}`,
  );
}

function addressText(address: number, v6: boolean): string {
  if (v6) return `2600:1f18:${(address >>> 16).toString(16)}::${(address & 0xffff).toString(16)}`;
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

function pick<T>(random: () => number, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('pick needs at least one value');
  return value;
}

/** mulberry32: 0 ≤ x < 1, the same sequence for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
