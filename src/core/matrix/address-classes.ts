import { DESTINATION, SOURCE } from '../trace/trace-axes.ts';
import type { TraceSpace } from '../trace/trace-space.ts';
import { addressStretches } from './box-guards.ts';
import { ListTable } from './list-table.ts';
import { type Owned, type RankRange, sweep } from './sweep.ts';

/** Which addresses are treated alike by the permissions between them. */
export interface AddressClasses {
  /** Ranks of the sources of each row: disjoint, ascending. */
  readonly rows: readonly (readonly RankRange[])[];
  readonly columns: readonly (readonly RankRange[])[];
  /** For row r and column c the function at r * columns.length + c. */
  readonly cells: Int32Array;
}

/** What {@link findAddressClasses} is to divide. Ranks are sorted and disjoint. */
export interface AddressQuestion {
  readonly space: TraceSpace;
  /** Boxes that matter, ascending; those of other families may be among them. */
  readonly boxes: readonly number[];
  readonly sources: readonly RankRange[];
  readonly destinations: readonly RankRange[];
  readonly budget: AddressBudget;
  /** The function between a source and a destination that just these boxes hold; equal ids for equal functions. list[0..count), ascending. */
  functionOf(list: Int32Array, count: number): number;
}

export interface AddressBudget {
  readonly cells: number;
  /** Boxes that may be looked at between two classes. */
  readonly steps: number;
}

export type AddressAnswer =
  | { readonly kind: 'classes'; readonly classes: AddressClasses }
  | { readonly kind: 'too-large'; readonly reason: string };

/**
 * The fewest classes: two sources are in one row if, and only if, their functions are equal for every destination, and likewise columns. Each source is
 * met with the destinations that its own rules tell apart; rows and columns then come from comparing functions, not rules.
 */
export function findAddressClasses(question: AddressQuestion): AddressAnswer {
  const rows = new RowFinder(question);
  if (!rows.sweepSources()) return tooLarge(question, rows.count);
  const cuts = rows.cuts();
  if (rows.count * cuts.length > question.budget.steps) return tooLarge(question, rows.count);
  const { classOf, count } = groupColumns(rows, cuts);
  if (rows.count * count > question.budget.cells) {
    const size = `${rows.count.toLocaleString('en')} rows and ${count.toLocaleString('en')} columns`;
    return { kind: 'too-large', reason: `the matrix has ${size}, more than ${question.budget.cells.toLocaleString('en')} cells` };
  }
  return { kind: 'classes', classes: toClasses(question, rows, cuts, classOf, count) };
}

function tooLarge({ budget }: AddressQuestion, rowCount: number): AddressAnswer {
  const sofar = rowCount === 0 ? '' : ` after ${rowCount.toLocaleString('en')} rows`;
  return {
    kind: 'too-large',
    reason: `comparing sources and destinations took more than ${budget.steps.toLocaleString('en')} steps${sofar}`,
  };
}

/** Finds the distinct rows: for each, where along the destinations its function changes. */
class RowFinder {
  readonly #question: AddressQuestion;
  /** Rank and function of each stretch of a row. */
  readonly #rows = new ListTable();
  readonly #ranksOf: RankRange[][] = [];
  readonly #rowOfSignature = new Map<number, number>();
  readonly #signatures = new ListTable();
  readonly #sources: Owned;
  readonly #destinations: readonly (readonly (readonly [number, number])[])[];
  #steps = 0;

  constructor(question: AddressQuestion) {
    this.#question = question;
    const { space, boxes } = question;
    this.#sources = toOwned(boxes.map((box) => addressStretches(space, box, SOURCE)));
    this.#destinations = boxes.map((box) => addressStretches(space, box, DESTINATION));
  }

  get count(): number {
    return this.#rows.count;
  }

  ranksOf(row: number): readonly RankRange[] {
    return this.#ranksOf[row]!;
  }

  /** False when the budget is spent. */
  sweepSources(): boolean {
    const { sources, budget } = this.#question;
    sweep(this.#sources, this.#destinations.length, sources, ({ first, last }, list, count) => {
      const row = this.#rowOf(list, count);
      if (this.#steps <= budget.steps) appendRange(this.#ranksOf[row]!, first, last);
      return this.#steps <= budget.steps;
    });
    return this.#steps <= budget.steps;
  }

