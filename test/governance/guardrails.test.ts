import { describe, expect, test } from 'vitest';
import { parseGuardrails } from '../../src/governance/guardrails.ts';
import { formatPlaces } from '../../src/governance/places.ts';
import { InputError } from '../../src/model/errors.ts';
import { formatService } from '../../src/model/service.ts';

const parse = (...lines: readonly string[]) => parseGuardrails(['version: 1', ...lines, ''].join('\n'), 'g.yaml');

const ZONES = [
  'zones:',
  '  web: {cidrs: [10.1.0.0/16, "2001:db8:1::/48"]}',
  '  app: {cidrs: [10.2.0.0/16]}',
  '  card: {cidrs: [10.2.9.0/24], tags: [pci]}',
];
const REQUEST = '{id: R-1, from: web, to: app, services: [tcp/443], reason: r, owner: o}';
const EXCEPTION = '{id: E-1, from: web, to: card, services: [tcp/443], reason: r, owner: o, expires: 2026-12-31}';

describe('a guardrails file', () => {
  test('that says only its version has no zones, and the listed insecure and risky services', () => {
    const guardrails = parse();
    expect(guardrails.zones.size).toBe(0);
    expect([guardrails.zoneMatrix, guardrails.standardRequests, guardrails.protectedRules, guardrails.exceptions]).toEqual([
      [],
      [],
      [],
      [],
    ]);
    expect(guardrails.zoneMatrixDefault.allow).toBe('unconstrained');
    expect(guardrails.insecureServices.map(({ id, name, from }) => [id, name, formatPlaces(from)])).toContainEqual([
      'tcp/23',
      'telnet',
      'any',
    ]);
    expect(guardrails.riskyServices.map(({ id, name, from }) => [id, name, formatPlaces(from)])).toContainEqual([
      'tcp/22',
      'ssh',
      'outside',
    ]);
    const ids = [...guardrails.insecureServices, ...guardrails.riskyServices].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says the same as YAML and as JSON, but for the lines', () => {
    const yaml = parse(...ZONES, `exceptions: [${EXCEPTION}]`);
    const json = parseGuardrails(
      `{"version":1,"zones":{"web":{"cidrs":["10.1.0.0/16","2001:db8:1::/48"]},"app":{"cidrs":["10.2.0.0/16"]},"card":{"cidrs":["10.2.9.0/24"],"tags":["pci"]}},
        "exceptions":[{"id":"E-1","from":"web","to":"card","services":["tcp/443"],"reason":"r","owner":"o","expires":"2026-12-31"}]}`,
      'g.yaml',
    );
    const withoutLines = (value: unknown) =>
      JSON.parse(JSON.stringify(value, (key, field) => (key === 'line' ? undefined : typeof field === 'bigint' ? String(field) : field)));
    expect(withoutLines({ ...json, zones: [...json.zones] })).toEqual(withoutLines({ ...yaml, zones: [...yaml.zones] }));
  });

  test('a list of services that is given replaces the one that rulesweep has, an empty one too', () => {
    const { insecureServices, riskyServices } = parse(
      'insecureServices: []',
      'riskyServices:',
      '  - {service: tcp/22, name: ssh, reason: administration}',
      '  - {service: tcp/22, name: ssh, reason: administration, from: any}',
    );
    expect(insecureServices).toEqual([]);
    expect(riskyServices.map(({ id, from, line }) => [id, formatPlaces(from), line])).toEqual([
      ['tcp/22', 'outside', 4],
      ['tcp/22 any -> any', 'any', 5],
    ]);
  });

  test('places are zones, tags, any, outside and addresses, alone or in a list', () => {
    const { standardRequests } = parse(
      ...ZONES,
      'standardRequests:',
      '  - {id: a, from: [web, "tag:pci", 192.0.2.7, 198.51.100.1-198.51.100.9], to: 10.9.0.0/16, services: [any], reason: r, owner: o}',
      '  - {id: b, from: any, to: outside, services: [icmp/8/0, tcp/any, "47"], reason: r, owner: o}',
    );
    expect(standardRequests.map(({ from, to }) => `${formatPlaces(from)} > ${formatPlaces(to)}`)).toEqual([
      'web, tag:pci, 192.0.2.7, 198.51.100.1-198.51.100.9 > 10.9.0.0/16',
      'any > outside',
    ]);
    expect(standardRequests[1]?.services.map(formatService)).toEqual(['icmp/8/0', 'tcp/any', 'gre/any']);
  });

  test('an exception may name the clause that it excuses', () => {
    const { exceptions } = parse(
      ...ZONES,
      'zoneMatrix: [{from: web, to: card, allow: none}]',
      'exceptions:',
      `  - ${EXCEPTION}`,
      `  - ${EXCEPTION.replace('E-1', 'E-2').replace('{', '{clause: zone-matrix, ')}`,
      `  - ${EXCEPTION.replace('E-1', 'E-3').replace('{', '{clause: zone-matrix web -> card, ')}`,
      `  - ${EXCEPTION.replace('E-1', 'E-4').replace('{', '{clause: insecure-service tcp/23, ')}`,
    );
    expect(exceptions.map(({ excuses }) => excuses)).toEqual([
      null,
      { kind: 'zone-matrix', id: null },
      { kind: 'zone-matrix', id: 'web -> card' },
      { kind: 'insecure-service', id: 'tcp/23' },
    ]);
  });
});

