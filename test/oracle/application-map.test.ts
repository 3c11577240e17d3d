import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawMap } from '../../src/core/map/application-map.ts';
import { type AddressRange, parseAddressRange } from '../../src/model/address.ts';
import type { ApplicationMap } from '../../src/model/application-map.ts';
import { withFlows } from '../../src/observe-traffic.ts';
import { auditRequest, inTemporaryFolder } from '../support/audit-files.ts';
import { naiveMap, type RawRecord } from '../support/naive-map.ts';
import { policyOf, ruleBaseOf } from '../support/policies.ts';

interface Host {
  readonly address: string;
  /** What the map calls it. */
  readonly place: string;
  readonly interface: string | null;
}

const HOSTS: readonly Host[] = [
  { address: '10.0.1.1', place: 'web', interface: 'eni-web-1' },
  { address: '10.0.1.2', place: 'web', interface: 'eni-web-2' },
  { address: '10.0.2.1', place: 'app', interface: 'eni-app' },
  { address: '10.0.3.1', place: 'data', interface: 'eni-data' },
  { address: '10.0.3.200', place: 'data', interface: null },
  { address: '192.168.44.4', place: 'private, unknown', interface: null },
  { address: '203.0.113.7', place: 'internet', interface: null },
  { address: '198.51.100.9', place: 'internet', interface: null },
];

const RULES = {
  ...ruleBaseOf(
    ['web', 'app'].map((name) => policyOf([], { id: name, name, evaluation: 'any-permit', interfaceBound: true })),
    HOSTS.flatMap(({ address, place, interface: id }) =>
      id === null
        ? []
        : [
            {
              id,
              note: '',
              localAddresses: [range(address)],
              in: place === 'data' ? [] : [{ policies: [place], exceptRemote: [] }],
              out: [],
            },
          ],
    ),
  ),
  networks: [{ id: 'sub', name: 'data', parent: null, cidrs: [range('10.0.3.0/24')] }],
};

const FIRST_DAY = 20_454;

test.each([1, 2, 3, 4, 5, 6])('the map of written and read logs is that of the records they were made from (seed %i)', async (seed) => {
  const records = makeTraffic(seed);
  const map = await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'flows.csv');
    await writeFile(path, toCsv(records));
    return withFlows(auditRequest({ flows: [path] }), async (flows): Promise<ApplicationMap> => {
      const drawer = drawMap(RULES, flows.dictionary, []);
      for await (const batch of flows.conversations()) drawer.add(batch);
      return drawer.finish();
    });
  });
  const expected = naiveMap(records, (address) => HOSTS.find((host) => host.address === address)?.place ?? '');
  expect(expected.length).toBeGreaterThan(20);
  expect(sorted(edgesOf(map))).toEqual(sorted(expected));
  expect(map.omitted.edges).toBe(0);
});

/** Some interfaces log nothing at all; what nobody logs is in no record. Every attempt of a 5-tuple on a day has the same fate. */
function makeTraffic(seed: number): RawRecord[] {
  const random = randomOf(seed);
  const logs = new Set(HOSTS.flatMap((host) => (host.interface !== null && random() < 0.7 ? [host.interface] : [])));
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const fates = new Map<string, { readonly leaves: boolean; readonly arrives: boolean; readonly isAnswered: boolean }>();
  const records: RawRecord[] = [];
  for (let attempt = 0; attempt < 4000; attempt += 1) {
    const [from, to] = [pick(HOSTS), pick(HOSTS)];
    if (from === to) continue;
    const [sourcePort, destinationPort, day] = [
      40_000 + Math.floor(random() * 30),
      pick([22, 443, 8080]),
      FIRST_DAY + Math.floor(random() * 4),
    ];
    const key = `${from.address} ${sourcePort} ${to.address} ${destinationPort} ${day}`;
    const fate = fates.get(key) ?? { leaves: random() < 0.9, arrives: random() < 0.9, isAnswered: random() < 0.8 };
    fates.set(key, fate);
    const there = { day, source: from.address, sourcePort, destination: to.address, destinationPort, bytes: 100, isOpening: true };
    const back = {
      day,
      source: to.address,
      sourcePort: destinationPort,
      destination: from.address,
      destinationPort: sourcePort,
      bytes: 50,
    };
    for (const host of [from, to]) {
      if (host.interface === null || !logs.has(host.interface) || (host === to && !fate.leaves)) continue;
      const isPassed = host === from ? fate.leaves : fate.arrives;
      records.push({ ...there, interface: host.interface, action: isPassed ? 'accept' : 'reject' });
      if (fate.leaves && fate.arrives && fate.isAnswered)
        records.push({ ...back, interface: host.interface, action: 'accept', isOpening: false });
    }
  }
  return records;
}

function toCsv(records: readonly RawRecord[]): string {
  const rows = records.map((record) => {
    const start = record.day * 86_400 + 3600;
    const ends = [record.source, record.sourcePort, record.destination, record.destinationPort];
    return [start, start + 60, ...ends, 'tcp', record.action, 5, record.bytes, record.interface, record.isOpening ? 2 : 18].join(',');
  });
  return `start,end,source,source_port,destination,destination_port,protocol,action,packets,bytes,interface,tcp_flags\n${rows.join('\n')}\n`;
}

function edgesOf({ nodes, edges }: ApplicationMap) {
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return edges.map(({ source, destination, service, orientation, connections, accepted, rejected, answered, firstDay, lastDay }) => {
    expect(orientation).toBe('proven');
    const counts = { connections, accepted, rejected, answered, firstDay: dayOf(firstDay), lastDay: dayOf(lastDay) };
    return { source: names.get(source) ?? '', destination: names.get(destination) ?? '', service, ...counts };
  });
}

function dayOf(date: string | null): number {
  return Date.parse(date ?? '') / 86_400_000;
}

function sorted<Edge extends { readonly source: string; readonly destination: string; readonly service: string }>(
  edges: readonly Edge[],
): Edge[] {
  const key = ({ source, destination, service }: Edge): string => [source, destination, service].join('|');
  return [...edges].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function range(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.range;
}
