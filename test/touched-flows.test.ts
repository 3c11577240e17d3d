import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { check } from '../src/check.ts';
import { parseAddress, parseAddressRange } from '../src/model/address.ts';
import type { TouchedFlows } from '../src/model/check-result.ts';
import { inTemporaryFolder } from './support/audit-files.ts';
import { formatFlowLog, type GroupRuleNotation, parseRecord, type VpcNotation, writeFlowObject, writeVpcs } from './support/aws-writer.ts';

const NOTHING_MORE = {
  guardrails: null,
  decisions: null,
  from: null,
  to: null,
  asOf: null,
  defaultAction: null,
  failsOn: null,
  threads: 1,
  memoryBytes: null,
  onProgress: () => {},
  signal: null,
};

describe('of the logged connections of the CSV sample', () => {
  const FLOWS = 'samples/generic-csv/flows.csv';

  /** Every row of the sample is a connection of its own: source address, destination, port, whether it was accepted. */
  const connections = readFileSync(FLOWS, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [start = '', , source = '', sourcePort, destination = '', port, protocol, action] = line.split(',');
      return { key: [start.slice(0, 10), source, sourcePort, destination, port, protocol].join(), source, destination, port, action };
    });

  /** Straight from the rows. */
  const count = (network: string, destination: string, port: string, action: string): number => {
    const parsed = parseAddressRange(network);
    if (!parsed.ok) throw new Error(parsed.reason);
    const { first, last } = parsed.range;
    const inside = connections.filter((each) => {
      const value = parseAddress(each.source)?.value ?? -1n;
      return first <= value && value <= last && each.destination === destination && each.port === port && each.action === action;
    });
    return new Set(inside.map(({ key }) => key)).size;
  };

  let touched: TouchedFlows | undefined;
  let days: number | undefined;
  beforeAll(async () => {
    const sample = readFileSync('samples/generic-csv/rules.csv', 'utf8').trimEnd().split('\n');
    const head = sample.flatMap((line, i) => {
      if (i === 0) return [`${line},application`];
      const [, id] = line.split(',');
      // Only a part of the clients is left; the copy would let in the others.
      if (id === 'web') return [`${line.replace(',any,,10.0.0.5,443', ',198.51.100.0/28,,10.0.0.5,443')},`];
      if (id === 'web-again') return [];
      // Only if the device takes it for DNS.
      if (id === 'dns') return [`${line},dns`];
      return [`${line},`];
    });
    head.splice(1, 0, 'edge,ssh,permit,tcp,203.0.113.0/28,,10.0.0.5,22,,,,,,');
    const result = await inTemporaryFolder((folder) => {
      writeFileSync(join(folder, 'head.csv'), `${head.join('\n')}\n`);
      return check({
        ...NOTHING_MORE,
        base: ['samples/generic-csv/rules.csv'],
        head: [join(folder, 'head.csv')],
        inventory: [],
        flows: [FLOWS],
      });
    });
    expect(result.complete).toBe(true);
    [touched] = result.flows?.policies ?? [];
    days = result.flows?.window.days;
  });

  test('the ones that lose their permit, those that get one, and those for which a condition decides are counted as the rows say', () => {
    const cut = count('0.0.0.0/0', '10.0.0.5', '443', 'accept') - count('198.51.100.0/28', '10.0.0.5', '443', 'accept');
    const opened = count('203.0.113.0/28', '10.0.0.5', '22', 'reject');
    const conditional = count('10.0.0.0/24', '10.0.0.53', '53', 'accept');
    expect([cut, opened, conditional].every((some) => some > 50)).toBe(true);
    expect(touched).toMatchObject({
      policy: 'edge',
      certain: cut + opened,
      possible: cut + opened + conditional,
      acceptedNowDenied: cut + conditional,
      rejectedNowPermitted: opened,
    });
    expect(days).toBeGreaterThan(30);
  });

  test('the busiest areas are shown first, each with its own count', () => {
    const samples = touched?.samples ?? [];
    expect(samples.map(({ change }) => change).sort()).toEqual(['narrowed', 'narrowed', 'widened']);
    expect(samples.map(({ connections: some }) => some)).toEqual([...samples.map(({ connections: some }) => some)].sort((a, b) => b - a));
    expect(samples.reduce((sum, { connections: some }) => sum + some, 0)).toBe(touched?.possible);
    expect(samples.find(({ change }) => change === 'widened')?.flow).toBe('tcp 203.0.113.0/28 -> 10.0.0.5:22');
  });
});

describe('of the records of VPC flow logs', () => {
  const web = (id: string, peer: string): GroupRuleNotation => ({ id, sg: 'sg-web', dir: 'in', proto: 'tcp', ports: 443, peer });
  const vpc = (rules: readonly GroupRuleNotation[]): VpcNotation => ({
    enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['sg-web'] }, 'eni-d': { ip: '10.0.0.9', sgs: ['sg-db'] } },
    rules: [...rules, { id: 'db', sg: 'sg-db', dir: 'in', proto: 'tcp', ports: 443, peer: '0.0.0.0/0' }],
  });
  const LINES = [
    'eni-w ingress 10.1.1.1 10.0.0.5 50000 443 6 5 0 60 ACCEPT 2',
    'eni-w ingress 10.1.1.1 10.0.0.5 50001 443 6 5 0 60 ACCEPT 2',
    'eni-w ingress 10.1.200.1 10.0.0.5 50000 443 6 5 0 60 ACCEPT 2',
    'eni-w ingress 192.0.2.7 10.0.0.5 50000 443 6 5 0 60 REJECT 2',
    'eni-w ingress 192.0.2.8 10.0.0.5 50000 22 6 5 0 60 REJECT 2',
    // Another interface, which the changed group is not on.
    'eni-d ingress 10.1.1.1 10.0.0.9 50000 443 6 5 0 60 ACCEPT 2',
  ];

  test('those at the interfaces of the changed group count, on the side where they enter', async () => {
    const result = await inTemporaryFolder((folder) => {
      const base = writeVpcs(join(folder, 'base'), [vpc([web('office', '10.1.0.0/16')])]);
      const head = writeVpcs(join(folder, 'head'), [vpc([web('office', '10.1.128.0/17'), web('partner', '192.0.2.0/24')])]);
      writeFlowObject(join(folder, 'logs'), 'fl-0f1e2d3c4b5a69788', formatFlowLog(LINES.map(parseRecord)));
      return check({
        ...NOTHING_MORE,
        base: base.rules,
        head: head.rules,
        inventory: head.inventory,
        flows: [join(folder, 'logs')],
      });
    });
    expect([result.complete, result.incompleteBecause]).toEqual([true, []]);
    expect(result.flows?.policies).toEqual([
      {
        policy: 'sg-web:in',
        certain: 3,
        possible: 3,
        acceptedNowDenied: 2,
        rejectedNowPermitted: 1,
        samples: [
          { flow: 'tcp 10.1.0.0/17 -> any:443', connections: 2, change: 'narrowed' },
          { flow: 'tcp 192.0.2.0/24 -> any:443', connections: 1, change: 'widened' },
        ],
      },
    ]);
  });
});
