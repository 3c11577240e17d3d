import { DENIED, type Diagrams, PERMITTED } from './diagrams.ts';

/** An axis and the ranks it may have. */
export interface Literal {
  readonly level: number;
  /** Ascending. */
  readonly ranks: readonly number[];
}

/** All of them hold. */
export type Cube = readonly Literal[];

/**
 * Short lists of conditions that together say the same as a diagram, none of which can be left out (Minato and Morreale): what needs no answer on an axis
 * is said without it, what does is divided by its answers.
 *
 * @param countOf ranks of a level
 * @returns null when there are more than `most` lists
 */
export function coverByCubes(diagrams: Diagrams, id: number, countOf: (level: number) => number, most: number): readonly Cube[] | null {
  const covering = new Covering(diagrams, countOf, most);
  return covering.cover(id, id) === null ? null : covering.cubes;
}

class Covering {
  readonly cubes: Cube[] = [];
  readonly #diagrams: Diagrams;
  readonly #countOf: (level: number) => number;
  readonly #most: number;
  #path: Literal[] = [];

  constructor(diagrams: Diagrams, countOf: (level: number) => number, most: number) {
    this.#diagrams = diagrams;
    this.#countOf = countOf;
    this.#most = most;
  }

  /** Covers all of `lower` and nothing outside `upper`; returns what is covered, null when there are too many cubes. */
  cover(lower: number, upper: number): number | null {
    if (lower === DENIED) return DENIED;
    if (upper === PERMITTED) {
      this.cubes.push([...this.#path]);
      return this.cubes.length > this.#most ? null : PERMITTED;
    }
    const diagrams = this.#diagrams;
    const level = Math.min(diagrams.level(lower), diagrams.level(upper));
    const pieces = this.#pieces(level, lower, upper);
    const always = pieces.reduce((all, piece) => diagrams.both(all, piece.upper), PERMITTED);
    const covers = new Map<string, { readonly lower: number; readonly upper: number; readonly ranks: number[]; covered: number }>();
    const keys = pieces.map((piece) => {
      const needed = diagrams.without(piece.lower, always);
      const key = `${needed} ${piece.upper}`;
      const known = covers.get(key) ?? { lower: needed, upper: piece.upper, ranks: [], covered: DENIED };
      known.ranks.push(...piece.ranks);
      covers.set(key, known);
      return key;
    });
    for (const part of covers.values()) {
      this.#path.push({ level, ranks: part.ranks });
      const covered = this.cover(part.lower, part.upper);
      this.#path.pop();
      if (covered === null) return null;
      part.covered = covered;
    }
    const coveredIn = (i: number): number => covers.get(keys[i]!)!.covered;
    const left = pieces.reduce((sum, piece, i) => diagrams.either(sum, diagrams.without(piece.lower, coveredIn(i))), DENIED);
    const withoutAxis = this.cover(left, always);
    if (withoutAxis === null) return null;
    const withAxis = diagrams.node(
      level,
      pieces.map((piece, i) => ({ first: piece.ranks[0]!, child: coveredIn(i) })),
    );
    return diagrams.either(withAxis, withoutAxis);
  }

  /** Stretches of ranks of a level on which neither of the two changes. */
  #pieces(
    level: number,
    lower: number,
    upper: number,
  ): { readonly ranks: readonly number[]; readonly lower: number; readonly upper: number }[] {
    const ofLower = this.#stretches(level, lower);
    const ofUpper = this.#stretches(level, upper);
    const firsts = [...new Set([...ofLower, ...ofUpper].map(({ first }) => first))].sort((a, b) => a - b);
    const childAt = (stretches: typeof ofLower, rank: number): number => stretches.findLast(({ first }) => first <= rank)!.child;
    return firsts.map((first, i) => {
      const end = firsts[i + 1] ?? this.#countOf(level);
      const ranks = Array.from({ length: end - first }, (_, k) => first + k);
      return { ranks, lower: childAt(ofLower, first), upper: childAt(ofUpper, first) };
    });
  }

  #stretches(level: number, id: number): readonly { readonly first: number; readonly child: number }[] {
    return this.#diagrams.level(id) === level ? this.#diagrams.stretches(id) : [{ first: 0, child: id }];
  }
}
