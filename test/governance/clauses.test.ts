import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Clause, type Clauses, toClauses } from '../../src/governance/clauses.ts';
import { expiredExceptions } from '../../src/governance/expired-exceptions.ts';
import { parseGuardrails } from '../../src/governance/guardrails.ts';
import { parseAddress } from '../../src/model/address.ts';
import { formatRegion } from '../../src/model/region-notation.ts';
import { parseProtocol } from '../../src/model/service.ts';

const ZONES = `version: 1
zones:
  web: {cidrs: [10.1.0.0/16]}
  app: {cidrs: [10.2.0.0/16]}
  card: {cidrs: [10.2.9.0/24], tags: [pci]}
`;
const AS_OF = Date.parse('2026-04-11T00:00:00Z') / 1000;
const clausesOf = (text: string, asOf: number | null = AS_OF): Clauses => toClauses(parseGuardrails(`${ZONES}${text}`, 'g.yaml'), asOf);

/** `10.1.0.1 > 10.2.9.1 tcp/443`: the first clause that holds the packet, as a policy would be read; null: no clause speaks about it. */
function decide(clauses: readonly Clause[], packet: string): string | null {
  const [source = '', , destination = '', service = ''] = packet.split(' ');
  const [name = '', port = '0'] = service.split('/');
  const [from, to, protocol] = [parseAddress(source), parseAddress(destination), parseProtocol(name)];
  if (from === null || to === null || protocol === null) throw new Error(`"${packet}" is no packet`);
  const clause = clauses.find(({ regions }) =>
    regions.some(
      (region) =>
        region.source.some((range) => range.family === from.family && range.first <= from.value && from.value <= range.last) &&
        region.destination.some((range) => range.family === to.family && range.first <= to.value && to.value <= range.last) &&
        region.services.some(
          ({ protocolFirst, protocolLast, destinationPort }) =>
            protocolFirst <= protocol &&
            protocol <= protocolLast &&
            (destinationPort === null || (destinationPort.first <= Number(port) && Number(port) <= destinationPort.last)),
        ),
    ),
  );
  return clause === undefined ? null : `${clause.verdict} ${clause.kind} ${clause.id}`;
}

