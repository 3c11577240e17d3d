import type { Policy } from '../../model/policy.ts';
import type { Region } from '../../model/region-notation.ts';
import { type AskedLayer, findDenied } from './asked-layers.ts';
import { type CountedRegions, uniteRegions } from './packet-regions.ts';

/** A policy that has to change, for the layers that would permit everything then. */
export interface PolicyTask {
  /** With the rules that the request meets, at least. */
  readonly policy: Policy;
  readonly layers: readonly AskedLayer[];
  /** What the layers do not surely permit. */
  readonly denied: CountedRegions;
  /** Other policies that permit together with this one, and could change in its place. By id. */
  readonly alternatives: readonly string[];
  /** Interfaces that carry the policy beside those that the request meets. By id. */
  readonly otherAttachments: readonly string[];
}

export interface PolicyTasks {
  /** In the order of the layers. */
  readonly tasks: readonly PolicyTask[];
  /** Layers of which the budget does not tell what they deny. */
  readonly unknown: readonly AskedLayer[];
}

/**
 * Which policies have to change. Of policies that permit together one is enough: one that has to change anyway, else the one on the fewest interfaces,
 * so that as few others as possible get the change, and of those the first by id.
 */
export function findTasks(layers: readonly AskedLayer[], budget: number): PolicyTasks {
  const unknown: AskedLayer[] = [];
  const open: { readonly asked: AskedLayer; readonly denied: readonly Region[] }[] = [];
  for (const asked of layers) {
    const denied = findDenied(asked, budget);
    if (denied === null) unknown.push(asked);
    else if (denied.length > 0) open.push({ asked, denied });
  }
  const forced = new Set(open.flatMap(({ asked: { layer } }) => (layer.policies.length === 1 ? layer.policies.map(({ id }) => id) : [])));
  const byPolicy = new Map<string, { policy: Policy; parts: typeof open }>();
  for (const part of open) {
    const policy = choosePolicy(part.asked.layer.policies, (id) => forced.has(id) || byPolicy.has(id));
    const group = byPolicy.get(policy.id) ?? { policy, parts: [] };
    group.parts.push(part);
    byPolicy.set(policy.id, group);
  }
  const tasks = [...byPolicy.values()].flatMap(({ policy, parts }): PolicyTask[] => {
    const denied = uniteRegions(
      parts.flatMap((part) => part.denied),
      budget,
    );
    if (denied === null) {
      unknown.push(...parts.map(({ asked }) => asked));
      return [];
    }
    return [toTask(policy, layers, parts, denied)];
  });
  return { tasks, unknown };
}

function choosePolicy(policies: readonly Policy[], isChosen: (id: string) => boolean): Policy {
  // A policy that sees every flow is everywhere.
  const spread = ({ attachments }: Policy): number => attachments?.length ?? Number.MAX_SAFE_INTEGER;
  const [best] = [...policies].sort(
    (a, b) => Number(isChosen(b.id)) - Number(isChosen(a.id)) || spread(a) - spread(b) || (a.id < b.id ? -1 : 1),
  );
  if (best === undefined) throw new Error('a layer without policies was asked about; expected one at least');
  return best;
}

function toTask(
  policy: Policy,
  layers: readonly AskedLayer[],
  parts: readonly { readonly asked: AskedLayer }[],
  denied: CountedRegions,
): PolicyTask {
  const met = new Set(layers.filter(({ layer }) => layer.policies.some(({ id }) => id === policy.id)).flatMap((one) => one.attachments));
  const others = parts.flatMap(({ asked }) => asked.layer.policies.map(({ id }) => id)).filter((id) => id !== policy.id);
  return {
    policy,
    layers: parts.map(({ asked }) => asked),
    denied,
    alternatives: [...new Set(others)].sort(),
    otherAttachments: [...(policy.attachments ?? [])].filter((id) => !met.has(id)).sort(),
  };
}
