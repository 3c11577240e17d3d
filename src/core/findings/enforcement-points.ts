import type { Attachment, Direction, Layer, Policy } from '../../model/policy.ts';

/** Where a policy stands: an interface with a direction, the layer that holds it, and the layers beside that one. */
export interface EnforcementPoint {
  readonly attachment: string;
  readonly direction: Direction;
  readonly layer: Layer;
  readonly others: readonly Layer[];
}

/** More interfaces or policies than these are counted, not named. */
const MOST_NAMED = 3;

/** By policy id, in the order of the attachments; ids that stand in no layer have no entry. */
export function findEnforcementPoints(attachments: readonly Attachment[]): ReadonlyMap<string, readonly EnforcementPoint[]> {
  const points = new Map<string, EnforcementPoint[]>();
  for (const attachment of attachments) {
    for (const direction of ['in', 'out'] as const) {
      for (const layer of attachment[direction]) {
        const point = { attachment: attachment.id, direction, layer, others: attachment[direction].filter((other) => other !== layer) };
        for (const id of new Set(layer.policies)) {
          const known = points.get(id);
          if (known === undefined) points.set(id, [point]);
          else known.push(point);
        }
      }
    }
  }
  return points;
}

/** Whether the policy is on interfaces, one at least, and the inventory knows each of them. With none, "on every interface" would say nothing. */
export function isOnKnownInterfaces({ attachments }: Policy, points: readonly EnforcementPoint[] | undefined): boolean {
  if (points === undefined || attachments === null || attachments.length === 0) return false;
  const met = new Set(points.map(({ attachment }) => attachment));
  return attachments.every((attachment) => met.has(attachment));
}

/** `eni-1, eni-2, eni-3 and 4 more`; each name once. */
export function nameSome(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, MOST_NAMED).join(', ');
  return distinct.length <= MOST_NAMED ? shown : `${shown} and ${distinct.length - MOST_NAMED} more`;
}
