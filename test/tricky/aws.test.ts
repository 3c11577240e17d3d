import { describe, expect, test } from 'vitest';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { auditFiles, inTemporaryFolder } from '../support/audit-files.ts';
import { formatFlowLog, parseRecord, type VpcNotation, writeText } from '../support/aws-writer.ts';
import { STRUCTURE_CHECKS } from './structure-checks.ts';
import {
  aclHits,
  aclRule,
  auditObjects,
  auditTricky,
  expectSoundTotals,
  hits,
  pointOf,
  policyOf,
  quietLog,
  ruleNamed,
  structuralFindings,
  VISITED_RULE,
} from './tricky-audit.ts';
import { givenVpc, readTrickyCases } from './tricky-cases.ts';
import { WAITING_CASES } from './waiting-cases.ts';

const CASES = readTrickyCases();

/** What is checked of each case that the inputs of this release can express. */
const CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  'T-01': async () => {
    const result = await auditCase('T-01');
    expect(hits(result, 'r-in')).toEqual([1, 1]);
    expect(hits(result, 'r-out')).toEqual([0, 0]);
    expect(result.traffic?.unexplained).toBe(0);
    expect(result.traffic?.connections).toBe(1);
    // The second record is the responder's: it answers the connection and opens none.
    expect(ruleNamed(result, 'r-in').usage).toMatchObject({ answered: 1, records: 2, packets: '15', bytes: '1500' });
  },

  'T-02': async () => {
    const result = await auditCase('T-02');
    expect(hits(result, 'a-out')).toEqual([1, 1]);
    expect(hits(result, 'b-in')).toEqual([1, 1]);
    expect(hits(result, 'a-in')).toEqual([0, 0]);
    expect(pointOf(result, 'eni-a', policyOf(result, 'sg-a', 'out')).connections).toBe(1);
    expect(pointOf(result, 'eni-b', policyOf(result, 'sg-b', 'in')).connections).toBe(1);
    expect(result.traffic?.connections).toBe(2);
  },

  'T-04': async () => {
    const result = await auditCase('T-04');
    expect(ruleNamed(result, 'frag-needed').match.services).toEqual(['icmp/3/4']);
    expect(ruleNamed(result, 'echo').match.services).toEqual(['icmp/8/0']);
    for (const id of ['frag-needed', 'echo']) {
      expect(hits(result, id)).toEqual([0, 1]);
      expect(ruleNamed(result, id).evidence?.grade).toBe('I');
      expect(ruleNamed(result, id).evidence?.reasons).toContain('ICMP_TYPE_UNSEEN');
    }
    expect(structuralFindings(result)).toEqual([]);
  },

  'T-05': async () => {
    const result = await auditCase('T-05');
    expect(hits(result, 'x')).toEqual([1, 1]);
    expect(hits(result, 'y')).toEqual([1, 1]);
    expect(ruleNamed(result, 'x').usage?.sole).toEqual([0, 0]);
    expect(ruleNamed(result, 'y').usage?.sole).toEqual([0, 0]);
    expect(pointOf(result, 'eni-1', policyOf(result, 'sg-x', 'in'))).toMatchObject({ connections: 1, sole: 0, shared: 1 });
    expect(structuralFindings(result)).toEqual([]);
    expect(result.plan.removals).toEqual([]);
  },

  'T-07': async () => {
    const result = await auditCase('T-07');
    for (const name of ['pub:in/100', 'pub:out/100', 'pub:in/110', 'pub:out/110']) expect(aclHits(result, name), name).toEqual([1, 1]);
    for (const name of ['pub:in/110', 'pub:out/110']) expect(aclRule(result, name).usage?.asResponse, name).toBe(1);
    for (const name of ['pub:in/100', 'pub:out/100']) expect(aclRule(result, name).usage?.asResponse, name).toBe(0);
    expect(result.traffic).toMatchObject({ unexplained: 0, unattributable: 0 });
  },

  'T-09': async () => {
    const result = await auditCase('T-09');
    expect(aclHits(result, 'app:in/90')).toEqual([1, 1]);
    expect(aclHits(result, 'app:in/100')).toEqual([0, 0]);
    expect(hits(result, 'ssh')).toEqual([0, 0]);
    const groupIn = policyOf(result, 's', 'in');
    expect(groupIn.defaultUsage).toMatchObject({ certain: 0, possible: 0 });
    expect(pointOf(result, 'eni-w', groupIn)).toMatchObject({ connections: 0, decidedElsewhere: 1 });
  },

  'T-10': async () => {
    const result = await auditCase('T-10');
    expect(hits(result, 'http')).toEqual([1, 1]);
    expect(hits(result, 'all-out')).toEqual([0, 0]);
    expect(ruleNamed(result, 'http').evidence?.grade).toBe('U');
    expect(ruleNamed(result, 'all-out').evidence?.grade).toBe('I');
    expect(ruleNamed(result, 'all-out').evidence?.reasons).toContain('RETURN_ONLY');
  },

  'T-12': async () => {
    const result = await auditCase('T-12');
    expect(aclHits(result, 'app:in/100')).toEqual([1, 1]);
    expect(aclHits(result, 'app:out/100')).toEqual([0, 0]);
    expect(aclHits(result, 'app:out/110')).toEqual([1, 1]);
    expect(aclRule(result, 'app:out/110').usage?.asResponse).toBe(1);
    expect(aclRule(result, 'app:out/110').evidence?.reasons).toContain('RETURN_ONLY');
    expect(hits(result, 'web')).toEqual([1, 1]);
  },

  'T-16': async () => {
    const vpc = vpcWith({ id: 'bkp', dir: 'in', proto: 'tcp', ports: 5432, peer: '10.0.9.9/32' });
    const result = await auditTricky({ vpc, lines: quietLog('eni-w', '10.0.0.5', 90, [1]) });
    expect(hits(result, 'bkp')).toEqual([0, 0]);
    expect(result.window?.days).toBe(90);
    const { evidence } = ruleNamed(result, 'bkp');
    expect(Number(evidence?.coverage)).toBeCloseTo(0.958, 3);
    expect(evidence?.emptyHourCells).toEqual([1]);
    expect(evidence?.reasons).toContain('SKIPDATA');
    expect(['C', 'D', 'I']).toContain(evidence?.grade);
    expect(result.traffic?.coverage).toContainEqual(
      expect.objectContaining({ attachment: 'eni-w', emptyHourCells: [1], skippedHours: 90 }),
    );
  },

  'T-29': async () => {
    await checkFamiliesInCsv();
    await checkFamiliesInGroups();
  },

  'T-38': async () => {
    const vpc = vpcWith({ id: 'dns', dir: 'out', proto: 'udp', ports: 53, peer: '10.0.0.2/32' });
    const result = await auditTricky({ vpc: { ...vpc, cidr: '10.0.0.0/16' }, lines: quietLog('eni-w', '10.0.0.5', 365) });
    expect(result.window?.days).toBe(365);
    const { usage, evidence } = ruleNamed(result, 'dns');
    expect(usage).toMatchObject({ certain: 0, possible: 0 });
    expect(Number(evidence?.coverage)).toBe(1);
    expect(evidence?.grade).toBe('I');
    expect(evidence?.reasons).toContain('UNLOGGED_TRAFFIC');
    expect(result.findings.filter((finding) => finding.kind === 'unused')).toEqual([]);
  },

  'T-42': async () => {
    const vpc = givenVpc(caseOf('T-42'));
    const [record] = caseOf('T-42').records.map(parseRecord);
    if (record === undefined) throw new Error('the case has no record');
    const overlapping = await auditObjects({
      vpc,
      objects: [
        // The log of the VPC also tells of an hour in which nothing happened: the objects differ, the record is the same.
        {
          flowLog: 'fl-0aaaaaaaaaaaaaaaa',
          lines: [record, { eni: 'eni-w', start: record.start + 3600, end: record.end + 3600, status: 'NODATA' }],
        },
        { flowLog: 'fl-0bbbbbbbbbbbbbbbb', lines: [record] },
      ],
    });
    expect(hits(overlapping, 'r')).toEqual([1, 1]);
    expect(ruleNamed(overlapping, 'r').usage).toMatchObject({ records: 1, packets: '5' });
    expect(overlapping.traffic).toMatchObject({ records: 3, accepted: 1, skippedByReason: { DUPLICATE_DELIVERY: 1, NODATA: 1 } });

    const repeated = await auditObjects({ vpc, objects: [{ flowLog: 'fl-0aaaaaaaaaaaaaaaa', lines: [record, record] }] });
    expect(hits(repeated, 'r')).toEqual([1, 1]);
    expect(ruleNamed(repeated, 'r').usage).toMatchObject({ records: 2, packets: '10' });
    expect(repeated.traffic).toMatchObject({ records: 2, accepted: 2, skippedByReason: {} });
    expect(repeated.diagnostics).toContainEqual(expect.objectContaining({ code: 'IDENTICAL_LINES', count: 1 }));
  },

  'T-44': async () => {
    const { rules = [] } = givenVpc(caseOf('T-44'));
    const vpc: VpcNotation = { enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['s'] } }, rules: [...rules, VISITED_RULE] };
    const result = await auditTricky({ vpc, lines: quietLog('eni-w', '10.0.0.5', 90) });
    const kinds = (id: string) =>
      result.findings.filter((finding) => finding.rule === ruleNamed(result, id).id).map((finding) => finding.kind);
    expect(kinds('st')).toEqual(['stale-reference']);
    expect(kinds('un')).toEqual(['not-evaluable']);
    expect(ruleNamed(result, 'st').evidence?.grade).toBe('P');
    expect(ruleNamed(result, 'st').evidence?.reasons).toContain('STALE_REFERENCE');
    expect(ruleNamed(result, 'un').evidence?.grade).toBe('I');
    expect(ruleNamed(result, 'un').evidence?.reasons).toContain('UNRESOLVED_REF');
  },

  'T-46': async () => {
    const result = await auditCase('T-46');
    expect(hits(result, 'nfs')).toEqual([1, 1]);
    expect(hits(result, 'low')).toEqual([0, 0]);
  },

  'T-47': async () => {
    const vpc = vpcWith({ id: 'yearend-settlement', dir: 'in', proto: 'tcp', ports: 8443, peer: '10.7.0.0/16' });
    const result = await auditTricky({ vpc, lines: quietLog('eni-w', '10.0.0.5', 180) });
    expect(result.window?.days).toBe(180);
    const { usage, evidence } = ruleNamed(result, 'yearend-settlement');
    expect(usage).toMatchObject({ certain: 0, possible: 0 });
    expect(Number(evidence?.coverage)).toBe(1);
    expect(['C', 'D', 'I']).toContain(evidence?.grade);
    expect(evidence?.reasons).toContain('SEASONAL_TAG');
    expect(365 * Number(evidence?.maxDailyRate95)).toBeCloseTo(6.1, 1);
  },

  'T-51': async () => {
    const dated = await auditCase('T-51');
    expect(hits(dated, 's3')).toEqual([1, 2]);
    expect(hits(dated, 'corp')).toEqual([1, 1]);
    expect(dated.traffic?.unexplained).toBe(0);
    const undated = await auditCase('T-51', 'undated');
    expect(hits(undated, 's3')).toEqual([0, 2]);
    expect(hits(undated, 'corp')).toEqual([1, 1]);
  },
};

