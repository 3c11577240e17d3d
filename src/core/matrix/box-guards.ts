import { STRIDE } from '../trace/box-table.ts';
import { type DESTINATION, DESTINATION_PORT, PACKET_AXES, PROTOCOL, type SOURCE, SOURCE_PORT } from '../trace/trace-axes.ts';
import type { TraceSpace } from '../trace/trace-space.ts';
import { DENIED, type Diagrams, PERMITTED } from './diagrams.ts';

/** Levels of the diagrams: protocol, destination port (ICMP: code), source port (ICMP: type), then finite and unknown axes. */
export const LEVEL_PROTOCOL = 0;
export const LEVEL_DESTINATION_PORT = 1;
export const LEVEL_SOURCE_PORT = 2;
export const LEVEL_CONDITIONS = 3;

/**
 * For each box of the space what it asks for above the addresses, as a diagram that permits just that.
 *
 * @param levelOf the level of each finite and unknown axis, by place among the extra axes
 */
export function buildBoxGuards(space: TraceSpace, diagrams: Diagrams, levelOf: Int32Array): Int32Array {
  const guards = new Int32Array(space.boxes.count);
  for (let box = 0; box < guards.length; box++) guards[box] = guardOf(space, diagrams, levelOf, box);
  return guards;
}

function guardOf(space: TraceSpace, diagrams: Diagrams, levelOf: Int32Array, box: number): number {
  const { axes, boxes } = space;
  const { setStart, setAxis } = boxes;
  let guard = PERMITTED;
  const sets = Array.from({ length: setStart[box + 1]! - setStart[box]! }, (_, i) => setStart[box]! + i);
  const levelAt = (i: number): number => levelOf[setAxis[i]! - PACKET_AXES]!;
  const deepestFirst = sets.filter((i) => setAxis[i]! >= PACKET_AXES).sort((a, b) => levelAt(b) - levelAt(a));
  for (const i of deepestFirst) {
    const axis = setAxis[i]! - PACKET_AXES;
    guard = inStretches(diagrams, levelAt(i), stretchesOfSet(space, i), axes.extra[axis]!.count, guard);
  }
  const at = box * STRIDE;
  const bounds = (axis: number): Stretches => [[boxes.bounds[at + 2 * axis]!, boxes.bounds[at + 2 * axis + 1]!]];
  guard = inStretches(diagrams, LEVEL_SOURCE_PORT, bounds(SOURCE_PORT), axes.sourcePort.count, guard);
  const portSet = sets.find((i) => setAxis[i] === DESTINATION_PORT);
  const ports = portSet === undefined ? bounds(DESTINATION_PORT) : stretchesOfSet(space, portSet);
  guard = inStretches(diagrams, LEVEL_DESTINATION_PORT, ports, axes.destinationPort.count, guard);
  return inStretches(diagrams, LEVEL_PROTOCOL, bounds(PROTOCOL), axes.protocol.count, guard);
}

/** First and last rank, ascending and disjoint. */
type Stretches = readonly (readonly [number, number])[];

/** The ranks of a box on an address axis. */
export function addressStretches(space: TraceSpace, box: number, axis: typeof SOURCE | typeof DESTINATION): Stretches {
  const { setStart, setAxis, bounds } = space.boxes;
  for (let i = setStart[box]!; i < setStart[box + 1]!; i++) if (setAxis[i] === axis) return stretchesOfSet(space, i);
  return [[bounds[box * STRIDE + 2 * axis]!, bounds[box * STRIDE + 2 * axis + 1]!]];
}

function stretchesOfSet({ boxes }: TraceSpace, set: number): Stretches {
  const stretches: [number, number][] = [];
  for (let r = boxes.rangeStart[boxes.setId[set]!]!; r < boxes.rangeStart[boxes.setId[set]! + 1]!; r++) {
    stretches.push([boxes.rangeFirst[r]!, boxes.rangeLast[r]!]);
  }
  return stretches;
}

function inStretches(diagrams: Diagrams, level: number, stretches: Stretches, count: number, child: number): number {
  const parts: { first: number; child: number }[] = [];
  let next = 0;
  for (const [first, last] of stretches) {
    if (first > next) parts.push({ first: next, child: DENIED });
    parts.push({ first, child });
    next = last + 1;
  }
  if (next < count) parts.push({ first: next, child: DENIED });
  return diagrams.node(level, parts);
}
