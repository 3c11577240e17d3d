import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawMap } from '../../../src/core/map/application-map.ts';
import type { MapBookOptions } from '../../../src/core/map/map-book.ts';
import type { MapZone } from '../../../src/core/map/places.ts';
import { type AddressRange, parseAddressRange } from '../../../src/model/address.ts';
import { type ApplicationMap, applicationMapSchema, MOST_MAP_NODES } from '../../../src/model/application-map.ts';
import { EVIDENCE_RESPONDER, EVIDENCE_SHIFT_BA, REVERSE_ACCEPTED } from '../../../src/model/flow.ts';
import type { RuleBase } from '../../../src/model/policy.ts';
import { batchOf, type Conversation, DAY, dictionaryOf } from '../../support/conversations.ts';
import { policyOf, ruleBaseOf } from '../../support/policies.ts';

const range = (text: string): AddressRange => {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.range;
};

const SYN_ACK_BACK = EVIDENCE_RESPONDER << EVIDENCE_SHIFT_BA;

const GROUPED = { evaluation: 'any-permit', interfaceBound: true } as const;

/** `eni-w` and `eni-w2` in group web, `eni-a` in group app, `eni-n` with no group, in subnet data; `eni-x` is in no inventory. */
const BASE: RuleBase = {
  ...ruleBaseOf(
    [policyOf(['permit any any -> any'], { id: 'web', name: 'web', ...GROUPED }), policyOf([], { id: 'app', name: 'app', ...GROUPED })],
    [
      { id: 'eni-a', note: '', localAddresses: [range('10.0.2.1')], in: [{ policies: ['app'], exceptRemote: [] }], out: [] },
      { id: 'eni-n', note: '', localAddresses: [range('10.0.3.1')], in: [], out: [] },
      { id: 'eni-w', note: '', localAddresses: [range('10.0.1.1')], in: [{ policies: ['web'], exceptRemote: [] }], out: [] },
      { id: 'eni-w2', note: '', localAddresses: [range('10.0.1.2')], in: [{ policies: ['web'], exceptRemote: [] }], out: [] },
    ],
  ),
  networks: [
    { id: 'net', name: 'corporate', parent: null, cidrs: [range('10.0.0.0/16')] },
    { id: 'sub', name: 'data', parent: 'corporate', cidrs: [range('10.0.3.0/24')] },
  ],
};

function mapOf(
  conversations: readonly Conversation[],
  {
    base = BASE,
    zones = [],
    bounds,
  }: { readonly base?: RuleBase; readonly zones?: readonly MapZone[]; readonly bounds?: MapBookOptions } = {},
): ApplicationMap {
  const dictionary = dictionaryOf(conversations);
  const drawer = drawMap(base, dictionary, zones, bounds);
  drawer.add(batchOf(conversations, dictionary));
  return applicationMapSchema.parse(drawer.finish());
}

/** `web -> app tcp/80`, with the counts that are asked for. */
function lines(map: ApplicationMap, ...counts: readonly (keyof ApplicationMap['edges'][number])[]): string[] {
  const names = new Map(map.nodes.map(({ id, name }) => [id, name]));
  return map.edges.map((edge) =>
    [`${names.get(edge.source)} -> ${names.get(edge.destination)} ${edge.service}`, ...counts.map((name) => `${name} ${edge[name]}`)].join(
      ', ',
    ),
  );
}

