import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditResult } from '../src/model/audit-result.ts';
import { runInProcess } from './cli/run-in-process.ts';
import { temporaryFolder } from './cli/run-rulesweep.ts';
import { auditFiles } from './support/audit-files.ts';

const RULES = [
  'policy,id,action,protocol,source,source_port,destination,destination_port,description,owner',
  'edge,web,permit,tcp,any,,10.0.0.5,443,,',
  'edge,web-again,permit,tcp,any,,10.0.0.5,443,kept for the <b>auditor</b>,risk',
  'edge,ssh,permit,tcp,10.0.0.0/8,,10.0.0.5,22,,',
  'edge,ssh-again,permit,tcp,10.0.0.0/8,,10.0.0.5,22,,',
  '',
].join('\n');
const FLOWS = [
  'start,end,source,source_port,destination,destination_port,protocol,action,packets,bytes',
  '2026-03-30T10:00:00Z,2026-03-30T10:00:09Z,198.51.100.7,40000,10.0.0.5,443,tcp,accept,14,5200',
  '2026-03-31T10:00:00Z,2026-03-31T10:00:09Z,198.51.100.7,40001,10.0.0.5,443,tcp,accept,14,5200',
  '',
].join('\n');
const GUARDRAILS = [
  'version: 1',
  'zones: {in: {cidrs: [10.0.0.0/8]}}',
  'protectedRules:',
  '  - {policy: edge, ruleOwner: risk, reason: the assessor asked for it}',
  'exceptions:',
  '  - {id: E-1, from: any, to: in, services: [tcp/23], reason: old, owner: ops, expires: 2026-03-30}',
  '  - {id: E-2, from: any, to: in, services: [tcp/23], reason: new, owner: ops, expires: 2026-04-30}',
  'calendar:',
  '  - {name: close, date: quarter-end}',
  '  - {name: DR test, date: 2026-05-09, reason: failover}',
  '',
].join('\n');

function auditWith(text: string | null, more: Parameters<typeof auditFiles>[0] = {}): Promise<AuditResult> {
  const folder = temporaryFolder({ 'rules.csv': RULES, 'flows.csv': FLOWS, 'g.yaml': text ?? '' });
  return auditFiles({
    rules: [join(folder, 'rules.csv')],
    flows: [join(folder, 'flows.csv')],
    guardrails: text === null ? null : join(folder, 'g.yaml'),
    ...more,
  });
}

describe('an audit with guardrails', () => {
  test('keeps a protected rule, names the clause with its line, and removes the others as before', async () => {
    const [guarded, free] = [await auditWith(GUARDRAILS), await auditWith(null)];
    expect(free.plan.removals.map(({ rule }) => rule).sort()).toEqual(['ssh-again', 'web-again']);
    expect(guarded.plan.removals.map(({ rule }) => rule)).toEqual(['ssh-again']);
    const held = guarded.plan.notProposed.find(({ rule }) => rule === 'web-again');
    expect([held?.reason, held?.detail.replace(/, .*\/g\.yaml/, ', g.yaml')]).toEqual([
      'PROTECTED',
      'protectedRules, g.yaml:4: the assessor asked for it. Its owners decide.',
    ]);
    expect(guarded.findings).toEqual(free.findings);
  });

  test('has the hash of the file among its inputs, and on every removal', async () => {
    const sha256 = createHash('sha256').update(GUARDRAILS).digest('hex');
    const { inputs, plan } = await auditWith(GUARDRAILS);
    expect(inputs.filter(({ role }) => role === 'guardrails')).toMatchObject([{ sha256, format: 'guardrails', records: 6, accepted: 6 }]);
    expect(plan.removals[0]?.rationale.authority).toContain(`(sha256 ${sha256.slice(0, 12)})`);
  });

  test('says which exceptions are over on its date, which is the end of the window where none is given', async () => {
    const expired = ({ diagnostics }: AuditResult) =>
      diagnostics.filter(({ code }) => code === 'EXCEPTION_EXPIRED').map(({ line, message }) => [line, message]);
    const sentence =
      'The exception E-1 of ops expired on 2026-03-30, so it excuses nothing any more. Renew it with a new reason, or remove it with what it excused.';
    expect(expired(await auditWith(GUARDRAILS))).toEqual([[6, sentence]]);
    expect(expired(await auditWith(GUARDRAILS, { asOf: Date.parse('2026-05-01') / 1000 }))).toHaveLength(2);
    const undated = await auditWith(GUARDRAILS, { flows: [] });
    expect(undated.diagnostics.map(({ code }) => code)).toContain('EXCEPTIONS_WITHOUT_DATE');
  });

  test('says which dates of the calendar its window shows; without traffic nothing is said', async () => {
    const { traffic } = await auditWith(GUARDRAILS);
    expect(traffic?.detection?.calendar).toEqual([
      { name: 'close', date: 'quarter-end', reason: '', line: 9, seen: 'partly', days: [{ day: '2026-03-31', coveredHours: 1 }] },
      { name: 'DR test', date: '2026-05-09', reason: 'failover', line: 10, seen: 'no', days: [] },
    ]);
    expect((await auditWith(GUARDRAILS, { flows: [] })).traffic).toBeNull();
    expect((await auditWith(null)).traffic?.detection?.calendar).toEqual([]);
  });

  test('every judged rule names its answer about regular uses, and it is that of its interfaces', async () => {
    const { policies, traffic } = await auditWith(null);
    const places = policies.flatMap(({ rules }) => rules.map(({ evidence }) => evidence?.detection));
    expect(places).toEqual([0, 0, 0, 0]);
    // One hour of each of two days: the same hour of the day twice.
    expect(traffic?.detection?.ofRules).toEqual([[1, 2, 2, 2, 2]]);
    expect(traffic?.detection?.uses.map(({ caught, caughtHours }) => [caught, caughtHours])).toEqual([
      ['partly', 1],
      ['partly', 2],
      ['partly', 2],
      ['partly', 2],
      ['partly', 2],
    ]);
  });

  test('stops before any rule is read when the file is missing or wrong: nothing is written', async () => {
    const folder = temporaryFolder({ 'rules.csv': RULES, 'g.yaml': 'version: 1\ncalendar: [{name: x, dat: 2026-01-01}]\n' });
    const wrong = await runInProcess(folder, ['audit', '--rules', 'rules.csv', '--guardrails', 'g.yaml']);
    expect([wrong.code, wrong.reason, wrong.stdout]).toEqual([
      2,
      'g.yaml:2: calendar.0 has the unknown key "dat"; expected name, date, reason',
      '',
    ]);
    const missing = await runInProcess(folder, ['audit', '--rules', 'rules.csv', '--guardrails', 'gone.yaml']);
    expect([missing.code, missing.stdout]).toEqual([2, '']);
    expect(missing.reason).toContain('gone.yaml');
  });
});
