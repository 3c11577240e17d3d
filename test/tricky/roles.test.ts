import { describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { type GroupRuleNotation, type NaclEntryNotation, parseRecord, type VpcNotation } from '../support/aws-writer.ts';
import { aclHits, auditTricky, hits, policyOf } from './tricky-audit.ts';

// Who opened, and who refused, where only a part of the evidence is there (semantics B1 and B2).

const HTTPS: GroupRuleNotation = { id: 'https', sg: 's', dir: 'in', proto: 'tcp', ports: 443, peer: '0.0.0.0/0' };
const DNS: GroupRuleNotation = { id: 'dns', sg: 's', dir: 'in', proto: 'udp', ports: 53, peer: '0.0.0.0/0' };
const PING: GroupRuleNotation = { id: 'ping', sg: 's', dir: 'in', proto: 'icmp', from: 8, to: 0, peer: '0.0.0.0/0' };
const ALL_OUT: GroupRuleNotation = { id: 'all-out', sg: 's', dir: 'out', proto: '-1', peer: '0.0.0.0/0' };

const REQUEST = 'eni-w ingress 198.51.100.7 10.0.0.5 50000 443 6 5 0 60 ACCEPT 0';
const REPLY = 'eni-w egress 10.0.0.5 198.51.100.7 443 50000 6 5 0 60 ACCEPT 0';

describe('who opened', () => {
  test('a SYN-ACK alone names the other side, whose rule stays possible and no other becomes so', async () => {
    const result = await auditOne([HTTPS, ALL_OUT], ['eni-w egress 10.0.0.5 198.51.100.7 443 50000 6 5 0 60 ACCEPT 18']);
    expect(hits(result, 'https')[1]).toBe(1);
    expect(hits(result, 'all-out')).toEqual([0, 0]);
  });

  test('without flags the only direction that a rule admits is certain under a dated export', async () => {
    expect(hits(await auditOne([HTTPS], [REQUEST, REPLY], 'dated'), 'https')).toEqual([1, 1]);
  });

  test('without flags and without a date it stays possible', async () => {
    expect(hits(await auditOne([HTTPS], [REQUEST, REPLY], 'undated'), 'https')).toEqual([0, 1]);
  });

  test('without flags two directions that rules admit are both possible, and neither is certain', async () => {
    const result = await auditOne([HTTPS, ALL_OUT], [REQUEST, REPLY], 'dated');
    expect(hits(result, 'https')).toEqual([0, 1]);
    expect(hits(result, 'all-out')).toEqual([0, 1]);
  });
});

describe('who refused', () => {
  test('a refused answer to an accepted ping was stopped by the network ACL', async () => {
    const result = await auditTricky({
      vpc: vpcWithAcl([PING], [allowAll('in'), { n: 100, dir: 'out', proto: 'icmp', cidr: '0.0.0.0/0', act: 'deny' }, allowAll('out')]),
      lines: records([
        'eni-w ingress 203.0.113.12 10.0.0.5 0 0 1 4 0 60 ACCEPT -',
        'eni-w egress 10.0.0.5 203.0.113.12 0 0 1 4 0 60 REJECT -',
      ]),
    });
    expect(aclHits(result, 'app:out/100')).toEqual([1, 1]);
    expect(aclHits(result, 'app:out/200')).toEqual([0, 0]);
    expect(policyOf(result, 's', 'out').defaultUsage?.certain).toBe(0);
  });

  test('an answer that comes after the group forgot the connection may have been refused by its default', async () => {
    const late = [
      'eni-w ingress 198.51.100.7 10.0.0.5 50000 53 17 1 0 1 ACCEPT 0',
      'eni-w egress 10.0.0.5 198.51.100.7 53 50000 17 1 400 401 REJECT 0',
    ];
    const result = await auditOne([DNS], late);
    expect(policyOf(result, 's', 'out').defaultUsage).toMatchObject({ certain: 0, possible: 1 });
  });

  test('where the group and the network ACL both refuse, neither is certain', async () => {
    const deny: NaclEntryNotation = { n: 100, dir: 'in', proto: 'tcp', ports: 23, cidr: '0.0.0.0/0', act: 'deny' };
    const result = await auditTricky({
      vpc: vpcWithAcl([HTTPS], [deny, allowAll('in')]),
      lines: records(['eni-w ingress 198.51.100.7 10.0.0.5 50000 23 6 3 0 60 REJECT 2']),
    });
    expect(aclHits(result, 'app:in/100')).toEqual([0, 1]);
    expect(policyOf(result, 's', 'in').defaultUsage).toMatchObject({ certain: 0, possible: 1 });
  });

  test('a refusal that every layer would have permitted is unexplained', async () => {
    const result = await auditTricky({
      vpc: vpcWithAcl([HTTPS], [allowAll('in')]),
      lines: records(['eni-w ingress 198.51.100.7 10.0.0.5 50000 443 6 3 0 60 REJECT 2']),
    });
    expect(hits(result, 'https')).toEqual([0, 0]);
    expect(result.traffic?.unexplained).toBeGreaterThan(0);
    expect(result.traffic?.unexplainedFlows).toContainEqual(expect.objectContaining({ attachment: 'eni-w', loggedAction: 'reject' }));
  });
});

function auditOne(
  rules: readonly GroupRuleNotation[],
  lines: readonly string[],
  snapshot: 'dated' | 'undated' = 'dated',
): Promise<AuditResult> {
  return auditTricky({ vpc: { enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['s'] } }, rules }, lines: records(lines), snapshot });
}

function records(lines: readonly string[]) {
  return lines.map(parseRecord);
}

function vpcWithAcl(rules: readonly GroupRuleNotation[], entries: readonly NaclEntryNotation[]): VpcNotation {
  return {
    enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['s'], subnet: 'app' } },
    subnets: { app: '10.0.0.0/24' },
    rules,
    nacl: { app: entries },
  };
}

function allowAll(dir: 'in' | 'out'): NaclEntryNotation {
  return { n: 200, dir, proto: 'all', cidr: '0.0.0.0/0', act: 'allow' };
}