describe('a connection counts once', () => {
  const atSource = 'eni-w - tcp 10.0.1.1:40000 -> 10.0.2.1:80';
  const atDestination = 'eni-a - tcp 10.0.1.1:40000 -> 10.0.2.1:80';

  test('that both of its interfaces logged, and is two sightings', () => {
    const map = mapOf([
      { flow: atSource, answered: true },
      { flow: atDestination, answered: true },
    ]);
    expect(lines(map, 'connections', 'accepted', 'answered', 'sightings', 'bytes')).toEqual([
      'web -> app tcp/80, connections 1, accepted 1, answered 1, sightings 2, bytes 900',
    ]);
  });

  test('that only one of its interfaces logged, whichever', () => {
    for (const flow of [atSource, atDestination])
      expect(lines(mapOf([{ flow }]), 'connections')).toEqual(['web -> app tcp/80, connections 1']);
  });

  test('on each day on which it was logged', () => {
    const map = mapOf([{ flow: atSource }, { flow: atDestination, day: DAY + 1 }, { flow: atSource, day: DAY + 1 }]);
    expect(lines(map, 'connections', 'firstDay', 'lastDay')).toEqual([
      'web -> app tcp/80, connections 2, firstDay 2026-01-05, lastDay 2026-01-06',
    ]);
  });

  test('as refused when the destination refused what the source had let out', () => {
    const map = mapOf([{ flow: atSource }, { flow: atDestination, action: 'reject' }]);
    expect(lines(map, 'connections', 'accepted', 'rejected')).toEqual(['web -> app tcp/80, connections 1, accepted 0, rejected 1']);
  });

  test('as refused when the source let it out of no door, beside those that got through', () => {
    const map = mapOf([
      { flow: 'eni-w - tcp 10.0.1.1:40001 -> 10.0.2.1:80', action: 'reject' },
      { flow: atSource },
      { flow: atDestination },
    ]);
    expect(lines(map, 'connections', 'accepted', 'rejected')).toEqual(['web -> app tcp/80, connections 2, accepted 1, rejected 1']);
  });

  test('as undecided when the log states no action', () => {
    expect(lines(mapOf([{ flow: atSource, action: 'none' }]), 'connections', 'undecided')).toEqual([
      'web -> app tcp/80, connections 1, undecided 1',
    ]);
  });

  test('although its reply was refused: that is no connection of its own', () => {
    const map = mapOf([
      { flow: atSource },
      { flow: atSource, action: 'reject', request: false, opener: 'unknown', flags: REVERSE_ACCEPTED | SYN_ACK_BACK },
    ]);
    expect(lines(map, 'connections', 'accepted', 'refusedReplies', 'sightings')).toEqual([
      'web -> app tcp/80, connections 1, accepted 1, refusedReplies 1, sightings 2',
    ]);
  });

  test('and where only interfaces of neither side logged it, once for each, which the map says', () => {
    const map = mapOf([
      { flow: 'eni-x - tcp 203.0.113.1:40000 -> 198.51.100.1:443' },
      { flow: 'eni-y - tcp 203.0.113.1:40000 -> 198.51.100.1:443' },
    ]);
    expect([lines(map, 'connections'), map.perInterface]).toEqual([['internet -> internet tcp/443, connections 2'], 2]);
  });

  test('with an interface in between, which adds only what the sides did not log', () => {
    const between = 'eni-x - tcp 10.0.1.1:40000 -> 10.0.2.1:80';
    expect(lines(mapOf([{ flow: atSource }, { flow: between }]), 'connections', 'sightings')).toEqual([
      'web -> app tcp/80, connections 1, sightings 2',
    ]);
  });
});

describe('who opened', () => {
  test('is proven by flags, likely by the well-known port, and else unknown, both readings in one line', () => {
    const map = mapOf([
      { flow: 'eni-w - tcp 10.0.1.1:40000 -> 10.0.2.1:8080', opener: 'source' },
      { flow: 'eni-w - udp 10.0.1.1:53 -> 10.0.2.1:40000', opener: 'unknown', answered: true },
      { flow: 'eni-w - udp 10.0.1.1:40000 -> 10.0.2.1:50000', opener: 'unknown', answered: true },
      { flow: 'eni-a - udp 10.0.2.1:50000 -> 10.0.1.1:40000', opener: 'unknown', answered: true },
    ]);
    expect(lines(map, 'orientation', 'connections').sort()).toEqual([
      'app -> web udp, orientation unknown, connections 1',
      'app -> web udp/53, orientation likely, connections 1',
      'web -> app tcp/8080, orientation proven, connections 1',
    ]);
  });

  test('is likely the only side that sent anything', () => {
    const map = mapOf([{ flow: 'eni-w - icmp 10.0.1.1 -> 10.0.2.1', opener: 'unknown' }]);
    expect(lines(map, 'orientation')).toEqual(['web -> app icmp, orientation likely']);
  });

  test('decides nothing in the nodes while it is not known', () => {
    const map = mapOf([{ flow: 'eni-w - icmp 10.0.1.1 -> 10.0.2.1', opener: 'unknown', answered: true }]);
    expect(map.nodes.map(({ opened, received }) => opened + received)).toEqual([0, 0]);
  });
});

