import { ACCOUNT, HOSTS, REGION, SUBNETS, VPC_CIDR, VPC_ID, VPC_IPV6_CIDR } from './network.mjs';
import { IMPLICIT_DENY, NACLS } from './network-acls.mjs';
import { resourceId } from './random.mjs';
import { GROUPS, groupNamed, PREFIX_LISTS } from './security-groups.mjs';

/**
 * The documents that the read-only commands of the AWS command line print, by file name, as of the first or the last export.
 *
 * @param {'first' | 'last'} when
 * @returns {Map<string, object>}
 */
export function exportDocuments(when) {
  const documents = new Map([
    ['describe-security-groups', { SecurityGroups: GROUPS.map((group) => describeGroup(group, when)) }],
    ['describe-security-group-rules', { SecurityGroupRules: GROUPS.flatMap((group) => describeRules(group, when)) }],
    ['describe-network-acls', { NetworkAcls: NACLS.map(describeAcl) }],
    ['describe-network-interfaces', { NetworkInterfaces: HOSTS.map(describeInterface) }],
    ['describe-subnets', { Subnets: SUBNETS.map(describeSubnet) }],
    ['describe-vpcs', { Vpcs: [describeVpc()] }],
    ['describe-managed-prefix-lists', { PrefixLists: PREFIX_LISTS.map(describePrefixList) }],
    ['describe-stale-security-groups', { StaleSecurityGroupSet: GROUPS.flatMap(describeStale) }],
  ]);
  for (const list of PREFIX_LISTS.filter((candidate) => candidate.entries !== null)) {
    // The command prints the entries alone; the list they belong to is put beside them.
    documents.set(`get-managed-prefix-list-entries-${list.id}`, {
      PrefixListId: list.id,
      Entries: list.entries.map((cidr) => ({ Cidr: cidr })),
    });
  }
  return documents;
}

/** Rules that an export holds: `both`, or only the first or the last one. */
function rulesIn(rules, when) {
  return rules.filter((rule) => rule.exports === 'both' || rule.exports === when);
}

function describeGroup(group, when) {
  return {
    Description: group.description,
    GroupName: group.name,
    IpPermissions: permissionsOf(rulesIn(group.in, when)),
    OwnerId: ACCOUNT,
    GroupId: group.id,
    IpPermissionsEgress: permissionsOf(rulesIn(group.out, when)),
    VpcId: VPC_ID,
  };
}

