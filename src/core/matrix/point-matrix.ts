import type { ServiceMatrix } from '../../model/service-matrix.ts';
import { asInventoried } from '../ask/as-inventoried.ts';
import type { EnforcementPoint } from '../ask/enforcement-points.ts';
import { nameSome } from '../findings/enforcement-points.ts';
import { toExceptionSource } from '../trace/layers.ts';
import { type TraceSource, toTraceSource } from '../trace/trace-source.ts';
import { buildServiceMatrix, type MatrixBudget } from './service-matrix.ts';

/** The matrix of an enforcement point, for its part of the region. References are as the inventory has them: members belong, the others are a condition. */
export function matrixOfPoint(point: EnforcementPoint, budget: MatrixBudget): ServiceMatrix {
  return buildServiceMatrix({ name: nameOfPoint(point), layers: layersOfPoint(point), asked: point.region, budget });
}

const UNSEEN = 'remote addresses that it does not look at';

/** A policy that stands in several layers is one source. */
function layersOfPoint({ layers, direction }: EnforcementPoint): TraceSource[][] {
  const policies = new Map(layers.flatMap((layer) => layer.policies.map((policy) => [policy.id, policy] as const)));
  const sources = new Map([...policies].map(([id, policy]) => [id, toTraceSource(asInventoried(policy))]));
  return layers.map((layer) => {
    const own = layer.policies.flatMap(({ id }) => sources.get(id) ?? []);
    if (direction === null || layer.exceptRemote.length === 0) return own;
    return [...own, { ...toExceptionSource({ direction, remotes: layer.exceptRemote }), name: UNSEEN }];
  });
}

/** `in on eni-1, eni-2`; the policies where no interface is known. */
function nameOfPoint({ attachments, direction, layers }: EnforcementPoint): string {
  const policies = nameSome(layers.flatMap((layer) => layer.policies.map(({ id }) => id)));
  return attachments.length === 0 ? policies : `${direction === null ? '' : `${direction} `}on ${nameSome(attachments)}`;
}
