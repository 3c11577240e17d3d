import { normaliseRanges } from '../../model/address.ts';
import type { Direction, Policy } from '../../model/policy.ts';
import type { Region } from '../../model/region-notation.ts';
import { boxesOf, compilePoint } from '../ask/compiled-point.ts';
import type { EnforcementPoint, PointLayer } from '../ask/enforcement-points.ts';
import { toRegions } from '../ask/packet-sets.ts';
import { divide } from '../trace/divide.ts';
import { POINT_PERMITS, PointJudge } from '../trace/point-judge.ts';

/** Policies that permit together, with everything of a request that meets them anywhere. */
export interface AskedLayer {
  readonly layer: PointLayer;
  readonly direction: Direction | null;
  readonly region: Region;
  /** Interfaces with the layer that the request meets, by id. */
  readonly attachments: readonly string[];
}

/** The layers of the points, each once. In the order in which packets meet them first. */
export function findAskedLayers(points: readonly EnforcementPoint[]): AskedLayer[] {
  const layers = new Map<string, AskedLayer>();
  for (const { layers: own, direction, region, attachments } of points) {
    for (const layer of own) {
      const exceptions = layer.exceptRemote.map(({ family, first, last }) => `${family}:${first}-${last}`);
      const key = JSON.stringify([direction, layer.policies.map(({ id }) => id), exceptions]);
      const before = layers.get(key);
      if (before === undefined) layers.set(key, { layer, direction, region, attachments });
      else
        layers.set(key, {
          ...before,
          region: unite(before.region, region),
          attachments: [...new Set([...before.attachments, ...attachments])].sort(),
        });
    }
  }
  return [...layers.values()];
}

/** Parts of one request that differ in their local side alone are a product together. */
function unite(a: Region, b: Region): Region {
  return {
    families: ([4, 6] as const).filter((family) => a.families.includes(family) || b.families.includes(family)),
    source: normaliseRanges([...a.source, ...b.source]),
    destination: normaliseRanges([...a.destination, ...b.destination]),
    services: a.services,
  };
}

/** What is denied for some value of the unknowns; nothing where all is permitted, null beyond the budget. */
export function findDenied(asked: AskedLayer, budget: number): Region[] | null {
  const { space, layers, region } = compilePoint({ layers: [asked.layer], direction: asked.direction }, asked.region);
  const pieces = divide(space, [new PointJudge(space, layers)], {
    domain: boxesOf(region),
    budget,
    isWanted: ([outcome]) => outcome !== POINT_PERMITS,
  });
  if (pieces === null) return null;
  return toRegions(
    space.axes,
    pieces.map(({ bounds }) => bounds),
  );
}

/** The layer with some of its policies changed. */
export function changeLayer(asked: AskedLayer, change: (policy: Policy) => Policy): AskedLayer {
  return { ...asked, layer: { ...asked.layer, policies: asked.layer.policies.map(change) } };
}
