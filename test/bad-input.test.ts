import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../src/check.ts';
import { diff } from '../src/diff.ts';
import type { CheckResult } from '../src/model/check-result.ts';
import type { PolicyDiff } from '../src/model/policy-diff.ts';
import { type InProcessRun, runInProcess } from './cli/run-in-process.ts';
import { temporaryFolder } from './cli/run-rulesweep.ts';
import { group, tcp } from './support/aws-documents.ts';

const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port,application';
const csv = (...rows: readonly string[]): string => `${[HEADER, ...rows].join('\n')}\n`;
const WEB = 'edge,web,permit,tcp,any,,10.9.0.5,443,';
const SSH = 'edge,ssh,permit,tcp,10.1.0.0/16,,10.9.0.5,22,';
const APP = 'edge,app,permit,tcp,10.2.0.0/24,,10.9.0.7,8080,web-browsing';
const UNREADABLE = 'edge,bad,permit,tcp,10.1.0.300,,10.9.0.5,22,';
const GROUPS = JSON.stringify({ SecurityGroups: [group('sg-1', [tcp(443, '0.0.0.0/0')])] });

const run = (folder: string, ...args: readonly string[]): Promise<InProcessRun> => runInProcess(folder, args);

const OPTIONS = { inventory: [], defaultAction: null, onProgress: () => {}, signal: null };

function compared(folder: string, before: string, after: string): Promise<PolicyDiff> {
  return diff({ ...OPTIONS, before: [join(folder, before)], after: [join(folder, after)] });
}

function checked(folder: string, base: string, head: string): Promise<CheckResult> {
  const none = {
    guardrails: null,
    decisions: null,
    flows: [],
    from: null,
    to: null,
    asOf: null,
    failsOn: null,
    threads: 1,
    memoryBytes: null,
  };
  return check({ ...OPTIONS, ...none, base: [join(folder, base)], head: [join(folder, head)] });
}

const pairs = ({ policies }: Pick<PolicyDiff, 'policies'>): (string | null)[][] => policies.map(({ before, after }) => [before, after]);

