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
  const { program, space } = context;
  if (program.evaluation !== 'first-match' || !isDecomposable(context)) return [];
  const witnesses = new Map(live.map(({ entry, witness }) => [entry, toPoint(context, witness)]));
  const eligible = new Set(witnesses.keys());
  const members = new Set(candidates);
  for (let fresh = [...candidates]; fresh.length > 0; ) {
    const unsettled = new Set<number>();
    for (const member of fresh) {
      for (const entry of entriesAround(context, member, program.firstBox, space.firstBox[member]!, eligible)) {
        if (space.effectOf[entry] !== space.effectOf[member]) unsettled.add(entry);
      }
    }
    fresh = [...unsettled].filter((entry) => mayLoseItsEffect(context, entry, witnesses.get(entry)!, members));
    for (const entry of fresh) {
      members.add(entry);
      eligible.delete(entry);
    }
  }
  return [...members].filter((entry) => !candidates.has(entry)).sort((a, b) => a - b);
}

/** The best that can happen to an entry: whoever is in its way goes, whoever could stand in for it stays. One packet of it often says no at once. */
function mayLoseItsEffect(context: TraceContext, entry: number, point: Int32Array, members: ReadonlySet<number>): boolean {
  const { effectOf } = context.space;
  const isInTheWay = (other: number): boolean => members.has(other) && effectOf[other] !== effectOf[entry];
  return !keepsEffectAt(context, entry, point, isInTheWay) && askWithoutEntry(context, entry, isInTheWay).kind === 'none';
}

/** Whether the first box behind the entry that surely holds the point, and does not go, has another effect. */
function keepsEffectAt({ space, program }: TraceContext, entry: number, point: Int32Array, isGone: (entry: number) => boolean): boolean {
  const { bounds, entryOf, setStart } = space.boxes;
  for (let box = space.firstBox[entry + 1]!; box < program.endBox; box++) {
    if (!holdsPoint(bounds, box * STRIDE, point)) continue;
    const other = entryOf[box]!;
    if (space.controlOf[other] === CONTROL_CONTINUE || isGone(other)) continue;
    // Whether a box with sets holds the point is not looked into: the question is then asked in full.
    if (space.effectOf[other] === space.effectOf[entry] || setStart[box] !== setStart[box + 1]) return false;
    return true;
  }
  return program.defaultEffect !== space.effectOf[entry];
}

function holdsPoint(bounds: Int32Array, o: number, point: Int32Array): boolean {
  for (let axis = 0; axis < point.length; axis++) {
    if (bounds[o + 2 * axis]! > point[axis]! || bounds[o + 2 * axis + 1]! < point[axis]!) return false;
  }
  return true;
}

/** The ranks of a packet on the packet axes; ICMP type and code stand on the axes of the ports, and what a protocol lacks is 0 there. */
function toPoint({ space: { axes } }: TraceContext, packet: Witness): Int32Array {
  return Int32Array.of(
    axes.source.rankOf(packet.family, packet.source),
    axes.destination.rankOf(packet.family, packet.destination),
    axes.protocol.rankOf(packet.protocol),
    axes.sourcePort.rankOf(packet.sourcePort ?? packet.icmpType ?? 0),
    axes.destinationPort.rankOf(packet.destinationPort ?? packet.icmpCode ?? 0),
  );
}

/** Those of the entries gone that stood in the way of another one: later, overlapping, of another effect. Ascending. */
export function inTheWayOf(context: TraceContext, entry: number, gone: ReadonlySet<number>): number[] {
  const { program, space } = context;
  const around = entriesAround(context, entry, space.firstBox[entry + 1]!, program.endBox, gone);
  return [...around].filter((other) => space.effectOf[other] !== space.effectOf[entry]).sort((a, b) => a - b);
}
