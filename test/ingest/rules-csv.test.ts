import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReadRules } from '../../src/ingest/format.ts';
import { rulesCsv } from '../../src/ingest/formats/generic/rules-csv.ts';
import { formatAddressRange } from '../../src/model/address.ts';
import type { Rule } from '../../src/model/rule.ts';
import { formatService } from '../../src/model/service.ts';

const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port';

function read(text: string, defaultAction: 'permit' | 'deny' | null = null, at: string | null = null): ReadRules {
  return rulesCsv.read([{ path: 'fw.csv', text, at: at === null ? null : Date.parse(at) / 1000 }], { defaultAction });
}

/** One rule in the columns of the header. */
function rule(row: string, more = ''): Rule {
  const found = read(`${HEADER}${more}\n${row}\n`).policies[0]?.rules[0];
  if (found === undefined) throw new Error('no rule');
  return found;
}

function services({ match }: Rule): string[] {
  return [...new Set(match.products.flatMap((product) => product.services.map(formatService)))];
}

function sides({ match }: Rule): string[] {
  return match.products.map(
    ({ source, destination }) => `${source.ranges.map(formatAddressRange).join()} -> ${destination.ranges.map(formatAddressRange).join()}`,
  );
}

describe('the table', () => {
  test('rows of one policy in reading order are its rules; first match decides; stateful; default deny', () => {
    const result = read(
      `${HEADER}\nb,20,permit,tcp,10.0.0.0/8,any,192.0.2.1,443\na,1,deny,any,any,any,any,any\nb,10,drop,udp,any,any,any,53\n`,
    );
    expect(result.policies.map(({ id, rules }) => [id, rules.map((one) => `${one.rank} ${one.id} ${one.effect.verdict}`)])).toEqual([
      ['a', ['0 1 deny']],
      ['b', ['0 20 permit', '1 10 deny']],
    ]);
    expect(result.policies[0]).toMatchObject({
      evaluation: 'first-match',
      stateful: true,
      defaultAction: 'deny',
      attachments: null,
      interfaceBound: false,
      direction: null,
      format: 'rules-csv',
    });
    expect(result.documents).toEqual([{ path: 'fw.csv', role: 'rules', at: null, records: 3, accepted: 3, skippedByReason: {} }]);
  });

  test('the default action holds where the source states none', () => {
    expect(read(`${HEADER}\na,1,deny,any,any,any,any,any\n`, 'permit').policies[0]?.defaultAction).toBe('permit');
  });

  test('columns stand in any order, spelled in any case', () => {
    const result = read(
      'Destination Port,ACTION,id,Policy,source-port,Protocol,destination,SOURCE\n443,permit,7,p,any,tcp,192.0.2.1,10.0.0.0/8\n',
    );
    expect(result.policies[0]?.rules.map(({ asWritten }) => asWritten)).toEqual(['permit tcp 10.0.0.0/8 -> 192.0.2.1 port 443']);
  });

  test('missing columns are named', () => {
    expect(() => read('policy,id,action,source,destination\n')).toThrow(
      'fw.csv:1: the header has no column protocol, source_port, destination_port; expected policy,id,action',
    );
  });

  test('a column twice is an error', () => {
    expect(() => read(`${HEADER},source\n`)).toThrow('the column "source" stands in the header twice');
  });

  test('a quote that is never closed is an error with its line', () => {
    expect(() => read(`${HEADER}\na,1,permit,any,any,any,any,any\na,2,permit,"any,any\n`)).toThrow('fw.csv:3: a quoted cell begins here');
  });

  test('CRLF, a byte order mark, cells over several lines and blank lines: line numbers stay true', () => {
    const text = `\uFEFF${HEADER},description\r\na,1,permit,any,any,any,any,any,"two\r\nlines"\r\n\r\na,2,permit,any,any,any,any,any,x`;
    expect(read(text).policies[0]?.rules.map(({ id, sourceRef, description }) => [id, sourceRef.line, description])).toEqual([
      ['1', 2, 'two\nlines'],
      ['2', 5, 'x'],
    ]);
  });

  test('rows of blank cells are counted as skipped', () => {
    expect(read(`${HEADER}\n,,,,,,,\na,1,deny,any,any,any,any,any\n`).documents[0]).toMatchObject({
      records: 2,
      accepted: 1,
      skippedByReason: { EMPTY_ROW: 1 },
    });
  });

  test('a row with too few or too many cells is a rule that cannot be evaluated', () => {
    const result = read(`${HEADER}\na,1,permit,tcp\na,2,permit,tcp,any,any,any,443,surplus\na,3,permit,tcp,any,any,any,443,,\n`);
    expect(result.policies[0]?.rules.map(({ evaluable }) => evaluable)).toEqual(['no', 'no', 'full']);
    expect(result.diagnostics.map(({ line, message }) => [line, message])).toEqual([
      [2, 'the rule cannot be evaluated: the row has 4 cells, the header 8'],
      [3, 'the rule cannot be evaluated: the row has 9 cells, the header 8'],
    ]);
  });

  test('a cell of 10 MB is no problem, and in no message', () => {
    const result = read(`${HEADER}\na,1,permit,tcp,${'9'.repeat(10_000_000)},any,any,443\n`);
    expect(result.policies[0]?.rules[0]?.evaluable).toBe('no');
    expect(
      JSON.stringify([result.diagnostics, result.policies[0]?.rules[0]?.asWritten, result.policies[0]?.rules[0]?.written]).length,
    ).toBeLessThan(4000);
  });

  test('an empty id is the position, a copy gets a number', () => {
    const rows = [
      'a,,deny,any,any,any,any,any',
      'a,7,deny,any,any,any,any,any',
      'a,7,deny,any,any,any,any,any',
      'a,7,deny,any,any,any,any,any',
    ];
    expect(read(`${HEADER}\n${rows.join('\n')}\n`).policies[0]?.rules.map(({ id, nativeId }) => [id, nativeId])).toEqual([
      ['1', null],
      ['7', '7'],
      ['7#2', '7'],
      ['7#3', '7'],
    ]);
  });
});

