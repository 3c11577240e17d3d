import { ANY_OTHER_VALUE } from '../../../src/core/trace/trace-axes.ts';
import type { TraceSource } from '../../../src/core/trace/trace-source.ts';
import type { Witness } from '../../../src/core/trace/witness.ts';
import type { AddressRange } from '../../../src/model/address.ts';
import type { Match, MatchProduct } from '../../../src/model/match.ts';
import type { Policy } from '../../../src/model/policy.ts';
import type { Service } from '../../../src/model/service.ts';
import { policyOf, ruleOf } from '../policies.ts';
import type { TinyBox, TinyPoint, TinyPolicy, TinyService, TinyUniverse } from './tiny-policy.ts';

/** The same policy as the engine reads it, with real addresses. The last state of a universe is the one that no rule names. */
export function toTraceSource(policy: TinyPolicy): TraceSource {
  return {
    name: 'tiny',
    evaluation: policy.evaluation,
    defaultEffect: { verdict: policy.defaultVerdict, attributes: {} },
    chains: policy.chains.map((chain, index) => ({
      name: `chain ${index}`,
      entries: chain.map((rule) => ({
        id: rule.id,
        match: toMatch(rule.boxes, policy.universe),
        effect: { verdict: rule.verdict, attributes: attributesOf(rule.attribute) },
        control:
          typeof rule.control === 'string'
            ? { kind: rule.control }
            : 'jump' in rule.control
              ? { kind: 'jump', chain: `chain ${rule.control.jump}` }
              : { kind: 'goto', chain: `chain ${rule.control.goto}` },
      })),
    })),
  };
}

/** A policy without chains as a value of the model. */
export function toModelPolicy(policy: TinyPolicy, id = 'tiny'): Policy {
  const rules = (policy.chains[0] ?? []).map((rule) =>
    ruleOf('permit any any -> any', {
      id: rule.id,
      match: toMatch(rule.boxes, policy.universe),
      effect: { verdict: rule.verdict ?? 'deny', attributes: attributesOf(rule.attribute) },
    }),
  );
  const numbered = policyOf([], { id, evaluation: policy.evaluation, defaultAction: policy.defaultVerdict });
  return { ...numbered, rules: rules.map((rule, rank) => ({ ...rule, rank })) };
}

function attributesOf(attribute: string): Record<string, string> {
  return attribute === '' ? {} : { note: attribute };
}

export function toMatch(boxes: readonly TinyBox[], universe: TinyUniverse): Match {
  return { products: boxes.map((box) => toProduct(box, universe)) };
}

function toProduct(box: TinyBox, universe: TinyUniverse): MatchProduct {
  const side = (cells: TinyBox['source'], count: number): AddressRange[] =>
    cells.map(([first, last]) => ({
      family: box.family,
      first: cellStart(box.family, first, count),
      last: cellStart(box.family, last + 1, count) - 1n,
    }));
  const axis = (unknown: number): string => universe.unknowns[unknown] as string;
  return {
    family: box.family,
    source: {
      ranges: side(box.source, universe.sourceCells),
      membership: box.member === null ? null : { axis: axis(box.member), members: null },
    },
    destination: { ranges: side(box.destination, universe.destinationCells), membership: null },
    services: box.services.map(toService),
    finite: box.states === null ? [] : [{ axis: 'state', values: box.states.map((state) => stateName(universe, state)) }],
    unknowns: box.unknowns.filter((unknown) => unknown !== box.member).map(axis),
  };
}

export function cellStart(family: 4 | 6, cell: number, count: number): bigint {
  return ((family === 4 ? 1n << 32n : 1n << 128n) * BigInt(cell)) / BigInt(count);
}

function stateName(universe: TinyUniverse, state: number): string {
  return state === universe.states.length - 1 ? ANY_OTHER_VALUE : (universe.states[state] as string);
}

function toService(service: TinyService): Service {
  const range = (ports: readonly [number, number] | null): Service['destinationPort'] =>
    ports === null ? null : { first: ports[0], last: ports[1] };
  return {
    protocolFirst: service.protocolFirst,
    protocolLast: service.protocolLast,
    sourcePort: range(service.sourcePorts),
    destinationPort: range(service.ports),
    icmpType: service.type,
    icmpCode: null,
  };
}

/** Every point that a witness stands for: conditions that it does not list may have any value. */
export function pointsOfWitness(witness: Witness, universe: TinyUniverse, points: readonly TinyPoint[]): number[] {
  const cell = (address: bigint, count: number): number => {
    let found = 0;
    while (found + 1 < count && cellStart(witness.family, found + 1, count) <= address) found++;
    return found;
  };
  const source = cell(witness.source, universe.sourceCells);
  const destination = cell(witness.destination, universe.destinationCells);
  const service = serviceClass(witness, universe);
  const stateOf = new Map(witness.finite.map(({ axis, value }) => [axis, value]));
  return points.flatMap((point, index) => {
    if (point.family !== witness.family || point.source !== source || point.destination !== destination || point.service !== service)
      return [];
    const state = stateOf.get('state');
    const isState = state === undefined || stateName(universe, point.state) === state;
    const isUnknown = witness.unknowns.every(
      ({ axis, value }) => ((point.unknowns >> universe.unknowns.indexOf(axis)) & 1) === (value ? 1 : 0),
    );
    return isState && isUnknown ? [index] : [];
  });
}

/** The class of packets a witness belongs to: that of its protocol, with the highest port not above its own, or its very type. */
function serviceClass(witness: Witness, universe: TinyUniverse): number {
  const standsFor = classProtocol(witness.protocol, universe);
  const classes = universe.services.map((each, index) => ({ ...each, index })).filter(({ protocol }) => protocol === standsFor);
  const named =
    witness.icmpType === null
      ? classes.filter(({ destinationPort }) => destinationPort <= (witness.destinationPort ?? 0)).at(-1)
      : classes.find(({ sourcePort }) => sourcePort === witness.icmpType);
  // A type that no class names belongs to the class of the other types, which stands first.
  return (named ?? classes[0])?.index ?? -1;
}

/** The protocol of the class that stands for a protocol. */
function classProtocol(protocol: number, universe: TinyUniverse): number {
  const named = universe.services.some((each) => each.protocol === protocol);
  if (named) return protocol;
  if (!universe.services.some((each) => each.protocol === 17)) return 47;
  if (protocol === 33 || protocol === 136) return 132;
  return protocol < 17 && protocol > 6 ? 8 : 200;
}
