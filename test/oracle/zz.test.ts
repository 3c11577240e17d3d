import { test } from 'vitest';
import { inTemporaryFolder } from '../support/audit-files.ts';
import { simulateVpc } from '../support/vpc-simulator/simulate.ts';
import { findViolations } from './laws.ts';
import { auditSimulation, type Snapshots, simulatedDays, writeSimulation } from './simulated-audit.ts';
const plans: [Snapshots, 'constant' | 'changing', number, number][] = [['before-and-after', 'constant', 0, 3], ['before', 'constant', 1e6, 3], ['undated', 'constant', 2e6, 3], ['three', 'changing', 3e6, 3], ['before', 'constant', 7e6, 33]];
const N = Number(process.env['N'] ?? 10);
test('all', { timeout: 600000 }, async () => {
  for (const [snapshots, rules, base, days] of plans) {
    const out: string[] = [];
    for (let b = 0; b < (days > 30 ? Math.ceil(N / 10) : N); b++) await inTemporaryFolder(async (folder) => {
      const size = days > 30 ? 8 : 40;
      const vpcs = Array.from({ length: size }, (_, i) => simulateVpc(base + b * 1000 + i, { period: simulatedDays(days), statusLines: days > 30 ? 'hourly' : 'some', rules }));
      const result = await auditSimulation(writeSimulation(folder, vpcs, snapshots));
      out.push(...findViolations(result, vpcs, snapshots));
    });
    const rest = out.filter((s) => !(process.env['SKIP'] !== undefined && new RegExp(process.env['SKIP']).test(s)));
    console.log(`${snapshots} ${rules} ${days}: ${out.length} violations, ${rest.length} shown\n` + rest.slice(0, 25).join('\n'));
  }
});
