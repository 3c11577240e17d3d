import fc from 'fast-check';
import { isStale, keyOf, type SimulatedRule, type SimulatedState } from './ec2-simulator.ts';
import type { WantedRemoval } from './security-group-audit.ts';

export interface GroupsAndRemovals {
  readonly state: SimulatedState;
  readonly wanted: readonly WantedRemoval[];
}

const GROUPS = ['sg-0a', 'sg-0b'] as const;
/** Referenced, and gone. */
export const GONE_GROUPS = ['sg-0gone1', 'sg-0gone2'] as const;

const ports = fc.constantFrom([22, 22], [80, 443], [0, 65535], [1024, 65535]);
const service: fc.Arbitrary<Partial<SimulatedRule>> = fc.oneof(
  fc
    .tuple(fc.constantFrom('tcp', 'udp', '6'), ports)
    .map(([IpProtocol, [FromPort, ToPort]]) => ({ IpProtocol, FromPort: FromPort ?? 0, ToPort: ToPort ?? 0 })),
  fc.constantFrom(
    { IpProtocol: 'icmp', FromPort: 8, ToPort: 0 },
    { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 },
    { IpProtocol: 'icmpv6', FromPort: -1, ToPort: -1 },
  ),
  fc.constantFrom({ IpProtocol: '-1', FromPort: -1, ToPort: -1 }, { IpProtocol: '47', FromPort: -1, ToPort: -1 }),
);
const peer: fc.Arbitrary<Partial<SimulatedRule>> = fc.oneof(
  fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '192.0.2.7/32', '0.0.0.0/0').map((CidrIpv4) => ({ CidrIpv4 })),
  fc.constantFrom('::/0', '2001:db8::/32').map((CidrIpv6) => ({ CidrIpv6 })),
  fc.constantFrom('pl-0123', 'pl-0456').map((PrefixListId) => ({ PrefixListId })),
  fc.constantFrom(...GROUPS, ...GONE_GROUPS).map((GroupId) => ({ ReferencedGroupInfo: { GroupId, UserId: '123456789012' } })),
);
const description = fc.option(fc.stringMatching(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,20}$/), { nil: undefined });
const tags = fc
  .uniqueArray(
    fc.record({
      Key: fc.stringMatching(/^[A-Za-z:' $]{1,8}$/),
      Value: fc.string({ unit: fc.constantFrom('a', 'ü', "'", '"', '$', ' ', '`') }),
    }),
    {
      maxLength: 3,
      selector: (tag) => tag.Key,
    },
  )
  .filter((list) => list.every((tag) => !tag.Key.startsWith('aws:')));

const draft = fc.tuple(fc.constantFrom(...GROUPS), fc.boolean(), service, peer, description, tags);

/** Groups as EC2 can hold them (no two rules with the same key) and removals of some rules: stale ones, and others as copies of one that stays. */
export const arbitraryGroupsAndRemovals: fc.Arbitrary<GroupsAndRemovals> = fc
  .record({
    drafts: fc.array(draft, { minLength: 1, maxLength: 14 }),
    picks: fc.array(fc.nat({ max: 2 }), { minLength: 14, maxLength: 14 }),
    isDefaultVpc: fc.boolean(),
  })
  .map(({ drafts, picks, isDefaultVpc }) => {
    const rules: SimulatedRule[] = [];
    for (const [GroupId, IsEgress, above, other, Description, Tags] of drafts) {
      const rule = {
        SecurityGroupRuleId: `sgr-${rules.length}`,
        GroupId,
        IsEgress,
        IpProtocol: '',
        ...above,
        ...other,
        ...(Description === undefined ? {} : { Description }),
        Tags,
      };
      if (!rules.some((before) => samePolicy(before, rule) && keyOf(before) === keyOf(rule))) rules.push(rule);
    }
    const state: SimulatedState = {
      rules,
      groups: GROUPS.map((GroupId) => ({ GroupId, VpcId: 'vpc-1' })),
      isDefaultVpc,
      nextRuleNumber: 0,
    };
    return { state, wanted: chooseRemovals(state, picks) };
  });

/** Every stale rule that is picked, and every other picked rule for which a rule that stays is left in its policy. */
function chooseRemovals(state: SimulatedState, picks: readonly number[]): WantedRemoval[] {
  const isPicked = (rule: SimulatedRule): boolean => picks[state.rules.indexOf(rule)] === 0;
  return state.rules.filter(isPicked).flatMap((rule): WantedRemoval[] => {
    if (isStale(state, rule)) return [{ rule: rule.SecurityGroupRuleId }];
    const kept = state.rules.find((other) => samePolicy(other, rule) && !isPicked(other));
    return kept === undefined ? [] : [{ rule: rule.SecurityGroupRuleId, kept: kept.SecurityGroupRuleId }];
  });
}

function samePolicy(a: SimulatedRule, b: SimulatedRule): boolean {
  return a.GroupId === b.GroupId && a.IsEgress === b.IsEgress;
}
