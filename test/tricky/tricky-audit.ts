import { join } from 'node:path';
import { expect } from 'vitest';
import type { AuditedPolicy, AuditedRule, AuditResult, Conservation } from '../../src/model/audit-result.ts';
import { brokenConservation } from '../oracle/laws.ts';
import { auditFiles, inTemporaryFolder } from '../support/audit-files.ts';
import {
  EPOCH_BASE,
  type FlowRecord,
  formatFlowLog,
  type GroupRuleNotation,
  parseRecord,
  type StatusRecord,
  type VpcNotation,
  writeFlowObject,
  writeVpcs,
} from '../support/aws-writer.ts';

export const DAY = 86_400;

/** Start of the first day that {@link quietLog} covers: the day of the records. */
const FIRST_DAY = EPOCH_BASE - (EPOCH_BASE % DAY);

interface TrickyInput {
  readonly vpc: VpcNotation;
  readonly lines: readonly (FlowRecord | StatusRecord)[];
  /** `dated`: an export that was in force before the first record. */
  readonly snapshot?: 'dated' | 'undated';
}

/** Audits a case and checks what holds for every audit: records add up, and every enforcement point keeps its totals. */
export function auditTricky({ vpc, lines, snapshot = 'dated' }: TrickyInput): Promise<AuditResult> {
  return auditObjects({ vpc, snapshot, objects: [{ flowLog: 'fl-0f1e2d3c4b5a69788', lines }] });
}

export function auditObjects(input: {
  readonly vpc: VpcNotation;
  readonly snapshot?: 'dated' | 'undated';
  readonly objects: readonly { readonly flowLog: string; readonly lines: readonly (FlowRecord | StatusRecord)[] }[];
}): Promise<AuditResult> {
  return inTemporaryFolder(async (folder) => {
    const written = writeVpcs(folder, [input.vpc]);
    const at = (path: string) => (input.snapshot === 'undated' ? path : `${path}@2026-01-01T00:00:00Z`);
    for (const { flowLog, lines } of input.objects) writeFlowObject(join(folder, 'logs'), flowLog, formatFlowLog(lines));
    const result = await auditFiles({ rules: written.rules.map(at), inventory: written.inventory.map(at), flows: [join(folder, 'logs')] });
    expectSoundTotals(result);
    return result;
  });
}

export function expectSoundTotals(result: AuditResult): void {
  expect(brokenConservation(result)).toEqual([]);
  for (const input of result.inputs) {
    expect(input.records, input.path).toBe(input.accepted + input.skipped);
    expect(input.skipped, input.path).toBe(Object.values(input.skippedByReason).reduce((sum, count) => sum + count, 0));
  }
}

/** A group rule by the id that the case gives it. */
export function ruleNamed(result: AuditResult, id: string): AuditedRule {
  const found = result.policies.flatMap((policy) => policy.rules).filter((rule) => rule.description === id);
  const [rule] = found;
  if (rule === undefined || found.length > 1) throw new Error(`${found.length} rules are described as "${id}"; expected one`);
  return rule;
}

/** `[certain, possible]` of a group rule. */
export function hits(result: AuditResult, id: string): [number, number] {
  const { usage } = ruleNamed(result, id);
  if (usage === null) throw new Error(`rule ${id} has no usage`);
  return [usage.certain, usage.possible];
}

/** The entry of a subnet's network ACL, written as the cases do: `app:in/90`. */
export function aclRule(result: AuditResult, name: string): AuditedRule {
  const [, subnet, direction, number] = /^(.+):(in|out)\/(\d+)$/.exec(name) ?? [];
  const policy = result.policies.find((candidate) => candidate.nativeId === `acl-${subnet}` && candidate.direction === direction);
  const rule = policy?.rules.find((candidate) => candidate.id === number);
  if (rule === undefined) throw new Error(`the result has no network ACL entry ${name}`);
  return rule;
}

export function aclHits(result: AuditResult, name: string): [number, number] {
  const { usage } = aclRule(result, name);
  if (usage === null) throw new Error(`entry ${name} has no usage`);
  return [usage.certain, usage.possible];
}

export function policyOf(result: AuditResult, nativeId: string, direction: 'in' | 'out'): AuditedPolicy {
  const policy = result.policies.find((candidate) => candidate.nativeId === nativeId && candidate.direction === direction);
  if (policy === undefined) throw new Error(`the result has no policy ${nativeId}:${direction}`);
  return policy;
}

/** The totals of the layer in which a policy stands, at one interface. */
export function pointOf(result: AuditResult, attachment: string, policy: AuditedPolicy): Conservation {
  const point = result.traffic?.conservation.find(
    (candidate) => candidate.attachment === attachment && candidate.policies.includes(policy.id),
  );
  if (point === undefined) throw new Error(`the result has no totals of ${policy.id} at ${attachment}`);
  return point;
}

/** Findings that speak of rules which hide or repeat each other. */
export function structuralFindings(result: AuditResult): string[] {
  const kinds = ['shadowed', 'duplicate', 'redundant'];
  return result.findings
    .filter((finding) => kinds.includes(finding.kind))
    .map((finding) => `${finding.kind} ${finding.policy}/${finding.rule}`);
}

/**
 * A log in which little happens: one visitor of the web server on the first day, and one line per hour, which says that nothing was seen, or
 * that records were lost. Without the visitor nobody could tell whether accepted traffic is logged at all.
 */
export function quietLog(eni: string, address: string, days: number, lostHours: readonly number[] = []): (FlowRecord | StatusRecord)[] {
  const visitor = parseRecord(`${eni} ingress 198.51.100.7 ${address} 50000 80 6 5 0 1 ACCEPT 2`);
  const hours = Array.from({ length: days * 24 }, (_, hour) => ({
    eni,
    start: FIRST_DAY + hour * 3600,
    end: FIRST_DAY + hour * 3600 + 600,
    status: lostHours.includes(hour % 24) ? ('SKIPDATA' as const) : ('NODATA' as const),
  }));
  return [visitor, ...hours];
}

/** The rule that lets the visitor of {@link quietLog} in. */
export const VISITED_RULE: GroupRuleNotation = { id: 'web', sg: 's', dir: 'in', proto: 'tcp', ports: 80, peer: '0.0.0.0/0' };
