import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditResultSchema } from '../../src/model/audit-result.ts';
import { runRulesweep, temporaryFolder } from './run-rulesweep.ts';

test('the demo works from any folder, and shows the paths of the sample as they are in the package', { timeout: 60_000 }, async () => {
  const cwd = temporaryFolder();
  const run = await runRulesweep(['demo', '--out', 'demo'], { cwd });
  expect(run.code).toBe(0);
  expect(run.reason).toMatch(/; written to demo$/);
  expect(existsSync(join(cwd, 'demo', 'report.html'))).toBe(true);
  const result = auditResultSchema.parse(JSON.parse(readFileSync(join(cwd, 'demo', 'audit.json'), 'utf8')));
  expect(result.window?.days).toBe(100);
  for (const { path } of result.inputs) expect(path).toMatch(/^samples\/aws-vpc\//);
});