describe('sides that do not fit together', () => {
  test('another platform: each policy is compared with nothing, the notes say so, and only what is wide fails', async () => {
    const folder = temporaryFolder({ 'old.csv': csv(WEB, SSH), 'new.json': GROUPS });
    const result = await checked(folder, 'old.csv', 'new.json');
    expect(pairs(result)).toEqual([
      ['edge', null],
      [null, 'sg-1:in'],
      [null, 'sg-1:out'],
    ]);
    expect(result.notes).toEqual((await compared(folder, 'old.csv', 'new.json')).notes);
    expect(result.notes).toEqual([
      'Nobody can say whether any of edge (gone) became one of sg-1:in, sg-1:out (new), so each is compared with nothing permitted. Give two policies the same name to compare them.',
    ]);
    expect(result.policies.flatMap(({ notes }) => notes)).toEqual([
      'The policy is gone; it is compared with a policy that permits nothing.',
      'The policy is new; it is compared with a policy that permits nothing.',
      'The policy is new; it is compared with a policy that permits nothing.',
    ]);
    expect([result.complete, result.passed, result.introduced]).toEqual([true, true, []]);
  });

  test('an empty head is no pass, however harmless what is left of it looks', async () => {
    const folder = temporaryFolder({ 'old.csv': csv(WEB), 'new.csv': csv() });
    const ended = await run(folder, 'check', '--base', 'old.csv', '--head', 'new.csv');
    expect([ended.code, ended.reason]).toEqual([
      3,
      'incomplete: Head: The rule sources hold no rule at all; check that the right files were exported. Nothing is wrong in what could be judged, but that is not an answer.',
    ]);
    expect(ended.stdout).toMatch(/^INCOMPLETE: Head: The rule sources hold no rule at all/);
    expect(ended.stdout).not.toContain('PASSED');
  });

  test('an empty base is no reason to find everything new', async () => {
    const folder = temporaryFolder({ 'old.csv': csv(), 'new.csv': csv(WEB) });
    const ended = await run(folder, 'check', '--base', 'old.csv', '--head', 'new.csv');
    expect([ended.code, ended.reason]).toEqual([3, expect.stringMatching(/^incomplete: Base: The rule sources hold no rule at all/)]);
  });

  test.each(['check --base gone.csv --head new.csv', 'check --base new.csv --head gone.csv', 'diff gone.csv --to new.csv'])(
    '%s: a file that is not there ends with 2, and nothing is shown',
    async (args) => {
      const ended = await run(temporaryFolder({ 'new.csv': csv(WEB) }), ...args.split(' '));
      expect(ended).toEqual({ code: 2, reason: 'gone.csv: no such file or folder', stdout: '' });
    },
  );

  test('a head that is no rule export ends with 2', async () => {
    const folder = temporaryFolder({ 'old.csv': csv(WEB), 'new.csv': 'dear colleagues,\n\nhere are the rules\n' });
    const ended = await run(folder, 'check', '--base', 'old.csv', '--head', 'new.csv');
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.reason).toMatch(/^new\.csv: /);
  });

  test('a head identical to the base passes and says that nothing changed, unreadable rules and all', async () => {
    const folder = temporaryFolder({ 'old.csv': csv(WEB, UNREADABLE, APP), 'new.csv': csv(WEB, UNREADABLE, APP) });
    const ended = await run(folder, 'check', '--base', 'old.csv', '--head', 'new.csv');
    expect([ended.code, ended.reason]).toEqual([0, 'The change is empty: no policy differs.']);
    expect(await compared(folder, 'old.csv', 'new.csv')).toMatchObject({ equal: true, policies: [], unchangedPolicies: 1 });
  });

  test('a line above an unreadable rule does not make it a new one', async () => {
    const folder = temporaryFolder({ 'old.csv': csv(UNREADABLE, WEB), 'new.csv': csv(SSH, UNREADABLE, WEB) });
    const result = await checked(folder, 'old.csv', 'new.csv');
    expect([result.introduced, result.remaining]).toEqual([[], { 'not-evaluable': 1 }]);
    expect(result.policies[0]?.rules.map(({ change, after }) => [change, after?.rule])).toEqual([['added', 'ssh']]);
    const edited = temporaryFolder({ 'old.csv': csv(UNREADABLE, WEB), 'new.csv': csv(UNREADABLE.replace('300', '301'), WEB) });
    expect((await checked(edited, 'old.csv', 'new.csv')).introduced.map(({ kind, rule, cause }) => [kind, rule, cause])).toEqual([
      ['not-evaluable', 'bad', 'rule edited'],
    ]);
  });
});