describe('tricky cases', () => {
  for (const [id, check] of Object.entries(CHECKS)) test(`${id}: ${caseOf(id).title}`, check);

  test('every case of the specification is either checked here or waits for something named', () => {
    const listed = [...Object.keys(CHECKS), ...Object.keys(STRUCTURE_CHECKS), ...Object.keys(WAITING_CASES)].sort();
    expect(listed).toEqual(CASES.map((trickyCase) => trickyCase.id).sort());
  });
});

function caseOf(id: string) {
  const found = CASES.find((trickyCase) => trickyCase.id === id);
  if (found === undefined) throw new Error(`the specification has no case ${id}`);
  return found;
}

function auditCase(id: string, snapshot: 'dated' | 'undated' = 'dated'): Promise<AuditResult> {
  const trickyCase = caseOf(id);
  return auditTricky({ vpc: givenVpc(trickyCase), lines: trickyCase.records.map(parseRecord), snapshot });
}

/** One interface with one group that has the rule, and the one of the quiet log's visitor. */
function vpcWith(rule: Omit<NonNullable<VpcNotation['rules']>[number], 'sg'>): VpcNotation {
  return { enis: { 'eni-w': { ip: '10.0.0.5', sgs: ['s'] } }, rules: [{ ...rule, sg: 's' }, VISITED_RULE] };
}

