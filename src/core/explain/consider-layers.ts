import type { ConsideredLayer, PacketVerdict } from '../../model/explanation.ts';
import type { Packet } from '../../model/packet-notation.ts';
import type { Policy } from '../../model/policy.ts';
import { type Candidate, decidersIn, type PolicyReading, readPolicy, toConsideredPolicy } from './consider-policy.ts';
import { possibleWorlds, type World } from './possible-worlds.ts';

/** Policies that permit together, at one place. */
export interface MetLayer {
  readonly policies: readonly Policy[];
  /** Why the packet does not meet it; null: it does. */
  readonly skipped: string | null;
}

export interface LayersVerdict {
  readonly verdict: PacketVerdict;
  readonly asExported: PacketVerdict;
  readonly layers: readonly ConsideredLayer[];
}

/** More combinations of unknowns than this are not tried; every rule that may match then counts as able to decide. */
const MOST_WORLDS = 4096;

/** Layers that all have to permit the packet. One unknown has one value in all of them. No layer at all permits. */
export function considerLayers(layers: readonly MetLayer[], packet: Packet): LayersVerdict {
  const readings = layers.map(({ policies, skipped }) => (skipped === null ? policies.map((policy) => readPolicy(policy, packet)) : []));
  const candidates = readings.flat().flatMap((reading) => reading.candidates);
  const questions = candidates.flatMap(({ alternatives }) => alternatives.flat());
  const worlds = possibleWorlds(questions, MOST_WORLDS);
  if (worlds === null) return withoutWorlds(layers, readings);
  const exported =
    possibleWorlds(
      questions.filter(({ condition }) => condition.kind !== 'membership'),
      MOST_WORLDS,
    ) ?? worlds;
  const reached = new Set<Candidate>();
  for (const world of worlds)
    for (const reading of readings.flat()) for (const candidate of decidersIn(reading, world)) reached.add(candidate);
  const permits = (layer: readonly PolicyReading[], world: World): boolean =>
    layer.length === 0 || layer.some((reading) => decidersIn(reading, world).some(({ action }) => action === 'permit'));
  return {
    verdict: fromAnswers(worlds.map((world) => readings.every((layer) => permits(layer, world)))),
    asExported: fromAnswers(exported.map((world) => readings.every((layer) => permits(layer, world)))),
    layers: layers.map((layer, index) =>
      toConsideredLayer(layer, readings[index] ?? [], reached, fromAnswers(worlds.map((world) => permits(readings[index] ?? [], world)))),
    ),
  };
}

function fromAnswers(permitted: readonly boolean[]): PacketVerdict {
  if (permitted.every((answer) => answer)) return 'permitted';
  return permitted.some((answer) => answer) ? 'depends' : 'denied';
}

/** Too many unknowns to try them together: each rule that may match is taken to decide in some case, whatever the others do. */
function withoutWorlds(layers: readonly MetLayer[], readings: readonly (readonly PolicyReading[])[]): LayersVerdict {
  const reached = new Set(readings.flat().flatMap(({ candidates }) => candidates));
  const verdicts = readings.map((layer, index) =>
    layers[index]?.skipped !== null
      ? 'permitted'
      : anyOf(layer.map(({ candidates }) => fromAnswers(candidates.map(({ action }) => action === 'permit')))),
  );
  const verdict = allOf(verdicts);
  return {
    verdict,
    asExported: verdict,
    layers: layers.map((layer, index) => toConsideredLayer(layer, readings[index] ?? [], reached, verdicts[index] ?? 'depends')),
  };
}

function anyOf(verdicts: readonly PacketVerdict[]): PacketVerdict {
  if (verdicts.includes('permitted')) return 'permitted';
  return verdicts.includes('depends') ? 'depends' : 'denied';
}

/** What several places that all have to permit come to. */
export function allOf(verdicts: readonly PacketVerdict[]): PacketVerdict {
  if (verdicts.includes('denied')) return 'denied';
  return verdicts.includes('depends') ? 'depends' : 'permitted';
}

function toConsideredLayer(
  { policies, skipped }: MetLayer,
  readings: readonly PolicyReading[],
  reached: ReadonlySet<Candidate>,
  verdict: PacketVerdict,
): ConsideredLayer {
  return {
    skipped,
    stateful: policies.every(({ stateful }) => stateful),
    verdict,
    policies: readings.map((reading) => toConsideredPolicy(reading, reached)),
  };
}