describe('cells', () => {
  test.each([
    ['any is both families', 'any', 'any', ['0.0.0.0/0 -> 0.0.0.0/0', '::/0 -> ::/0']],
    ['an empty cell is any', '', '', ['0.0.0.0/0 -> 0.0.0.0/0', '::/0 -> ::/0']],
    ['0.0.0.0/0 is IPv4 only', '0.0.0.0/0', 'any', ['0.0.0.0/0 -> 0.0.0.0/0']],
    ['a host, a range and a list', '10.0.0.5;10.0.1.5-10.0.1.9', '192.0.2.0/24', ['10.0.0.5,10.0.1.5-10.0.1.9 -> 192.0.2.0/24']],
    ['a family needs both sides', '10.0.0.0/8;2001:db8::/32', '2001:db8::/32', ['2001:db8::/32 -> 2001:db8::/32']],
    ['no family in common matches nothing', '10.0.0.0/8', '2001:db8::/32', []],
  ])('%s', (_, source, destination, expected) => {
    expect(sides(rule(`a,1,permit,tcp,${source},any,${destination},443`))).toEqual(expected);
  });

  test.each([
    ['a port', 'tcp', 'any', '443', ['tcp/443']],
    ['a list of ports and protocols', 'tcp;udp', 'any', '53;8000-8100', ['tcp/53', 'tcp/8000-8100', 'udp/53', 'udp/8000-8100']],
    ['source ports', 'udp', '123', '123', ['udp/123 from 123']],
    ['any protocol', 'any', 'any', 'any', ['any']],
    ['any protocol with a port: those that have ports', 'any', 'any', '443', ['tcp/443', 'udp/443', 'dccp/443', 'sctp/443', 'udplite/443']],
    ['a protocol by number', '47', '', '', ['gre/any']],
    ['ICMP type and code', 'icmp', 'any', '3/4', ['icmp/3/4']],
    ['ICMP type', 'icmpv6', '', '128', ['icmpv6/128']],
    ['any ICMP', 'ICMP', 'any', 'any', ['icmp/any']],
  ])('%s', (_, protocol, sourcePort, port, expected) => {
    expect(services(rule(`a,1,permit,${protocol},any,${sourcePort},any,${port}`))).toEqual(expected);
  });

  test.each(['permit', 'Allow', 'ACCEPT', 'pass'])('%s permits', (action) => {
    expect(rule(`a,1,${action},any,any,any,any,any`).effect.verdict).toBe('permit');
  });

  test.each(['deny', 'DROP', 'Reject', 'block'])('%s denies', (action) => {
    expect(rule(`a,1,${action},any,any,any,any,any`).effect.verdict).toBe('deny');
  });

  test.each([
    ['a,1,maybe,tcp,any,any,any,443', 'action "maybe" is none of permit'],
    ['a,1,constructor,tcp,any,any,any,443', 'action "constructor" is none of permit'],
    ['a,1,permit,tcp,10.0.0.256,any,any,443', 'source "10.0.0.256" is not an IPv4 or IPv6 address'],
    ['a,1,permit,tcp,any,any,10.0.0.9-10.0.0.1,443', 'destination address range 10.0.0.9-10.0.0.1 is descending'],
    ['a,1,permit,tcp,any,any,any,443-80', 'destination_port port range 443-80 is descending'],
    ['a,1,permit,tcp,any,http,any,443', 'source_port "http" is not a port'],
    ['a,1,permit,quic,any,any,any,443', 'protocol "quic" is not known'],
    ['a,1,permit,gre,any,any,any,443', 'protocol 47 has no ports'],
    ['a,1,permit,icmp,any,any,any,8-9', '"8-9" is no ICMP type'],
    ['a,1,permit,icmp;tcp,any,any,any,8', 'ICMP has no ports'],
  ])('%s: the rule stays, and cannot be evaluated', (row, reason) => {
    const result = read(`${HEADER}\n${row}\n`);
    expect(result.policies[0]?.rules[0]).toMatchObject({
      evaluable: 'no',
      match: { products: [{ family: 4, unknowns: [expect.stringMatching(/^unreadable: (?:permit|maybe|constructor) /)] }, { family: 6 }] },
    });
    expect(result.diagnostics[0]).toMatchObject({ code: 'RULE_UNREADABLE', path: 'fw.csv', line: 2 });
    expect(result.diagnostics[0]?.message).toContain(reason);
    expect(result.documents[0]).toMatchObject({ records: 1, accepted: 1 });
  });

  test('what an unreadable rule might match is named by its text, wherever it stands, and each of two copies has its own', () => {
    const unknownsOf = (...rows: readonly string[]): readonly string[] =>
      read(`${HEADER}\n${rows.join('\n')}\n`).policies.flatMap(({ rules }) =>
        rules.flatMap(({ match }) => [...new Set(match.products.flatMap(({ unknowns }) => unknowns))]),
      );
    const bad = 'a,1,permit,tcp,10.0.0.256,any,any,443';
    const name = 'unreadable: permit tcp 10.0.0.256 -> any port 443';
    expect(unknownsOf(bad)).toEqual([name]);
    expect(unknownsOf('a,2,permit,udp,any,any,any,53', bad)).toEqual([name]);
    expect(unknownsOf(bad, bad)).toEqual([name, `${name} (copy 2)`]);
    expect(unknownsOf(bad.replace('256', '257'))).not.toEqual([name]);
    const long = bad.replace('10.0.0.256', Array.from({ length: 60 }, (_, i) => `10.0.${i}.256`).join(';'));
    expect(unknownsOf(long)).not.toEqual(unknownsOf(long.replace('10.0.59.256', '10.0.60.256')));
  });

  test('bits below the prefix length are ignored with a diagnostic', () => {
    const result = read(`${HEADER}\na,1,permit,tcp,10.1.2.3/8,any,any,443\n`);
    expect(result.diagnostics.map(({ code, line }) => [code, line])).toEqual([['HOST_BITS_MASKED', 2]]);
    expect(result.policies[0]?.rules[0]?.evaluable).toBe('full');
  });

  test.each([
    ['yes', true],
    ['TRUE', true],
    ['1', true],
    ['', true],
    ['no', false],
    ['False', false],
    ['0', false],
  ])('enabled %s', (text, enabled) => {
    expect(rule(`a,1,permit,any,any,any,any,any,${text}`, ',enabled')).toMatchObject({ enabled, evaluable: 'full' });
  });

  test('another column is a condition that nobody knows, by its text; notes are none', () => {
    const result = read(
      `${HEADER},application,note_to_self\na,1,permit,tcp,any,any,any,443,web,x\na,2,permit,tcp,any,any,any,443,web,y\na,3,permit,tcp,any,any,any,443,,z\n`,
    );
    expect(result.policies[0]?.rules.map(({ evaluable, match }) => [evaluable, match.products[0]?.unknowns])).toEqual([
      ['partial', ['application=web']],
      ['partial', ['application=web']],
      ['full', []],
    ]);
    expect(result.diagnostics.map(({ code, count }) => [code, count])).toEqual([['UNKNOWN_COLUMN', 2]]);
  });

  test('metadata, age and the count of the device', () => {
    const one = rule(
      'a,1,permit,any,any,any,any,any,web,to the shop,net team,CHG1,2025-01-01,2025-06-01T12:00:00Z,2027-01-01,42',
      ',name,description,owner,ticket,created,modified,expires,hits',
    );
    expect(one).toMatchObject({
      name: 'web',
      description: 'to the shop',
      nativeHits: 42,
      metadata: { owner: 'net team', ticket: 'CHG1', createdAt: 1735689600, modifiedAt: 1748779200, documentedExpiry: '2027-01-01' },
    });
    expect(one.presence).toEqual({ absentAt: 1748779200, knownFrom: 1748779200, retiredAt: null, source: 'modified' });
    expect(rule('a,1,permit,any,any,any,any,any,2025-01-01', ',created').presence.source).toBe('created');
  });

  test('a date or a count that cannot be read says nothing about what the rule matches', () => {
    const result = read(`${HEADER},created,hits\na,1,permit,any,any,any,any,any,last week,many\n`);
    expect(result.policies[0]?.rules[0]).toMatchObject({
      evaluable: 'full',
      nativeHits: null,
      metadata: { createdAt: null },
      presence: { knownFrom: null },
    });
    expect(result.diagnostics.map(({ code }) => code)).toEqual(['DATE_UNREADABLE', 'HITS_UNREADABLE']);
  });
});