  /** Where some row changes, ascending. */
  cuts(): Int32Array {
    const cuts = new Set<number>();
    for (let row = 0; row < this.#rows.count; row++) {
      for (let i = this.#rows.start(row); i < this.#rows.end(row); i += 2) cuts.add(this.#rows.at(i));
    }
    return Int32Array.from(cuts).sort();
  }

  /** The functions of a row between the cuts. */
  fill(row: number, cuts: Int32Array, into: Int32Array): void {
    let at = this.#rows.start(row);
    const end = this.#rows.end(row);
    for (let i = 0; i < cuts.length; i++) {
      while (at + 2 < end && this.#rows.at(at + 2) <= cuts[i]!) at += 2;
      into[i] = this.#rows.at(at + 1);
    }
  }

  #rowOf(places: Int32Array, count: number): number {
    const signature = this.#signatures.idOf(places, 0, count);
    const known = this.#rowOfSignature.get(signature);
    if (known !== undefined) return known;
    const stretches = this.#meetDestinations(places, count);
    const row = this.#rows.idOf(stretches, 0, stretches.length);
    if (row === this.#ranksOf.length) this.#ranksOf.push([]);
    this.#rowOfSignature.set(signature, row);
    return row;
  }

  #meetDestinations(places: Int32Array, count: number): number[] {
    const { boxes, destinations, budget } = this.#question;
    const own = Array.from(places.subarray(0, count));
    const owned = toOwned(own.map((place) => this.#destinations[place]!));
    const stretches: number[] = [];
    const met = new Int32Array(count);
    let reached = -1;
    sweep(owned, count, destinations, ({ first, last }, list, length) => {
      this.#steps += 1 + length;
      for (let i = 0; i < length; i++) met[i] = boxes[own[list[i]!]!]!;
      const found = this.#question.functionOf(met, length);
      if (reached !== first || stretches[stretches.length - 1] !== found) stretches.push(first, found);
      reached = last + 1;
      return this.#steps <= budget.steps;
    });
    return stretches;
  }
}

function toOwned(stretches: readonly (readonly (readonly [number, number])[])[]): Owned {
  const owner: number[] = [];
  const first: number[] = [];
  const last: number[] = [];
  stretches.forEach((each, place) => {
    for (const [from, to] of each) {
      owner.push(place);
      first.push(from);
      last.push(to);
    }
  });
  return { owner: Int32Array.from(owner), first: Int32Array.from(first), last: Int32Array.from(last) };
}

/** Divides the pieces between the cuts row by row: pieces stay together as long as every row has one function for them. */
function groupColumns(rows: RowFinder, cuts: Int32Array): { readonly classOf: Int32Array; readonly count: number } {
  const classOf = new Int32Array(cuts.length);
  const functions = new Int32Array(cuts.length);
  let count = cuts.length === 0 ? 0 : 1;
  for (let row = 0; row < rows.count && count < cuts.length; row++) {
    rows.fill(row, cuts, functions);
    const pairs = new Map<number, number>();
    for (let i = 0; i < cuts.length; i++) {
      // Classes are fewer than 2^21 wherever functions reach 2^31.
      const pair = classOf[i]! * 0x80000000 + functions[i]!;
      const known = pairs.get(pair) ?? pairs.size;
      if (known === pairs.size) pairs.set(pair, known);
      classOf[i] = known;
    }
    count = pairs.size;
  }
  return { classOf, count };
}

function toClasses(
  { destinations }: AddressQuestion,
  rows: RowFinder,
  cuts: Int32Array,
  classOf: Int32Array,
  count: number,
): AddressClasses {
  const columns = Array.from({ length: count }, (): RankRange[] => []);
  cuts.forEach((cut, i) => {
    const range = destinations.find(({ first, last }) => first <= cut && cut <= last)!;
    const next = i + 1 < cuts.length ? cuts[i + 1]! - 1 : range.last;
    appendRange(columns[classOf[i]!]!, cut, Math.min(next, range.last));
  });
  const cells = new Int32Array(rows.count * count);
  const functions = new Int32Array(cuts.length);
  for (let row = 0; row < rows.count; row++) {
    rows.fill(row, cuts, functions);
    for (let i = 0; i < cuts.length; i++) cells[row * count + classOf[i]!] = functions[i]!;
  }
  return { rows: Array.from({ length: rows.count }, (_, row) => rows.ranksOf(row)), columns, cells };
}

function appendRange(ranges: RankRange[], first: number, last: number): void {
  const before = ranges.at(-1);
  if (before !== undefined && before.last + 1 === first) ranges[ranges.length - 1] = { first: before.first, last };
  else ranges.push({ first, last });
}
