import { type ConversationBatch, LOGGED_ACCEPT, LOGGED_REJECT } from '../../model/flow.ts';
import type { JudgedAs } from './judge.ts';
import type { CompiledLayer, UnplacedPolicies } from './layers.ts';
import { directionOf, OPENER_A, OPENER_B, openerOf } from './orient.ts';
import { QueryBuffer } from './query-buffer.ts';
import {
  A_TO_B,
  B_TO_A,
  directionOfReading,
  HALVES,
  type Half,
  halfOf,
  hasHalf,
  READINGS,
  readingsOf,
  translatedRemote,
} from './readings.ts';
import type { SlotBook } from './slot-book.ts';

type Extent = 'conversation' | 'half';

/** One layer, asked about one reading of one conversation. */
interface Question {
  readonly layer: CompiledLayer;
  readonly row: number;
  readonly half: Half;
  readonly as: JudgedAs;
  readonly extent: Extent;
  readonly query: number;
  /** The question with the true remote address; the same as `query` unless it was translated. */
  readonly otherQuery: number;
}

/**
 * Counts connections of interfaces that no inventory knows. Any interface-bound policy may stand at such an interface, so a connection is possible for
 * every rule of the logged action that matches it in some reading, wherever earlier rules stand, and certain for none: whether the interface's own rules
 * explain it cannot be told either. Evidence of who opened and of the direction excludes readings as it does elsewhere; each reading counts for itself.
 *
 * Costs a classification per reading by all rules that may apply, for these connections only. Nothing here enters the conservation totals.
 */
export class UnplacedTraffic {
  readonly #slots: SlotBook;
  readonly #queries: QueryBuffer;
  #questions: Question[] = [];

  constructor(layers: readonly CompiledLayer[], slots: SlotBook) {
    this.#slots = slots;
    this.#queries = new QueryBuffer(layers, 'every');
  }

  ask(batch: ConversationBatch, row: number, unplaced: UnplacedPolicies): void {
    const evidence = batch.evidence[row] ?? 0;
    const direction = directionOf(evidence, false, false);
    const action = batch.loggedAction[row];
    if (action === LOGGED_REJECT) {
      // Whoever refused it, a reply included: a stateful layer refuses a late one.
      for (const half of HALVES) {
        if (hasHalf(batch, row, half)) this.#askReadings(batch, row, readingsOf(half, direction, true), unplaced, 'all', 'unplaced-reject');
      }
      return;
    }
    const as = action === LOGGED_ACCEPT ? 'unplaced-accept' : 'unplaced';
    const opener = openerOf(evidence);
    const opening =
      (opener === OPENER_B ? 0 : readingsOf(A_TO_B, direction, true)) | (opener === OPENER_A ? 0 : readingsOf(B_TO_A, direction, true));
    this.#askReadings(batch, row, opening, unplaced, 'stateful', as);
    for (const half of HALVES) {
      if (hasHalf(batch, row, half)) this.#askReadings(batch, row, readingsOf(half, direction, true), unplaced, 'stateless', as);
    }
  }

  /** Answers what was asked of a batch. */
  settle(batch: ConversationBatch): void {
    if (this.#questions.length === 0) return;
    this.#queries.answer(batch.family);
    for (const { layer, row, half, as, extent, query, otherQuery } of this.#questions) {
      const result = this.#queries.results[query] ?? 0;
      const other = this.#queries.results[otherQuery] ?? 0;
      this.#slots.add(layer, batch, row, half, result, as, extent);
      if (other !== result) this.#slots.add(layer, batch, row, half, other, as, extent);
    }
    this.#questions = [];
    this.#queries.clear();
  }

  #askReadings(batch: ConversationBatch, row: number, readings: number, from: UnplacedPolicies, which: Which, as: JudgedAs): void {
    for (const reading of READINGS) {
      if ((readings & (1 << reading)) === 0) continue;
      const direction = directionOfReading(reading);
      if (which !== 'stateless')
        this.#askLayers(batch, row, reading, from.stateful[direction], as, which === 'all' ? 'half' : 'conversation');
      if (which !== 'stateful') this.#askLayers(batch, row, reading, from.stateless[direction], as, 'half');
    }
  }

  #askLayers(batch: ConversationBatch, row: number, reading: number, layers: readonly CompiledLayer[], as: JudgedAs, extent: Extent): void {
    const half = halfOf(reading);
    const fromA = half === A_TO_B;
    const isIn = directionOfReading(reading) === 0;
    const source = (fromA ? batch.aAddress[row] : batch.bAddress[row]) ?? 0;
    const destination = (fromA ? batch.bAddress[row] : batch.aAddress[row]) ?? 0;
    const sourcePort = (fromA ? batch.aPort[row] : batch.bPort[row]) ?? 0;
    const destinationPort = (fromA ? batch.bPort[row] : batch.aPort[row]) ?? 0;
    const protocol = batch.protocol[row] ?? 0;
    const translated = translatedRemote(batch, row, reading);
    for (const layer of layers) {
      const ask = (from: number, to: number): number => this.#queries.ask(layer.index, from, to, protocol, sourcePort, destinationPort);
      const query = ask(source, destination);
      const otherQuery = translated < 0 ? query : ask(isIn ? translated : source, isIn ? destination : translated);
      this.#questions.push({ layer, row, half, as, extent, query, otherQuery });
    }
  }
}

type Which = 'stateful' | 'stateless' | 'all';
