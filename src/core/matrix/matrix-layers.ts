import { matchEverything } from '../../model/match.ts';
import type { Attachment, Direction, Layer, Policy } from '../../model/policy.ts';
import { toExceptionSource } from '../trace/layers.ts';
import { DECIDE, type TraceSource, toTraceSource } from '../trace/trace-source.ts';

/** A policy alone: one layer. */
export function layersOfPolicy(policy: Policy): readonly (readonly TraceSource[])[] {
  return [[toTraceSource(policy)]];
}

/**
 * The layers of an interface in one direction. A policy that the exports do not hold permits what we do not know: it is an unknown of its own, so that
 * what hangs on it is conditional. A layer that names no policy at all permits nothing but its exceptions.
 */
export function layersOfAttachment(
  policies: readonly Policy[],
  attachment: Attachment,
  direction: Direction,
): readonly (readonly TraceSource[])[] {
  const known = new Map(policies.map((policy) => [policy.id, policy]));
  const sources = new Map<string, TraceSource>();
  const sourceOf = (id: string): TraceSource => {
    const policy = known.get(id);
    const source = sources.get(id) ?? (policy === undefined ? toUnknownSource(id) : toTraceSource(policy));
    sources.set(id, source);
    return source;
  };
  return attachment[direction].map((layer) => [...layer.policies.map(sourceOf), ...exceptions(layer, direction)]);
}

const UNSEEN = 'remote addresses that it does not look at';

function exceptions({ exceptRemote }: Layer, direction: Direction): TraceSource[] {
  return exceptRemote.length === 0 ? [] : [{ ...toExceptionSource({ direction, remotes: exceptRemote }), name: UNSEEN }];
}

function toUnknownSource(id: string): TraceSource {
  const match = matchEverything([`policy ${id} permits it (the exports do not hold its rules)`]);
  const entry = { id: 'unknown', match, effect: { verdict: 'permit' as const, attributes: {} }, control: DECIDE };
  return {
    name: id,
    evaluation: 'any-permit',
    defaultEffect: { verdict: 'deny', attributes: {} },
    chains: [{ name: id, entries: [entry] }],
  };
}