describe('policies that come, go and change their names', () => {
  const LAN = 'lan,dns,permit,udp,any,,10.9.0.53,53,';
  const pairsOf = async (before: string, after: string): Promise<unknown> => {
    const folder = temporaryFolder({ 'old.csv': before, 'new.csv': after });
    const [found, result] = [await compared(folder, 'old.csv', 'new.csv'), await checked(folder, 'old.csv', 'new.csv')];
    expect(pairs(result)).toEqual(pairs(found));
    expect([result.unchangedPolicies, result.notes]).toEqual([found.unchangedPolicies, found.notes]);
    return { pairs: pairs(found), equal: found.equal, unchanged: found.unchangedPolicies, notes: found.notes };
  };

  test('one added, one removed', async () => {
    expect(await pairsOf(csv(WEB), csv(WEB, LAN))).toEqual({ pairs: [[null, 'lan']], equal: false, unchanged: 1, notes: [] });
    expect(await pairsOf(csv(WEB, LAN), csv(WEB))).toEqual({ pairs: [['lan', null]], equal: false, unchanged: 1, notes: [] });
  });

  test('one renamed is compared with what it was, and the note says so', async () => {
    expect(await pairsOf(csv(WEB, LAN), csv(WEB.replace('edge', 'border'), LAN))).toEqual({
      pairs: [['edge', 'border']],
      equal: true,
      unchanged: 1,
      notes: ['edge is compared with border: each is the only policy of its side without a namesake.'],
    });
  });

  test('two renamed at once cannot be told apart', async () => {
    const found = await pairsOf(csv(WEB, LAN), csv(WEB.replace('edge', 'border'), LAN.replace('lan', 'inside')));
    expect(found).toMatchObject({
      pairs: [
        [null, 'border'],
        ['edge', null],
        [null, 'inside'],
        ['lan', null],
      ],
      notes: [expect.stringMatching(/^Nobody can say whether any of edge, lan \(gone\) became one of border, inside \(new\)/)],
    });
  });

  test('a policy that loses all its rules beside another denies everything it permitted', async () => {
    const folder = temporaryFolder({
      'old.json': JSON.stringify({ SecurityGroups: [group('sg-1', [tcp(443, '0.0.0.0/0')]), group('sg-2', [tcp(22, '10.0.0.0/8')])] }),
      'new.json': JSON.stringify({ SecurityGroups: [group('sg-1', []), group('sg-2', [tcp(22, '10.0.0.0/8')])] }),
    });
    const found = await compared(folder, 'old.json', 'new.json');
    expect(found.policies.map(({ after, areas }) => [after, areas.map(({ change, regions }) => [change, regions])])).toEqual([
      ['sg-1:in', [['narrowed', ['tcp 0.0.0.0/0 -> 0.0.0.0/0:443']]]],
    ]);
    expect([found.complete, found.unchangedPolicies]).toEqual([true, 3]);
  });

  test('the same policy in two files of one side is refused, with both places', async () => {
    const folder = temporaryFolder({ 'a.csv': csv(WEB), 'b.csv': csv(SSH), 'new.csv': csv(WEB) });
    const ended = await run(folder, 'diff', 'a.csv', 'b.csv', '--to', 'new.csv');
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.reason).toMatch(/a\.csv/);
    expect(ended.reason).toMatch(/b\.csv/);
  });
});

describe('unknowns that decide the answer', () => {
  const OLD = csv(WEB, APP);

  test('query says on what it depends, and request asks no new rule where the unknown may permit already', async () => {
    const folder = temporaryFolder({ 'r.csv': OLD });
    const region = 'tcp 10.2.0.7 -> 10.9.0.7:8080';
    const asked = await run(folder, 'query', region, '--rules', 'r.csv');
    expect([asked.code, asked.reason]).toEqual([0, expect.stringMatching(/^depends/)]);
    expect(asked.stdout).toContain('permitted by edge/app if "application=web-browsing" holds');
    const requested = await run(folder, 'request', region, '--rules', 'r.csv');
    expect(requested.code).toBe(0);
    expect(requested.stdout).toMatch(/^tcp 10\.2\.0\.7 -> 10\.9\.0\.7:8080\nDEPENDS/);
  });

  test('diff tells what changes under which condition, and nothing where the condition stays', async () => {
    const folder = temporaryFolder({
      'old.csv': OLD,
      'open.csv': csv(WEB, APP.replace('web-browsing', '')),
      'other.csv': csv(WEB, APP.replace('web-browsing', 'ssl')),
    });
    const open = await compared(folder, 'old.csv', 'open.csv');
    const [area] = open.policies[0]?.areas ?? [];
    expect([area?.change, area?.cases.map(({ when }) => when)]).toEqual([
      'widened',
      [[{ unknown: 'application=web-browsing', holds: false }]],
    ]);
    const other = await compared(folder, 'old.csv', 'other.csv');
    expect(other.policies[0]?.areas.map(({ change, cases }) => [change, cases.length])).toEqual([['mixed', 2]]);
    expect((await compared(folder, 'old.csv', 'old.csv')).equal).toBe(true);
  });
});