/** Rules with the same protocol and ports share one permission. */
function permissionsOf(rules) {
  const permissions = new Map();
  for (const rule of rules) {
    const key = `${rule.proto} ${rule.first} ${rule.last}`;
    const ports = rule.proto === '-1' ? {} : { FromPort: rule.first, ToPort: rule.last };
    const permission = permissions.get(key) ?? {
      ...ports,
      IpProtocol: rule.proto,
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    permissions.set(key, permission);
    const { cidr, list } = rule.peer;
    const note = rule.description === '' ? {} : { Description: rule.description };
    if (cidr?.includes(':')) permission.Ipv6Ranges.push({ ...note, CidrIpv6: cidr });
    else if (cidr !== undefined) permission.IpRanges.push({ ...note, CidrIp: cidr });
    else if (list !== undefined) permission.PrefixListIds.push({ ...note, PrefixListId: listNamed(list).id });
    else permission.UserIdGroupPairs.push({ ...note, ...groupPair(rule.peer) });
  }
  return [...permissions.values()];
}

function groupPair({ group, foreign, deleted }) {
  if (group !== undefined) return { GroupId: groupNamed(group).id, UserId: ACCOUNT };
  if (foreign !== undefined)
    return { GroupId: foreign.group, PeeringStatus: 'active', UserId: foreign.account, VpcPeeringConnectionId: foreign.pcx };
  return {
    GroupId: deleted.group,
    PeeringStatus: 'deleted',
    UserId: deleted.account,
    VpcId: deleted.vpc,
    VpcPeeringConnectionId: deleted.pcx,
  };
}

function describeRules(group, when) {
  const flat = (isEgress) => (rule) => ({
    SecurityGroupRuleId: rule.id,
    GroupId: group.id,
    GroupOwnerId: ACCOUNT,
    IsEgress: isEgress,
    IpProtocol: rule.proto,
    FromPort: rule.proto === '-1' ? -1 : rule.first,
    ToPort: rule.proto === '-1' ? -1 : rule.last,
    ...flatPeer(rule.peer),
    ...(rule.description === '' ? {} : { Description: rule.description }),
    Tags: [],
  });
  return [...rulesIn(group.in, when).map(flat(false)), ...rulesIn(group.out, when).map(flat(true))];
}

function flatPeer(peer) {
  if (peer.cidr?.includes(':')) return { CidrIpv6: peer.cidr };
  if (peer.cidr !== undefined) return { CidrIpv4: peer.cidr };
  if (peer.list !== undefined) return { PrefixListId: listNamed(peer.list).id };
  return { ReferencedGroupInfo: groupPair(peer) };
}

function listNamed(name) {
  const found = PREFIX_LISTS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no prefix list is named "${name}"`);
  return found;
}

function describeAcl(acl) {
  const entries = (list, isEgress) =>
    [...list, ...IMPLICIT_DENY].map((entry) => ({
      ...(entry.cidr.includes(':') ? { Ipv6CidrBlock: entry.cidr } : { CidrBlock: entry.cidr }),
      Egress: isEgress,
      ...(entry.proto === '1' ? { IcmpTypeCode: { Code: -1, Type: -1 } } : {}),
      ...(entry.first === null ? {} : { PortRange: { From: entry.first, To: entry.last } }),
      Protocol: entry.proto,
      RuleAction: entry.action,
      RuleNumber: entry.number,
    }));
  return {
    Associations: SUBNETS.filter((subnet) => subnet.acl === acl.name).map((subnet) => ({
      NetworkAclAssociationId: resourceId('aclassoc', subnet.name),
      NetworkAclId: acl.id,
      SubnetId: subnet.id,
    })),
    Entries: [...entries(acl.out, true), ...entries(acl.in, false)],
    IsDefault: acl.name === 'default',
    NetworkAclId: acl.id,
    Tags: [{ Key: 'Name', Value: acl.name }],
    VpcId: VPC_ID,
    OwnerId: ACCOUNT,
  };
}

function describeInterface(host) {
  const association = host.publicIp === null ? {} : { Association: { IpOwnerId: ACCOUNT, PublicDnsName: '', PublicIp: host.publicIp } };
  const isManaged = host.type === 'nat_gateway' || host.description.startsWith('ELB ');
  return {
    ...association,
    Attachment: isManaged
      ? {
          AttachmentId: resourceId('eni-attach', host.name),
          DeleteOnTermination: false,
          DeviceIndex: 1,
          InstanceOwnerId: 'amazon-aws',
          Status: 'attached',
        }
      : {
          AttachTime: '2024-06-03T08:00:00+00:00',
          AttachmentId: resourceId('eni-attach', host.name),
          DeleteOnTermination: true,
          DeviceIndex: 0,
          InstanceId: resourceId('i', host.name),
          InstanceOwnerId: ACCOUNT,
          Status: 'attached',
        },
    AvailabilityZone: `${REGION}${host.subnet.zone}`,
    Description: host.description,
    Groups: host.groups.map((name) => ({ GroupName: name, GroupId: groupNamed(name).id })),
    InterfaceType: host.type,
    Ipv6Addresses: host.ip6 === null ? [] : [{ Ipv6Address: host.ip6, IsPrimaryIpv6: false }],
    NetworkInterfaceId: host.id,
    OwnerId: ACCOUNT,
    PrivateIpAddress: host.ip,
    PrivateIpAddresses: [{ ...association, Primary: true, PrivateIpAddress: host.ip }],
    RequesterManaged: isManaged,
    SourceDestCheck: host.type !== 'nat_gateway',
    Status: 'in-use',
    SubnetId: host.subnet.id,
    TagSet: isManaged ? [] : [{ Key: 'Name', Value: host.name }],
    VpcId: VPC_ID,
  };
}

function describeSubnet(subnet) {
  return {
    AvailabilityZone: `${REGION}${subnet.zone}`,
    CidrBlock: subnet.cidr,
    DefaultForAz: false,
    MapPublicIpOnLaunch: false,
    State: 'available',
    SubnetId: subnet.id,
    VpcId: VPC_ID,
    OwnerId: ACCOUNT,
    AssignIpv6AddressOnCreation: false,
    Ipv6CidrBlockAssociationSet:
      subnet.ipv6Cidr === null
        ? []
        : [
            {
              AssociationId: resourceId('subnet-cidr-assoc', subnet.name),
              Ipv6CidrBlock: subnet.ipv6Cidr,
              Ipv6CidrBlockState: { State: 'associated' },
            },
          ],
    Tags: [{ Key: 'Name', Value: subnet.name }],
  };
}

function describeVpc() {
  return {
    CidrBlock: VPC_CIDR,
    DhcpOptionsId: resourceId('dopt', 'shop'),
    State: 'available',
    VpcId: VPC_ID,
    OwnerId: ACCOUNT,
    InstanceTenancy: 'default',
    Ipv6CidrBlockAssociationSet: [
      {
        AssociationId: resourceId('vpc-cidr-assoc', 'six'),
        Ipv6CidrBlock: VPC_IPV6_CIDR,
        Ipv6CidrBlockState: { State: 'associated' },
        NetworkBorderGroup: REGION,
        Ipv6Pool: 'Amazon',
      },
    ],
    CidrBlockAssociationSet: [
      { AssociationId: resourceId('vpc-cidr-assoc', 'four'), CidrBlock: VPC_CIDR, CidrBlockState: { State: 'associated' } },
    ],
    IsDefault: false,
    Tags: [{ Key: 'Name', Value: 'shop' }],
  };
}

function describePrefixList(list) {
  const isManaged = list.owner === 'AWS';
  return {
    PrefixListId: list.id,
    AddressFamily: 'IPv4',
    State: 'create-complete',
    PrefixListArn: `arn:aws:ec2:${REGION}:${isManaged ? 'aws' : ACCOUNT}:prefix-list/${list.id}`,
    PrefixListName: list.name,
    ...(isManaged ? {} : { MaxEntries: 10, Version: 1 }),
    Tags: [],
    OwnerId: isManaged ? 'AWS' : ACCOUNT,
  };
}

function describeStale(group) {
  const stale = (rules) =>
    rules
      .filter((rule) => rule.peer.deleted !== undefined)
      .map((rule) => ({
        FromPort: rule.first,
        IpProtocol: rule.proto,
        IpRanges: [],
        PrefixListIds: [],
        ToPort: rule.last,
        UserIdGroupPairs: [groupPair(rule.peer)],
      }));
  const [ingress, egress] = [stale(group.in), stale(group.out)];
  if (ingress.length + egress.length === 0) return [];
  return [
    {
      Description: group.description,
      GroupId: group.id,
      GroupName: group.name,
      StaleIpPermissions: ingress,
      StaleIpPermissionsEgress: egress,
      VpcId: VPC_ID,
    },
  ];
}
