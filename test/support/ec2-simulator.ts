/**
 * A small EC2 that knows security group rules and the five calls a change set makes. It imports nothing of the product, and refuses what the real
 * service refuses: unknown parameters, rules that are not there, second copies, references to groups that do not exist.
 */
export interface SimulatedRule {
  readonly SecurityGroupRuleId: string;
  readonly GroupId: string;
  readonly IsEgress: boolean;
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIpv4?: string;
  readonly CidrIpv6?: string;
  readonly PrefixListId?: string;
  readonly ReferencedGroupInfo?: {
    readonly GroupId: string;
    readonly UserId?: string;
    readonly VpcId?: string;
    readonly VpcPeeringConnectionId?: string;
  };
  readonly Description?: string;
  readonly Tags: readonly SimulatedTag[];
}

export interface SimulatedTag {
  readonly Key: string;
  readonly Value: string;
}

export interface SimulatedState {
  readonly rules: readonly SimulatedRule[];
  /** Groups that exist. A rule may refer to one that does not: that makes it stale. */
  readonly groups: readonly { readonly GroupId: string; readonly VpcId: string }[];
  /** A default VPC answers a revoke of an unknown permission with a list instead of an error. */
  readonly isDefaultVpc: boolean;
  readonly nextRuleNumber: number;
}

export class Ec2Error extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`An error occurred (${code}): ${message}`);
    this.code = code;
  }
}

export interface Answer {
  readonly state: SimulatedState;
  readonly output: Readonly<Record<string, unknown>>;
}

type Input = Readonly<Record<string, unknown>>;

/** Runs one `aws ec2` command; the state is not changed in place. @throws {Ec2Error} as EC2 or its command line would */
export function execute(state: SimulatedState, command: string, input: Input): Answer {
  switch (command) {
    case 'describe-security-group-rules':
      return describeRules(state, input);
    case 'describe-stale-security-groups':
      return describeStale(state, input);
    case 'revoke-security-group-ingress':
      return revoke(state, input, false);
    case 'revoke-security-group-egress':
      return revoke(state, input, true);
    case 'authorize-security-group-ingress':
      return authorize(state, input, false);
    case 'authorize-security-group-egress':
      return authorize(state, input, true);
    default:
      throw new Ec2Error('InvalidAction', `no such command: ${command}`);
  }
}

function describeRules(state: SimulatedState, input: Input): Answer {
  takeOnly(input, ['Filters'], 'the request');
  const wanted = listOf(input['Filters']).flatMap((filter) => {
    takeOnly(filter, ['Name', 'Values'], 'Filters');
    if (filter['Name'] !== 'group-id') throw new Ec2Error('InvalidParameterValue', `The filter '${String(filter['Name'])}' is invalid`);
    return filter['Values'] as string[];
  });
  return { state, output: { SecurityGroupRules: state.rules.filter((rule) => wanted.includes(rule.GroupId)) } };
}

function describeStale(state: SimulatedState, input: Input): Answer {
  takeOnly(input, ['VpcId'], 'the request');
  const inVpc = state.groups.filter((group) => group.VpcId === input['VpcId']);
  const sets = inVpc.map(({ GroupId, VpcId }) => {
    const stale = state.rules.filter((rule) => rule.GroupId === GroupId && isStale(state, rule));
    return {
      GroupId,
      VpcId,
      StaleIpPermissions: stale.filter((rule) => !rule.IsEgress).map(toStalePermission),
      StaleIpPermissionsEgress: stale.filter((rule) => rule.IsEgress).map(toStalePermission),
    };
  });
  const staleSets = sets.filter((set) => set.StaleIpPermissions.length + set.StaleIpPermissionsEgress.length > 0);
  return { state, output: { StaleSecurityGroupSet: staleSets } };
}

export function isStale(state: SimulatedState, rule: SimulatedRule): boolean {
  const target = rule.ReferencedGroupInfo;
  return target !== undefined && !state.groups.some((group) => group.GroupId === target.GroupId);
}

function toStalePermission(rule: SimulatedRule): object {
  return { IpProtocol: rule.IpProtocol, FromPort: rule.FromPort, ToPort: rule.ToPort, UserIdGroupPairs: [rule.ReferencedGroupInfo] };
}

