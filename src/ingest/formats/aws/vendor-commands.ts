import type { VendorCommand } from '../../format.ts';

/** Read-only calls of the AWS CLI, for one account and region at a time. */
export const awsVendorCommands: readonly VendorCommand[] = [
  { produces: 'security groups with their rules', command: 'aws ec2 describe-security-groups --output json > security-groups.json' },
  {
    produces: 'ids and tags of security group rules',
    command: 'aws ec2 describe-security-group-rules --output json > security-group-rules.json',
  },
  { produces: 'network ACLs', command: 'aws ec2 describe-network-acls --output json > network-acls.json' },
  {
    produces: 'inventory: interfaces, which say what the policies are attached to',
    command: 'aws ec2 describe-network-interfaces --output json > network-interfaces.json',
  },
  { produces: 'inventory: subnets', command: 'aws ec2 describe-subnets --output json > subnets.json' },
  { produces: 'inventory: VPCs', command: 'aws ec2 describe-vpcs --output json > vpcs.json' },
  { produces: 'names and families of prefix lists', command: 'aws ec2 describe-managed-prefix-lists --output json > prefix-lists.json' },
  {
    produces: 'entries of one prefix list, with its id beside them',
    command: `aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-ID --output json --query '{PrefixListId: \`"pl-ID"\`, Entries: Entries}' > prefix-list-pl-ID.json`,
  },
  {
    produces: 'addresses of the gateway endpoint lists (S3, DynamoDB)',
    command: 'aws ec2 describe-prefix-lists --output json > gateway-prefix-lists.json',
  },
  {
    produces: 'stale references, for one VPC',
    command: 'aws ec2 describe-stale-security-groups --vpc-id vpc-ID --output json > stale-security-groups.json',
  },
];
