import type { ApplicationMap } from '../../model/application-map.ts';
import { A_TRANSLATED, B_TRANSLATED, type ConversationBatch, LOGGED_REJECT, UNSEEN_PORT } from '../../model/flow.ts';
import { type Ends, NO_END } from './ends.ts';
import { readTalk, SEVERAL_PORTS, type Talk, UNKNOWN } from './talk.ts';
import { addBytes, addConversation, addView, emptyView, type View } from './views.ts';

/** Everything that was logged of one service between two ends. */
export interface Cell {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly port: number;
  readonly orientation: number;
  /** Refused, and from somewhere that no interface of ours speaks for: scans, which name every port and would hide what was accepted. */
  readonly isNoise: boolean;
  readonly atSource: View;
  readonly atDestination: View;
  /** By the index of the interface in the dictionary of the logs; null: nothing. */
  between: Map<number, View> | null;
  sightings: number;
  refusedReplies: number;
  /** Days since 1970; Infinity and -Infinity before the first conversation with a time. */
  firstDay: number;
  lastDay: number;
}

export interface MapBookOptions {
  /** Above this the next coarser detail is taken. */
  readonly mostCells: number;
  /** Two ends with more services than this are summed up by protocol; noise apart, with a bound of its own. */
  readonly mostServices: number;
  readonly mostNoise: number;
}

const BOUNDS: MapBookOptions = { mostCells: 100_000, mostServices: 1000, mostNoise: 64 };

const DETAILS = ['services', 'protocols', 'nodes', 'private'] as const satisfies readonly ApplicationMap['detail'][];

type CellKey = Pick<Cell, 'source' | 'destination' | 'protocol' | 'port' | 'orientation' | 'isNoise'>;

const PORTS = SEVERAL_PORTS + 1;
const ORIENTATIONS = 3;
const PROTOCOLS = 257;
const SERVICES = PROTOCOLS * PORTS * ORIENTATIONS;

/**
 * Adds conversations up by ends and service, in bounded memory: two ends with too many services are summed up by protocol, and with too many cells the
 * detail becomes coarser as a whole. Both depend on what occurs alone, so that batches may come in any order.
 */
export class MapBook {
  readonly #ends: Ends;
  readonly #bounds: MapBookOptions;
  readonly #talk: Talk = { fromA: true, orientation: 0, port: UNSEEN_PORT, isRefusedReply: false };
  #cells = new Map<number, Cell>();
  /** Numbers for pairs of ends, and the cells of each by number; null once its services are summed up. */
  #pairs = new Map<number, number>();
  #cellsOfPair: (number[] | null)[] = [];
  /** Services of all pairs, of each at most one more than its bound: unlike the number of cells it only grows. */
  #load = 0;
  #detail = 0;

  constructor(ends: Ends, bounds: MapBookOptions = BOUNDS) {
    this.#ends = ends;
    this.#bounds = bounds;
  }

  add(batch: ConversationBatch): void {
    for (let row = 0; row < batch.rowCount; row += 1) this.#addRow(batch, row);
  }

