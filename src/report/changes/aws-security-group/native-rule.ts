import * as z from 'zod';
import type { AuditedRule } from '../../../model/audit-result.ts';

/** Ids go into JMESPath expressions and file contents: nothing but letters, digits, `-` and `_`. */
const idSchema = z.string().regex(/^[A-Za-z0-9_-]+$/);
/** EC2 stores one printable line; anything else could not come back as it was. */
const lineSchema = z.string().regex(/^\P{Cc}*$/u);

const cidrSchema = z.string().regex(/^[0-9A-Fa-f.:]+\/\d+$/);
const ipRangeSchema = z.object({ CidrIp: cidrSchema, Description: lineSchema.optional() });
const ipv6RangeSchema = z.object({ CidrIpv6: cidrSchema, Description: lineSchema.optional() });
const prefixListSchema = z.object({ PrefixListId: idSchema, Description: lineSchema.optional() });
/** An export adds GroupName and PeeringStatus, which no request takes; they are left behind here. */
const groupPairSchema = z.object({
  GroupId: idSchema,
  UserId: idSchema.optional(),
  VpcId: idSchema.optional(),
  VpcPeeringConnectionId: idSchema.optional(),
  Description: lineSchema.optional(),
});

const permissionSchema = z.object({
  IpProtocol: z.string().regex(/^(-1|\d{1,3}|[A-Za-z][A-Za-z0-9]*)$/),
  FromPort: z.int().optional(),
  ToPort: z.int().optional(),
  IpRanges: z.array(ipRangeSchema).optional(),
  Ipv6Ranges: z.array(ipv6RangeSchema).optional(),
  PrefixListIds: z.array(prefixListSchema).optional(),
  UserIdGroupPairs: z.array(groupPairSchema).optional(),
});

const nativeSchema = z.object({
  groupId: idSchema,
  direction: z.enum(['in', 'out']),
  securityGroupRuleId: idSchema.nullish(),
  ipPermission: permissionSchema,
  tags: z.array(z.object({ Key: lineSchema, Value: lineSchema })).nullish(),
});

/** The other end of a security group rule: exactly one, as EC2 has it. */
export type Peer =
  | { readonly kind: 'cidr4'; readonly id: string; readonly description: string }
  | { readonly kind: 'cidr6'; readonly id: string; readonly description: string }
  | { readonly kind: 'prefix-list'; readonly id: string; readonly description: string }
  | { readonly kind: 'group'; readonly id: string; readonly pair: GroupReference; readonly description: string };

export interface GroupReference {
  readonly GroupId: string;
  readonly UserId?: string;
  readonly VpcId?: string;
  readonly VpcPeeringConnectionId?: string;
}

/** One security group rule as its export states it. Ports are null where the export has none; `ruleId` is null where it has no `sgr-` id. */
export interface NativeRule {
  readonly groupId: string;
  readonly direction: 'in' | 'out';
  readonly ruleId: string | null;
  readonly protocol: string;
  readonly fromPort: number | null;
  readonly toPort: number | null;
  readonly peer: Peer;
  /** Sorted by key. Known only where the export gives rule ids. */
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

export type ParsedNativeRule = { readonly ok: true; readonly rule: NativeRule } | { readonly ok: false; readonly reason: string };

/** Reads what the security group format keeps for us in `AuditedRule.native`. A rule with no or several peers cannot be one change. */
export function parseNativeRule(rule: AuditedRule): ParsedNativeRule {
  const parsed = nativeSchema.safeParse(rule.native);
  if (!parsed.success) {
    const problem = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    return { ok: false, reason: `what the export says about the rule cannot be turned into a request (${problem})` };
  }
  const { groupId, direction, securityGroupRuleId, ipPermission, tags } = parsed.data;
  const peers = peersOf(ipPermission);
  const [peer] = peers;
  if (peer === undefined || peers.length > 1) {
    return { ok: false, reason: `the rule has ${peers.length} peers in its export; a security group rule has exactly one` };
  }
  return {
    ok: true,
    rule: {
      groupId,
      direction,
      ruleId: securityGroupRuleId ?? null,
      protocol: ipPermission.IpProtocol,
      fromPort: ipPermission.FromPort ?? null,
      toPort: ipPermission.ToPort ?? null,
      peer,
      tags: [...(tags ?? [])].sort((a, b) => (a.Key < b.Key ? -1 : 1)),
    },
  };
}

function peersOf(permission: z.infer<typeof permissionSchema>): Peer[] {
  return [
    ...(permission.IpRanges ?? []).map((range): Peer => ({ kind: 'cidr4', id: range.CidrIp, description: range.Description ?? '' })),
    ...(permission.Ipv6Ranges ?? []).map((range): Peer => ({ kind: 'cidr6', id: range.CidrIpv6, description: range.Description ?? '' })),
    ...(permission.PrefixListIds ?? []).map(
      (list): Peer => ({ kind: 'prefix-list', id: list.PrefixListId, description: list.Description ?? '' }),
    ),
    ...(permission.UserIdGroupPairs ?? []).map(
      (pair): Peer => ({ kind: 'group', id: pair.GroupId, pair: toReference(pair), description: pair.Description ?? '' }),
    ),
  ];
}

function toReference({ GroupId, UserId, VpcId, VpcPeeringConnectionId }: z.infer<typeof groupPairSchema>): GroupReference {
  return {
    GroupId,
    ...(UserId === undefined ? {} : { UserId }),
    ...(VpcId === undefined ? {} : { VpcId }),
    ...(VpcPeeringConnectionId === undefined ? {} : { VpcPeeringConnectionId }),
  };
}
