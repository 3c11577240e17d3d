import { type AddressRange, formatAddressRange } from '../../model/address.ts';
import type { Region } from '../../model/region-notation.ts';
import type { AddressClass, FamilyMatrix, ServiceFunction, ServiceMatrix } from '../../model/service-matrix.ts';
import { toRegionSource } from '../ask/compiled-point.ts';
import { STRIDE } from '../trace/box-table.ts';
import { type AddressAxis, DESTINATION, SOURCE } from '../trace/trace-axes.ts';
import type { TraceSource } from '../trace/trace-source.ts';
import { compileTrace, type TraceProgram, type TraceSpace } from '../trace/trace-space.ts';
import { findAddressClasses } from './address-classes.ts';
import { addressStretches, buildBoxGuards } from './box-guards.ts';
import { conditionLevels } from './condition-levels.ts';
import { ConditionReader } from './conditions.ts';
import { describeFunction } from './describe-function.ts';
import { DENIED, DiagramBudgetSpent, Diagrams, PERMITTED } from './diagrams.ts';
import { orderClasses } from './order-classes.ts';
import { PointFunction } from './point-function.ts';
import type { RankRange } from './sweep.ts';

/** An enforcement point: policies of one layer permit together, every layer has to permit. No layer at all permits everything. */
export interface MatrixQuestion {
  readonly name: string;
  readonly layers: readonly (readonly TraceSource[])[];
  /** Only these packets; null: all. */
  readonly asked: Region | null;
  readonly budget: MatrixBudget;
}

/** What a matrix may take up; beyond it the answer is that it is too large, never a smaller matrix. */
export interface MatrixBudget {
  /** Of one family. */
  readonly cells: number;
  /** Nodes of the decision diagrams. */
  readonly nodes: number;
  /** Rules that may be looked at between sources and destinations, of one family. */
  readonly steps: number;
}

export const MATRIX_BUDGET: MatrixBudget = { cells: 10_000_000, nodes: 2_000_000, steps: 300_000_000 };

/**
 * Who may reach whom by what, as the smallest table that says it exactly, for every value of the unknowns: sources are in one row if, and only if, they
 * are permitted the same to every destination under the same conditions, and likewise columns.
 *
 * @throws {InputError} when a chain is missing or leads back to itself
 */
export function buildServiceMatrix(question: MatrixQuestion): ServiceMatrix {
  const builder = new MatrixBuilder(question);
  const families: FamilyMatrix[] = [];
  const incompleteBecause: string[] = [];
  for (const family of question.asked?.families ?? ([4, 6] as const)) {
    const answer = builder.familyMatrix(family);
    if (typeof answer === 'string') incompleteBecause.push(`IPv${family}: ${answer}`);
    else families.push(answer);
  }
  return {
    name: question.name,
    layers: question.layers.map((layer) => layer.map(({ name }) => name)),
    complete: incompleteBecause.length === 0,
    incompleteBecause,
    families,
    functions: builder.functions,
    nodeCount: builder.nodeCount,
  };
}

class MatrixBuilder {
  /** Of the families built so far. */
  functions: ServiceFunction[] = [];
  readonly #question: MatrixQuestion;
  readonly #space: TraceSpace;
  readonly #layers: readonly (readonly TraceProgram[])[];
  /** Boxes of the region asked for; null: everything was. */
  readonly #askedBoxes: readonly number[] | null;
  readonly #diagrams: Diagrams;
  #places = new Map<number, number>();
  readonly #levels: Int32Array;
  readonly #reader: ConditionReader;
  #guards: Int32Array | null = null;