describe('several files', () => {
  const table = (path: string, at: number | null, ...rows: string[]) => ({ path, at, text: `${HEADER}\n${rows.join('\n')}\n` });
  const [ssh, web] = ['a,1,permit,tcp,10.0.0.0/8,any,any,22', 'a,2,permit,tcp,any,any,any,443'];

  test('dated exports of a policy tell the age of its rules', () => {
    const result = rulesCsv.read([table('new.csv', 200, ssh, web), table('old.csv', 100, ssh, 'a,3,deny,any,any,any,any,any')], {
      defaultAction: null,
    });
    expect(result.policies[0]?.rules.map(({ presence }) => [presence.absentAt, presence.knownFrom])).toEqual([
      [null, 100],
      [100, 200],
    ]);
    expect(result.policies[0]?.retiredRules.map(({ nativeId, presence }) => [nativeId, presence.retiredAt])).toEqual([['3', 200]]);
    expect(result.documents.map(({ accepted, skippedByReason }) => [accepted, skippedByReason])).toEqual([
      [2, {}],
      [1, { SUPERSEDED_EXPORT: 1 }],
    ]);
  });

  test('one policy in two files of the same date has no order', () => {
    expect(() => rulesCsv.read([table('1.csv', null, ssh), table('2.csv', null, web)], { defaultAction: null })).toThrow(
      '2.csv: the policy "a" also stands in 1.csv',
    );
  });
});

