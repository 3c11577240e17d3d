import { assembleResult } from '../../src/core/assemble-result.ts';
import type { AuditResult } from '../../src/model/audit-result.ts';
import type { Policy } from '../../src/model/policy.ts';
import { awsDocument, readAws } from './aws-documents.ts';
import { factsOf } from './detection.ts';
import type { SimulatedState } from './ec2-simulator.ts';
import { planOf } from './plan-of.ts';

/** The whole result that configuration alone gives, without files: findings and plan as the audit makes them. */
export function plannedAudit(policies: readonly Policy[]): AuditResult {
  const { findings, plan, diagnostics } = planOf(policies);
  return assembleResult({
    toolVersion: '0.0.0',
    asOf: null,
    incompleteBecause: [],
    inputs: [],
    ruleBase: { policies, attachments: [], hasInventory: true, diagnostics: [] },
    policies: factsOf(policies),
    observed: null,
    traffic: null,
    findings,
    plan,
    diagnostics,
  });
}

/** The groups of a simulated EC2, exported, read and planned. */
export function plannedGroups({ rules, groups }: SimulatedState): AuditResult {
  const ownerId = '111122223333';
  const exported = rules.map((rule) => ({ ...rule, GroupOwnerId: ownerId }));
  const described = groups.map(({ GroupId, VpcId }) => ({ GroupId, VpcId, GroupName: GroupId, OwnerId: ownerId }));
  const read = readAws(
    awsDocument({ SecurityGroupRules: exported }, 'rules.json'),
    awsDocument({ SecurityGroups: described }, 'groups.json'),
  );
  return plannedAudit(read.policies);
}
