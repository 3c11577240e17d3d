import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LoadedFlows, loadFlows } from '../../src/ingest/flows/load-flows.ts';
import { InterruptedError } from '../../src/model/errors.ts';
import { type ConversationBatch, REVERSE_ACCEPTED, UNSEEN_PORT, UNSEEN_PROTOCOL } from '../../src/model/flow.ts';
import { openStore, type Store } from '../../src/store/database.ts';
import { conversationsOf } from './flow-reference.ts';

const DATA = 'test/data/aws/vpc-flow-logs';
const V2 = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const folder = mkdtempSync(join(tmpdir(), 'rulesweep-test-'));
let store: Store;
beforeAll(async () => {
  store = await openStore({ threads: 2, memoryBytes: 512 * 2 ** 20 });
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function fileOf(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function load(paths: readonly string[], limits: { from?: number; to?: number } = {}): Promise<LoadedFlows> {
  return loadFlows(
    store,
    paths.map((path) => ({ path, format: null })),
    {
      from: limits.from ?? null,
      to: limits.to ?? null,
      onProgress: () => {},
      signal: null,
    },
  );
}

async function rowsOf(loaded: LoadedFlows): Promise<readonly Record<string, number>[]> {
  const rows: Record<string, number>[] = [];
  for await (const batch of loaded.conversations()) {
    for (let row = 0; row < batch.rowCount; row += 1) {
      const columns = Object.entries(batch).filter(
        (entry): entry is [string, Exclude<ConversationBatch[keyof ConversationBatch], number>] => typeof entry[1] !== 'number',
      );
      rows.push({ family: batch.family, ...Object.fromEntries(columns.map(([name, column]) => [name, column[row] ?? Number.NaN])) });
    }
  }
  return rows;
}

/** `eni-1 10.0.0.1 10.0.0.2 40000 443 6 5 500 1000 1060 ACCEPT OK` with the version and account before it. */
function v2(...records: readonly string[]): string {
  return `${[V2, ...records.map((record) => `2 123456789012 ${record}`)].join('\n')}\n`;
}

describe('real files', () => {
  const files = readdirSync(DATA, { recursive: true, encoding: 'utf8' })
    .map((name) => join(DATA, name))
    .filter((name) => /\.(log|json|parquet)$/.test(name));

  test('every record is accepted, or skipped for a reason that the file itself gives', async () => {
    const loaded = await load(files);
    expect(
      Object.fromEntries(
        loaded.inputs.map((input) => [
          input.path.slice(DATA.length + 1).replace(/.*_(2022.*)_.*/, '$1'),
          [input.format, input.accepted, input.skippedByReason],
        ]),
      ),
    ).toEqual({
      'awsdocs-v2.log': ['aws-vpc-flow-log', 5, { NODATA: 1, SKIPDATA: 1 }],
      'awsdocs-v3-custom-tcpflags.log': ['aws-vpc-flow-log', 8, {}],
      'awsdocs-v3-custom-tgw.log': ['aws-vpc-flow-log', 4, {}],
      'awsdocs-v5-custom.log': ['aws-vpc-flow-log', 2, {}],
      'opensearch-vpc-sample.json': ['aws-vpc-flow-log-messages', 22, {}],
      'parquet/flows.parquet': ['aws-vpc-flow-log-parquet', 1, { NODATA: 2 }],
      'parquet/security-lake-ocsf-vpc-flow.parquet': ['aws-security-lake-flows', 3, {}],
      'parquet/sekoia-test_parquet.parquet': ['aws-vpc-flow-log-parquet', 8, {}],
      '20220221T1955Z': ['aws-vpc-flow-log', 5, {}],
      '20220221T2025Z': ['aws-vpc-flow-log', 5, {}],
      'v2-no-header.log': ['aws-vpc-flow-log', 6, {}],
      'v2-with-blank-and-comment-lines.log': ['aws-vpc-flow-log', 4, { COMMENT: 1, BLANK: 2 }],
    });
    expect(loaded.inputs.map((input) => input.path)).toEqual([...files].sort());
  });

  test('a reply stands beside its request, and the flags say who opened', async () => {
    const loaded = await load([`${DATA}/awsdocs-v3-custom-tcpflags.log`]);
    expect(await conversationsOf(loaded)).toEqual({
      '18134 eni-1235b8ca123456789 10.0.0.62#5001 52.213.180.42#43416 6 1': '1 7 376 2 | 1 8 568 1 | 1566848875 | 1566848933',
      '18134 eni-1235b8ca123456789 10.0.0.62#5001 52.213.180.42#43418 6 1': '2 1231 64020 2 | 2 15844 23395289 1 | 1566848875 | 1566849113',
      '18135 eni-1235b8ca123456789 10.0.0.62#5001 52.213.180.42#43638 6 1': '1 14 967 2 | 1 17 1260 1 | 1566933133 | 1566933193',
    });
  });

  test('an address that the interface saw and the true one behind it are both kept', async () => {
    const rows = await rowsOf(await load([`${DATA}/awsdocs-v3-custom-tgw.log`]));
    const ip = (text: string): number => text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0);
    // 10.40.1.175 → 10.40.2.236, truly from 10.20.33.164: a is translated.
    expect(rows.find((row) => row['aAddress'] === ip('10.40.1.175'))).toMatchObject({
      aTrueAddress: ip('10.20.33.164'),
      evidence: 256 | 1,
      day: -1,
      recordsAb: 1,
      packetsAb: 0,
    });
    expect(rows.find((row) => row['aAddress'] === ip('10.20.33.164'))).toMatchObject({ evidence: 1 | (2 << 4), firstStart: Number.NaN });
  });

  test('an accepted ping with a refused reply marks the refusal as a reply', async () => {
    const rows = await rowsOf(await load([`${DATA}/awsdocs-v2.log`]));
    const icmp = rows.filter((row) => row['protocol'] === 1);
    expect(icmp.map((row) => [row['loggedAction'], row['evidence'], row['aPort'], row['bPort']]).sort()).toEqual([
      [1, 0, UNSEEN_PORT, UNSEEN_PORT],
      [2, REVERSE_ACCEPTED, UNSEEN_PORT, UNSEEN_PORT],
    ]);
  });

  test('the coverage knows which hours were logged and in which records were lost', async () => {
    const { coverage, window } = await load([`${DATA}/awsdocs-v2.log`]);
    // 1431280876 is 18:01:16 UTC on day 16565.
    expect(coverage.days.filter((day) => day.day === 16565)).toEqual([
      { attachment: 'eni-11111111aaaaaaaaa', day: 16565, loggedHours: 0, skippedHours: 1 << 18 },
      { attachment: 'eni-1235b8ca123456789', day: 16565, loggedHours: 1 << 18, skippedHours: 0 },
    ]);
    expect(window).toEqual({ start: 16418 * 86400, end: 17106 * 86400 });
    expect(coverage.loggedActions).toEqual({ accept: true, reject: true });
  });
});

describe('layouts', () => {
  const record = 'eni-1 10.0.0.9 10.0.0.2 40000 443 6 5 500 1767225600 1767225660 ACCEPT OK';
  const conversation = { '20454 eni-1 10.0.0.2#443 10.0.0.9#40000 6 1': '0 0 0 0 | 1 5 500 0 | 1767225600 | 1767225660' };

  test('the name of a file says nothing about how it is packed', async () => {
    expect(await conversationsOf(await load([fileOf('plain.log.gz', v2(record)), fileOf('empty-but-header.log', v2())]))).toEqual(
      conversation,
    );
    expect(await conversationsOf(await load([fileOf('gzip.log', gzipSync(v2(record)))]))).toEqual(conversation);
  });

  test('zstd is read as gzip is, and a cut-off one is left out', async () => {
    const path = join(folder, 'flows.zst');
    await store.run(
      `COPY (SELECT unnest(['2 1 eni-1 10.0.0.9 10.0.0.2 40000 443 6 5 500 1767225600 1767225660 ACCEPT OK', '# x']) AS "${V2}") TO '${path}' (FORMAT csv, DELIMITER '\x02', QUOTE '', ESCAPE '', HEADER, COMPRESSION zstd)`,
    );
    const loaded = await load([path]);
    expect(loaded.inputs).toMatchObject([{ accepted: 1, skippedByReason: { COMMENT: 1 } }]);
    expect(await conversationsOf(loaded)).toEqual(conversation);
    const bytes = readFileSync(path);
    const cut = await load([fileOf('cut.zst', bytes.subarray(0, bytes.length - 5))]);
    expect(cut).toMatchObject({ unreadable: 1, window: null });
  });

  test('several gzip members in one file are one file', async () => {
    const loaded = await load([fileOf('members.gz', Buffer.concat([gzipSync(v2(record)), gzipSync(`2 1 ${record}\n`)]))]);
    expect(loaded.inputs).toMatchObject([{ accepted: 2, skippedByReason: {} }]);
  });

  test('a transit gateway log has no action, so nothing it holds is accepted or refused', async () => {
    const header =
      'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-no-route flow-direction';
    const loaded = await load([
      fileOf(
        'tgw.log',
        `${header}\n6 TransitGateway 1 tgw-1 tgw-attach-1 2 10.0.0.9 10.0.0.2 40000 443 6 5 500 1767225600 1767225660 OK IPv4 0 ingress\n`,
      ),
    ]);
    expect(await conversationsOf(loaded)).toEqual({
      '20454 tgw-attach-1 10.0.0.2#443 10.0.0.9#40000 6 0': '0 0 0 0 | 1 5 500 4 | 1767225600 | 1767225660',
    });
    expect(loaded.coverage.loggedActions).toEqual({ accept: false, reject: false });
  });

  test('CloudWatch records are unwrapped, and control messages are counted', async () => {
    const event = (message: string): object => ({ id: '1', timestamp: 1, message });
    const data = {
      messageType: 'DATA_MESSAGE',
      owner: '1',
      logGroup: 'g',
      logStream: 'eni-1',
      subscriptionFilters: [],
      logEvents: [event(`2 1 ${record}`), event('2 1 eni-1 - - - - - - - 1767225600 1767225660 - NODATA')],
    };
    const control = {
      messageType: 'CONTROL_MESSAGE',
      owner: '1',
      logGroup: '',
      logStream: '',
      subscriptionFilters: [],
      logEvents: [event('CWL CONTROL MESSAGE: Checking health of destination')],
    };
    const text = JSON.stringify(data) + JSON.stringify(control);
    for (const content of [text, gzipSync(text)]) {
      const loaded = await load([fileOf('subscription.json', content)]);
      expect(loaded.inputs).toMatchObject([{ records: 3, accepted: 1, skippedByReason: { NODATA: 1, CONTROL_MESSAGE: 1 } }]);
      expect(await conversationsOf(loaded)).toEqual(conversation);
    }
    const filtered = await load([fileOf('filter.json', JSON.stringify({ events: data.logEvents, searchedLogStreams: [] }, null, 2))]);
    expect(filtered.inputs).toMatchObject([{ records: 2, accepted: 1, skippedByReason: { NODATA: 1 } }]);
    const console = await load([
      fileOf(
        'console.csv',
        `timestamp,message\n1767225600000,2 1 ${record}\n1767225600001,"2 1 eni-2 - - - - - - - 1767225600 1767225660 - NODATA"\n`,
      ),
    ]);
    expect(console.inputs).toMatchObject([{ records: 2, accepted: 1, skippedByReason: { NODATA: 1 } }]);
    expect(await conversationsOf(console)).toEqual(conversation);
  });

  test('Parquet with underscores, other types and NULL for what is missing reads as the text does', async () => {
    const path = join(folder, 'typed.parquet');
    await store.run(
      `COPY (SELECT 5::INTEGER AS version, 'eni-1' AS interface_id, a AS srcaddr, '10.0.0.2' AS dstaddr, p::INTEGER AS srcport, 443::SMALLINT AS dstport, 6::BIGINT AS protocol, 5::UBIGINT AS packets, 500::BIGINT AS bytes, 1767225600::BIGINT AS start, 1767225660::BIGINT AS "end", 'ACCEPT' AS action, s AS log_status FROM (VALUES ('10.0.0.9', 40000, 'OK'), (NULL, NULL, 'NODATA'), ('10.0.0.9', 70000, 'OK'), ('10.0.0.9', -1, 'OK')) v(a, p, s)) TO '${path}' (FORMAT parquet)`,
    );
    const loaded = await load([path]);
    expect(loaded.inputs).toMatchObject([{ records: 4, accepted: 2, skippedByReason: { NODATA: 1, MALFORMED_PORT: 1 } }]);
    expect(await conversationsOf(loaded)).toEqual({
      ...conversation,
      '20454 eni-1 10.0.0.2#443 10.0.0.9#65536 6 1': '0 0 0 0 | 1 5 500 0 | 1767225600 | 1767225660',
    });
    expect(loaded.unseen).toEqual({ sourcePort: true, destinationPort: false, protocol: false, time: false });
  });

  test('fields that a custom layout leaves out are unseen, never zero', async () => {
    const loaded = await load([fileOf('least.log', 'interface-id srcaddr dstaddr\neni-1 10.0.0.9 10.0.0.2\neni-1 - -\n')]);
    expect(loaded.inputs).toMatchObject([{ records: 2, accepted: 1, skippedByReason: { NODATA: 1 } }]);
    expect(loaded.unseen).toEqual({ sourcePort: true, destinationPort: true, protocol: true, time: true });
    expect(await rowsOf(loaded)).toMatchObject([
      { protocol: UNSEEN_PROTOCOL, aPort: UNSEEN_PORT, bPort: UNSEEN_PORT, day: -1, loggedAction: 0 },
    ]);
    expect(loaded.window).toBeNull();
    expect(loaded.diagnostics).toContainEqual(expect.objectContaining({ code: 'COUNTS_NOT_LOGGED' }));
  });
});

describe('flows-csv', () => {
  const header = 'start,end,source,source_port,destination,destination_port,protocol,action,packets,bytes';

  test('a row without flags is oriented: its source opened', async () => {
    const loaded = await load([
      fileOf('f.csv', `${header}\n2026-01-01T00:00:00Z,2026-01-01T00:01:00Z,10.0.0.9,40000,10.0.0.2,443,tcp,Allow,5,500\n`),
    ]);
    expect(await conversationsOf(loaded)).toEqual({
      '20454  10.0.0.2#443 10.0.0.9#40000 6 1': '0 0 0 0 | 1 5 500 1 | 1767225600 | 1767225660',
    });
  });

  test('flags of such logs prove the opener by a SYN without ACK, and nothing by a SYN with it', async () => {
    const rows = ['2', '18', '16', ''].map(
      (flags, index) => `1767225600,1767225660,10.0.0.9,4000${index},10.0.0.2,443,6,accept,5,500,${flags}`,
    );
    const loaded = await load([fileOf('flags.csv', [`${header},tcp_flags`, ...rows, ''].join('\n'))]);
    expect((await rowsOf(loaded)).map((row) => [row['bPort'], (row['evidence'] ?? 0) >> 4]).sort()).toEqual([
      [40000, 1],
      [40001, 0],
      [40002, 0],
      [40003, 1],
    ]);
  });

  test('ICMP type and code, rules, interfaces, directions, record counts and quotes are read', async () => {
    const rows = [
      '1767225600,1767225660,10.0.0.2,,10.0.0.9,8/0,icmp,permit,5,500,eth0,in,3,"block, then log"',
      '1767225600,1767225660,10.0.0.2,,10.0.0.9,8,icmp,permit,5,500,eth0,in,1,r2',
      '1767225600,1767225660,10.0.0.2,,10.0.0.9,any,icmp,drop,5,500,eth0,,1,',
      '1767225600,1767225660,10.0.0.2,1,10.0.0.9,99999,udp,drop,5,500,eth0,,1,',
    ];
    const loaded = await load([fileOf('rules.csv', [`${header},interface,direction,records,rule`, ...rows, ''].join('\r\n'))]);
    expect(loaded.inputs).toMatchObject([{ records: 4, accepted: 3, skippedByReason: { MALFORMED_PORT: 1 } }]);
    expect(loaded.dictionary.namedRules).toEqual(['block, then log', 'r2']);
    const read = (await rowsOf(loaded)).map((row) => [
      row['aPort'],
      row['bPort'],
      row['loggedAction'],
      row['evidence'],
      row['recordsAb'],
      row['namedRule'],
    ]);
    expect(read.sort()).toEqual(
      [
        [8, 0, 1, 5, 3, 1],
        [8, UNSEEN_PORT, 1, 5, 1, 2],
        [UNSEEN_PORT, UNSEEN_PORT, 2, 1, 1, 0],
      ].sort(),
    );
  });

  test('a column that is missing or unknown is named', async () => {
    await expect(load([fileOf('short.csv', 'source,destination,protocol\n1,2,3\n')])).rejects.toThrow(
      /short\.csv:1: flows-csv needs .* no start/,
    );
    await expect(load([fileOf('odd.csv', `${header},colour\n`)])).rejects.toThrow(/no column "colour"/);
  });
});

describe('evidence over time', () => {
  const header = `${V2} tcp-flags`;
  const flow = (day: number, flags: number): string =>
    `2 1 eni-1 10.0.0.9 10.0.0.2 40000 443 6 5 500 ${1767225600 + day * 86400} ${1767225660 + day * 86400} ACCEPT OK ${flags}`;

  test('a role proven once holds for the next five days and no longer', async () => {
    const loaded = await load([fileOf('sticky.log', [header, flow(0, 0), flow(1, 2), flow(2, 0), flow(6, 0), flow(7, 0), ''].join('\n'))]);
    const roles = (await rowsOf(loaded)).map((row) => [(row['day'] ?? 0) - 20454, (row['evidence'] ?? 0) >> 4]);
    expect(roles.sort((left, right) => Number(left[0]) - Number(right[0]))).toEqual([
      [0, 0],
      [1, 1],
      [2, 1],
      [6, 1],
      [7, 0],
    ]);
  });

  test('a refused flow in the direction of an accepted one is no reply', async () => {
    const rows = await rowsOf(
      await load([fileOf('refused.log', [header, flow(0, 2), flow(0, 2).replace('ACCEPT', 'REJECT'), ''].join('\n'))]),
    );
    expect(rows.map((row) => (row['evidence'] ?? 0) & REVERSE_ACCEPTED)).toEqual([0, 0]);
  });

  test('only records that start in the given window count, and the others are counted apart', async () => {
    const path = fileOf('window.log', [header, flow(0, 0), flow(1, 0), flow(2, 0), ''].join('\n'));
    const loaded = await load([path], { from: 1767225600 + 86400, to: 1767225600 + 2 * 86400 });
    expect(loaded.inputs).toMatchObject([{ accepted: 1, skippedByReason: { OUTSIDE_WINDOW: 2 } }]);
    expect(loaded.window).toEqual({ start: 1767225600 + 86400, end: 1767225600 + 2 * 86400 });
    expect((await load([path], { from: 4_000_000_000, to: 4_000_086_400 })).window).toBeNull();
  });

  test('records lost over midnight are lost on both days', async () => {
    const midnight = 1767225600 + 86400;
    const loaded = await load([
      fileOf(
        'skip.log',
        v2(
          `eni-1 - - - - - - - ${midnight - 300} ${midnight + 300} - SKIPDATA`,
          'eni-1 10.0.0.9 10.0.0.2 40000 443 6 5 500 1767225600 1767225660 ACCEPT OK',
        ),
      ),
    ]);
    expect(loaded.coverage.days).toEqual([
      { attachment: 'eni-1', day: 20454, loggedHours: 1, skippedHours: 1 << 23 },
      { attachment: 'eni-1', day: 20455, loggedHours: 0, skippedHours: 1 },
    ]);
  });
});

describe('files that are not what they should be', () => {
  const many = v2(
    ...Array.from({ length: 2000 }, (_, index) => `eni-1 10.0.0.9 10.0.0.2 ${index + 1} 443 6 5 500 1767225600 1767225660 ACCEPT OK`),
  );
  const good = (): string => fileOf('good.log', v2('eni-1 10.0.0.9 10.0.0.2 40000 443 6 5 500 1767225600 1767225660 ACCEPT OK'));

  test('a gzip file cut off anywhere is left out whole, and its five minutes are a gap', async () => {
    const bytes = gzipSync(many);
    for (const length of [bytes.length - 1, bytes.length - 8, bytes.length - 300, Math.floor(bytes.length / 2), 30, 3]) {
      const cut = fileOf('1_vpcflowlogs_eu-west-1_fl-0a_20260101T0005Z_1.log.gz', bytes.subarray(0, length));
      const loaded = await load([cut, good()]);
      expect(loaded.inputs.map((input) => [input.accepted, input.skippedByReason])).toEqual([
        [0, { UNREADABLE: 1 }],
        [1, {}],
      ]);
      expect(loaded.coverage.unreadFiles).toEqual([{ path: cut, from: 1767225900, to: 1767226200 }]);
      expect(loaded.diagnostics).toContainEqual(expect.objectContaining({ severity: 'error', code: 'UNREADABLE_FILE', path: cut }));
      expect(Object.keys(await conversationsOf(loaded))).toHaveLength(1);
    }
  });

  test('a damaged gzip file is left out whole', async () => {
    const bytes = gzipSync(many);
    bytes.fill(0x5a, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 40);
    const loaded = await load([fileOf('damaged.gz', bytes), good()]);
    expect(loaded.unreadable).toBe(1);
    expect(Object.keys(await conversationsOf(loaded))).toHaveLength(1);
  });

  test('an empty file, noise and a Parquet file without its end are left out whole', async () => {
    const noise = Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 256));
    const parquet = readFileSync(`${DATA}/parquet/flows.parquet`);
    const loaded = await load([
      fileOf('nothing.log', ''),
      fileOf('noise.log', noise),
      fileOf('cut.parquet', parquet.subarray(0, 5000)),
      good(),
    ]);
    expect(loaded.unreadable).toBe(3);
    expect(loaded.inputs.reduce((sum, input) => sum + input.accepted, 0)).toBe(1);
  });

  test('nothing but unreadable files gives no window and no conversation', async () => {
    const loaded = await load([fileOf('nothing.log', '')]);
    expect(loaded).toMatchObject({ window: null, unreadable: 1 });
    expect(await conversationsOf(loaded)).toEqual({});
  });

  test('a file of no known format, a missing file and a missing column stop the run with a sentence', async () => {
    await expect(load([fileOf('poem.txt', 'Shall I compare thee\nto a summer day\n')])).rejects.toThrow(
      /poem\.txt:1: no flow log format fits: it begins with "Shall I/,
    );
    await expect(load([join(folder, 'absent.log')])).rejects.toThrow(/absent\.log: the file cannot be opened \(ENOENT\)/);
    await expect(
      load([fileOf('no-address.log', '# x\nversion interface-id srcport dstport action\n2 eni-1 1 2 ACCEPT\n')]),
    ).rejects.toThrow(/no-address\.log:2: the flow log has no srcaddr, no dstaddr; it holds/);
    await expect(load([fileOf('no-eni.log', 'srcaddr dstaddr\n10.0.0.1 10.0.0.2\n')])).rejects.toThrow(/no interface-id/);
    await expect(load([fileOf('fields.log', '5 eni-1 10.0.0.1 10.0.0.2\n')])).rejects.toThrow(/no header and 4 fields.*put a first line/);
    await expect(
      load([fileOf('custom.json', JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: [{ message: '5 eni-1 10.0.0.1 10.0.0.2' }] }))]),
    ).rejects.toThrow(/messages have 4 fields/);
    await expect(
      loadFlows(store, [{ path: good(), format: 'flows-csv' }], { from: null, to: null, onProgress: () => {}, signal: null }),
    ).rejects.toThrow(/does not look like flows-csv/);
    await expect(
      loadFlows(store, [{ path: good(), format: 'flows' }], { from: null, to: null, onProgress: () => {}, signal: null }),
    ).rejects.toThrow(/there is no flow format "flows"/);
  });

  test('a line of ten million bytes is one malformed record', async () => {
    const loaded = await load([
      fileOf('long.log', `${v2('eni-1 10.0.0.9 10.0.0.2 40000 443 6 5 500 1767225600 1767225660 ACCEPT OK')}${'x'.repeat(10_000_000)}\n`),
    ]);
    expect(loaded.inputs).toMatchObject([{ records: 2, accepted: 1, skippedByReason: { MALFORMED_FIELDS: 1 } }]);
  });

  test('names with the wildcards and quotes of the database are just names', async () => {
    const loaded = await load([
      fileOf("odd [1]*?'{a}.log", v2('eni-1 10.0.0.9 10.0.0.2 1 443 6 5 500 1767225600 1767225660 ACCEPT OK')),
      good(),
    ]);
    expect(loaded.inputs.map((input) => input.accepted)).toEqual([1, 1]);
  });

  test('the same file twice counts once', async () => {
    const first = fileOf('twice-a.log', many);
    const second = fileOf('twice-b.log.gz', many);
    const loaded = await load([second, first]);
    expect(loaded.inputs).toMatchObject([
      { path: first, accepted: 2000 },
      { path: second, accepted: 0, records: 2000, skippedByReason: { DUPLICATE_FILE: 2000 } },
    ]);
    expect(Object.keys(await conversationsOf(loaded))).toHaveLength(2000);
  });
});

