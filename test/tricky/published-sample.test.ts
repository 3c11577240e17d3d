import { describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { EPOCH_BASE, type GroupRuleNotation, parseRecord, type VpcNotation } from '../support/aws-writer.ts';
import { auditTricky, hits, ruleNamed } from './tricky-audit.ts';

// A published sample that looks for stale security-group rules is wrong in nine ways. Each test is a few rows on which its logic and
// the truth part; what the sample would answer stands in a comment.

describe('the nine defects of the published security-group sample', () => {
  test('a: UDP is protocol 17', async () => {
    const result = await auditOne(
      [inbound('dns', 'udp', 53, '10.0.0.0/8')],
      ['eni-w ingress 10.1.1.1 10.0.0.5 50000 53 17 2 0 60 ACCEPT 0'],
    );
    expect(hits(result, 'dns')).toEqual([1, 1]); // sample: 0, because it looks for protocol 27
  });

  test('b: a flow counts only for the rule whose addresses hold its source', async () => {
    const result = await auditOne(
      [inbound('office', 'tcp', 443, '10.1.0.0/16'), inbound('partner', 'tcp', 443, '203.0.113.0/24')],
      ['eni-w ingress 10.1.1.1 10.0.0.5 50000 443 6 5 0 60 ACCEPT 2'],
    );
    expect(hits(result, 'office')).toEqual([1, 1]);
    expect(hits(result, 'partner')).toEqual([0, 0]); // sample: used, as everything on port 443 is
  });

  test('c: every group of the interface is credited, not only the last one', async () => {
    const rules = ['sg-a', 'sg-b', 'sg-c'].map((sg) => ({ ...inbound(`web of ${sg}`, 'tcp', 443, '0.0.0.0/0'), sg }));
    const result = await auditTricky({
      vpc: { enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['sg-a', 'sg-b', 'sg-c'] } }, rules },
      lines: [parseRecord('eni-w ingress 10.1.1.1 10.0.0.5 50000 443 6 5 0 60 ACCEPT 2')],
    });
    for (const { id } of rules) expect(hits(result, id)).toEqual([1, 1]); // sample: only sg-c
  });

  test('d: the only rule of a group still has to match', async () => {
    const result = await auditTricky({
      vpc: {
        enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['sg-web', 'sg-admin'] } },
        rules: [
          { ...inbound('web', 'tcp', 443, '0.0.0.0/0'), sg: 'sg-web' },
          { ...inbound('admin', 'tcp', 22, '10.0.0.0/8'), sg: 'sg-admin' },
        ],
      },
      lines: [parseRecord('eni-w ingress 198.51.100.7 10.0.0.5 50000 443 6 5 0 60 ACCEPT 2')],
    });
    expect(hits(result, 'web')).toEqual([1, 1]);
    expect(hits(result, 'admin')).toEqual([0, 0]); // sample: used, because it stands alone in its group
  });

  test('e: a refused flow uses no permit rule', async () => {
    const result = await auditOne(
      [inbound('https', 'tcp', 443, '10.1.0.0/16')],
      ['eni-w ingress 198.51.100.7 10.0.0.5 50000 443 6 3 0 60 REJECT 2'],
    );
    expect(hits(result, 'https')).toEqual([0, 0]); // sample: used, it never looks at the action
    const [policy] = result.policies.filter((candidate) => candidate.direction === 'in');
    expect(policy?.defaultUsage).toMatchObject({ certain: 1, possible: 1 });
  });

  test('f: the ports of one rule do not leak into the next', async () => {
    const result = await auditOne(
      [
        inbound('range', 'tcp', '8000-9000', '0.0.0.0/0'),
        inbound('single', 'tcp', 443, '0.0.0.0/0'),
        inbound('low', 'tcp', 80, '0.0.0.0/0'),
      ],
      [
        'eni-w ingress 198.51.100.7 10.0.0.5 50000 8443 6 5 0 60 ACCEPT 2',
        'eni-w ingress 198.51.100.7 10.0.0.5 50001 443 6 5 0 60 ACCEPT 2',
      ],
    );
    expect(hits(result, 'range')).toEqual([1, 1]);
    expect(hits(result, 'single')).toEqual([1, 1]); // sample: judged with the ports 8000-9000 of the rule before
    expect(hits(result, 'low')).toEqual([0, 0]);
  });

  test('g: a reply uses no rule of the other direction', async () => {
    const out: GroupRuleNotation = { id: 'high ports out', sg: 's', dir: 'out', proto: 'tcp', ports: '1024-65535', peer: '0.0.0.0/0' };
    const result = await auditOne(
      [inbound('https', 'tcp', 443, '0.0.0.0/0'), out],
      [
        'eni-w ingress 198.51.100.7 10.0.0.5 50000 443 6 5 0 60 ACCEPT 3',
        'eni-w egress 10.0.0.5 198.51.100.7 443 50000 6 5 0 60 ACCEPT 19',
      ],
    );
    expect(hits(result, 'https')).toEqual([1, 1]);
    expect(hits(result, 'high ports out')).toEqual([0, 0]); // sample: used by the replies
  });

  test('h: the last hit is the latest end of a record, whatever the order of the lines', async () => {
    const result = await auditOne(
      [inbound('https', 'tcp', 443, '0.0.0.0/0')],
      [
        'eni-w ingress 198.51.100.7 10.0.0.5 50000 443 6 5 7200 7260 ACCEPT 2',
        'eni-w ingress 198.51.100.8 10.0.0.5 50000 443 6 5 0 60 ACCEPT 2',
      ],
    );
    const at = (seconds: number) => new Date((EPOCH_BASE + seconds) * 1000).toISOString().replace('.000', '');
    expect(ruleNamed(result, 'https').usage).toMatchObject({ firstHit: at(0), lastHit: at(7260) }); // sample: the day before it is run
  });

  test('i: references to groups and prefix lists are resolved, or said to be unresolved', async () => {
    const rules = [
      inbound('from app', 'tcp', 5432, 'sg-app'),
      inbound('from offices', 'tcp', 443, 'pl-offices'),
      inbound('from partners', 'tcp', 8443, 'pl-partners'),
    ];
    const result = await auditTricky({
      vpc: {
        enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['s'] }, 'eni-app': { ip: '10.0.1.7', sgs: ['sg-app'] } },
        rules,
        prefixLists: { 'pl-offices': ['203.0.113.0/24'] },
      },
      lines: [
        parseRecord('eni-w ingress 10.0.1.7 10.0.0.5 50000 5432 6 5 0 60 ACCEPT 2'),
        parseRecord('eni-w ingress 203.0.113.9 10.0.0.5 50000 443 6 5 0 60 ACCEPT 2'),
      ],
    });
    expect(hits(result, 'from app')).toEqual([1, 1]); // sample: both ignored, so stale
    expect(hits(result, 'from offices')).toEqual([1, 1]);
    const unresolved = ruleNamed(result, 'from partners');
    expect(unresolved.evaluable).not.toBe('full');
    expect(unresolved.evidence?.grade).toBe('I');
    expect(unresolved.evidence?.reasons).toContain('UNRESOLVED_REF');
  });
});

function inbound(id: string, proto: string, ports: string | number, peer: string): GroupRuleNotation {
  return { id, sg: 's', dir: 'in', proto, ports, peer };
}

/** One interface with one group. */
function auditOne(rules: readonly GroupRuleNotation[], records: readonly string[]): Promise<AuditResult> {
  const vpc: VpcNotation = { enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['s'] } }, rules };
  return auditTricky({ vpc, lines: records.map(parseRecord) });
}
