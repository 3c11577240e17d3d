import type { AddressRange } from '../../model/address.ts';
import type { PortRange } from '../../model/service.ts';
import type { MatchBox } from './match-boxes.ts';
import { type AddressAxis, DESTINATION, DESTINATION_PORT, type NumberAxis, PACKET_AXES, SOURCE, type TraceAxes } from './trace-axes.ts';

/** Numbers of a box in {@link BoxTable.bounds}: first and last rank on each of the packet axes. */
export const STRIDE = 2 * PACKET_AXES;

/**
 * Boxes as columns. Every box has an interval on each packet axis; where it holds several stretches of an axis (a list of hosts, of ports), the
 * interval is their hull and the exact set is among its *sets*, as are its finite and unknown conditions. A box without sets is its bounds.
 */
export interface BoxTable {
  readonly count: number;
  readonly bounds: Int32Array;
  readonly entryOf: Int32Array;
  /** Sets of box b: setStart[b] up to, not including, setStart[b + 1]. */
  readonly setStart: Int32Array;
  readonly setAxis: Int32Array;
  /** Index into {@link rangeStart}. */
  readonly setId: Int32Array;
  /** Stretches of set s, sorted, disjoint: rangeFirst/rangeLast[rangeStart[s]] up to, not including, rangeStart[s + 1]. */
  readonly rangeStart: Int32Array;
  readonly rangeFirst: Int32Array;
  readonly rangeLast: Int32Array;
  readonly hasSets: boolean;
}

export function buildBoxTable(axes: TraceAxes, boxes: readonly MatchBox[], entryOf: readonly number[]): BoxTable {
  const bounds = new Int32Array(boxes.length * STRIDE);
  const setStart = new Int32Array(boxes.length + 1);
  const setAxis: number[] = [];
  const setId: number[] = [];
  const sets = new SetTable();
  const extras = numberExtras(axes);
  boxes.forEach((box, index) => {
    const at = index * STRIDE;
    const add = (axis: number, id: number): void => {
      setAxis.push(axis);
      setId.push(id);
    };
    const place = (axis: number, ranks: readonly (readonly [number, number])[]): void => {
      bounds[at + 2 * axis] = (ranks[0] as readonly [number, number])[0];
      bounds[at + 2 * axis + 1] = (ranks[ranks.length - 1] as readonly [number, number])[1];
      if (ranks.length > 1) add(axis, sets.idOf(ranks));
    };
    place(SOURCE, sets.ranksOf(axes.source, box.source));
    place(DESTINATION, sets.ranksOf(axes.destination, box.destination));
    bounds[at + 4] = axes.protocol.rankOf(box.protocolFirst);
    bounds[at + 5] = axes.protocol.rankOf(box.protocolLast);
    bounds[at + 6] = axes.sourcePort.rankOf(box.sourcePort.first);
    bounds[at + 7] = axes.sourcePort.rankOf(box.sourcePort.last);
    place(DESTINATION_PORT, portRanks(axes.destinationPort, box.destinationPorts));
    for (const { axis, values } of box.finite) {
      const { number, rankOf } = extras.finite.get(axis) as FiniteNumbers;
      const ranks = joinRanks(values.map((value) => rankOf.get(value) as number));
      if (ranks.length > 1 || ranks[0]?.[0] !== 0 || ranks[0][1] !== rankOf.size - 1) add(number, sets.idOf(ranks));
    }
    for (const unknown of box.unknowns) add(extras.unknown.get(unknown) as number, sets.idOf([[1, 1]]));
    setStart[index + 1] = setAxis.length;
  });
  return {
    count: boxes.length,
    bounds,
    entryOf: Int32Array.from(entryOf),
    setStart,
    setAxis: Int32Array.from(setAxis),
    setId: Int32Array.from(setId),
    ...sets.toColumns(),
    hasSets: setAxis.length > 0,
  };
}

interface FiniteNumbers {
  readonly number: number;
  readonly rankOf: ReadonlyMap<string, number>;
}

function numberExtras({ extra }: TraceAxes): { readonly finite: Map<string, FiniteNumbers>; readonly unknown: Map<string, number> } {
  const finite = new Map<string, FiniteNumbers>();
  const unknown = new Map<string, number>();
  extra.forEach((axis, index) => {
    const number = PACKET_AXES + index;
    if (axis.kind === 'unknown') unknown.set(axis.name, number);
    else finite.set(axis.name, { number, rankOf: new Map(axis.values.map((value, i) => [value, i])) });
  });
  return { finite, unknown };
}

type RankRanges = readonly (readonly [number, number])[];

/** Sets of ranks, each kept once. */
class SetTable {
  readonly #ids = new Map<string, number>();
  readonly #start: number[] = [0];
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  /** The same list of addresses stands in many rules; lists are compared by identity. */
  readonly #known = new Map<AddressAxis, Map<readonly AddressRange[], RankRanges>>();

  ranksOf(axis: AddressAxis, ranges: readonly AddressRange[]): RankRanges {
    const rankRange = ({ family, first, last }: AddressRange): readonly [number, number] => [
      axis.rankOf(family, first),
      axis.rankOf(family, last),
    ];
    if (ranges.length === 1) return [rankRange(ranges[0] as AddressRange)];
    const ofAxis = this.#known.get(axis) ?? new Map<readonly AddressRange[], RankRanges>();
    this.#known.set(axis, ofAxis);
    const known = ofAxis.get(ranges);
    if (known !== undefined) return known;
    const ranks = ranges.map(rankRange);
    ofAxis.set(ranges, ranks);
    return ranks;
  }

  idOf(ranks: RankRanges): number {
    const key = ranks.map(([first, last]) => `${first}-${last}`).join();
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#start.length - 1;
    for (const [first, last] of ranks) {
      this.#first.push(first);
      this.#last.push(last);
    }
    this.#start.push(this.#first.length);
    this.#ids.set(key, id);
    return id;
  }

  toColumns(): Pick<BoxTable, 'rangeStart' | 'rangeFirst' | 'rangeLast'> {
    return { rangeStart: Int32Array.from(this.#start), rangeFirst: Int32Array.from(this.#first), rangeLast: Int32Array.from(this.#last) };
  }
}

function portRanks(axis: NumberAxis, ports: readonly PortRange[]): RankRanges {
  return ports.map(({ first, last }) => [axis.rankOf(first), axis.rankOf(last)]);
}

function joinRanks(values: readonly number[]): RankRanges {
  const ranges: [number, number][] = [];
  for (const value of [...values].sort((a, b) => a - b)) {
    const before = ranges.at(-1);
    if (before !== undefined && value <= before[1] + 1) before[1] = value;
    else ranges.push([value, value]);
  }
  return ranges;
}