function revoke(state: SimulatedState, input: Input, isEgress: boolean): Answer {
  takeOnly(input, ['GroupId', 'SecurityGroupRuleIds', 'IpPermissions'], 'the request');
  const inGroup = state.rules.filter((rule) => rule.GroupId === groupIdOf(state, input) && rule.IsEgress === isEgress);
  const gone = new Set<SimulatedRule>();
  for (const id of (input['SecurityGroupRuleIds'] ?? []) as string[]) {
    const rule = inGroup.find((candidate) => candidate.SecurityGroupRuleId === id);
    if (rule === undefined) throw new Ec2Error('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
    gone.add(rule);
  }
  const unknown: object[] = [];
  for (const permission of listOf(input['IpPermissions'])) {
    for (const wanted of toRules(permission, String(input['GroupId']), isEgress)) {
      const matching = inGroup.filter((rule) => keyOf(rule) === keyOf(wanted));
      if (matching.length === 0 && !state.isDefaultVpc)
        throw new Ec2Error('InvalidPermission.NotFound', 'The specified rule does not exist in this security group');
      if (matching.length === 0) unknown.push(permission);
      for (const rule of matching) gone.add(rule);
    }
  }
  if (gone.size + unknown.length === 0)
    throw new Ec2Error('MissingParameter', 'Either IpPermissions or SecurityGroupRuleIds should be provided');
  return {
    state: { ...state, rules: state.rules.filter((rule) => !gone.has(rule)) },
    output: unknown.length === 0 ? { Return: true } : { Return: true, UnknownIpPermissions: unknown },
  };
}

function authorize(state: SimulatedState, input: Input, isEgress: boolean): Answer {
  takeOnly(input, ['GroupId', 'IpPermissions', 'TagSpecifications'], 'the request');
  const groupId = groupIdOf(state, input);
  const tags = listOf(input['TagSpecifications']).flatMap((specification) => {
    takeOnly(specification, ['ResourceType', 'Tags'], 'TagSpecifications');
    if (specification['ResourceType'] !== 'security-group-rule') throw new Ec2Error('InvalidParameterValue', 'wrong ResourceType');
    return (specification['Tags'] as SimulatedTag[]).map((tag) => {
      takeOnly({ ...tag }, ['Key', 'Value'], 'Tags');
      if (tag.Key.startsWith('aws:')) throw new Ec2Error('InvalidParameterValue', 'Tag keys starting with "aws:" are reserved');
      return tag;
    });
  });
  const wanted = listOf(input['IpPermissions']).flatMap((permission) => toRules(permission, groupId, isEgress));
  if (wanted.length === 0) throw new Ec2Error('MissingParameter', 'The request must contain IpPermissions');
  const created: SimulatedRule[] = [];
  for (const rule of wanted) {
    if (isStale(state, rule))
      throw new Ec2Error('InvalidGroup.NotFound', `The security group '${rule.ReferencedGroupInfo?.GroupId}' does not exist`);
    const inGroup = [...state.rules, ...created].filter((other) => other.GroupId === groupId && other.IsEgress === isEgress);
    if (inGroup.some((other) => keyOf(other) === keyOf(rule)))
      throw new Ec2Error('InvalidPermission.Duplicate', 'the specified rule already exists');
    created.push({ ...rule, SecurityGroupRuleId: `sgr-new${state.nextRuleNumber + created.length}`, Tags: tags });
  }
  return {
    state: { ...state, rules: [...state.rules, ...created], nextRuleNumber: state.nextRuleNumber + created.length },
    output: { Return: true, SecurityGroupRules: created },
  };
}

function groupIdOf(state: SimulatedState, input: Input): string {
  const group = state.groups.find((candidate) => candidate.GroupId === input['GroupId']);
  if (group === undefined) throw new Ec2Error('InvalidGroup.NotFound', `The security group '${String(input['GroupId'])}' does not exist`);
  return group.GroupId;
}

const PEERS = [
  ['IpRanges', ['CidrIp', 'Description']],
  ['Ipv6Ranges', ['CidrIpv6', 'Description']],
  ['PrefixListIds', ['PrefixListId', 'Description']],
  ['UserIdGroupPairs', ['GroupId', 'UserId', 'VpcId', 'VpcPeeringConnectionId', 'Description']],
] as const;

/** One rule per peer of the permission; ids and tags come later. */
function toRules(permission: Input, groupId: string, isEgress: boolean): SimulatedRule[] {
  takeOnly(permission, ['IpProtocol', 'FromPort', 'ToPort', ...PEERS.map(([member]) => member)], 'IpPermissions');
  const { IpProtocol, FromPort, ToPort } = permission as { IpProtocol: string; FromPort?: number; ToPort?: number };
  return PEERS.flatMap(([member, keys]) =>
    listOf(permission[member]).map((peer) => {
      takeOnly(peer, keys, member);
      const { Description, ...reference } = peer as { Description?: string };
      return {
        SecurityGroupRuleId: '',
        GroupId: groupId,
        IsEgress: isEgress,
        IpProtocol,
        ...(FromPort === undefined ? {} : { FromPort }),
        ...(ToPort === undefined ? {} : { ToPort }),
        ...toPeer(member, reference),
        ...(Description === undefined ? {} : { Description }),
        Tags: [],
      };
    }),
  );
}

function toPeer(member: (typeof PEERS)[number][0], reference: Input): Partial<SimulatedRule> {
  switch (member) {
    case 'IpRanges':
      return { CidrIpv4: String(reference['CidrIp']) };
    case 'Ipv6Ranges':
      return { CidrIpv6: String(reference['CidrIpv6']) };
    case 'PrefixListIds':
      return { PrefixListId: String(reference['PrefixListId']) };
    case 'UserIdGroupPairs':
      return { ReferencedGroupInfo: reference as unknown as { GroupId: string } };
  }
}

/** What EC2 tells the rules of a group and direction apart by: neither id, nor description, nor tags. */
export function keyOf(rule: SimulatedRule): string {
  const protocol = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' }[rule.IpProtocol] ?? rule.IpProtocol;
  const ports = ['tcp', 'udp', 'icmp', 'icmpv6'].includes(protocol) ? `${rule.FromPort ?? -1}-${rule.ToPort ?? -1}` : 'all';
  return [protocol, ports, rule.CidrIpv4, rule.CidrIpv6, rule.PrefixListId, rule.ReferencedGroupInfo?.GroupId].join('|');
}

function listOf(value: unknown): Record<string, unknown>[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new Ec2Error('ParamValidation', `expected a list, got ${JSON.stringify(value)}`);
  return value as Record<string, unknown>[];
}

function takeOnly(value: Input, allowed: readonly string[], where: string): void {
  const unknown = Object.keys(value).filter((key) => !allowed.includes(key));
  if (unknown.length > 0) throw new Ec2Error('ParamValidation', `unknown parameter in ${where}: ${unknown.join(', ')}`);
}
