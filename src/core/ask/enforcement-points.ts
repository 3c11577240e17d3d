import type { AddressRange } from '../../model/address.ts';
import { intersectRanges } from '../../model/address-sets.ts';
import type { Attachment, Direction, Layer, Policy, RuleBase } from '../../model/policy.ts';
import type { Region } from '../../model/region-notation.ts';

/** Policies that judge a packet together, and where: layers must all permit, the policies of one permit together. */
export interface EnforcementPoint {
  /** Interfaces with these very layers, by id; empty for a policy that is bound to none, or whose interfaces nobody knows. */
  readonly attachments: readonly string[];
  readonly direction: Direction | null;
  /** In the order in which a packet meets them; never empty. */
  readonly layers: readonly PointLayer[];
  /** What of the region meets the point. */
  readonly region: Region;
}

export interface PointLayer {
  readonly policies: readonly Policy[];
  /** Remote addresses that the layer does not look at. */
  readonly exceptRemote: readonly AddressRange[];
}

export interface PointChoice {
  readonly interface: string | null;
  readonly direction: Direction | null;
  /** Only points with one of these policies; empty: all. */
  readonly policies: readonly string[];
}

export interface MetPoints {
  /** By direction (out first, as packets go), then by policies. */
  readonly points: readonly EnforcementPoint[];
  readonly notes: readonly string[];
}

/**
 * Where packets of a region are judged: they leave by interfaces that have their source, enter by those that have their destination, and meet every
 * policy that is bound to no interface. Interfaces with the same layers are one point. Policies whose interfaces nobody knows are asked one by one.
 */
export function findPoints(ruleBase: RuleBase, region: Region, choice: PointChoice): MetPoints {
  const policies = new Map(ruleBase.policies.map((policy) => [policy.id, policy]));
  const bound = boundPoints(ruleBase, policies, region, choice);
  const asked = ruleBase.policies.filter((policy) => isAskedAlone(policy, ruleBase, choice));
  const alone = asked.map(
    (policy): EnforcementPoint => ({
      attachments: [],
      direction: policy.direction,
      layers: [{ policies: [policy], exceptRemote: [] }],
      region,
    }),
  );
  const points = [...bound, ...alone].filter(({ layers }) => isChosen(layers, choice));
  return { points, notes: notesOf(ruleBase, region, points, choice) };
}

function isAskedAlone(policy: Policy, { hasInventory }: RuleBase, choice: PointChoice): boolean {
  if (choice.direction !== null && policy.direction !== null && policy.direction !== choice.direction) return false;
  if (choice.policies.includes(policy.id) && policy.attachments?.length === 0) return true;
  return choice.interface === null && (!policy.interfaceBound || !hasInventory);
}

function isChosen(layers: readonly PointLayer[], { policies }: PointChoice): boolean {
  return policies.length === 0 || layers.some((layer) => layer.policies.some(({ id }) => policies.includes(id)));
}

function boundPoints(
  { attachments }: RuleBase,
  policies: ReadonlyMap<string, Policy>,
  region: Region,
  choice: PointChoice,
): EnforcementPoint[] {
  const groups = new Map<string, { readonly direction: Direction; readonly layers: readonly Layer[]; readonly members: Attachment[] }>();
  for (const direction of ['out', 'in'] as const) {
    if (choice.direction !== null && choice.direction !== direction) continue;
    for (const attachment of attachments) {
      if (choice.interface !== null && attachment.id !== choice.interface) continue;
      if (choice.interface === null && narrow(region, direction, attachment.localAddresses) === null) continue;
      const key = JSON.stringify([direction, attachment[direction]], (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      const group = groups.get(key) ?? { direction, layers: attachment[direction], members: [] };
      group.members.push(attachment);
      groups.set(key, group);
    }
  }
  return [...groups.values()].flatMap(({ direction, layers, members }) => {
    // An interface that was asked for by name may forward what is not its own.
    const own = narrow(
      region,
      direction,
      members.flatMap(({ localAddresses }) => localAddresses),
    );
    return [
      {
        attachments: members.map(({ id }) => id),
        direction,
        layers: layers.map(({ policies: ids, exceptRemote }) => ({
          policies: ids.map((id) => policies.get(id)).filter((policy) => policy !== undefined),
          exceptRemote,
        })),
        region: own ?? region,
      },
    ].filter(({ layers: known }) => known.length > 0 && known.every((layer) => layer.policies.length > 0));
  });
}

/** The part of the region whose local side the addresses are; null when there is none. */
function narrow(region: Region, direction: Direction, local: readonly AddressRange[]): Region | null {
  const side = direction === 'in' ? 'destination' : 'source';
  const ranges = intersectRanges(region[side], local);
  if (ranges.length === 0) return null;
  const families = region.families.filter((family) => ranges.some((range) => range.family === family));
  const ofFamilies = (all: readonly AddressRange[]): AddressRange[] => all.filter((range) => families.includes(range.family));
  return { ...region, families, source: ofFamilies(region.source), destination: ofFamilies(region.destination), [side]: ranges };
}

function notesOf(
  { attachments, hasInventory, policies }: RuleBase,
  region: Region,
  points: readonly EnforcementPoint[],
  choice: PointChoice,
): string[] {
  const notes: string[] = [];
  if (hasInventory && attachments.length > 0 && choice.interface === null && policies.some(({ interfaceBound }) => interfaceBound)) {
    for (const direction of ['out', 'in'] as const) {
      if (choice.direction !== null && choice.direction !== direction) continue;
      const has = attachments.some(({ localAddresses }) => narrow(region, direction, localAddresses) !== null);
      const side = direction === 'out' ? 'source' : 'destination';
      if (!has)
        notes.push(
          `No interface of the inventory has an address of the ${side}: it is outside, or behind an interface (name one with --interface).`,
        );
    }
  }
  const unfiltered = attachments.filter(
    (attachment) =>
      choice.interface === attachment.id &&
      (choice.direction === null ? (['in', 'out'] as const) : [choice.direction]).every((direction) => attachment[direction].length === 0),
  );
  for (const { id } of unfiltered) notes.push(`No policy is on the interface ${id}: nothing filters there.`);
  if (points.length === 0 && choice.policies.length > 0) notes.push(`No packet of the region meets ${choice.policies.join(', ')}.`);
  return notes;
}
