import { type AuditedPolicy, type AuditedRule, type AuditResult, auditResultSchema, type Removal } from '../../src/model/audit-result.ts';
import type { Finding } from '../../src/model/finding.ts';
import { isStale, type SimulatedRule, type SimulatedState } from './ec2-simulator.ts';

/** Whether the export is that of `describe-security-group-rules` (ids and tags) or of `describe-security-groups` (neither). */
export type ExportKind = 'rules' | 'groups';

/** The removal of one live rule: of a stale reference, or of a copy of `kept`. Both by `SecurityGroupRuleId`. */
export interface WantedRemoval {
  readonly rule: string;
  readonly kept?: string;
}

/** What an audit of these live groups would say that plans these removals. The claims are the caller's: nothing here checks that copies are copies. */
export function auditOf(state: SimulatedState, exportKind: ExportKind, wanted: readonly WantedRemoval[]): AuditResult {
  const ruleIds = new Map(
    state.rules.map((rule, index) => [rule.SecurityGroupRuleId, exportKind === 'rules' ? rule.SecurityGroupRuleId : String(index)]),
  );
  const findings = wanted.map((removal, index) => toFinding(state, ruleIds, removal, index));
  return auditResultSchema.parse({
    schemaVersion: 1,
    complete: true,
    incompleteBecause: [],
    tool: { name: 'rulesweep', version: '0.1.0' },
    asOf: '2026-04-11T00:00:00Z',
    window: null,
    inputs: [
      {
        role: 'rules',
        path: 'exports/rules.json',
        sha256: 'ab'.repeat(32),
        format: 'aws',
        at: null,
        records: state.rules.length,
        accepted: state.rules.length,
        skipped: 0,
        skippedByReason: {},
      },
    ],
    policies: toPolicies(state, exportKind, ruleIds),
    findings,
    plan: { removals: findings.map(toRemoval), bound: findings.length, merges: [], alternatives: [], notProposed: [], simplification: [] },
    traffic: null,
    diagnostics: [],
  });
}

export function policyIdOf(rule: SimulatedRule): string {
  return `${rule.GroupId}:${rule.IsEgress ? 'out' : 'in'}`;
}

function toPolicies(state: SimulatedState, exportKind: ExportKind, ruleIds: ReadonlyMap<string, string>): AuditedPolicy[] {
  return state.groups.flatMap((group) =>
    (['in', 'out'] as const).map((direction) => ({
      id: `${group.GroupId}:${direction}`,
      name: group.GroupId,
      format: 'aws-security-group',
      evaluation: 'any-permit' as const,
      stateful: true,
      defaultAction: 'deny' as const,
      direction,
      account: '123456789012',
      network: group.VpcId,
      nativeId: group.GroupId,
      attachments: [],
      attachmentsKnown: true,
      rules: state.rules
        .filter((rule) => rule.GroupId === group.GroupId && rule.IsEgress === (direction === 'out'))
        .map((rule, rank) => toRule(rule, rank, exportKind, ruleIds.get(rule.SecurityGroupRuleId) ?? '')),
      defaultUsage: null,
    })),
  );
}

function toRule(rule: SimulatedRule, rank: number, exportKind: ExportKind, id: string): AuditedRule {
  return {
    id,
    rank,
    nativeId: exportKind === 'rules' ? id : null,
    ruleKey: `v1:${rule.SecurityGroupRuleId}`,
    name: '',
    description: rule.Description ?? '',
    asWritten: `${rule.IpProtocol} ${rule.FromPort ?? ''}-${rule.ToPort ?? ''}`,
    action: 'permit',
    enabled: true,
    match: { source: ['any'], destination: ['any'], services: [rule.IpProtocol] },
    sourceRef: { path: 'exports/rules.json' },
    evaluable: 'full',
    opaque: [],
    owner: '',
    ticket: '',
    createdAt: null,
    modifiedAt: null,
    documentedExpiry: '',
    inForceSince: null,
    ageSource: null,
    deviceHits: null,
    decides: null,
    witness: null,
    overlap: null,
    usage: null,
    evidence: null,
    native: JSON.parse(JSON.stringify(toNative(rule, exportKind))),
  };
}

/** `describe-security-groups` leaves out ports that are -1 for all protocols, and adds fields that no request takes. */
function toNative(rule: SimulatedRule, exportKind: ExportKind): object {
  const description = rule.Description === undefined ? {} : { Description: rule.Description };
  const hasPorts = exportKind === 'rules' || rule.IpProtocol !== '-1';
  return {
    groupId: rule.GroupId,
    direction: rule.IsEgress ? 'out' : 'in',
    ...(exportKind === 'rules' ? { securityGroupRuleId: rule.SecurityGroupRuleId, tags: rule.Tags } : {}),
    ipPermission: {
      IpProtocol: rule.IpProtocol,
      ...(hasPorts && rule.FromPort !== undefined ? { FromPort: rule.FromPort } : {}),
      ...(hasPorts && rule.ToPort !== undefined ? { ToPort: rule.ToPort } : {}),
      IpRanges: rule.CidrIpv4 === undefined ? [] : [{ CidrIp: rule.CidrIpv4, ...description }],
      Ipv6Ranges: rule.CidrIpv6 === undefined ? [] : [{ CidrIpv6: rule.CidrIpv6, ...description }],
      PrefixListIds: rule.PrefixListId === undefined ? [] : [{ PrefixListId: rule.PrefixListId, ...description }],
      UserIdGroupPairs:
        rule.ReferencedGroupInfo === undefined
          ? []
          : [{ ...rule.ReferencedGroupInfo, GroupName: 'peer', PeeringStatus: 'active', ...description }],
    },
  };
}

function toFinding(state: SimulatedState, ruleIds: ReadonlyMap<string, string>, removal: WantedRemoval, index: number): Finding {
  const rule = state.rules.find((candidate) => candidate.SecurityGroupRuleId === removal.rule);
  if (rule === undefined) throw new Error(`no live rule ${removal.rule}`);
  if (removal.kept === undefined && !isStale(state, rule)) throw new Error(`${removal.rule} is not stale`);
  return {
    id: `F-${index.toString(16).padStart(16, '0')}`,
    kind: removal.kept === undefined ? 'stale-reference' : 'duplicate',
    policy: policyIdOf(rule),
    rule: ruleIds.get(removal.rule) ?? '',
    severity: 'low',
    status: 'new',
    coveredBy:
      removal.kept === undefined ? [] : [{ policy: policyIdOf(rule), rule: ruleIds.get(removal.kept) ?? '', packets: null, share: null }],
    witness: null,
    proof: null,
    evidence: { grade: 'P', reasons: [] },
    removal: { changesDecisions: false, safeAlone: true },
    explanation: 'The rule changes nothing.',
  };
}

function toRemoval(finding: Finding): Removal {
  return {
    policy: finding.policy,
    rule: finding.rule,
    because: [finding.id],
    effect: 'none',
    flowsAffected: 0,
    coveredBy: [],
    rationale: {
      change: 'The rule goes.',
      signal: `${finding.kind} in the export`,
      confidence: 'Proven by configuration.',
      authority: 'rulesweep 0.1.0, no guardrails',
    },
  };
}
