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

/** Tells apart who of the entries of a program decides what, where pieces are known to be decided by several of them together. */
export class DeciderTeller {
  readonly #space: TraceSpace;
  readonly #program: TraceProgram;
  readonly #stack: RegionStack;
  #finder: DeciderFinder | null = null;

  constructor(space: TraceSpace, program: TraceProgram) {
    this.#space = space;
    this.#program = program;
    this.#stack = new RegionStack(space);
  }

  /**
   * Cuts the pieces along the boxes of the entries. A single entry decides all of it. Beyond the budget every entry stands for a whole piece, so that more
   * is laid at its door than it does, never less.
   */
  tell(pieces: readonly Piece[], entries: readonly number[]): DecidedPiece[] {
    if (entries.length <= 1) return pieces.map((piece) => ({ piece, entries }));
    // Costly to make: only for those who need it, and once.
    this.#finder ??= new DeciderFinder(this.#space, [[this.#program]]);
    const boxes = entries.flatMap((entry) => boxesOf(this.#space, entry));
    const budget = { left: BUDGET };
    return pieces.flatMap((piece) => this.#cut(piece, boxes, entries, budget) ?? [{ piece, entries }]);
  }

  /** @returns null when the budget is spent */
  #cut(piece: Piece, boxes: readonly number[], entries: readonly number[], budget: { left: number }): DecidedPiece[] | null {
    const stack = this.#stack;
    const parts: DecidedPiece[] = [];
    stack.begin({ bounds: piece.bounds, extra: [] }, 0, 0);
    while (stack.next()) {
      if (--budget.left < 0) return null;
      const cut = boxes.find((box) => ![CONTAINED, DISJOINT].includes(relatePacket(this.#space, stack, box)));
      if (cut !== undefined) stack.splitAlongPacket(cut);
      else {
        const part = { bounds: stack.bounds.slice(), cases: piece.cases };
        parts.push({ piece: part, entries: this.#decidersOf(part, entries, budget) });
      }
    }
    return parts;
  }

  #decidersOf({ bounds, cases }: Piece, entries: readonly number[], budget: { left: number }): number[] {
    const deciding = new Set<number>();
    for (const { conditions } of cases) {
      const found = this.#finder?.find({ bounds, extra: conditions }, budget.left);
      budget.left -= found?.spent ?? 0;
      for (const entry of found?.complete === true ? [...found.permitting, ...found.denying] : entries) deciding.add(entry);
    }
    return [...deciding];
  }
}

/** None for a default. */
function boxesOf({ firstBox }: TraceSpace, entry: number): number[] {
  if (entry < 0) return [];
  const first = firstBox[entry] as number;
  return Array.from({ length: (firstBox[entry + 1] as number) - first }, (_, i) => first + i);
}