  constructor(question: MatrixQuestion) {
    this.#question = question;
    const sources = [...new Set(question.layers.flat())];
    this.#space = compileTrace(question.asked === null ? sources : [...sources, toRegionSource(question.asked)]);
    const programOf = new Map(sources.map((source, index) => [source, this.#space.programs[index]!]));
    this.#layers = question.layers.map((layer) => layer.map((source) => programOf.get(source)!));
    const asked = question.asked === null ? null : this.#space.programs.at(-1)!;
    this.#askedBoxes = asked === null ? null : boxesBetween(asked.firstBox, asked.endBox);
    this.#diagrams = new Diagrams(question.budget.nodes);
    this.#levels = conditionLevels(this.#space);
    this.#reader = new ConditionReader(this.#space.axes, this.#diagrams, this.#levels);
  }

  get nodeCount(): number {
    return this.#diagrams.nodeCount;
  }

  /** The matrix of a family, or why there is none. */
  familyMatrix(family: 4 | 6): FamilyMatrix | string {
    try {
      return this.#build(family);
    } catch (error) {
      if (!(error instanceof DiagramBudgetSpent)) throw error;
      this.#diagrams.abandon();
      return `${error.message}; ask for a smaller region`;
    }
  }

  #build(family: 4 | 6): FamilyMatrix | string {
    const { axes, boxes } = this.#space;
    const isOfFamily = (box: number): boolean => boxes.bounds[box * STRIDE]! < axes.source.ipv4Count === (family === 4);
    this.#guards ??= buildBoxGuards(this.#space, this.#diagrams, this.#levels);
    const guards = this.#guards;
    const point = new PointFunction(this.#space, this.#layers, this.#diagrams, guards);
    const askedBoxes = this.#askedBoxes?.filter(isOfFamily) ?? null;
    const asked = askedBoxes === null ? PERMITTED : askedBoxes.reduce((sum, box) => this.#diagrams.either(sum, guards[box]!), DENIED);
    const asking = this.#layers.flat().flatMap(({ firstBox, endBox }) => boxesBetween(firstBox, endBox));
    const answer = findAddressClasses({
      space: this.#space,
      boxes: [...new Set(asking)].filter(isOfFamily).sort((a, b) => a - b),
      sources: this.#ranksAsked(askedBoxes, SOURCE, family),
      destinations: this.#ranksAsked(askedBoxes, DESTINATION, family),
      budget: this.#question.budget,
      functionOf: (list, count) => this.#diagrams.both(asked, point.of(list, count)),
    });
    if (answer.kind === 'too-large') return `${answer.reason}; ask for a smaller region`;
    const { classes } = answer;
    const rows = orderClasses(classes.rows, axes.source);
    const columns = orderClasses(classes.columns, axes.destination);
    const ids = rows.map(({ place: row }) => columns.map(({ place: column }) => classes.cells[row * columns.length + column]!));
    const places = this.#describe(ids.flat(), asked);
    return {
      family,
      rows: rows.map(({ ranges, isRest }) => toAddressClass(axes.source, ranges, isRest)),
      columns: columns.map(({ ranges, isRest }) => toAddressClass(axes.destination, ranges, isRest)),
      cells: ids.map((row) => row.map((id) => places.get(id)!)),
    };
  }

  /** Numbers the functions, those that are new behind the others; nothing changes when the budget is spent on the way. */
  #describe(ids: readonly number[], asked: number): ReadonlyMap<number, number> {
    const functions = [...this.functions];
    const places = new Map(this.#places);
    const distinct = [...new Set(ids)];
    if (this.functions.length === 0) distinct.sort((a, b) => Number(b === DENIED) - Number(a === DENIED));
    for (const id of distinct) {
      if (places.has(id)) continue;
      places.set(id, functions.length);
      functions.push(describeFunction(this.#space.axes, this.#diagrams, this.#reader, id, asked));
    }
    this.functions = functions;
    this.#places = places;
    return places;
  }

  #ranksAsked(askedBoxes: readonly number[] | null, axis: typeof SOURCE | typeof DESTINATION, family: 4 | 6): RankRange[] {
    const { ipv4Count, count } = axis === SOURCE ? this.#space.axes.source : this.#space.axes.destination;
    if (askedBoxes === null) return [family === 4 ? { first: 0, last: ipv4Count - 1 } : { first: ipv4Count, last: count - 1 }];
    // Every box of a region has the same addresses: they differ in services only.
    const [box] = askedBoxes;
    return box === undefined ? [] : addressStretches(this.#space, box, axis).map(([first, last]) => ({ first, last }));
  }
}

function boxesBetween(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

function toAddressClass(axis: AddressAxis, ranges: readonly RankRange[], isRest: boolean): AddressClass {
  const toRange = ({ first, last }: RankRange): AddressRange => ({ ...axis.range(first), last: axis.range(last).last });
  return { addresses: ranges.map((range) => formatAddressRange(toRange(range))), isRest };
}
