import { join } from 'node:path';
import { expect } from 'vitest';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { auditFiles, inTemporaryFolder } from '../support/audit-files.ts';
import { writeText } from '../support/aws-writer.ts';

/** Cases that are about rules alone, written as rules-csv: what a vendor's export will be read as, once its format is. */
export const STRUCTURE_CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  'T-19': async () => {
    const result = await auditCsv([
      'out,1,permit,any,any,any,any,any',
      'out,2,permit,tcp,any,any,10.0.0.5,443',
      'out,3,deny,tcp,any,any,any,23',
    ]);
    expect(coverings(result)).toEqual([
      { rule: '2', kind: 'redundant', by: 'earlier', relation: undefined, coveredBy: ['1'] },
      { rule: '3', kind: 'shadowed', by: undefined, relation: 'opposite', coveredBy: ['1'] },
    ]);
    expect(result.findings.find(({ rule }) => rule === '2')?.evidence.grade).toBe('P');
    expect(result.findings.find(({ rule, kind }) => rule === '3' && kind === 'shadowed')?.severity).toBe('high');
    expect(result.plan.removals.map(({ rule }) => rule)).toEqual(['2']);
    expect(result.plan.notProposed.map(({ rule, reason }) => [rule, reason])).toContainEqual(['3', 'SHADOWED']);
    expect(result.findings.map(({ kind }) => kind)).not.toContain('unused');
  },

  'T-24': async () => {
    // An application is an unknown condition, named by its text: another column of the table.
    const caseA = await auditCsv(['fw,r1,permit,any,any,any,any,any,web-browsing', 'fw,r2,permit,tcp,any,any,any,80,'], ',app');
    expect(coverings(caseA)).toEqual([]);
    const caseB = await auditCsv(['fw,r1,permit,tcp,any,any,any,80,', 'fw,r2,permit,tcp,any,any,any,80,web-browsing'], ',app');
    expect(coverings(caseB)).toEqual([{ rule: 'r2', kind: 'redundant', by: 'earlier', relation: undefined, coveredBy: ['r1'] }]);
    // Without the catalogue nobody knows on which ports the application runs.
    const withoutCatalogue = await auditCsv(['fw,r1,permit,tcp,any,any,any,80,', 'fw,r2,permit,any,any,any,any,any,web-browsing'], ',app');
    expect(coverings(withoutCatalogue)).toEqual([]);
    const caseC = await auditCsv(['fw,r1,permit,any,any,any,any,any,web-browsing', 'fw,r2,permit,tcp,any,any,any,80,web-browsing'], ',app');
    expect(coverings(caseC)).toEqual([{ rule: 'r2', kind: 'redundant', by: 'earlier', relation: undefined, coveredBy: ['r1'] }]);
  },

  'T-32': async () => {
    const result = await auditCsv([
      'acl,10,permit,tcp,10.0.0.0/25,any,any,any',
      'acl,20,permit,tcp,10.0.0.128/25,any,any,any',
      'acl,30,deny,tcp,10.0.0.0/24,any,any,23',
    ]);
    expect(coverings(result)).toEqual([{ rule: '30', kind: 'shadowed', by: undefined, relation: 'opposite', coveredBy: ['10', '20'] }]);
    expect(result.findings.find(({ kind }) => kind === 'shadowed')?.explanation).toBe(
      'Rules 10 and 20 together take all of its packets and permit them; its deny never happens.',
    );
  },
};

const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port';

function auditCsv(rows: readonly string[], moreColumns = ''): Promise<AuditResult> {
  return inTemporaryFolder((folder) => {
    writeText(join(folder, 'rules.csv'), [HEADER + moreColumns, ...rows, ''].join('\n'));
    return auditFiles({ rules: [join(folder, 'rules.csv')] });
  });
}

/** The findings of which a rule has one at most. */
function coverings({ findings }: AuditResult) {
  return findings
    .filter(({ kind }) => ['unmatchable', 'duplicate', 'shadowed', 'redundant', 'partly-shadowed'].includes(kind))
    .map(({ rule, kind, by, relation, coveredBy }) => ({ rule, kind, by, relation, coveredBy: coveredBy.map((coverer) => coverer.rule) }));
}