describe('a place', () => {
  const to = (destination: string, logger = 'eni-w'): Conversation => ({ flow: `${logger} - tcp 10.0.1.1:40000 -> ${destination}:443` });

  test('is the groups of the interface, else the smallest network, else the zone, else private or the internet', () => {
    const zones = [{ name: 'office', ranges: [range('192.168.7.0/24'), range('10.0.3.0/24')] }];
    const map = mapOf(
      ['10.0.2.1', '10.0.3.1', '10.0.3.9', '10.0.9.9', '192.168.7.7', '192.168.8.8', '8.8.8.8'].map((each) => to(each)),
      { zones },
    );
    expect(map.nodes.map(({ kind, name, interfaces, received }) => [kind, name, interfaces, received])).toEqual([
      ['internet', 'internet', 0, 1],
      ['policies', 'app', 1, 1],
      ['policies', 'web', 2, 0],
      ['network', 'corporate', 0, 1],
      ['network', 'data', 1, 2],
      ['zone', 'office', 0, 1],
      ['private', 'private, unknown', 0, 1],
    ]);
  });

  test('is a /24 where nothing names the inside', () => {
    const map = mapOf([to('10.9.9.9'), to('10.9.9.8'), to('8.8.8.8')], { base: ruleBaseOf([policyOf([])]) });
    expect(lines(map).sort()).toEqual(['10.0.1.0/24 -> 10.9.9.0/24 tcp/443', '10.0.1.0/24 -> internet tcp/443']);
  });

  test('that has its name from two things says which', () => {
    const twice = [...(BASE.networks ?? []), { id: 'sub-2', name: 'data', parent: null, cidrs: [range('10.8.0.0/24')] }];
    const map = mapOf([to('10.0.3.9'), to('10.8.0.1')], { base: { ...BASE, networks: twice } });
    expect(map.nodes.map(({ name }) => name)).toEqual(['web', 'data (sub)', 'data (sub-2)']);
  });

  test('of an address that two interfaces have is the one whose interface logged it', () => {
    const [app] = BASE.attachments;
    const twin = { ...(app as NonNullable<typeof app>), id: 'eni-z', in: [{ policies: ['web'], exceptRemote: [] }] };
    const base = { ...BASE, attachments: [...BASE.attachments, twin] };
    expect(lines(mapOf([to('10.0.2.1', 'eni-z')], { base }))).toEqual(['web -> web tcp/443']);
    expect(lines(mapOf([to('10.0.2.1', 'eni-a')], { base }))).toEqual(['web -> app tcp/443']);
    expect(lines(mapOf([to('10.0.2.1')], { base }))).toEqual(['web -> corporate tcp/443']);
  });
});

