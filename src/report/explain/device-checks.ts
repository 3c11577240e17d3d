import type { AuditedPolicy, AuditedRule } from '../../model/audit-result.ts';
import type { DeviceCheck } from '../../model/explanation.ts';
import type { FindingKind } from '../../model/finding.ts';
import { formatSourceRef } from '../../model/source-ref.ts';
import { quoteShell } from '../changes/shell-text.ts';

/** How to look at a rule on its device, for one platform. Commands only read. */
interface DeviceChecker {
  /** {@link AuditedPolicy.format}. */
  readonly format: string;
  check(policy: AuditedPolicy, rule: AuditedRule | null, kind: FindingKind | null): readonly DeviceCheck[];
}

const awsSecurityGroup: DeviceChecker = {
  format: 'aws-security-group',
  check: ({ nativeId: group, network }, rule, kind) => {
    const ofGroup = `aws ec2 describe-security-group-rules --filters ${quoteShell(`Name=group-id,Values=${group}`)}`;
    const exact =
      rule?.nativeId == null ? ofGroup : `aws ec2 describe-security-group-rules --security-group-rule-ids ${quoteShell(rule.nativeId)}`;
    return [
      { purpose: 'the rule as it stands now', command: exact },
      ...(kind === 'duplicate' || kind === 'redundant' || kind === 'shadowed'
        ? [{ purpose: 'the rules beside it', command: ofGroup }]
        : []),
      ...(kind === 'stale-reference'
        ? [{ purpose: 'references that are gone', command: `aws ec2 describe-stale-security-groups --vpc-id ${quoteShell(network)}` }]
        : []),
      {
        purpose: 'the interfaces that carry the group',
        command: `aws ec2 describe-network-interfaces --filters ${quoteShell(`Name=group-id,Values=${group}`)} --query 'NetworkInterfaces[].[NetworkInterfaceId,PrivateIpAddress,Description]'`,
      },
    ];
  },
};

const awsNetworkAcl: DeviceChecker = {
  format: 'aws-network-acl',
  check: ({ nativeId: acl, direction }, rule, kind) => {
    const number = rule?.nativeId ?? '';
    const filter = /^\d+$/.test(number) ? ` && RuleNumber==\`${number}\`` : '';
    const entries = (more: string): string =>
      `aws ec2 describe-network-acls --network-acl-ids ${quoteShell(acl)} --query 'NetworkAcls[].Entries[?Egress==\`${direction === 'out'}\`${more}][]'`;
    return [
      { purpose: 'the entry as it stands now', command: entries(filter) },
      ...(kind === 'duplicate' || kind === 'redundant' || kind === 'shadowed'
        ? [{ purpose: 'the entries around it', command: entries('') }]
        : []),
      {
        purpose: 'the subnets it guards',
        command: `aws ec2 describe-network-acls --network-acl-ids ${quoteShell(acl)} --query 'NetworkAcls[].Associations[].SubnetId'`,
      },
    ];
  },
};

const DEVICE_CHECKERS: readonly DeviceChecker[] = [awsSecurityGroup, awsNetworkAcl];

/** Read-only commands that show the rule where it lives; for a platform whose commands we do not know, the place it was read from. */
export function deviceChecks(policy: AuditedPolicy, rule: AuditedRule | null, kind: FindingKind | null = null): DeviceCheck[] {
  const checker = DEVICE_CHECKERS.find(({ format }) => format === policy.format);
  // An id with a line end in it is no id of the platform: no command is made of it.
  const isSafe = [policy.nativeId, policy.network, rule?.nativeId ?? ''].every((text) => !/[\0\r\n]/.test(text));
  if (checker !== undefined && isSafe) return [...checker.check(policy, rule, kind)];
  return rule === null ? [] : [{ purpose: 'the rule in its export', command: formatSourceRef(rule.sourceRef) }];
}
