import { beforeAll, describe, expect, test } from 'vitest';
import type { AuditedRule, AuditResult, Usage } from '../../src/model/audit-result.ts';
import { inTemporaryFolder } from '../support/audit-files.ts';
import { type SimulatedVpc, simulateVpc } from '../support/vpc-simulator/simulate.ts';
import { findViolations, groupRuleOf } from './laws.ts';
import { auditedRules, auditSimulation, simulatedDays, writeSimulation } from './simulated-audit.ts';

// The laws themselves: each lie about a true audit has to be noticed.

let vpcs: readonly SimulatedVpc[];
let honest: AuditResult;

beforeAll(async () => {
  vpcs = [21, 22, 23, 24].map((seed) => simulateVpc(seed, { period: simulatedDays(3), statusLines: 'some', rules: 'constant' }));
  honest = await inTemporaryFolder((folder) => auditSimulation(writeSimulation(folder, vpcs, 'undated')));
});

describe('the laws', () => {
  test('hold for a true audit', () => expect(findViolations(honest, vpcs, 'undated')).toEqual([]));

  test('notice a hit that is not counted as possible', () => {
    expectNoticed(withUsage({ certain: 0, possible: 0, sole: [0, 0], answered: 0 }), 'logged connections, outside of the claimed 0..0');
  });

  test('notice a certain hit that never was', () => {
    expectNoticed(withUsage({ certain: 10_000, possible: 10_000 }), 'outside of the claimed 10000..10000');
  });

  test('notice a sole hit that another rule shares', () => {
    expectNoticed(withUsage({ sole: [10_000, 10_000] }), 'alone admitted');
  });

  test('notice more answers than were given', () => {
    expectNoticed(withUsage({ answered: 10_000 }), 'answered connections, fewer than the claimed');
  });

  test('notice a used rule that is called unused', () => {
    const { policy, rule } = usedRule();
    const template = { policy: policy.id, rule: rule.id, kind: 'unused' as const, severity: 'low' as const, status: 'new' as const };
    const finding: AuditResult['findings'][number] = {
      ...template,
      id: 'F-0000000000000000',
      coveredBy: [],
      witness: null,
      proof: null,
      evidence: { grade: 'C', reasons: [] },
      removal: { changesDecisions: true, safeAlone: true },
      explanation: '',
    };
    expectNoticed({ ...honest, findings: [...honest.findings, finding] }, 'is called unused but took');
  });

  test('notice a lost record', () => {
    const { traffic } = honest;
    if (traffic === null) throw new Error('the audit has no traffic');
    expectNoticed({ ...honest, traffic: { ...traffic, accepted: traffic.accepted - 1 } }, 'were accepted');
  });

  test('notice a connection that went nowhere', () => {
    const { traffic } = honest;
    const [point, ...others] = traffic?.conservation ?? [];
    if (traffic === null || point === undefined) throw new Error('the audit has no totals');
    const lying = { ...point, connections: point.connections + 1 };
    expectNoticed({ ...honest, traffic: { ...traffic, conservation: [lying, ...others] } }, 'sole + shared + denied + unexplained');
  });
});

function expectNoticed(result: AuditResult, sentence: string): void {
  expect(findViolations(result, vpcs, 'undated').join('\n')).toContain(sentence);
}

function usedRule() {
  for (const vpc of vpcs) {
    for (const written of auditedRules(vpc)) {
      const found = groupRuleOf(honest, written);
      if (found !== null && (vpc.truth.get(written.id)?.connections.size ?? 0) > 0) return found;
    }
  }
  throw new Error('no simulated rule admitted anything');
}

/** The honest audit with another usage of one used rule. */
function withUsage(lie: Partial<Usage>): AuditResult {
  const used = usedRule();
  const changed = (rule: AuditedRule): AuditedRule =>
    rule === used.rule && rule.usage !== null ? { ...rule, usage: { ...rule.usage, ...lie } } : rule;
  return {
    ...honest,
    policies: honest.policies.map((policy) => (policy === used.policy ? { ...policy, rules: policy.rules.map(changed) } : policy)),
  };
}
