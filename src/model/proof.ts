import * as z from 'zod';
import { formatProtocol } from './service.ts';

/**
 * A product of sets, in the units of the exports: a packet belongs to it when it is in every one of them. An axis that is not there is whole. Ports
 * are asked only where the protocol is one that has them, type and code only for ICMP.
 */
export const proofProductSchema = z.strictObject({
  family: z.union([z.literal(4), z.literal(6)]),
  /** Addresses, CIDRs, `first-last`. */
  source: z.array(z.string()),
  destination: z.array(z.string()),
  /** A number or `first-last`, as are the four below. */
  protocol: z.string(),
  sourcePorts: z.array(z.string()).optional(),
  destinationPorts: z.array(z.string()).optional(),
  icmpTypes: z.array(z.string()).optional(),
  icmpCodes: z.array(z.string()).optional(),
  finite: z.array(z.strictObject({ axis: z.string(), values: z.array(z.string()) })).optional(),
  unknowns: z.array(z.strictObject({ axis: z.string(), holds: z.boolean() })).optional(),
});
export type ProofProduct = z.infer<typeof proofProductSchema>;

export const CUT_AXES = ['source', 'destination', 'protocol', 'source-port', 'destination-port', 'icmp-type', 'icmp-code'] as const;

/** Cuts a region in two. The steps that follow settle the first half, and those after them the second. */
const cutSchema = z.union([
  /** First what lies below `at` on the axis, then the rest. */
  z.strictObject({ cut: z.enum(CUT_AXES), at: z.string() }),
  /** First the values named, then all others. */
  z.strictObject({ finite: z.string(), values: z.array(z.string()) }),
  /** First where the condition does not hold, then where it does. */
  z.strictObject({ unknown: z.string() }),
]);
export type ProofCut = z.infer<typeof cutSchema>;

/** Settles a region: it lies inside the match of the rule named, is left to the default, or is empty. */
const leafSchema = z.union([
  z.strictObject({ rule: z.string() }),
  z.strictObject({ default: z.literal(true) }),
  z.strictObject({ outside: z.literal(true) }),
]);
export type ProofLeaf = z.infer<typeof leafSchema>;

/** A proof by cases over one part of a rule's match: cuts and leaves, each cut before its halves. */
export const proofPartSchema = z.strictObject({ product: proofProductSchema, tree: z.array(z.union([cutSchema, leafSchema])) });
export type ProofPart = z.infer<typeof proofPartSchema>;

/** A packet, with the conditions under which it shows something; those that are not listed do not matter to it. */
export const proofPacketSchema = z.strictObject({
  family: z.union([z.literal(4), z.literal(6)]),
  source: z.string(),
  destination: z.string(),
  protocol: z.int().min(0).max(255),
  sourcePort: z.int().min(0).max(65535).nullable(),
  destinationPort: z.int().min(0).max(65535).nullable(),
  icmpType: z.int().min(0).max(255).nullable(),
  icmpCode: z.int().min(0).max(255).nullable(),
  finite: z.array(z.strictObject({ axis: z.string(), value: z.string() })),
  unknowns: z.array(z.strictObject({ axis: z.string(), holds: z.boolean() })),
});
export type ProofPacket = z.infer<typeof proofPacketSchema>;

/**
 * What a partition says of every packet that the rule matches, whatever the unknowns are. The parts together hold all of them.
 *
 * - `matches-nothing`: there is none.
 * - `covered`: an earlier rule, the one that the leaf names, matches it too.
 * - `decided-alike`, `decided-otherwise`: besides, the first rule that matches it has the verdict of this rule, or the other one.
 * - `removable`: without this rule, and without those that are gone already, it has the same effect. Gone are, for a finding, the flagged copies of
 *   the policy, and for a removal those that the plan removes before it.
 */
export const partitionClaimSchema = z.enum(['matches-nothing', 'covered', 'decided-alike', 'decided-otherwise', 'removable']);
export type PartitionClaim = z.infer<typeof partitionClaimSchema>;

/** For `shadowed` of relation `mixed` and `unknown`: packets of the rule that are decided with its verdict, and with the other. */
const disagreementSchema = z.strictObject({
  /** `mixed`: for every value of the unknowns there is one of each. `unknown`: at least one of each, and see `settledWhen`. */
  relation: z.enum(['mixed', 'unknown']),
  same: z.array(proofPacketSchema).min(1),
  opposite: z.array(proofPacketSchema).min(1),
  /** For `unknown`: values of the unknowns for which all packets of the rule are decided in one way. */
  settledWhen: z
    .strictObject({
      unknowns: z.array(z.strictObject({ axis: z.string(), holds: z.boolean() })),
      claim: z.enum(['decided-alike', 'decided-otherwise']),
      parts: z.array(proofPartSchema),
    })
    .optional(),
});
export type ProofDisagreement = z.infer<typeof disagreementSchema>;