async function checkFamiliesInCsv(): Promise<void> {
  const result = await inTemporaryFolder((folder) => {
    const header = 'policy,id,action,protocol,source,source_port,destination,destination_port';
    const rules = writeText(
      `${folder}/rules.csv`,
      [header, 'fw,v4,permit,tcp,0.0.0.0/0,,,443', 'fw,v6,permit,tcp,::/0,,,443', ''].join('\n'),
    );
    const flow = (source: string, destination: string) =>
      `2026-01-05T10:00:00Z,2026-01-05T10:01:00Z,${source},50000,${destination},443,tcp,accept,5,500`;
    const flows = writeText(
      `${folder}/flows.csv`,
      [
        'start,end,source,source_port,destination,destination_port,protocol,action,packets,bytes',
        flow('2001:db8::1', '2001:db8::5'),
        flow('::ffff:198.51.100.7', '::ffff:10.0.0.5'),
        flow('198.51.100.8', '10.0.0.5'),
        '',
      ].join('\n'),
    );
    return auditFiles({ rules: [rules], flows: [flows] });
  });
  expectSoundTotals(result);
  const usage = (id: string) => result.policies[0]?.rules.find((rule) => rule.id === id)?.usage;
  expect(usage('v4')).toMatchObject({ certain: 2, possible: 2, sole: [2, 2] });
  expect(usage('v6')).toMatchObject({ certain: 1, possible: 1, sole: [1, 1] });
  expect(structuralFindings(result)).toEqual([]);
}

async function checkFamiliesInGroups(): Promise<void> {
  const rule = { sg: 's', dir: 'in' as const, proto: 'tcp', ports: 443 };
  const vpc: VpcNotation = {
    enis: { 'eni-w': { ip: ['10.0.0.5', '2001:db8::5'], sgs: ['s'] } },
    rules: [
      { ...rule, id: 'v4', peer: '0.0.0.0/0' },
      { ...rule, id: 'v6', peer: '::/0' },
    ],
  };
  const lines = [
    parseRecord('eni-w ingress 2001:db8::1 2001:db8::5 50000 443 6 5 0 60 ACCEPT 2'),
    parseRecord('eni-w ingress ::ffff:198.51.100.7 ::ffff:10.0.0.5 50000 443 6 5 0 60 ACCEPT 2'),
    parseRecord('eni-w ingress 198.51.100.8 10.0.0.5 50000 443 6 5 0 60 ACCEPT 2'),
  ];
  expect(formatFlowLog(lines)).toContain('::ffff:198.51.100.7');
  const result = await auditTricky({ vpc, lines });
  expect(hits(result, 'v4')).toEqual([2, 2]);
  expect(hits(result, 'v6')).toEqual([1, 1]);
  expect(structuralFindings(result)).toEqual([]);
}
