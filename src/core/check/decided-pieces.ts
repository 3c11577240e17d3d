import type { Piece } from '../trace/divide.ts';
import { relatePacket } from '../trace/packet-count.ts';
import { DeciderFinder } from '../trace/point-judge.ts';
import { CONTAINED, DISJOINT, RegionStack } from '../trace/region-stack.ts';
import type { TraceProgram, TraceSpace } from '../trace/trace-space.ts';

/** A piece, and the entries that decide it: each decides every packet of it, for some value of the conditions. */
export interface DecidedPiece {
  readonly piece: Piece;
  readonly entries: readonly number[];
}

/** Regions that may be taken up for one group of pieces. */
const BUDGET = 200_000;

/**
 * Tells apart who decides what of pieces that several entries decide together: pieces are cut along the boxes of these entries. A single entry decides
 * all of it. Beyond the budget every entry stands for the whole piece, so that more is laid at its door than it does, never less.
 *
 * @param program whose entries they are
 */
export function tellDecidersApart(
  space: TraceSpace,
  program: TraceProgram,
  pieces: readonly Piece[],
  entries: readonly number[],
): readonly DecidedPiece[] {
  if (entries.length <= 1) return pieces.map((piece) => ({ piece, entries }));
  const boxes = entries.flatMap((entry) => boxesOf(space, entry));
  const stack = new RegionStack(space);
  const finder = new DeciderFinder(space, [[program]]);
  let left = BUDGET;
  return pieces.flatMap((piece): DecidedPiece[] => {
    const parts: DecidedPiece[] = [];
    stack.begin({ bounds: piece.bounds, extra: [] }, 0, 0);
    while (stack.next()) {
      if (--left < 0) return [{ piece, entries }];
      const cut = boxes.find((box) => ![CONTAINED, DISJOINT].includes(relatePacket(space, stack, box)));
      if (cut !== undefined) {
        stack.splitAlongPacket(cut);
        continue;
      }
      const part: Piece = { bounds: stack.bounds.slice(), cases: piece.cases };
      const deciding = new Set<number>();
      for (const { conditions } of piece.cases) {
        const found = finder.find({ bounds: part.bounds, extra: conditions }, left);
        left -= found.spent;
        for (const entry of found.complete ? [...found.permitting, ...found.denying] : entries) deciding.add(entry);
      }
      parts.push({ piece: part, entries: [...deciding] });
    }
    return parts;
  });
}

/** None for a default. */
function boxesOf({ firstBox }: TraceSpace, entry: number): number[] {
  if (entry < 0) return [];
  const first = firstBox[entry] as number;
  return Array.from({ length: (firstBox[entry + 1] as number) - first }, (_, i) => first + i);
}
