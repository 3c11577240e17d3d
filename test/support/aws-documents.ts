import type { ReadRules, SourceDocument } from '../../src/ingest/format.ts';
import { awsVpc } from '../../src/ingest/formats/aws/index.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Rule } from '../../src/model/rule.ts';

/** One export as a document; `at` is an ISO date. */
export function awsDocument(content: unknown, path = 'export.json', at: string | null = null): SourceDocument {
  return { path, text: typeof content === 'string' ? content : JSON.stringify(content), at: at === null ? null : Date.parse(at) / 1000 };
}

export function readAws(...documents: readonly SourceDocument[]): ReadRules {
  return awsVpc.read(documents, { defaultAction: null });
}

/** A document whose only content is the given one. */
export function readAwsContent(content: unknown): ReadRules {
  return readAws(awsDocument(content));
}

export function policyOf(result: ReadRules, id: string): Policy {
  const policy = result.policies.find((candidate) => candidate.id === id);
  if (policy === undefined) throw new Error(`no policy ${id}; there are ${result.policies.map((candidate) => candidate.id).join(', ')}`);
  return policy;
}

/** A rule by `POLICY/RULE`. */
export function ruleAt(result: ReadRules, ref: string): Rule {
  const slash = ref.lastIndexOf('/');
  const policy = policyOf(result, ref.slice(0, slash));
  const rule = policy.rules.find((candidate) => candidate.id === ref.slice(slash + 1));
  if (rule === undefined) throw new Error(`no rule ${ref}; there are ${policy.rules.map((candidate) => candidate.id).join(', ')}`);
  return rule;
}

export function codesOf(result: ReadRules): string[] {
  return result.diagnostics.map((diagnostic) => diagnostic.code);
}

/** A group in VPC vpc-1 with the given permissions for incoming traffic. */
export function group(id: string, incoming: readonly unknown[], outgoing: readonly unknown[] = []): object {
  return {
    GroupId: id,
    GroupName: `name of ${id}`,
    OwnerId: '111122223333',
    VpcId: 'vpc-1',
    IpPermissions: incoming,
    IpPermissionsEgress: outgoing,
  };
}

export function tcp(port: number, cidr: string): object {
  return { IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: cidr }] };
}

/** An interface in subnet subnet-1 of VPC vpc-1. */
export function networkInterface(id: string, address: string, groups: readonly string[], more: object = {}): object {
  return {
    NetworkInterfaceId: id,
    PrivateIpAddress: address,
    Groups: groups.map((GroupId) => ({ GroupId, GroupName: `name of ${GroupId}` })),
    VpcId: 'vpc-1',
    SubnetId: 'subnet-1',
    OwnerId: '111122223333',
    InterfaceType: 'interface',
    ...more,
  };
}
