import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inTemporaryFolder } from '../support/audit-files.ts';
import { type SimulatedVpc, simulateVpc } from '../support/vpc-simulator/simulate.ts';
import { countClaims, findViolations } from './laws.ts';
import { auditSimulation, type Snapshots, simulatedDays, writeSimulation } from './simulated-audit.ts';

// RULESWEEP_SIMULATIONS multiplies the number of simulated networks (a change of attribution or grades deserves 10); RULESWEEP_SEED replays the one that a failure names.
const FACTOR = Number(process.env['RULESWEEP_SIMULATIONS'] ?? 1);
const ONLY_SEED = process.env['RULESWEEP_SEED'];
const TIMEOUT = 120_000 * FACTOR;

interface Plan {
  readonly snapshots: Snapshots;
  readonly rules: 'constant' | 'changing';
  readonly days: number;
  readonly batches: number;
  readonly networks: number;
  /** Claims that the audits have to make, so that the laws are about something. */
  readonly expects: 'exact-usage' | 'unused-findings' | 'bounds';
}

const PLANS: readonly Plan[] = [
  { snapshots: 'before-and-after', rules: 'constant', days: 3, batches: 4, networks: 40, expects: 'exact-usage' },
  { snapshots: 'before', rules: 'constant', days: 3, batches: 2, networks: 40, expects: 'bounds' },
  { snapshots: 'undated', rules: 'constant', days: 3, batches: 2, networks: 40, expects: 'bounds' },
  { snapshots: 'three', rules: 'changing', days: 3, batches: 2, networks: 40, expects: 'bounds' },
  { snapshots: 'undated', rules: 'constant', days: 33, batches: 1, networks: 8, expects: 'unused-findings' },
  { snapshots: 'before-and-after', rules: 'constant', days: 95, batches: 1, networks: 6, expects: 'unused-findings' },
];

describe('every audit of a simulated network agrees with what its packets really did', () => {
  for (const [index, plan] of PLANS.entries()) {
    const count = plan.batches * plan.networks * FACTOR;
    const name = `${count} networks, ${plan.days} days, exports ${plan.snapshots}, rules ${plan.rules}`;
    test(name, { timeout: TIMEOUT }, async () => {
      const claims = { exact: 0, unused: 0 };
      for (let batch = 0; batch < plan.batches * FACTOR; batch += 1) {
        const first = (index * 1000 + batch) * 1000;
        const seeds = ONLY_SEED === undefined ? Array.from({ length: plan.networks }, (_, offset) => first + offset) : [Number(ONLY_SEED)];
        const { violations, exact, unused } = await auditNetworks(seeds, plan);
        expect(violations).toEqual([]);
        claims.exact += exact;
        claims.unused += unused;
      }
      if (ONLY_SEED !== undefined) return;
      if (plan.expects === 'exact-usage') expect(claims.exact).toBeGreaterThan(50);
      if (plan.expects === 'unused-findings') expect(claims.unused).toBeGreaterThan(5);
    });
  }
});

function auditNetworks(seeds: readonly number[], { snapshots, rules, days }: Plan) {
  return inTemporaryFolder(async (folder) => {
    const statusLines = days > 30 ? 'hourly' : 'some';
    const vpcs = seeds.map((seed) => simulateVpc(seed, { period: simulatedDays(days), statusLines, rules }));
    const audits = await Promise.all(
      auditedTogether(vpcs).map(async (together, index) => {
        const result = await auditSimulation(writeSimulation(join(folder, String(index)), together, snapshots));
        return { violations: findViolations(result, together, snapshots), ...countClaims(result, together, snapshots) };
      }),
    );
    return {
      violations: audits.flatMap(({ violations }) => violations),
      exact: audits.reduce((sum, { exact }) => sum + exact, 0),
      unused: audits.reduce((sum, { unused }) => sum + unused, 0),
    };
  });
}

/**
 * What an interface that no inventory knows logged may be the work of any rule in the audit, also of another network. So networks that have one are
 * audited by twos, where the traffic of the others hardly hides that a hit is missing; the rest together.
 */
function auditedTogether(vpcs: readonly SimulatedVpc[]): SimulatedVpc[][] {
  const open = vpcs.filter((vpc) => !vpc.hasHiddenInterface);
  const hidden = vpcs.filter((vpc) => vpc.hasHiddenInterface);
  const twos = hidden.flatMap((_, index) => (index % 2 === 0 ? [hidden.slice(index, index + 2)] : []));
  return open.length === 0 ? twos : [open, ...twos];
}
