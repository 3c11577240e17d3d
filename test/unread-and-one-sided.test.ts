import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { audit } from '../src/audit.ts';
import type { AuditResult } from '../src/model/audit-result.ts';
import { auditRequest, inTemporaryFolder } from './support/audit-files.ts';

const HEADER = 'start,end,source,source_port,destination,destination_port,protocol,action,packets,bytes,tcp_flags';
const RULES = 'policy,id,action,protocol,source,source_port,destination,destination_port,created';

/** An audit of 100 days: `web` is used every hour, and the lines of `more` come on top, one a day. */
async function auditDays(rules: readonly string[], more: (day: string) => readonly string[], hours = true): Promise<AuditResult> {
  return inTemporaryFolder(async (folder) => {
    const lines = Array.from({ length: 100 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)).flatMap(
      (day) => [...(hours ? Array.from({ length: 24 }, (_, hour) => hourOf(day, hour)) : []), ...more(day)],
    );
    const [rulesPath, flowsPath] = [join(folder, 'rules.csv'), join(folder, 'flows.csv')];
    await writeFile(rulesPath, `${[RULES, ...rules].join('\n')}\n`);
    await writeFile(flowsPath, `${[HEADER, ...lines].join('\n')}\n`);
    return audit(auditRequest({ rules: [rulesPath], flows: [flowsPath] }));
  });
}

function hourOf(day: string, hour: number): string {
  const time = `${day}T${String(hour).padStart(2, '0')}:10:00Z`;
  return `${time},${time},198.51.100.7,40000,10.0.0.5,443,tcp,accept,5,500,`;
}

const WEB = 'edge,web,permit,tcp,any,,10.0.0.5,443,2025-06-01';
const DB = 'edge,db,permit,tcp,10.1.0.0/24,,10.0.0.9,5432,2025-06-01';

function gradeOf({ policies }: AuditResult, id: string): unknown {
  const evidence = policies[0]?.rules.find((rule) => rule.id === id)?.evidence;
  return [evidence?.grade, evidence?.reasons];
}

test('a silent rule is unused at grade B where everything was read', async () => {
  expect(gradeOf(await auditDays([WEB, DB], () => []), 'db')).toEqual(['B', []]);
});

test('records that could not be read keep a rule from B, and many of them from being called unused', async () => {
  const broken = (day: string): string => `${day}T05:00:00Z,${day}T05:00:01Z,10.1.0.4,50000,10.0.0.9,5432,tcp,allowd,1,40,`;
  const few = await auditDays([WEB, DB], (day) => (day === '2026-02-01' ? [broken(day)] : []));
  expect(gradeOf(few, 'db')).toEqual(['C', ['UNREAD_RECORDS']]);
  const many = await auditDays([WEB, DB], (day) => [broken(day)]);
  expect(gradeOf(many, 'db')).toEqual(['D', ['UNREAD_RECORDS']]);
  expect(many.findings.filter(({ kind, rule }) => kind === 'unused' && rule === 'db')).toEqual([]);
});

test('an accepted answer that an earlier rule would refuse is possible for every rule that permits its request', async () => {
  const rules = ['edge,d1,deny,tcp,10.1.0.1,,10.9.0.1,,2025-06-01', 'edge,p1,permit,tcp,10.1.0.0/24,,10.9.0.0/24,443,2025-06-01', WEB];
  const answers = await auditDays(rules, (day) => [`${day}T05:00:00Z,${day}T05:00:01Z,10.9.0.1,443,10.1.0.1,50000,tcp,accept,1,40,18`]);
  expect(answers.policies[0]?.rules.find(({ id }) => id === 'p1')?.usage?.possible).toBe(100);
  expect(answers.findings.filter(({ kind, rule }) => kind === 'unused' && rule === 'p1')).toEqual([]);
});

test('a record without a protocol or port says nothing about which part of a rule is unused', async () => {
  const wide = ['edge,web,permit,tcp,any,,10.0.0.5,,2025-06-01'];
  const result = await auditDays(wide, (day) => [`${day}T05:00:00Z,${day}T05:00:01Z,198.51.100.9,50000,10.0.0.5,,tcp,accept,1,40,`]);
  expect(result.findings.flatMap(({ unusedParts = [] }) => unusedParts).filter(({ axis }) => axis === 'service')).toEqual([]);
});
