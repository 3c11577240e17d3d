import { STRIDE } from '../trace/box-table.ts';
import { askWithoutEntry } from '../trace/removal.ts';
import type { TraceContext } from '../trace/trace-context.ts';
import { CONTROL_CONTINUE } from '../trace/trace-space.ts';
import type { Witness } from '../trace/witness.ts';
import { entriesAround } from './components.ts';
import { isDecomposable } from './elimination.ts';

/** An entry that has an effect today, with a packet that it decides. */
export interface LiveEntry {
  readonly entry: number;
  readonly witness: Witness;
}

/**
 * Entries that have an effect today and may have none once candidates are gone: where such an entry decides, a candidate of another effect follows, and
 * behind that somebody who decides as the entry does. Only these can join a set of removals beside the candidates themselves; ascending. There are none
 * where rules have no order.
 *
 * @param live entries that may be proposed at all
 */
export function findConsequences(context: TraceContext, candidates: ReadonlySet<number>, live: readonly LiveEntry[]): number[] {
  const { program } = context;
  if (program.evaluation !== 'first-match' || !isDecomposable(context)) return [];
  const members = new Set(candidates);
  let rest = live.map(({ entry, witness }) => ({ entry, point: toPoint(context, witness) }));
  for (let fresh = [...candidates]; fresh.length > 0; ) {
    const joining = rest.filter(
      ({ entry, point }) => meetsLater(context, entry, fresh) && mayLoseItsEffect(context, entry, point, members),
    );
    fresh = joining.map(({ entry }) => entry);
    for (const entry of fresh) members.add(entry);
    rest = rest.filter(({ entry }) => !members.has(entry));
  }
  return [...members].filter((entry) => !candidates.has(entry)).sort((a, b) => a - b);
}

/** Whether one of the members stands behind the entry, overlaps it and has another effect. */
function meetsLater({ space }: TraceContext, entry: number, members: readonly number[]): boolean {
  const { effectOf, firstBox } = space;
  const { bounds } = space.boxes;
  for (const member of members) {
    if (member < entry || effectOf[member] === effectOf[entry]) continue;
    for (let a = firstBox[entry]! * STRIDE; a < firstBox[entry + 1]! * STRIDE; a += STRIDE) {
      for (let b = firstBox[member]! * STRIDE; b < firstBox[member + 1]! * STRIDE; b += STRIDE) if (overlap(bounds, a, b)) return true;
    }
  }
  return false;
}

function overlap(bounds: Int32Array, a: number, b: number): boolean {
  for (let k = 0; k < STRIDE; k += 2) if (bounds[a + k]! > bounds[b + k + 1]! || bounds[b + k]! > bounds[a + k + 1]!) return false;
  return true;
}

/** The best that can happen to an entry: whoever is in its way goes, whoever could stand in for it stays. One packet of it often says no at once. */
function mayLoseItsEffect(context: TraceContext, entry: number, point: Int32Array, members: ReadonlySet<number>): boolean {
  const { effectOf } = context.space;
  const isInTheWay = (other: number): boolean => members.has(other) && effectOf[other] !== effectOf[entry];
  return !keepsEffectAt(context, entry, point, isInTheWay) && askWithoutEntry(context, entry, isInTheWay).kind === 'none';
}

/** Whether the first box behind the entry that surely holds the point, and does not go, has another effect. */
function keepsEffectAt(
  { space, program, finder }: TraceContext,
  entry: number,
  point: Int32Array,
  isGone: (entry: number) => boolean,
): boolean {
  finder.collect(point, space.firstBox[entry + 1]!, program.endBox, null);
  for (let i = 0; i < finder.count; i++) {
    const box = finder.found[i]!;
    const other = space.boxes.entryOf[box]!;
    if (space.controlOf[other] === CONTROL_CONTINUE || isGone(other)) continue;
    // Whether a box with sets holds the point is not looked into: the question is then asked in full.
    return space.effectOf[other] !== space.effectOf[entry] && space.boxes.setStart[box] === space.boxes.setStart[box + 1];
  }
  return program.defaultEffect !== space.effectOf[entry];
}

/** Ranks of a packet, each as an interval of one. ICMP type and code stand on the axes of the ports; what a protocol lacks is 0 there. */
function toPoint({ space: { axes } }: TraceContext, packet: Witness): Int32Array {
  const ranks = [
    axes.source.rankOf(packet.family, packet.source),
    axes.destination.rankOf(packet.family, packet.destination),
    axes.protocol.rankOf(packet.protocol),
    axes.sourcePort.rankOf(packet.sourcePort ?? packet.icmpType ?? 0),
    axes.destinationPort.rankOf(packet.destinationPort ?? packet.icmpCode ?? 0),
  ];
  return Int32Array.from(ranks.flatMap((rank) => [rank, rank]));
}

/** Those of the entries gone that stood in the way of another one: later, overlapping, of another effect. Ascending. */
export function inTheWayOf(context: TraceContext, entry: number, gone: ReadonlySet<number>): number[] {
  const { program, space } = context;
  const around = entriesAround(context, entry, space.firstBox[entry + 1]!, program.endBox, gone);
  return [...around].filter((other) => space.effectOf[other] !== space.effectOf[entry]).sort((a, b) => a - b);
}
