import type { NativeRule } from './native-rule.ts';

/**
 * JMESPath over `describe-security-group-rules` that turns every live rule into one line of `--output text`, columns as in {@link liveLine}.
 * EC2 writes -1 for "all ports" in one call and nothing in another, so a missing port is written -1.
 */
export const LIVE_RULE_QUERY =
  'SecurityGroupRules[].[SecurityGroupRuleId,IsEgress,IpProtocol,not_null(FromPort,`-1`),not_null(ToPort,`-1`),CidrIpv4,CidrIpv6,PrefixListId,' +
  "ReferencedGroupInfo.GroupId,not_null(Description,''),join(',',sort(not_null(Tags,`[]`)[].join('=',[Key,Value])))]";

/** JMESPath over `describe-stale-security-groups`: the groups that stale rules of this group and direction refer to, one per line. */
export function staleReferenceQuery(rule: NativeRule): string {
  const permissions = rule.direction === 'in' ? 'StaleIpPermissions' : 'StaleIpPermissionsEgress';
  return `StaleSecurityGroupSet[?GroupId=='${rule.groupId}'].${permissions}[].UserIdGroupPairs[].[GroupId]`;
}

/** Which columns of a live line (from 1, inclusive) say what we want to know, as `cut -f` takes them. */
export const COLUMNS = {
  /** Everything: for a rule that goes and whose id is known. */
  whole: '1-11',
  /** Match and description: for a rule that goes and whose id and tags the export does not have. */
  contentAndDescription: '2-10',
  /** Id and match: for a rule that has to stay. */
  idAndContent: '1-9',
  /** Match: for a rule that has to stay and whose id the export does not have. */
  content: '2-9',
} as const;

export type Columns = (typeof COLUMNS)[keyof typeof COLUMNS];

/** The line, cut to the columns, that {@link LIVE_RULE_QUERY} prints for this rule as long as nobody changed it. */
export function liveLine(rule: NativeRule, columns: Columns): string {
  const { peer } = rule;
  const whole = [
    rule.ruleId ?? 'None',
    rule.direction === 'out' ? 'True' : 'False',
    rule.protocol,
    String(rule.fromPort ?? -1),
    String(rule.toPort ?? -1),
    peer.kind === 'cidr4' ? peer.id : 'None',
    peer.kind === 'cidr6' ? peer.id : 'None',
    peer.kind === 'prefix-list' ? peer.id : 'None',
    peer.kind === 'group' ? peer.id : 'None',
    peer.description,
    rule.tags
      .map((tag) => `${tag.Key}=${tag.Value}`)
      .sort(compareBytes)
      .join(','),
  ];
  const [first, last] = columns.split('-').map(Number);
  return whole.slice((first ?? 1) - 1, last).join('\t');
}

/** The order of `LC_ALL=C sort` and of JMESPath's `sort`: by UTF-8 bytes, which is by code point. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