describe('the zone matrix as a list of clauses', () => {
  const MATRIX = `zoneMatrix:
  - {from: any, to: "tag:pci", allow: none, reason: cards, severity: critical}
  - {from: web, to: card, allow: [tcp/443, tcp/8443]}
  - {from: web, to: app, allow: any}
`;

  test('permits what an entry allows and denies the rest of its pair, narrow pairs first', () => {
    const { obligations } = clausesOf(MATRIX);
    expect(obligations.map(({ title, verdict, severity, line, reason }) => [title, verdict, severity, line, reason])).toEqual([
      ['zone matrix web -> card: tcp/443, tcp/8443 allowed', 'permit', 'info', 8, ''],
      ['zone matrix web -> card: nothing but tcp/443, tcp/8443 allowed', 'deny', 'high', 8, ''],
      ['zone matrix web -> app: any allowed', 'permit', 'info', 9, ''],
      ['zone matrix any -> tag:pci: nothing allowed', 'deny', 'critical', 7, 'cards'],
    ]);
    expect(obligations[0]?.regions.flatMap(formatRegion)).toEqual(['tcp 10.1.0.0/16 -> 10.2.9.0/24:443,8443']);
    expect(decide(obligations, '10.1.0.1 > 10.2.9.1 tcp/443')).toBe('permit zone-matrix web -> card');
    expect(decide(obligations, '10.1.0.1 > 10.2.9.1 tcp/80')).toBe('deny zone-matrix web -> card');
    expect(decide(obligations, '10.1.0.1 > 10.2.8.1 tcp/80')).toBe('permit zone-matrix web -> app');
    expect(decide(obligations, '8.8.8.8 > 10.2.9.1 tcp/443')).toBe('deny zone-matrix any -> tag:pci');
    expect(decide(obligations, '10.2.9.1 > 10.2.9.2 tcp/443')).toBe('deny zone-matrix any -> tag:pci');
    expect(decide(obligations, '10.2.9.1 > 8.8.8.8 tcp/443')).toBe(null);
  });

  test('pairs without an entry are denied only where the default says so', () => {
    const { obligations } = clausesOf(`${MATRIX}zoneMatrixDefault: none\n`);
    expect(decide(obligations, '10.2.9.1 > 8.8.8.8 tcp/443')).toBe('deny zone-matrix default');
    expect(decide(obligations, '2001:db8::1 > 2001:db8::2 udp/53')).toBe('deny zone-matrix default');
    expect(decide(obligations, '10.1.0.1 > 10.2.8.1 tcp/80')).toBe('permit zone-matrix web -> app');
    expect(obligations.at(-1)?.line).toBe(10);
  });

  test('zones without a family in common make a clause that holds no packet', () => {
    const { obligations } = toClauses(
      parseGuardrails(
        'version: 1\nzones:\n  a: {cidrs: [10.0.0.0/8]}\n  b: {cidrs: ["2001:db8::/32"]}\nzoneMatrix: [{from: a, to: b, allow: none}]\n',
        'g.yaml',
      ),
      AS_OF,
    );
    expect(obligations.map(({ regions }) => regions)).toEqual([[]]);
  });

  test('the order of the entries in the file changes nothing', () => {
    const entries = MATRIX.split('\n').slice(1, -1);
    const packets = ['10.1.0.1', '10.2.0.1', '10.2.9.1', '8.8.8.8'].flatMap((from, _, all) =>
      all.flatMap((to) => ['tcp/443', 'tcp/80', 'udp/53'].map((service) => `${from} > ${to} ${service}`)),
    );
    const decisions = (lines: readonly string[]) => {
      const { obligations } = clausesOf(`zoneMatrix:\n${lines.join('\n')}\n`);
      return packets.map((packet) => decide(obligations, packet));
    };
    const expected = decisions(entries);
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        expect(decisions(shuffled)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });
});

describe('exceptions', () => {
  const exception = (id: string, more: string): string =>
    `  - {id: ${id}, services: [any], reason: migration, owner: team, expires: 2026-04-11, ${more}}\n`;
  const MATRIX = 'zoneMatrix:\n  - {from: any, to: card, allow: none}\n  - {from: any, to: app, allow: [tcp/443]}\n';

  test('without a clause excuse everything, in every list', () => {
    const { obligations, insecure, risky } = clausesOf(`${MATRIX}exceptions:\n${exception('E-1', 'from: web, to: card')}`);
    for (const list of [obligations, insecure, risky]) {
      expect(list[0]).toMatchObject({ id: 'E-1', kind: 'exception', verdict: 'permit', owner: 'team', reason: 'migration', line: 10 });
      expect(decide(list, '10.1.0.1 > 10.2.9.1 tcp/23')).toBe('permit exception E-1');
    }
    expect(decide(obligations, '10.2.0.1 > 10.2.9.1 tcp/23')).toBe('deny zone-matrix any -> card');
    expect(decide(insecure, '10.2.0.1 > 10.2.9.1 tcp/23')).toBe('deny insecure-service tcp/23');
  });

  test('of a kind excuse that kind only', () => {
    const { obligations, insecure } = clausesOf(
      `${MATRIX}exceptions:\n${exception('E-1', 'from: web, to: card, clause: insecure-service')}`,
    );
    expect(decide(insecure, '10.1.0.1 > 10.2.9.1 tcp/23')).toBe('permit exception E-1');
    expect(decide(obligations, '10.1.0.1 > 10.2.9.1 tcp/23')).toBe('deny zone-matrix any -> card');
  });

  test('of one clause reach no further than that clause', () => {
    const { obligations, insecure } = clausesOf(
      `${MATRIX}exceptions:\n${exception('E-1', 'from: web, to: any, clause: zone-matrix any -> card')}${exception('E-2', 'from: web, to: any, clause: insecure-service tcp/23')}`,
    );
    expect(decide(obligations, '10.1.0.1 > 10.2.9.1 tcp/23')).toBe('permit exception E-1');
    expect(decide(obligations, '10.1.0.1 > 10.2.8.1 tcp/23')).toBe('deny zone-matrix any -> app');
    expect(decide(insecure, '10.1.0.1 > 10.2.9.1 tcp/23')).toBe('permit exception E-2');
    expect(decide(insecure, '10.1.0.1 > 10.2.9.1 tcp/21')).toBe('deny insecure-service tcp/20-21');
    expect(insecure.find(({ id }) => id === 'E-2')?.regions.flatMap(formatRegion)).toEqual(['tcp 10.1.0.0/16 -> any:23']);
  });

  test('hold through their last day, and not without a date', () => {
    const text = `${MATRIX}exceptions:\n${exception('E-1', 'from: web, to: card')}`;
    const onPacket = (asOf: number | null) => decide(clausesOf(text, asOf).obligations, '10.1.0.1 > 10.2.9.1 tcp/443');
    expect(onPacket(AS_OF + 86_399)).toBe('permit exception E-1');
    expect(onPacket(AS_OF + 86_400)).toBe('deny zone-matrix any -> card');
    expect(onPacket(null)).toBe('deny zone-matrix any -> card');
  });

  test('that are expired are named with their line, owner and day', () => {
    const guardrails = parseGuardrails(`${ZONES}exceptions:\n${exception('E-1', 'from: web, to: card')}`, 'g.yaml');
    expect(expiredExceptions(guardrails, AS_OF)).toEqual([]);
    expect(expiredExceptions(guardrails, AS_OF + 86_400)).toEqual([
      {
        severity: 'warning',
        code: 'EXCEPTION_EXPIRED',
        path: 'g.yaml',
        line: 7,
        message:
          'The exception E-1 of team expired on 2026-04-11, so it excuses nothing any more. Renew it with a new reason, or remove it with what it excused.',
      },
    ]);
    expect(expiredExceptions(guardrails, null)).toEqual([expect.objectContaining({ code: 'EXCEPTIONS_WITHOUT_DATE', line: 7 })]);
    expect(expiredExceptions(parseGuardrails(ZONES, 'g.yaml'), null)).toEqual([]);
  });
});

describe('services', () => {
  test('that are insecure count from anywhere, risky ones from outside, unless the entry says otherwise', () => {
    const { insecure, risky } = clausesOf('');
    expect(decide(insecure, '10.1.0.1 > 10.2.9.1 tcp/23')).toBe('deny insecure-service tcp/23');
    expect(decide(risky, '10.1.0.1 > 10.2.9.1 tcp/22')).toBe(null);
    expect(decide(risky, '8.8.8.8 > 10.2.9.1 tcp/22')).toBe('deny risky-service tcp/22');
    expect(insecure.every(({ line }) => line === null)).toBe(true);
    const own = clausesOf(
      'insecureServices:\n  - {service: tcp/80, name: http, reason: clear text, from: outside, to: card, severity: low}\n',
    ).insecure;
    expect(own).toMatchObject([
      { id: 'tcp/80 outside -> card', title: 'insecure service http (tcp/80 outside -> card)', severity: 'low', line: 7 },
    ]);
    expect(decide(own, '8.8.8.8 > 10.2.9.1 tcp/80')).toBe('deny insecure-service tcp/80 outside -> card');
    expect(decide(own, '8.8.8.8 > 10.1.0.1 tcp/80')).toBe(null);
  });
});

test('standard requests are permits with their owner', () => {
  const { standardRequests } = clausesOf(
    'standardRequests:\n  - {id: dns, from: [web, app], to: outside, services: [udp/53, tcp/53], reason: names, owner: net}\n',
  );
  expect(standardRequests).toMatchObject([{ id: 'dns', verdict: 'permit', kind: 'standard-request', owner: 'net', line: 7 }]);
  expect(decide(standardRequests, '10.1.0.1 > 8.8.8.8 udp/53')).toBe('permit standard-request dns');
  expect(decide(standardRequests, '10.2.9.1 > 8.8.8.8 udp/53')).toBe(null);
});