describe('bounds', () => {
  test('a scan of many ports becomes one line and hides no service that answers', () => {
    const scan = Array.from(
      { length: 500 },
      (_, port): Conversation => ({
        flow: `eni-w - tcp 203.0.113.9:40000 -> 10.0.1.1:${port + 1}`,
        action: 'reject',
      }),
    );
    const map = mapOf([...scan, { flow: 'eni-w - tcp 203.0.113.1:40000 -> 10.0.1.1:443', answered: true }]);
    expect(lines(map, 'connections', 'rejected')).toEqual([
      'internet -> web tcp/several, connections 500, rejected 500',
      'internet -> web tcp/443, connections 1, rejected 0',
    ]);
  });

  test('more places than the document holds are summed up, and the sums add up', () => {
    const many = Array.from(
      { length: 300 },
      (_, block): Conversation => ({
        flow: `eni-x - tcp 10.${block >> 8}.${block & 255}.1:40000 -> 8.8.8.8:443`,
      }),
    );
    const map = mapOf([...many, ...many.slice(0, 250).map((each) => ({ ...each, day: DAY + 1 }))], { base: ruleBaseOf([policyOf([])]) });
    expect(map.nodes).toHaveLength(MOST_MAP_NODES);
    expect(map.total).toEqual({ nodes: 301, edges: 300, connections: 550, sightings: 550, bytes: '275000' });
    const drawn = map.edges.reduce((sum, { connections }) => sum + connections, 0);
    expect([map.omitted.nodes, map.omitted.edges, drawn + map.omitted.connections]).toEqual([101, 101, 550]);
    expect(map.omitted.connections).toBeGreaterThan(0);
  });

  const arbitraryConversation: fc.Arbitrary<Conversation> = fc
    .record({
      logger: fc.constantFrom('eni-w', 'eni-w2', 'eni-a', 'eni-n', 'eni-x', 'eni-y'),
      source: fc.constantFrom('10.0.1.1', '10.0.1.2', '10.0.2.1', '10.0.3.1', '10.0.9.9', '192.168.1.1', '192.168.2.1', '8.8.8.8'),
      destination: fc.constantFrom('10.0.1.1', '10.0.2.1', '10.0.3.1', '172.16.5.5', '9.9.9.9'),
      protocol: fc.constantFrom('tcp', 'udp'),
      sourcePort: fc.constantFrom(40_000, 40_001, 123),
      port: fc.integer({ min: 1, max: 12 }).map((port) => (port < 10 ? port : 50_000 + port)),
      action: fc.constantFrom('accept', 'reject', 'none'),
      opener: fc.constantFrom('source', 'destination', 'unknown'),
      answered: fc.boolean(),
      day: fc.integer({ min: DAY, max: DAY + 3 }),
      isReply: fc.boolean(),
    })
    .map(({ logger, source, destination, protocol, sourcePort, port, action, opener, answered, day, isReply }) => ({
      flow: `${logger} - ${protocol} ${source}:${sourcePort} -> ${destination}:${port}`,
      action,
      opener,
      answered,
      day,
      flags: isReply && action === 'reject' ? REVERSE_ACCEPTED : 0,
    }));

  const BOUNDS = [1_000_000, 200, 180, 150, 100, 3];
  const BASES = [BASE, ruleBaseOf([policyOf([])])];

  test.each(BOUNDS)('the map is the same whatever the order and the batches, with at most %i cells', (mostCells) => {
    const bounds = { mostCells, mostServices: 6, mostNoise: 3 };
    for (const base of BASES) {
      fc.assert(
        fc.property(fc.array(arbitraryConversation, { minLength: 150, maxLength: 250 }), fc.integer({ min: 1, max: 149 }), (some, cut) => {
          const dictionary = dictionaryOf(some);
          const whole = drawMap(base, dictionary, [], bounds);
          whole.add(batchOf(some, dictionary));
          const parts = drawMap(base, dictionary, [], bounds);
          for (const part of [some.slice(cut).reverse(), some.slice(0, cut)]) parts.add(batchOf(part, dictionary));
          const map = whole.finish();
          expect(parts.finish()).toEqual(map);
          expect(map.total.sightings).toBe(some.length);
          for (const edge of map.edges) {
            expect(edge.connections).toBe(edge.accepted + edge.rejected + edge.undecided);
            expect(edge.connections + edge.refusedReplies).toBeLessThanOrEqual(edge.sightings);
            expect(Math.min(edge.accepted, edge.rejected, edge.undecided)).toBeGreaterThanOrEqual(0);
            expect(edge.answered).toBeLessThanOrEqual(edge.accepted);
          }
        }),
        { numRuns: 5, endOnFailure: true },
      );
    }
  });

  test('every detail is reached by these bounds', () => {
    const some = fc.sample(arbitraryConversation, { numRuns: 250, seed: 1 });
    const reached = BASES.flatMap((base) =>
      BOUNDS.map((mostCells) => mapOf(some, { base, bounds: { mostCells, mostServices: 6, mostNoise: 3 } }).detail),
    );
    expect([...new Set(reached)].sort()).toEqual(['nodes', 'private', 'protocols', 'services']);
  });
});
