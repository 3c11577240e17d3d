import type { AreaCondition, PacketSet, PacketTotal, RulesInPart } from '../../model/packet-area.ts';
import { formatRegion, type Region } from '../../model/region-notation.ts';
import { DEFAULT_RULE, type RuleRef } from '../../model/rule.ts';
import type { Piece, PieceCase } from '../trace/divide.ts';
import { addCounts, countRegion, NO_PACKETS } from '../trace/packet-count.ts';
import type { PacketCount } from '../trace/packets.ts';
import { PACKET_AXES } from '../trace/trace-axes.ts';
import type { TraceSpace } from '../trace/trace-space.ts';
import { formatWitness, toWitness } from '../trace/witness.ts';
import { toRegions } from './packet-sets.ts';

const MOST_REGIONS = 100;
const MOST_RULES = 20;

/** Who decides in each case of a piece: entries, `-1 - program` for a default. */
export interface CaseDeciders {
  readonly entries: readonly number[];
  readonly complete: boolean;
}

/** Pieces that are treated alike, by the same rules. */
export interface PieceGroup {
  readonly cases: readonly PieceCase[];
  /** One for each case, or for each side of each case. */
  readonly deciders: readonly CaseDeciders[];
  readonly pieces: readonly Piece[];
  readonly packets: PacketCount;
}

/** Pieces by their cases and by who decides them, in order of appearance. */
export function groupPieces(
  space: TraceSpace,
  pieces: readonly Piece[],
  decidersOf: (piece: Piece) => readonly CaseDeciders[],
): PieceGroup[] {
  const groups = new Map<string, PieceGroup & { pieces: Piece[]; packets: PacketCount }>();
  for (const piece of pieces) {
    const deciders = decidersOf(piece);
    const key = JSON.stringify([piece.cases, deciders]);
    const group = groups.get(key) ?? { cases: piece.cases, deciders, pieces: [], packets: NO_PACKETS };
    group.pieces.push(piece);
    group.packets = addCounts(group.packets, countRegion(space, piece.bounds));
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** @param regions the packets, where they are known already */
export function toPacketSet(space: TraceSpace, { pieces, packets, cases }: PieceGroup, regions = regionsOf(space, pieces)): PacketSet {
  const lines = regions.flatMap(formatRegion);
  const [first] = pieces;
  const witness = first === undefined ? '' : formatWitness(toWitness(space, { bounds: first.bounds, extra: cases[0]?.conditions ?? [] }));
  return {
    count: toTotal(packets),
    regions: lines.slice(0, MOST_REGIONS),
    regionsOmitted: Math.max(0, lines.length - MOST_REGIONS),
    witness,
  };
}

export function regionsOf({ axes }: TraceSpace, pieces: readonly Piece[]): Region[] {
  return toRegions(
    axes,
    pieces.map(({ bounds }) => bounds),
  );
}

export function toTotal({ ipv4, ipv6 }: PacketCount): PacketTotal {
  return { packets: String(ipv4 + ipv6), ipv4: String(ipv4), ipv6: String(ipv6) };
}

export function toConditions({ axes }: TraceSpace, { conditions }: PieceCase): AreaCondition[] {
  return conditions.map(({ axis, first, last }): AreaCondition => {
    const extra = axes.extra[axis - PACKET_AXES];
    if (extra === undefined) throw new Error(`axis ${axis} is none of the ${axes.extra.length} beyond the packet`);
    if (extra.kind === 'unknown') return { unknown: extra.name, holds: first === 1 };
    return { axis: extra.name, values: extra.values.slice(first, last + 1) };
  });
}

/** Entries of a space as rules, `-1 - program` as the default of the program; in evaluation order, the default of each policy last. */
export function toRules(space: TraceSpace, { entries, complete }: CaseDeciders, policyOf: (program: number) => string | null): RulesInPart {
  const order = (entry: number): number => (entry < 0 ? (space.programs[-1 - entry]?.endEntry ?? 0) - 0.5 : entry);
  const rules = [...new Set(entries)]
    .sort((a, b) => order(a) - order(b) || b - a)
    .flatMap((entry): RuleRef[] => {
      const policy = policyOf(entry < 0 ? -1 - entry : (space.entries[entry]?.program ?? -1));
      return policy === null ? [] : [{ policy, rule: entry < 0 ? DEFAULT_RULE : (space.entries[entry]?.id ?? '') }];
    });
  return { rules: rules.slice(0, MOST_RULES), omitted: Math.max(0, rules.length - MOST_RULES), complete };
}
