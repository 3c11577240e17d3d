import { describe, expect, test } from 'vitest';
import type { AuditedRule, AuditResult } from '../../src/model/audit-result.ts';
import type { BacktestSplit } from '../../src/model/backtest.ts';
import { auditFiles, inTemporaryFolder } from '../support/audit-files.ts';
import { type SimulatedVpc, simulateVpc } from '../support/vpc-simulator/simulate.ts';
import { groupRuleOf } from './laws.ts';
import { auditedRules, type SimulatedFiles, simulatedDays, writeSimulation } from './simulated-audit.ts';

const DAYS = 33;
const NETWORKS = 6;
const TIMEOUT = 60_000;

describe('the backtest of simulated networks', () => {
  test('says what two audits of the parts say, and claims no rule that its packets contradict', { timeout: TIMEOUT }, async () => {
    await inTemporaryFolder(async (folder) => {
      const vpcs = Array.from({ length: NETWORKS }, (_, seed) =>
        simulateVpc(9_000_000 + seed, { period: simulatedDays(DAYS), statusLines: 'hourly', rules: 'constant' }),
      );
      const files = writeSimulation(folder, vpcs, 'before-and-after');
      const whole = await auditPart(files, null, null);
      const backtest = whole.traffic?.backtest;
      expect(backtest?.splits).toHaveLength(2);
      for (const split of backtest?.splits ?? []) {
        const first = await auditPart(files, whole.window?.from ?? null, split.first.to);
        const rest = await auditPart(files, split.rest.from, whole.window?.to ?? null);
        checkAgainstParts(split, permitRules(whole), permitRules(first), permitRules(rest), whole);
        checkAgainstPackets(split, vpcs, whole);
        expect(split.silent).toBeGreaterThanOrEqual(10);
        expect(split.hit.rules).toBeGreaterThan(0);
      }
    });
  });
});

/** Half-open: the product cuts at the start of a day, and so does this. */
function auditPart(files: SimulatedFiles, from: string | null, to: string | null): Promise<AuditResult> {
  const seconds = (time: string | null): number | null => (time === null ? null : Date.parse(time) / 1000);
  return auditFiles({ rules: files.rules, inventory: files.inventory, flows: files.flows, from: seconds(from), to: seconds(to) });
}

function permitRules(result: AuditResult): Map<string, AuditedRule> {
  return new Map(
    result.policies.flatMap(({ id, rules }) =>
      rules.filter(({ action }) => action === 'permit').map((rule): [string, AuditedRule] => [`${id}/${rule.id}`, rule]),
    ),
  );
}

/** The part that the audits of the parts have of each rule adds up to what the backtest counted, but for rules that it leaves out for what no log shows. */
function checkAgainstParts(
  split: BacktestSplit,
  whole: ReadonlyMap<string, AuditedRule>,
  first: ReadonlyMap<string, AuditedRule>,
  rest: ReadonlyMap<string, AuditedRule>,
  { findings }: AuditResult,
): void {
  const isExplained = (name: string): boolean =>
    findings.some(
      ({ kind, by, policy, rule }) =>
        `${policy}/${rule}` === name &&
        (['duplicate', 'shadowed', 'unmatchable'].includes(kind) || (kind === 'redundant' && by === 'earlier')),
    );
  const isInForce = ([name, { evidence, enabled }]: [string, AuditedRule]): boolean =>
    enabled && evidence?.grade !== 'P' && !isExplained(name);
  const candidates = [...whole].filter(isInForce).map(([name]) => name);
  const { NOT_IN_FORCE = 0, EXPLAINED_BY_CONFIGURATION = 0, ...others } = split.leftOut;
  expect(candidates.length).toBe(whole.size - NOT_IN_FORCE - EXPLAINED_BY_CONFIGURATION);
  const leftOut = Object.values(others).reduce((sum, count) => sum + count, 0);
  const silent = candidates.filter((name) => first.get(name)?.usage?.possible === 0);
  const within = (counted: number, all: number): void => {
    expect(counted).toBeLessThanOrEqual(all);
    expect(counted).toBeGreaterThanOrEqual(all - leftOut);
  };
  within(split.silent, silent.length);
  within(split.hit.rules, silent.filter((name) => (rest.get(name)?.usage?.certain ?? 0) > 0).length);
  within(split.possiblyHit.rules, silent.filter((name) => (rest.get(name)?.usage?.possible ?? 0) > 0).length);
}

/** No more rules are called missed than packets really made wrong: group rules without any packet in the first part and some in the rest. */
function checkAgainstPackets(split: BacktestSplit, vpcs: readonly SimulatedVpc[], whole: AuditResult): void {
  const cut = Date.parse(split.rest.from) / 86_400_000;
  let neverInFirst = 0;
  let missed = 0;
  let groupRules = 0;
  for (const vpc of vpcs) {
    for (const written of auditedRules(vpc)) {
      if (groupRuleOf(whole, written) === null) continue;
      groupRules += 1;
      const days = [...(vpc.truth.get(written.id)?.connections ?? [])].map((key) => Number(key.split(' ')[1]));
      if (days.some((day) => day < cut)) continue;
      neverInFirst += 1;
      if (days.length > 0) missed += 1;
    }
  }
  const entries = permitRules(whole).size - groupRules;
  expect(split.silent).toBeLessThanOrEqual(neverInFirst + entries);
  expect(split.hit.rules).toBeLessThanOrEqual(missed + entries);
}