const aboutRule = { policy: z.string(), rule: z.string() };

/** A proof by cases of what a finding says. */
export const partitionProofSchema = z.strictObject({
  type: z.literal('partition'),
  finding: z.string(),
  ...aboutRule,
  claim: partitionClaimSchema,
  parts: z.array(proofPartSchema),
  disagreement: disagreementSchema.optional(),
});

/** Two rules match the same packets and have the same effect: each lies inside the other, by cases. */
export const comparisonProofSchema = z.strictObject({
  type: z.literal('comparison'),
  finding: z.string(),
  ...aboutRule,
  /** The copy that is kept. */
  other: z.string(),
  /** Of `rule` inside `other`. */
  there: z.array(proofPartSchema),
  /** Of `other` inside `rule`. */
  back: z.array(proofPartSchema),
});

/**
 * For `partly-shadowed`, `correlation` and `generalization`: for each rule that the finding names, a packet of its rule that this earlier one decides. The
 * numbers of packets are no part of it.
 */
export const overlapProofSchema = z.strictObject({
  type: z.literal('overlap'),
  finding: z.string(),
  ...aboutRule,
  claim: z.enum(['partly-shadowed', 'correlation', 'generalization']),
  packets: z.array(z.strictObject({ decidedBy: z.string(), packet: proofPacketSchema })).min(1),
});

/**
 * For `mergeable`: the two rules differ on one axis only, where they together are one stretch, and at each leaf of what the later one matches, the rule named
 * (else itself) decides it with the same effect and no rule after the earlier one stands in the way, flagged copies aside.
 */
export const mergeProofSchema = z.strictObject({
  type: z.literal('merge'),
  finding: z.string(),
  ...aboutRule,
  merges: z
    .array(
      z.strictObject({
        with: z.string(),
        axis: z.enum(['source', 'destination', 'source-port', 'destination-port']),
        /** Empty where rules have no order. */
        parts: z.array(proofPartSchema),
      }),
    )
    .min(1),
});

/** A packet that the rule decides; in an any-permit policy one that no other rule with its effect matches, flagged copies aside. */
export const witnessProofSchema = z.strictObject({ type: z.literal('witness'), ...aboutRule, packet: proofPacketSchema, text: z.string() });

/** One step of the plan: without the rule, and those that the plan removes before it in the same policy, no effect changes. */
export const removalProofSchema = z.strictObject({
  type: z.literal('removal'),
  ...aboutRule,
  claim: z.literal('removable'),
  parts: z.array(proofPartSchema),
});

/** What the plan removes from one policy without changing an effect, in its order. A `removal` follows for each. */
export const removalSetProofSchema = z.strictObject({
  type: z.literal('removal-set'),
  policy: z.string(),
  rules: z.array(z.string()).min(1),
});

/**
 * One line of `proofs.jsonl`: canonical JSON (RFC 8785). The `proof.sha256` of a finding is the SHA-256 of its line, without the line end.
 * A proof needs nothing but the rules to be checked.
 */
export const proofSchema = z.discriminatedUnion('type', [
  partitionProofSchema,
  comparisonProofSchema,
  overlapProofSchema,
  mergeProofSchema,
  witnessProofSchema,
  removalProofSchema,
  removalSetProofSchema,
]);
export type ProofDocument = z.infer<typeof proofSchema>;
export type ProofType = ProofDocument['type'];

/** `tcp 10.0.0.1:0 -> 10.0.0.2:443, state=new, if "app web" holds`: as `witness` of a rule in audit.json. */
export function formatProofPacket(packet: ProofPacket): string {
  const side = (address: string, port: number | null): string => {
    const host = packet.family === 6 ? `[${address}]` : address;
    return port === null ? host : `${host}:${port}`;
  };
  const icmp = packet.icmpType === null ? '' : ` type ${packet.icmpType} code ${packet.icmpCode}`;
  const finite = packet.finite.map(({ axis, value }) => `, ${axis}=${value}`).join('');
  const unknowns = packet.unknowns.map(({ axis, holds }) => `"${axis}" ${holds ? 'holds' : 'does not hold'}`);
  const when = unknowns.length === 0 ? '' : `, if ${unknowns.join(' and ')}`;
  const source = side(packet.source, packet.sourcePort);
  return `${formatProtocol(packet.protocol)} ${source} -> ${side(packet.destination, packet.destinationPort)}${icmp}${finite}${when}`;
}