test('the calendar keeps the order of the file; one name may have several dates', () => {
  expect(
    parse(
      'calendar:',
      '  - {name: patch day, date: 2026-05-12}',
      '  - {name: patch day, date: 2026-06-09}',
      '  - {name: close, date: quarter-end, reason: the books}',
    ).calendar,
  ).toEqual([
    { name: 'patch day', date: '2026-05-12', reason: '', line: 3 },
    { name: 'patch day', date: '2026-06-09', reason: '', line: 4 },
    { name: 'close', date: 'quarter-end', reason: 'the books', line: 5 },
  ]);
  expect(parse().calendar).toEqual([]);
});

describe('the zone matrix', () => {
  const order = (...entries: readonly string[]) =>
    parse(...ZONES, 'zoneMatrix:', ...entries.map((entry) => `  - ${entry}`)).zoneMatrix.map(({ id }) => id);

  test('is read narrow pairs first, wherever they stand', () => {
    expect(
      order('{from: any, to: any, allow: none}', '{from: any, to: tag:pci, allow: none}', '{from: web, to: card, allow: [tcp/443]}'),
    ).toEqual(['web -> card', 'any -> tag:pci', 'any -> any']);
  });

  test('entries that cross may agree, or an entry inside both decides', () => {
    expect(order('{from: web, to: any, allow: [tcp/443]}', '{from: any, to: app, allow: [tcp/443]}')).toHaveLength(2);
    expect(
      order('{from: web, to: any, allow: any}', '{from: any, to: app, allow: none}', '{from: web, to: app, allow: [tcp/443]}')[0],
    ).toBe('web -> app');
  });
});

