import { readdirSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { auditWithProofs } from '../../src/audit.ts';
import { auditRequest } from '../support/audit-files.ts';
import { edited, problemsOf, temporaryFolder, verifyFiles, writeAudit } from './verify-support.ts';

const ROOT = 'test/data/aws';
const SETS = readdirSync(ROOT)
  .filter((name) => statSync(`${ROOT}/${name}`).isDirectory() && name !== 'vpc-flow-logs' && name !== 'lab-aws-demo' && name !== 'np-guard')
  .map((name) => `${ROOT}/${name}`);
const FILES = [
  ...SETS,
  `${ROOT}/lab-aws-demo/us-east-1`,
  `${ROOT}/lab-aws-demo/us-west-1`,
  ...readdirSync(`${ROOT}/np-guard`)
    .filter((name) => name.startsWith('input_aws'))
    .map((name) => `${ROOT}/np-guard/${name}`),
  'samples/generic-csv/rules.csv',
];

describe.each(FILES)('%s', (path) => {
  test('every claim of its audit is proven, and every proof holds', async () => {
    const proven = await auditWithProofs(auditRequest({ rules: [path] }));
    const audit = writeAudit(temporaryFolder(), proven);
    const verification = await verifyFiles(audit, [path]);
    expect(verification).toMatchObject({ kind: 'checked', voided: [], problems: [] });
  });
});

test('the audit of the sample network is accepted, without saying again of what date its two exports are', async () => {
  const exports = ['samples/aws-vpc/exports/2025-12-31', 'samples/aws-vpc/exports/2026-04-11'];
  const proven = await auditWithProofs(
    auditRequest({ rules: [`${exports[0]}@2025-12-31T00:00:00Z`, `${exports[1]}@2026-04-11T00:00:00Z`] }),
  );
  const audit = writeAudit(temporaryFolder(), proven);
  const verification = await verifyFiles(audit, exports);
  expect(verification).toMatchObject({ kind: 'checked', problems: [] });
  if (verification.kind === 'checked') {
    expect(verification.held.witness).toBeGreaterThan(50);
    expect(verification.held.comparison).toBeGreaterThan(0);
    expect(verification.facts).toBeGreaterThan(0);
  }
});

test('what the groups of today’s interfaces make redundant is claimed without a proof, and accepted as that', async () => {
  const path = `${ROOT}/c7n-used`;
  const proven = await auditWithProofs(auditRequest({ rules: [path] }));
  const across = proven.result.findings.filter(({ kind, evidence }) => kind === 'redundant' && evidence.grade === 'C');
  expect(across).toMatchObject([{ by: 'others', proof: null, coveredBy: [{ policy: 'sg-f9cc4d9f:out', share: '1' }] }]);
  const raised = edited(proven, ({ result }) => {
    for (const finding of result.findings) if (finding.id === across[0]?.id) finding.evidence.grade = 'P';
  });
  expect(await problemsOf(writeAudit(temporaryFolder(), proven), [path])).toEqual([]);
  expect(await problemsOf(writeAudit(temporaryFolder(), raised), [path])).toEqual([
    expect.stringMatching(/says that the configuration proves it \(grade P\) and names no proof$/),
  ]);
});

test('one audit and the next give the same proofs, byte by byte', async () => {
  const request = auditRequest({ rules: ['samples/generic-csv/rules.csv'] });
  expect((await auditWithProofs(request)).proofs).toEqual((await auditWithProofs(request)).proofs);
});
