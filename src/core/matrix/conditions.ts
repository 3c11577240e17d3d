import type { MatrixCondition } from '../../model/service-matrix.ts';
import type { ExtraAxis, TraceAxes } from '../trace/trace-axes.ts';
import { coverByCubes } from './condition-cover.ts';
import { DENIED, DiagramBudgetSpent, Diagrams, PERMITTED } from './diagrams.ts';

/** More alternatives than these are not listed. */
const MOST_ALTERNATIVES = 64;
/** Conditions on more axes are not listed either, nor those that take more nodes. */
const MOST_AXES = 1000;
const MOST_NODES = 100_000;

/** A condition in a form to read. */
export interface ReadableCondition {
  /** Any of these lists, of which all has to hold; empty: always. null: too long to list. */
  readonly when: MatrixCondition[][] | null;
  readonly dependsOn: string[];
  readonly condition: string;
}

/**
 * Puts conditions into words that depend on what they mean only, not on the order of the rules they come from: finite axes by name, then unknown axes
 * by name.
 */
export class ConditionReader {
  readonly #from: Diagrams;
  #named = new Diagrams(MOST_NODES);
  /** In the order of the words. */
  readonly #axes: readonly ExtraAxis[];
  /** By level of the diagrams read from: level here. */
  readonly #levelOf: ReadonlyMap<number, number>;
  readonly #known = new Map<number, number>();

  /** @param levelOf the level of each axis in the diagrams, by place among the extra axes */
  constructor(axes: TraceAxes, diagrams: Diagrams, levelOf: Int32Array) {
    this.#from = diagrams;
    this.#axes = [...axes.extra].sort(compareAxes);
    const levels = new Map(this.#axes.map((axis, level) => [axis, level]));
    this.#levelOf = new Map(axes.extra.map((axis, index) => [levelOf[index]!, levels.get(axis)!]));
  }

  /** @param id a diagram that asks finite and unknown axes only, and permits for some of their values */
  read(id: number): ReadableCondition {
    if (id === PERMITTED) return { when: [], dependsOn: [], condition: '' };
    const dependsOn = this.#axesOf(id);
    const cubes = dependsOn.length > MOST_AXES ? null : this.#cubesOf(id);
    if (cubes === null) return { when: null, dependsOn, condition: `depending on ${joinWords(dependsOn.map(quote), 'and')}` };
    const when = cubes.map((cube) => cube.map(({ level, ranks }) => toCondition(this.#axes[level]!, ranks)));
    const alternatives = when.map((all) => all.map(conditionText).join(' and '));
    return { when, dependsOn, condition: `if ${joinWords(alternatives, 'or')}` };
  }

  #cubesOf(id: number): ReturnType<typeof coverByCubes> {
    // What other conditions took up must not count: the same condition is put into the same words wherever it stands.
    return this.#tryCubes(id) ?? this.#startAgain().#tryCubes(id);
  }

  #tryCubes(id: number): ReturnType<typeof coverByCubes> {
    try {
      return coverByCubes(this.#named, this.#reorder(id), (level) => this.#axes[level]!.count, MOST_ALTERNATIVES);
    } catch (error) {
      if (!(error instanceof DiagramBudgetSpent)) throw error;
      return null;
    }
  }

  #startAgain(): this {
    this.#named = new Diagrams(MOST_NODES);
    this.#known.clear();
    return this;
  }

  /** The same function with the levels in the order of the words. */
  #reorder(id: number): number {
    if (id === DENIED || id === PERMITTED) return id;
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const level = this.#levelOf.get(this.#from.level(id))!;
    let found = DENIED;
    for (const { first, child } of this.#from.stretches(id)) {
      // From the first stretch up: each one takes what is left of the axis.
      const below = this.#named.node(
        level,
        first === 0
          ? [{ first, child: DENIED }]
          : [
              { first: 0, child: PERMITTED },
              { first, child: DENIED },
            ],
      );
      found = this.#named.select(below, found, this.#reorder(child));
    }
    this.#known.set(id, found);
    return found;
  }

  #axesOf(id: number): string[] {
    const levels = new Set<number>();
    const seen = new Set<number>();
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next) || next === DENIED || next === PERMITTED) continue;
      seen.add(next);
      levels.add(this.#levelOf.get(this.#from.level(next))!);
      for (const { child } of this.#from.stretches(next)) open.push(child);
    }
    return [...levels].sort((a, b) => a - b).map((level) => this.#axes[level]!.name);
  }
}

function compareAxes(a: ExtraAxis, b: ExtraAxis): number {
  if (a.kind !== b.kind) return a.kind === 'finite' ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

function toCondition(axis: ExtraAxis, ranks: readonly number[]): MatrixCondition {
  if (axis.kind === 'unknown') return { kind: 'unknown', axis: axis.name, holds: ranks[0] === 1 };
  return { kind: 'finite', axis: axis.name, values: ranks.map((rank) => axis.values[rank]!) };
}

function conditionText(condition: MatrixCondition): string {
  if (condition.kind === 'finite') return `${condition.axis} is ${condition.values.join(' or ')}`;
  return `${quote(condition.axis)} ${condition.holds ? 'holds' : 'does not hold'}`;
}

function quote(text: string): string {
  return `"${text}"`;
}

/** `a, b or c`; alternatives that are long themselves are set apart by commas too. */
function joinWords(texts: readonly string[], word: 'and' | 'or'): string {
  if (texts.length < 2) return texts.join('');
  if (texts.some((text) => text.includes(` and `) || text.includes(' or '))) return texts.join(`, ${word} `);
  return `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`;
}