describe('is refused with its line and a sentence:', () => {
  const zones = (...lines: readonly string[]): string => ['version: 1', ...ZONES, ...lines, ''].join('\n');
  const KEYS =
    'version, zones, zoneMatrix, zoneMatrixDefault, insecureServices, riskyServices, standardRequests, protectedRules, exceptions, calendar';

  test.each<[string, string, string]>([
    ['an empty file', '', '1: the document: expected keys with values, found nothing'],
    ['a file without version', 'zones: {}\n', '1: version: is missing; expected 1'],
    ['another version', 'version: 2\n', '1: version: expected 1, found the number 2'],
    ['a version in quotes', 'version: "1"\n', '1: version: expected 1, found "1"'],
    [
      'text that is no YAML',
      'version: 1\nzones: {web: [\n',
      '3: the guardrails are not valid YAML or JSON: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'a key that is there twice',
      'version: 1\nzones: {}\nzones: {}\n',
      '3: the guardrails are not valid YAML or JSON: Map keys must be unique',
    ],
    [
      'a zone that is there twice',
      'version: 1\nzones:\n  a: {cidrs: [10.0.0.0/8]}\n  a: {cidrs: [10.0.0.0/9]}\n',
      '4: the guardrails are not valid YAML or JSON: Map keys must be unique',
    ],
    [
      'two documents',
      'version: 1\n---\nversion: 1\n',
      '2: the guardrails are not valid YAML or JSON: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
    [
      'an alias to nothing',
      'version: 1\nzones: *z\n',
      '1: the guardrails are not valid YAML or JSON: Unresolved alias (the anchor must be set before the alias): z',
    ],
    ['an unknown YAML tag', 'version: 1\nzones: !z {}\n', '2: the guardrails are not valid YAML or JSON: Unresolved tag: !z'],
    [
      'a key that is a number',
      'version: 1\n1: x\n',
      '2: the key 1 cannot be used; expected text, in quotes where it looks like something else',
    ],
    [
      'a key that is a list',
      'version: 1\n[a]: x\n',
      '2: the key a list or a map cannot be used; expected text, in quotes where it looks like something else',
    ],
    [
      'a zone that YAML would lose',
      'version: 1\nzones:\n  __proto__: {cidrs: [10.0.0.0/8]}\n',
      '3: the key __proto__ cannot be used; expected text, in quotes where it looks like something else',
    ],
    ['an unknown key', 'version: 1\nzoneMatrx: []\n', `2: the document has the unknown key "zoneMatrx"; expected ${KEYS}`],
    [
      'a key of a later release',
      'version: 1\nexpectedDevices: []\n',
      `2: the document has the unknown key "expectedDevices"; expected ${KEYS}`,
    ],
    [
      'an unknown key in a zone',
      'version: 1\nzones:\n  web:\n    cidr: [10.0.0.0/8]\n',
      '4: zones.web has the unknown key "cidr"; expected cidrs, tags, description',
    ],
    [
      'an unknown key in the matrix',
      zones('zoneMatrix:', '  - from: web', '    to: app', '    allow: any', '    deny: none'),
      '10: zoneMatrix.0 has the unknown key "deny"; expected from, to, allow, reason, severity',
    ],
    [
      'a misspelt expiry',
      zones('exceptions:', `  - ${EXCEPTION.replace('expires', 'expire')}`),
      '7: exceptions.0 has the unknown key "expire"; expected id, from, to, services, clause, owner, reason, expires',
    ],

    ['a calendar that is no list', 'version: 1\ncalendar: {name: x}\n', '2: calendar: expected a list, found keys with values'],
    [
      'an unknown key in the calendar',
      'version: 1\ncalendar:\n  - name: DR test\n    date: 2026-05-09\n    until: 2026-05-10\n',
      '5: calendar.0 has the unknown key "until"; expected name, date, reason',
    ],
    ['a date without a name', 'version: 1\ncalendar:\n  - {date: month-end}\n', '3: calendar.0.name: is missing'],
    ['a date with an empty name', 'version: 1\ncalendar:\n  - {name: " ", date: month-end}\n', '3: calendar.0.name: must not be empty'],
    [
      'a calendar entry without a date',
      'version: 1\ncalendar:\n  - name: DR test\n',
      '3: calendar.0.date: is missing; expected a day such as 2026-03-31, or month-end, quarter-end or year-end',
    ],
    [
      'a day that does not exist',
      'version: 1\ncalendar:\n  - {name: DR test, date: 2026-02-30}\n',
      '3: calendar.0.date: is no day of the calendar; expected a day such as 2026-03-31, or month-end, quarter-end or year-end',
    ],
    [
      'a recurrence that is not known',
      'version: 1\ncalendar:\n  - name: patch day\n    date: second-tuesday\n',
      '4: calendar.0.date: is no day of the calendar; expected a day such as 2026-03-31, or month-end, quarter-end or year-end',
    ],
    [
      'an empty reason',
      'version: 1\ncalendar:\n  - {name: DR test, date: 2026-05-09, reason: ""}\n',
      '3: calendar.0.reason: must not be empty',
    ],
    [
      'a date that is there twice',
      'version: 1\ncalendar:\n  - {name: close, date: month-end}\n  - {name: close, date: month-end, reason: r}\n',
      '4: calendar.1: a second entry for close on month-end; the first is on line 3. Keep one of them',
    ],
    ['zones as a list', 'version: 1\nzones: [web]\n', '2: zones: expected keys with values, found a list'],
    [
      'a zone name with a blank',
      'version: 1\nzones:\n  a b: {cidrs: [10.0.0.0/8]}\n',
      '3: zones.a b: is no name; expected a letter first, then letters, digits, dots, underlines and hyphens, at most 64 in all',
    ],
    [
      'a zone that is called any',
      'version: 1\nzones:\n  any: {cidrs: [10.0.0.0/8]}\n',
      '3: zones.any: the name is taken: any always means every address',
    ],
    [
      'a zone that is called Outside',
      'version: 1\nzones:\n  Outside: {cidrs: [10.0.0.0/8]}\n',
      '3: zones.Outside: the name is taken: outside always means every address that is in no zone',
    ],
    ['a zone without networks', 'version: 1\nzones:\n  web: {tags: [x]}\n', '3: zones.web.cidrs: is missing'],
    [
      'a zone with an empty list',
      'version: 1\nzones:\n  web: {cidrs: []}\n',
      '3: zones.web.cidrs: is an empty list; expected at least one network',
    ],
    [
      'one network without a list',
      'version: 1\nzones:\n  web: {cidrs: 10.0.0.0/8}\n',
      '3: zones.web.cidrs: expected a list, found "10.0.0.0/8"',
    ],
    [
      'a prefix length above 32',
      'version: 1\nzones:\n  web:\n    cidrs:\n      - 10.0.0.0/8\n      - 10.0.0.0/33\n',
      '6: zones.web.cidrs: "10.0.0.0/33" has the prefix length 33; expected 0 to 32',
    ],
    [
      'an address with three numbers',
      'version: 1\nzones:\n  web: {cidrs: [10.0.0/24]}\n',
      '3: zones.web.cidrs: "10.0.0/24" is not an IPv4 or IPv6 address, CIDR or first-last range',
    ],
    [
      'a network with host bits',
      'version: 1\nzones:\n  web: {cidrs: [10.0.0.5/24]}\n',
      '3: zones.web.cidrs: "10.0.0.5/24" has address bits below its prefix length; expected the network 10.0.0.0/24 or the address 10.0.0.5',
    ],
    [
      'a range in a zone',
      'version: 1\nzones:\n  web: {cidrs: [10.0.0.1-10.0.0.9]}\n',
      '3: zones.web.cidrs: "10.0.0.1-10.0.0.9" is a range and no network; expected the networks it consists of, such as 10.1.0.0/16',
    ],
    [
      'a network twice in one zone',
      'version: 1\nzones:\n  web:\n    cidrs:\n      - 10.0.0.0/8\n      - 10.0.0.0/8\n',
      '6: zones.web.cidrs: the network 10.0.0.0/8 is there twice, first on line 5',
    ],
    [
      'a network in two zones',
      'version: 1\nzones:\n  web: {cidrs: [10.1.0.0/16]}\n  app: {cidrs: [10.1.0.0/16]}\n',
      '4: zones.app.cidrs: the network 10.1.0.0/16 is already in the zone web on line 3, and of two equal networks neither is more specific; keep it in one zone',
    ],
    [
      'one network in two spellings',
      'version: 1\nzones:\n  web: {cidrs: ["::ffff:10.1.0.0/112"]}\n  app: {cidrs: [10.1.0.0/16]}\n',
      '4: zones.app.cidrs: the network 10.1.0.0/16 is already in the zone web on line 3, and of two equal networks neither is more specific; keep it in one zone',
    ],

    [
      'a zone of everything',
      'version: 1\nzones:\n  internet: {cidrs: [0.0.0.0/0]}\n',
      '3: zones.internet.cidrs: 0.0.0.0/0 is every address; leave it out, because addresses that are in no zone are outside',
    ],
    [
      'lists in lists without end',
      `version: 1\nzones: ${'['.repeat(20_000)}`,
      '2: the guardrails are not valid YAML or JSON: Maximum call stack size exceeded',
    ],
    [
      'an unknown key in a protection',
      'version: 1\nprotectedRules: [{polcy: x, reason: r}]\n',
      '2: protectedRules.0 has the unknown key "polcy"; expected policy, rule, ruleKey, name, description, ruleOwner, reason',
    ],
    [
      'an unknown zone',
      zones('zoneMatrix: [{from: wbe, to: app, allow: any}]'),
      '6: zoneMatrix.0.from: there is no zone "wbe"; did you mean web?',
    ],
    [
      'a tag without its prefix',
      zones('zoneMatrix: [{from: web, to: pci, allow: any}]'),
      '6: zoneMatrix.0.to: there is no zone "pci"; did you mean tag:pci?',
    ],
    [
      'an unknown tag',
      zones('zoneMatrix: [{from: web, to: "tag:hr-data", allow: any}]'),
      '6: zoneMatrix.0.to: no zone has the tag "hr-data"; expected one of web, app, card, tag:pci, any, outside',
    ],
    [
      'the internet',
      zones('zoneMatrix: [{from: internet, to: web, allow: any}]'),
      '6: zoneMatrix.0.from: there is no zone "internet"; addresses that are in no zone are outside',
    ],
    [
      'a zone where there are none',
      'version: 1\nzoneMatrix: [{from: web, to: dmz, allow: any}]\n',
      '2: zoneMatrix.0.from: there is no zone "web"; the file defines no zones',
    ],
    [
      'an address in the matrix',
      zones('zoneMatrix: [{from: 10.1.0.0/16, to: app, allow: any}]'),
      '6: zoneMatrix.0.from: "10.1.0.0/16" is an address, and the zone matrix is about zones; define a zone that holds it',
    ],
    [
      'a missing allow',
      zones('zoneMatrix: [{from: web, to: app}]'),
      '6: zoneMatrix.0.allow: is missing; expected any, none, or a list of services such as [tcp/443, udp/53]',
    ],
    [
      'an empty allow',
      zones('zoneMatrix: [{from: web, to: app, allow: []}]'),
      '6: zoneMatrix.0.allow: is an empty list; expected at least one service, such as tcp/443',
    ],
    [
      'ports without protocols',
      zones('zoneMatrix: [{from: web, to: app, allow: [443]}]'),
      '6: zoneMatrix.0.allow: is no list of services; expected any, none, or a list of services such as [tcp/443, udp/53]',
    ],
    [
      'a service without a list',
      zones('zoneMatrix: [{from: web, to: app, allow: tcp/443}]'),
      '6: zoneMatrix.0.allow: is not understood; expected any, none, or a list of services such as [tcp/443, udp/53]',
    ],
    [
      'an unknown severity',
      zones('zoneMatrix: [{from: web, to: app, allow: any, severity: urgent}]'),
      '6: zoneMatrix.0.severity: expected one of info, low, medium, high, critical, found "urgent"',
    ],
    ['an unknown default', zones('zoneMatrixDefault: any'), '6: zoneMatrixDefault: expected one of unconstrained, none, found "any"'],
    [
      'one pair twice',
      zones('zoneMatrix:', '  - {from: web, to: app, allow: any}', '  - {from: web, to: app, allow: any}'),
      '8: zoneMatrix.1: a second entry for web -> app; the first is on line 7. Keep one of them',
    ],
    [
      'one pair by zone and by tag',
      zones('zoneMatrix:', '  - {from: web, to: card, allow: any}', '  - {from: web, to: "tag:pci", allow: none}'),
      '8: zoneMatrix.1: web -> tag:pci and web -> card on line 7 both hold web -> card, allow different services, and neither is narrower; keep one of them',
    ],
    [
      'entries that cross and disagree',
      zones('zoneMatrix:', '  - {from: web, to: any, allow: any}', '  - {from: any, to: app, allow: none}'),
      '8: zoneMatrix.1: any -> app and web -> any on line 7 both hold web -> app, allow different services, and neither is narrower; add an entry for web -> app',
    ],
    [
      'a zone that others cover',
      'version: 1\nzones:\n  all: {cidrs: [10.0.0.0/8]}\n  a: {cidrs: [10.0.0.0/9]}\n  b: {cidrs: [10.128.0.0/9]}\nzoneMatrix: [{from: all, to: outside, allow: none}]\n',
      '6: zoneMatrix.0.from: the zone all has no address of its own, because more specific networks of other zones take all of them; give those zones a tag and name that',
    ],

    [
      'a service with a colon',
      zones('zoneMatrix: [{from: web, to: app, allow: ["tcp:443"]}]'),
      '6: zoneMatrix.0.allow: "tcp:443" is no service; expected tcp/443',
    ],
    [
      'a service with the port first',
      zones('zoneMatrix: [{from: web, to: app, allow: [443/tcp]}]'),
      '6: zoneMatrix.0.allow: "443/tcp" has the port first; expected tcp/443',
    ],
    [
      'the name of an application',
      zones('zoneMatrix: [{from: web, to: app, allow: [https]}]'),
      '6: zoneMatrix.0.allow: "https" is no service (https is tcp with port 443); expected for example tcp/443, udp/53, tcp/1000-2000, icmp, icmp/8, gre or any',
    ],
    [
      'a port without protocol',
      zones('zoneMatrix: [{from: web, to: app, allow: [any/53]}]'),
      '6: zoneMatrix.0.allow: "any/53" has a port and no protocol; expected tcp/53 or udp/53, or both in the list',
    ],
    [
      'a port above 65535',
      zones('zoneMatrix: [{from: web, to: app, allow: [tcp/70000]}]'),
      '6: zoneMatrix.0.allow: "tcp/70000": port 70000 is above 65535; expected for example tcp/443, udp/53, tcp/1000-2000, icmp, icmp/8, gre or any',
    ],
    [
      'a descending range',
      zones('zoneMatrix: [{from: web, to: app, allow: [tcp/90-80]}]'),
      '6: zoneMatrix.0.allow: "tcp/90-80": port range 90-80 is descending; expected the lower port first; expected for example tcp/443, udp/53, tcp/1000-2000, icmp, icmp/8, gre or any',
    ],
    [
      'a port of GRE',
      zones('zoneMatrix: [{from: web, to: app, allow: [gre/80]}]'),
      '6: zoneMatrix.0.allow: "gre/80": gre has no ports; expected gre alone',
    ],
    [
      'an ICMP type above 255',
      zones('zoneMatrix: [{from: web, to: app, allow: [icmp/300]}]'),
      '6: zoneMatrix.0.allow: "icmp/300" has no ICMP type and code from 0 to 255; expected for example icmp, icmp/8 or icmp/8/0',
    ],
    [
      'an insecure service twice',
      'version: 1\ninsecureServices:\n  - {service: tcp/23, name: telnet, reason: r}\n  - {service: TCP/23, name: telnet, reason: r}\n',
      '4: insecureServices.1: a second entry for tcp/23; the first is on line 3. Keep one of them',
    ],
    [
      'a service without a reason',
      'version: 1\nriskyServices: [{service: tcp/23, name: telnet}]\n',
      '2: riskyServices.0.reason: is missing',
    ],

    [
      'a request between families',
      zones('standardRequests: [{id: R, from: 10.0.0.0/8, to: "2001:db8::/32", services: [any], reason: r, owner: o}]'),
      '6: standardRequests.0: from and to have no address family in common; expected IPv4 or IPv6 on both sides',
    ],
    [
      'a request from any and others',
      zones(`standardRequests: [${REQUEST.replace('from: web', 'from: [any, web]')}]`),
      '6: standardRequests.0.from: the list has any beside others; expected any alone',
    ],
    [
      'a request from nowhere',
      zones(`standardRequests: [${REQUEST.replace('from: web', 'from: []')}]`),
      '6: standardRequests.0.from: is an empty list; expected at least one zone, tag or address',
    ],
    [
      'a request from a number',
      zones(`standardRequests: [${REQUEST.replace('from: web', 'from: 10')}]`),
      '6: standardRequests.0.from: is neither text nor a list of texts; expected a zone, tag:NAME, any (every address), or outside (every address that is in no zone), an address or a network, or a list of them',
    ],
    [
      'a request for a bare number',
      zones(`standardRequests: [${REQUEST.replace('tcp/443', '47')}]`),
      '6: standardRequests.0.services.0: expected text, found the number 47; write it in quotes',
    ],
    [
      'a request with an id that is there',
      zones('standardRequests:', `  - ${REQUEST}`, `  - ${REQUEST}`),
      '8: standardRequests.1: a second entry with the id R-1; the first is on line 7. Keep one of them',
    ],
    [
      'a request with a strange id',
      zones(`standardRequests: [${REQUEST.replace('R-1', '"R 1"')}]`),
      '6: standardRequests.0.id: is no id; expected letters, digits, dots, slashes, underlines and hyphens, at most 64, for example FW-2026-014',
    ],
    [
      'a request that nobody owns',
      zones(`standardRequests: [${REQUEST.replace('owner: o', 'owner: " "')}]`),
      '6: standardRequests.0.owner: must not be empty',
    ],
    [
      'a protection of nothing',
      'version: 1\nprotectedRules: [{reason: r}]\n',
      '2: protectedRules.0: protects nothing; expected at least one of policy, rule, ruleKey, name, description, ruleOwner',
    ],
    [
      'a protection by a key that is none',
      'version: 1\nprotectedRules: [{ruleKey: sgr-1, reason: r}]\n',
      '2: protectedRules.0.ruleKey: must be a rule key such as v1:0123…, as audit.json and rules.csv give it',
    ],

    [
      'an exception without expiry',
      zones('exceptions:', `  - ${EXCEPTION.replace(', expires: 2026-12-31', '')}`),
      '7: exceptions.0.expires: is missing, and an exception must end; expected its last day, such as 2026-12-31',
    ],
    [
      'an exception that ends on 30 February',
      zones('exceptions:', `  - ${EXCEPTION.replace('2026-12-31', '2026-02-30')}`),
      '7: exceptions.0.expires: is no day of the calendar; expected its last day, such as 2026-12-31',
    ],
    [
      'an exception without end',
      zones('exceptions:', `  - ${EXCEPTION.replace('2026-12-31', 'never')}`),
      '7: exceptions.0.expires: is no day of the calendar; expected its last day, such as 2026-12-31',
    ],
    ['an exception of nobody', zones('exceptions:', `  - ${EXCEPTION.replace('owner: o, ', '')}`), '7: exceptions.0.owner: is missing'],
    [
      'an exception without a need',
      zones('exceptions:', `  - ${EXCEPTION.replace('reason: r', 'reason: ""')}`),
      '7: exceptions.0.reason: must not be empty',
    ],
    [
      'an exception twice',
      zones('exceptions:', `  - ${EXCEPTION}`, `  - ${EXCEPTION}`),
      '8: exceptions.1: a second entry with the id E-1; the first is on line 7. Keep one of them',
    ],
    [
      'an exception for an unknown kind',
      zones(`exceptions: [${EXCEPTION.replace('{', '{clause: telnet, ')}]`),
      '6: exceptions.0.clause: there is no clause "telnet"; expected zone-matrix, insecure-service, risky-service, or one of them with an id',
    ],
    [
      'an exception for an unknown clause',
      zones(
        'zoneMatrix: [{from: web, to: card, allow: none}]',
        `exceptions: [${EXCEPTION.replace('{', '{clause: zone-matrix web -> crad, ')}]`,
      ),
      '7: exceptions.0.clause: there is no clause "zone-matrix web -> crad"; did you mean zone-matrix web -> card?',
    ],
  ])('%s', (_, text, sentence) => {
    let thrown: unknown;
    try {
      parseGuardrails(text, 'g.yaml');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InputError);
    expect((thrown as InputError).message).toBe(`g.yaml:${sentence}`);
  });
});
