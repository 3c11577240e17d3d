import type { NativeRule } from './native-rule.ts';

export type Operation = 'revoke' | 'authorize';

/** The `aws ec2` command of an operation in the rule's direction. */
export function commandOf(operation: Operation, rule: NativeRule): string {
  return `${operation}-security-group-${rule.direction === 'in' ? 'ingress' : 'egress'}`;
}

/** CLI input JSON that removes exactly this rule: by its id where the export has it, else by its content. EC2 ignores the description here. */
export function revokeInput(rule: NativeRule): object {
  if (rule.ruleId !== null) return { GroupId: rule.groupId, SecurityGroupRuleIds: [rule.ruleId] };
  return { GroupId: rule.groupId, IpPermissions: [permissionOf(rule, '')] };
}

/** CLI input JSON that creates the rule again with its description and tags. EC2 gives it a new id. */
export function authorizeInput(rule: NativeRule): object {
  return {
    GroupId: rule.groupId,
    IpPermissions: [permissionOf(rule, rule.peer.description)],
    ...(rule.tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: rule.tags }] }),
  };
}

/** CLI input JSON that lists the rules of one group, both directions. */
export function describeRulesInput(groupId: string): object {
  return { Filters: [{ Name: 'group-id', Values: [groupId] }] };
}

/** CLI input JSON that lists the stale references in the groups of one VPC. */
export function describeStaleInput(vpcId: string): object {
  return { VpcId: vpcId };
}

/** The rule as one `IpPermission`; an empty description is left out, because the API takes none that is empty. */
export function permissionOf(rule: NativeRule, description: string): object {
  return {
    IpProtocol: rule.protocol,
    ...(rule.fromPort === null ? {} : { FromPort: rule.fromPort }),
    ...(rule.toPort === null ? {} : { ToPort: rule.toPort }),
    ...peerMember(rule, description === '' ? {} : { Description: description }),
  };
}

function peerMember({ peer }: NativeRule, description: { readonly Description?: string }): object {
  switch (peer.kind) {
    case 'cidr4':
      return { IpRanges: [{ CidrIp: peer.id, ...description }] };
    case 'cidr6':
      return { Ipv6Ranges: [{ CidrIpv6: peer.id, ...description }] };
    case 'prefix-list':
      return { PrefixListIds: [{ PrefixListId: peer.id, ...description }] };
    case 'group':
      return { UserIdGroupPairs: [{ ...peer.pair, ...description }] };
  }
}
