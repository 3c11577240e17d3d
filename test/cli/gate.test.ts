import { describe, expect, test } from 'vitest';
import { failedGates } from '../../src/cli/gate.ts';
import { parseGate } from '../../src/cli/parse-options.ts';
import type { Finding, FindingKind, Severity, Status } from '../../src/model/finding.ts';

function finding(kind: FindingKind, severity: Severity, status: Status = 'new'): Finding {
  return {
    id: 'F-0123456789abcdef',
    kind,
    policy: 'p',
    rule: 'r',
    severity,
    status,
    coveredBy: [],
    witness: null,
    proof: null,
    evidence: { grade: 'P', reasons: [] },
    removal: { changesDecisions: false, safeAlone: true },
    explanation: 'Planted.',
  };
}

describe('a gate', () => {
  test('fails with more findings of its kind than it allows', () => {
    const findings = [finding('unused', 'low'), finding('unused', 'low'), finding('duplicate', 'low')];
    expect(failedGates([parseGate('unused:1')], findings)).toEqual(['gate unused:1 failed: 2 findings of kind unused, at most 1 allowed']);
    expect(failedGates([parseGate('unused:2')], findings)).toEqual([]);
  });

  test('a severity means that or above', () => {
    const findings = [finding('unused', 'low'), finding('unused', 'medium'), finding('shadowed', 'critical')];
    expect(failedGates([parseGate('medium')], findings)).toEqual([
      'gate medium failed: 2 findings of severity medium or above, at most 0 allowed',
    ]);
    expect(failedGates([parseGate('info:2')], findings)).toHaveLength(1);
    expect(failedGates([parseGate('critical:1')], findings)).toEqual([]);
  });

  test('what somebody accepted, or what is fixed, counts for none; what was only known, or has come back, counts', () => {
    const all = (['accepted', 'fixed', 'known', 'regressed', 'new'] as const).map((status) => finding('unused', 'high', status));
    expect(failedGates([parseGate('unused:2')], all)).toEqual(['gate unused:2 failed: 3 findings of kind unused, at most 2 allowed']);
  });

  test('each gate answers for itself', () => {
    expect(failedGates([parseGate('unused'), parseGate('duplicate'), parseGate('low')], [finding('unused', 'low')])).toHaveLength(2);
  });
});