describe.each(['query', 'request'])('a malformed region is no question: %s', (command) => {
  const folder = (): string => temporaryFolder({ 'r.csv': csv(WEB) });

  test.each([
    ['', /^not a region: the packet is empty; expected /],
    ['   ', /^not a region: the packet is empty; expected /],
    ['tcp', /^not a region: "tcp" has no arrow; expected protocol SOURCE\[:PORTS\] -> DESTINATION\[:PORTS\], for example /],
    ['tcp any any', /^not a region: "tcp any any" has no arrow/],
    ['tcp any =>  any', /has no arrow \(it is written ->\)/],
    ['tcp any -> ', /^not a region: "tcp any ->" has no destination behind the arrow/],
    ['tcp any -> any -> any', /^not a region: "tcp any -> any -> any" has 2 arrows/],
    ['tcp -> any', /^not a region: "tcp -> any" has only "/],
    ['tpc any -> any', /^not a region: "tpc" is no protocol; expected a name such as tcp/],
    ['6-300 any -> any', /^not a region: "6-300" is no protocol/],
    ['tcp 10.0.0.0/33 -> any', /^not a region: the source: "10\.0\.0\.0\/33" has the prefix length 33; expected 0 to 32/],
    ['tcp 10.0.0.256 -> any', /each of the four numbers is 0 to 255/],
    ['tcp 010.0.0.1 -> any', /numbers are written without leading zeros/],
    ['tcp 10.0.0.9-10.0.0.1 -> any', /^not a region: the source: address range 10\.0\.0\.9-10\.0\.0\.1 is descending; expected the lower/],
    ['tcp any -> www.example.org', /names are not looked up/],
    ['tcp any -> any:70000', /^not a region: the destination "any:70000": port 70000 is above 65535/],
    ['tcp any -> any:443-80', /port range 443-80 is descending; expected the lower port first/],
    ['tcp any -> any:', /^not a region: the destination "any:" ends in a colon; expected a port behind it/],
    ['tcp any -> any port 80', /ports stand behind the address and a colon: 10\.9\.0\.5:443/],
    ['tcp any -> 2001:db8::1:443', /looks like IPv6 without brackets; expected \[2001:db8::1:443\]/],
    ['tcp any -> [2001:db8::1', /has unbalanced brackets; expected for example \[2001:db8::1\]:443/],
    [
      'tcp 10.0.0.0/8 -> [2001:db8::/32]',
      /^not a region: source 10\.0\.0\.0\/8 and destination \[2001:db8::\/32\] have no address family in common; expected IPv4 or IPv6 on both sides$/,
    ],
    ['icmp any -> any:80', /^not a region: icmp has no ports; expected type and code at the end: type 8 code 0$/],
    ['gre any:5 -> any', /^not a region: gre has no ports; expected addresses alone$/],
    ['tcp any -> any type 8', /^not a region: tcp has no type; expected it for icmp or icmpv6 only$/],
    ['icmp any -> any type 256', /type "256" is no number from 0 to 255; expected for example type 8 code 0/],
  ])('"%s"', async (region, reason) => {
    const ended = await run(folder(), command, region, '--rules', 'r.csv');
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.reason).toMatch(reason);
  });
});

describe('guardrails that contradict themselves', () => {
  const asked = (guardrails: string): Promise<InProcessRun> =>
    run(
      temporaryFolder({ 'old.csv': csv(WEB), 'new.csv': csv(WEB, SSH), 'g.yaml': guardrails }),
      ...'check --base old.csv --head new.csv --guardrails g.yaml --as-of 2026-06-01'.split(' '),
    );

  test('zones that overlap at equal length are refused, with both lines', async () => {
    const zones = 'version: 1\nzones:\n  web: {cidrs: [10.9.0.0/24]}\n  card: {cidrs: [10.8.0.0/24, 10.9.0.0/24]}\n';
    const ended = await asked(zones);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.reason).toMatch(/^g\.yaml:4: .*10\.9\.0\.0\/24.*web.*line 3/);
  });

  test('an exception without an end is refused, with the day it needs', async () => {
    const exception = '{id: E-1, from: any, to: any, services: [tcp/22], reason: r, owner: o}';
    const ended = await asked(`version: 1\nexceptions:\n  - ${exception}\n`);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.reason).toMatch(/^g\.yaml:3: .*expires: is missing, and an exception must end; expected its last day, such as 2026-12-31/);
  });
});
