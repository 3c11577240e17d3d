import * as z from 'zod';

/** The requests of a change set, strictly, from the parameter names and types of the EC2 service model (API version 2016-11-15). */
const description = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]+$/);
const permission = z.strictObject({
  IpProtocol: z.string(),
  FromPort: z.int().min(-1).max(65535).optional(),
  ToPort: z.int().min(-1).max(65535).optional(),
  IpRanges: z
    .array(z.strictObject({ CidrIp: z.string(), Description: description.optional() }))
    .length(1)
    .optional(),
  Ipv6Ranges: z
    .array(z.strictObject({ CidrIpv6: z.string(), Description: description.optional() }))
    .length(1)
    .optional(),
  PrefixListIds: z
    .array(z.strictObject({ PrefixListId: z.string(), Description: description.optional() }))
    .length(1)
    .optional(),
  UserIdGroupPairs: z
    .array(
      z.strictObject({
        GroupId: z.string(),
        UserId: z.string().optional(),
        VpcId: z.string().optional(),
        VpcPeeringConnectionId: z.string().optional(),
        Description: description.optional(),
      }),
    )
    .length(1)
    .optional(),
});
const tag = z.strictObject({ Key: z.string().max(128), Value: z.string().max(256) });

const revoke = z.union([
  z.strictObject({ GroupId: z.string(), SecurityGroupRuleIds: z.array(z.string()).length(1) }),
  z.strictObject({ GroupId: z.string(), IpPermissions: z.array(permission).length(1) }),
]);
const authorize = z.strictObject({
  GroupId: z.string(),
  IpPermissions: z.array(permission).length(1),
  TagSpecifications: z
    .array(z.strictObject({ ResourceType: z.literal('security-group-rule'), Tags: z.array(tag).min(1) }))
    .length(1)
    .optional(),
});

/** By the command that the file's name ends with. */
export const EC2_REQUESTS: Readonly<Record<string, z.ZodType>> = {
  'revoke-security-group-ingress': revoke,
  'revoke-security-group-egress': revoke,
  'authorize-security-group-ingress': authorize,
  'authorize-security-group-egress': authorize,
  'describe-security-group-rules': z.strictObject({
    Filters: z.array(z.strictObject({ Name: z.literal('group-id'), Values: z.array(z.string()).length(1) })).length(1),
  }),
  'describe-stale-security-groups': z.strictObject({ VpcId: z.string() }),
};
