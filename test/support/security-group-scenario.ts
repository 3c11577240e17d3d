import type { SimulatedRule, SimulatedState } from './ec2-simulator.ts';
import type { WantedRemoval } from './security-group-audit.ts';

/** A live rule with the usual parts; `changes` replace them. */
export function liveRule(id: string, changes: Partial<SimulatedRule> = {}): SimulatedRule {
  const base = { SecurityGroupRuleId: id, GroupId: 'sg-0a', IsEgress: false, IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Tags: [] };
  const hasPeer = ['CidrIpv4', 'CidrIpv6', 'PrefixListId', 'ReferencedGroupInfo'].some((peer) => peer in changes);
  return { ...base, ...(hasPeer ? {} : { CidrIpv4: '10.0.0.0/8' }), ...changes };
}

export function liveGroups(rules: readonly SimulatedRule[], changes: Partial<SimulatedState> = {}): SimulatedState {
  return {
    rules,
    groups: [
      { GroupId: 'sg-0a', VpcId: 'vpc-1' },
      { GroupId: 'sg-0b', VpcId: 'vpc-1' },
    ],
    isDefaultVpc: false,
    nextRuleNumber: 0,
    ...changes,
  };
}

/** Two groups with a copy, an IPv6 copy with hostile tags, and a stale reference outbound. */
export const SCENARIO: { readonly state: SimulatedState; readonly wanted: readonly WantedRemoval[] } = {
  state: liveGroups([
    liveRule('sgr-1', { Description: 'web from the offices' }),
    liveRule('sgr-2', {
      FromPort: 0,
      ToPort: 65535,
      Description: 'old copy; $HOME',
      Tags: [
        { Key: "it's", Value: '"$(reboot)" `id` ü' },
        { Key: 'Name', Value: 'x y' },
      ],
    }),
    liveRule('sgr-3', { CidrIpv6: '::/0', GroupId: 'sg-0b' }),
    liveRule('sgr-4', { CidrIpv6: '::/0', GroupId: 'sg-0b', IpProtocol: '-1', FromPort: -1, ToPort: -1 }),
    liveRule('sgr-5', {
      IsEgress: true,
      GroupId: 'sg-0b',
      ReferencedGroupInfo: { GroupId: 'sg-0gone', UserId: '123456789012', VpcPeeringConnectionId: 'pcx-1' },
    }),
    liveRule('sgr-6', { IsEgress: true, GroupId: 'sg-0b', PrefixListId: 'pl-1' }),
  ]),
  wanted: [{ rule: 'sgr-2', kept: 'sgr-1' }, { rule: 'sgr-3', kept: 'sgr-4' }, { rule: 'sgr-5' }],
};