  /** In no order. */
  finish(): { readonly cells: readonly Cell[]; readonly detail: ApplicationMap['detail'] } {
    return { cells: [...this.#cells.values()], detail: DETAILS[this.#detail] ?? 'private' };
  }

  #addRow(batch: ConversationBatch, row: number): void {
    const talk = this.#talk;
    readTalk(batch, row, talk);
    const logged = batch.attachment[row] ?? 0;
    const logger = this.#ends.ofLogged[logged] ?? NO_END;
    const evidence = batch.evidence[row] ?? 0;
    const aAddress = ((evidence & A_TRANSLATED) !== 0 ? batch.aTrueAddress[row] : batch.aAddress[row]) ?? 0;
    const bAddress = ((evidence & B_TRANSLATED) !== 0 ? batch.bTrueAddress[row] : batch.bAddress[row]) ?? 0;
    const a = this.#ends.endOf(batch.family, aAddress, logger);
    const b = this.#ends.endOf(batch.family, bAddress, logger);
    const [source, destination] = talk.fromA ? [a, b] : [b, a];
    const isNoise = batch.loggedAction[row] === LOGGED_REJECT && talk.orientation !== UNKNOWN && !this.#ends.isInterface(source);
    const asked = { source, destination, protocol: batch.protocol[row] ?? 0, port: talk.port, orientation: talk.orientation, isNoise };
    const cell = this.#cellOf(asked);
    const view = this.#viewOf(cell, asked, logger, logged);
    cell.sightings += 1;
    if (talk.isRefusedReply) {
      cell.refusedReplies += 1;
      addBytes(view, batch, row);
    } else addConversation(view, batch, row);
    const day = batch.day[row] ?? -1;
    if (day >= 0) {
      cell.firstDay = Math.min(cell.firstDay, day);
      cell.lastDay = Math.max(cell.lastDay, day);
    }
    while (this.#load > this.#bounds.mostCells && this.#detail < DETAILS.length - 1) this.#coarsen();
  }

  #viewOf(cell: Cell, { source, destination, orientation }: CellKey, logger: number, logged: number): View {
    if (logger !== NO_END && (logger === source || logger === destination))
      return (logger === destination) === this.#isTurned(source, destination, orientation) ? cell.atSource : cell.atDestination;
    cell.between ??= new Map();
    const known = cell.between.get(logged);
    if (known !== undefined) return known;
    const view = emptyView();
    cell.between.set(logged, view);
    return view;
  }

  #cellOf(asked: CellKey): Cell {
    const key = this.#atDetail(asked);
    const pair = this.#pairOf(key);
    const services = this.#cellsOfPair[pair] ?? null;
    if (services === null) return this.#cellAt(pair, withoutPort(key));
    const before = this.#cells.size;
    const cell = this.#cellAt(pair, key);
    if (this.#cells.size === before) return cell;
    this.#load += 1;
    services.push(numberOf(pair, key));
    if (services.length <= (key.isNoise ? this.#bounds.mostNoise : this.#bounds.mostServices)) return cell;
    this.#sumUp(pair, services);
    return this.#cellAt(pair, withoutPort(key));
  }

  #cellAt(pair: number, key: CellKey): Cell {
    const number = numberOf(pair, key);
    const known = this.#cells.get(number);
    if (known !== undefined) return known;
    const cell: Cell = {
      ...key,
      atSource: emptyView(),
      atDestination: emptyView(),
      between: null,
      sightings: 0,
      refusedReplies: 0,
      firstDay: Infinity,
      lastDay: -Infinity,
    };
    this.#cells.set(number, cell);
    return cell;
  }

  /** Conversations of unknown opener apart: the order of their ends is ours alone, so that they must not count for either direction. */
  #pairOf({ source, destination, orientation, isNoise }: CellKey): number {
    const number = (source * 2 ** 25 + destination) * 3 + (orientation === UNKNOWN ? 2 : Number(isNoise));
    const known = this.#pairs.get(number);
    if (known !== undefined) return known;
    this.#pairs.set(number, this.#cellsOfPair.length);
    return this.#cellsOfPair.push([]) - 1;
  }

  /** All services of a pair become one for each protocol. */
  #sumUp(pair: number, numbers: readonly number[]): void {
    const own = numbers.flatMap((number) => this.#cells.get(number) ?? []);
    for (const number of numbers) this.#cells.delete(number);
    for (const cell of own) addCell(this.#cellAt(pair, withoutPort(cell)), cell, false);
    this.#cellsOfPair[pair] = null;
  }

  #coarsen(): void {
    this.#detail += 1;
    this.#load = 0;
    const cells = [...this.#cells.values()];
    this.#cells = new Map();
    this.#pairs = new Map();
    this.#cellsOfPair = [];
    for (const cell of cells) addCell(this.#cellOf(cell), cell, this.#isTurned(cell.source, cell.destination, cell.orientation));
  }

  #atDetail(key: CellKey): CellKey {
    const { source, destination, protocol, port, orientation, isNoise } = this.#detail === 0 ? key : withoutPort(key);
    const isTurned = this.#isTurned(source, destination, orientation);
    const ends = [this.#folded(isTurned ? destination : source), this.#folded(isTurned ? source : destination)] as const;
    return { source: ends[0], destination: ends[1], protocol, port, orientation, isNoise };
  }

  /** Without a known opener the two ends have no order of their own: the smaller number stands first, so that both readings meet in one cell. */
  #isTurned(source: number, destination: number, orientation: number): boolean {
    if (orientation !== UNKNOWN) return false;
    const [first, second] = [this.#folded(source), this.#folded(destination)];
    return second < first || (second === first && destination < source);
  }

  #folded(end: number): number {
    if (this.#detail < 2) return end;
    return this.#detail === 2 ? this.#ends.asPlace(end) : this.#ends.withoutBlock(end);
  }
}

function numberOf(pair: number, { protocol, port, orientation }: CellKey): number {
  return pair * SERVICES + (protocol * PORTS + port) * ORIENTATIONS + orientation;
}

/** A port that is not known stays so. */
function withoutPort({ source, destination, protocol, port, orientation, isNoise }: CellKey): CellKey {
  return { source, destination, protocol, port: port === UNSEEN_PORT ? UNSEEN_PORT : SEVERAL_PORTS, orientation, isNoise };
}

function addCell(to: Cell, from: Cell, isTurned: boolean): void {
  addView(isTurned ? to.atDestination : to.atSource, from.atSource);
  addView(isTurned ? to.atSource : to.atDestination, from.atDestination);
  for (const [logged, view] of from.between ?? []) {
    to.between ??= new Map();
    const known = to.between.get(logged);
    if (known === undefined) to.between.set(logged, view);
    else addView(known, view);
  }
  to.sightings += from.sightings;
  to.refusedReplies += from.refusedReplies;
  to.firstDay = Math.min(to.firstDay, from.firstDay);
  to.lastDay = Math.max(to.lastDay, from.lastDay);
}