test('it is recognised by its header, also by one that lacks columns', () => {
  expect(rulesCsv.sniff(`\uFEFF${HEADER}\r\n`)).toBe(true);
  expect(rulesCsv.sniff('"Source","Destination","Action"\n')).toBe(true);
  expect(rulesCsv.sniff('start,end,source,source_port,destination,destination_port,protocol,action,packets,bytes\n')).toBe(false);
  expect(rulesCsv.sniff('{"SecurityGroups": []}')).toBe(false);
});

test('whatever stands in the cells, every row is a rule or an empty row', () => {
  const cell = fc.constantFrom(
    '',
    'any',
    '10.0.0.0/8',
    '443',
    'tcp',
    'icmp',
    '"a, ""b""\n"',
    '1-',
    ';;',
    '::/0',
    'permit',
    '999999',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 10 }), { maxLength: 6 }), (rows) => {
      const result = read(`${HEADER}\n${rows.map((row) => row.join(',')).join('\n')}\n`);
      const [count] = result.documents;
      const records = count?.records;
      const accepted = count?.accepted ?? -1;
      const skippedByReason = count?.skippedByReason ?? {};
      const lines = rows.filter((row) => row.length > 1 || row[0] !== '').length;
      expect(records).toBe(lines);
      expect(records).toBe(accepted + (skippedByReason['EMPTY_ROW'] ?? 0));
      expect(result.policies.reduce((sum, policy) => sum + policy.rules.length, 0)).toBe(accepted);
    }),
  );
});
