import { subtractRanges } from '../../model/address-sets.ts';
import type { Direction, Policy } from '../../model/policy.ts';
import { type Region, toMatchProducts } from '../../model/region-notation.ts';
import type { Piece } from '../trace/divide.ts';
import { exceptionName, toExceptionSource } from '../trace/layers.ts';
import { addCounts, countRegion, NO_PACKETS } from '../trace/packet-count.ts';
import type { PacketCount } from '../trace/packets.ts';
import type { PointLayers } from '../trace/point-judge.ts';
import { DECIDE, type TraceSource, toTraceSource } from '../trace/trace-source.ts';
import { compileTrace, type TraceProgram, type TraceSpace } from '../trace/trace-space.ts';
import { asInventoried } from './as-inventoried.ts';
import type { EnforcementPoint, PointLayer } from './enforcement-points.ts';

/** A point over common axes, with a region as one more program. */
export interface CompiledPoint {
  readonly space: TraceSpace;
  readonly layers: PointLayers;
  /** Permits what the region holds; one entry. */
  readonly region: TraceProgram;
  /** For each layer: the region without what the layer does not look at; the region itself where it looks at everything. */
  readonly looked: readonly TraceProgram[];
  /** Indexes of the programs that stand for what a layer does not look at. */
  readonly exceptions: ReadonlySet<number>;
  /** Null for what is no policy: exceptions, the region. */
  policyOf(program: number): string | null;
}

export function compilePoint({ layers, direction }: Pick<EnforcementPoint, 'layers' | 'direction'>, region: Region): CompiledPoint {
  const policies = new Map(layers.flatMap((layer) => layer.policies.map((policy) => [policy.id, policy] as const)));
  const exceptions = new Map<string, TraceSource>();
  const names = layers.map((layer) => {
    const name = direction === null ? null : exceptionName(direction, layerOf(layer));
    if (name !== null && direction !== null) exceptions.set(name, toExceptionSource({ direction, remotes: layer.exceptRemote }));
    return [...layer.policies.map(({ id }) => id), ...(name === null ? [] : [name])];
  });
  const sources = [...policies.values()].map((policy) => toTraceSource(asInventoried(policy)));
  const looked = layers.map(({ exceptRemote }) =>
    direction === null || exceptRemote.length === 0 ? region : withoutRemote(region, direction, exceptRemote),
  );
  const parts = looked.flatMap((part, l) => (part === region ? [] : [{ ...toRegionSource(part), name: partName(l) }]));
  const space = compileTrace([...sources, ...exceptions.values(), ...parts, toRegionSource(region)]);
  const byName = new Map(space.programs.map((program) => [program.name, program]));
  const whole = space.programs.at(-1) as TraceProgram;
  return {
    space,
    layers: names.map((layer) => layer.map((name) => byName.get(name) as TraceProgram)),
    region: whole,
    looked: looked.map((_, l) => byName.get(partName(l)) ?? whole),
    exceptions: new Set([...exceptions.keys()].map((name) => (byName.get(name) as TraceProgram).index)),
    policyOf: (program) => {
      const name = space.programs[program]?.name ?? '';
      return policies.has(name) ? name : null;
    },
  };
}

function layerOf({ policies, exceptRemote }: PointLayer): { policies: readonly string[]; exceptRemote: PointLayer['exceptRemote'] } {
  return { policies: policies.map(({ id }: Policy) => id), exceptRemote };
}

function withoutRemote(region: Region, direction: Direction, remotes: PointLayer['exceptRemote']): Region {
  const side = direction === 'in' ? 'source' : 'destination';
  return { ...region, [side]: subtractRanges(region[side], remotes) };
}

const REGION_NAME = '(asked)';

function partName(layer: number): string {
  return `(looked at by layer ${layer})`;
}

/** A region as a source of one permitting entry. */
export function toRegionSource(region: Region): TraceSource {
  const match = { products: toMatchProducts(region) };
  return {
    name: REGION_NAME,
    evaluation: 'any-permit',
    defaultEffect: { verdict: 'deny', attributes: {} },
    chains: [{ name: REGION_NAME, entries: [{ id: REGION_NAME, match, effect: { verdict: 'permit', attributes: {} }, control: DECIDE }] }],
  };
}

export function boxesOf({ firstBox, endBox }: TraceProgram): number[] {
  return Array.from({ length: endBox - firstBox }, (_, i) => firstBox + i);
}

export function countPieces(space: TraceSpace, pieces: readonly Piece[]): PacketCount {
  return pieces.reduce((sum, { bounds }) => addCounts(sum, countRegion(space, bounds)), NO_PACKETS);
}