describe('several flow logs over one interface', () => {
  const web = (interval: number): string =>
    `eni-w 198.51.100.7 10.0.0.5 50000 443 6 5 500 ${1767225600 + interval} ${1767225660 + interval} ACCEPT OK`;
  const delivered = (flowLog: string, slot: string, ...records: readonly string[]): string =>
    fileOf(`1_vpcflowlogs_eu-west-1_${flowLog}_20260101T${slot}Z_${flowLog}.log`, v2(...records));

  test('a record that both delivered counts once, and identical lines of one flow log stay (T-42)', async () => {
    const vpc = delivered('fl-0a', '0000', web(0), web(0), web(60), 'eni-x 10.0.0.1 10.0.0.2 1 2 6 1 1 1767225600 1767225601 ACCEPT OK');
    const subnet = delivered('fl-0b', '0000', web(0), web(60), web(120));
    const loaded = await load([vpc, subnet]);
    expect(loaded.inputs.map((input) => [input.records, input.accepted, input.skippedByReason])).toEqual([
      [4, 4, {}],
      [3, 1, { DUPLICATE_DELIVERY: 2 }],
    ]);
    expect(await conversationsOf(loaded)).toMatchObject({
      '20454 eni-w 10.0.0.5#443 198.51.100.7#50000 6 1': '0 0 0 0 | 4 20 2000 0 | 1767225600 | 1767225780',
    });
    expect(loaded.diagnostics).toContainEqual(expect.objectContaining({ code: 'OVERLAPPING_FLOW_LOGS', count: 1 }));
    expect(loaded.diagnostics).toContainEqual(expect.objectContaining({ code: 'IDENTICAL_LINES', count: 1 }));
  });

  test('two flow logs over different interfaces lose nothing', async () => {
    const loaded = await load([delivered('fl-0c', '0005', web(0)), delivered('fl-0d', '0005', web(0).replace('eni-w', 'eni-v'))]);
    expect(loaded.inputs.map((input) => input.accepted)).toEqual([1, 1]);
    expect(loaded.diagnostics).toEqual([]);
  });
});

test('loading stops when it is interrupted, and the store leaves nothing behind', async () => {
  const controller = new AbortController();
  const own = await openStore({ threads: 1, memoryBytes: 256 * 2 ** 20, signal: controller.signal });
  controller.abort();
  await expect(
    loadFlows(own, [{ path: `${DATA}/awsdocs-v2.log`, format: null }], {
      from: null,
      to: null,
      onProgress: () => {},
      signal: controller.signal,
    }),
  ).rejects.toThrow(InterruptedError);
  own.close();
  expect(existsSync(DATA)).toBe(true);
});
