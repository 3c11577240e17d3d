import type { AddressFamily, AddressRange } from '../../model/address.ts';
import { type ConversationBatch, type FlowDictionary, LOGGED_ACCEPT, LOGGED_REJECT, type Window } from '../../model/flow.ts';
import type { Direction } from '../../model/policy.ts';
import type { JudgedAs, Refusal } from './judge.ts';
import type { AttachmentPlan, CompiledLayer, EnforcementPlan, LayersByDirection, LayerUse, Stage } from './layers.ts';
import { OpposedBook, type OpposedFlows } from './opposed-book.ts';
import { DIRECTION_IN, directionOf, OPENER_A, OPENER_B, OPENER_UNKNOWN, openerOf } from './orient.ts';
import { NO_RESULT, QueryBuffer } from './query-buffer.ts';
import {
  A_TO_B,
  B_TO_A,
  directionOfReading,
  HALVES,
  type Half,
  halfOf,
  hasHalf,
  isRefusedReply,
  onlyReading,
  READINGS,
  readingsOf,
  translatedRemote,
} from './readings.ts';
import { SlotBook } from './slot-book.ts';
import { OPENED, PASSED, REFUSED, REPLY, SURE, TaskList } from './task-list.ts';
import { TotalsBook, type TrafficTotals } from './traffic-totals.ts';
import { UnplacedTraffic } from './unplaced-traffic.ts';

/** Everything that the conversations prove, still per slot: see {@link SlotBook}. */
export interface Attribution {
  readonly slots: SlotBook;
  readonly totals: TrafficTotals;
  readonly opposed: OpposedFlows;
}

export interface AttributeOptions {
  readonly dictionary: FlowDictionary;
  readonly window: Window;
  /** Whether any policy needs an inventory: traffic of an interface that none knows is then unattributable. */
  readonly hasInterfaceBoundPolicies: boolean;
}

/** How much of a conversation counts for a rule: all of it, or the half that passed. */
type Extent = 'conversation' | 'half';

/**
 * Attributes conversations to rules, as bounds (DESIGN §5). Stateful layers are credited by openers only, stateless ones by every half. A batch is read
 * twice: once to ask the classifiers, all questions for one layer together, and once to settle what the answers mean. Cost is one classification
 * per layer and reading; batches may come in any order, the result does not depend on it.
 *
 * @see semantics: spec "B3 Credit rules", and the reasoning table for refused records
 */
export class Attributor {
  readonly #plan: EnforcementPlan;
  readonly #options: AttributeOptions;
  readonly #slots: SlotBook;
  readonly #totals: TotalsBook;
  readonly #opposed: OpposedBook;
  readonly #tasks = new TaskList();
  readonly #queries: QueryBuffer;
  readonly #unexplained: QueryBuffer;
  readonly #unplaced: UnplacedTraffic;
  #unexplainedTasks: { layer: CompiledLayer; row: number; half: Half; as: JudgedAs; query: number }[] = [];

  constructor(plan: EnforcementPlan, options: AttributeOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#slots = new SlotBook(plan.layers, options.dictionary, options.window);
    this.#totals = new TotalsBook(plan, options.dictionary);
    this.#opposed = new OpposedBook(plan.layers);
    this.#queries = new QueryBuffer(plan.layers, 'deciding');
    this.#unexplained = new QueryBuffer(plan.layers, 'every');
    this.#unplaced = new UnplacedTraffic(plan.layers, this.#slots);
  }

  add(batch: ConversationBatch): void {
    for (let row = 0; row < batch.rowCount; row += 1) this.#ask(batch, row);
    this.#queries.answer(batch.family);
    for (let task = 0; task < this.#tasks.count; task += 1) this.#settle(batch, task);
    this.#settleUnexplained(batch);
    this.#unplaced.settle(batch);
    this.#opposed.settle(batch.family);
    this.#tasks.count = 0;
    this.#queries.clear();
  }

  finish(): Attribution {
    return { slots: this.#slots, totals: this.#totals.finish(), opposed: this.#opposed.finish() };
  }

  #ask(batch: ConversationBatch, row: number): void {
    const attachment = batch.attachment[row] ?? 0;
    const plan = this.#plan.attachments[attachment];
    if (plan === undefined) return;
    this.#totals.connections += 1;
    if (!plan.known && this.#options.hasInterfaceBoundPolicies) this.#totals.addUnattributable(attachment);
    if (plan.unplaced !== null) this.#unplaced.ask(batch, row, plan.unplaced);
    if (plan.stages.length === 0) return;
    const direction = crossing(batch, row, plan);
    for (let index = 0; index < plan.stages.length; index += 1) {
      const stage = plan.stages[index];
      if (stage !== undefined) this.#askStage(batch, row, stage, index, stage.directed ? direction : DIRECTION_IN);
    }
  }

  #askStage(batch: ConversationBatch, row: number, stage: Stage, index: number, direction: number): void {
    const evidence = batch.evidence[row] ?? 0;
    const opener = openerOf(evidence);
    const refused = batch.loggedAction[row] === LOGGED_REJECT;
    if (!refused) {
      const readings =
        (opener === OPENER_B ? 0 : readingsOf(A_TO_B, direction, stage.directed)) |
        (opener === OPENER_A ? 0 : readingsOf(B_TO_A, direction, stage.directed));
      this.#askTask(batch, OPENED, row, index, readings, 0, stage.stateful);
    }
    const layers = refused ? stage.all : stage.stateless;
    if (layers[0].length === 0 && layers[1].length === 0 && !refused) return;
    for (const half of HALVES) {
      if (!hasHalf(batch, row, half)) continue;
      const readings = readingsOf(half, direction, stage.directed);
      const isReply = refused
        ? isRefusedReply(evidence, half)
        : opener !== OPENER_UNKNOWN && opener !== (half === A_TO_B ? OPENER_A : OPENER_B);
      const flags = (onlyReading(readings) >= 0 ? SURE : 0) | (isReply ? REPLY : 0);
      for (const reading of READINGS) {
        if ((readings & (1 << reading)) !== 0) this.#askTask(batch, refused ? REFUSED : PASSED, row, index, 1 << reading, flags, layers);
      }
    }
  }

  /** Asks every layer of every reading; a refusal that nobody could have made is a task too, because it has to be reported. */
  #askTask(
    batch: ConversationBatch,
    kind: number,
    row: number,
    stage: number,
    readings: number,
    flags: number,
    layers: LayersByDirection,
  ): void {
    const firstQuery = this.#queries.count;
    for (const reading of READINGS) {
      if ((readings & (1 << reading)) === 0) continue;
      const uses = layers[directionOfReading(reading)];
      if (uses.length > 0) this.#askReading(batch, row, reading, uses);
    }
    if (this.#queries.count > firstQuery || kind === REFUSED) this.#tasks.add(kind, row, stage, readings, flags, firstQuery);
  }

  /** Twice per layer where the remote address was translated. */
  #askReading(batch: ConversationBatch, row: number, reading: number, uses: readonly LayerUse[]): void {
    const fromA = halfOf(reading) === A_TO_B;
    const isIn = directionOfReading(reading) === DIRECTION_IN;
    const source = (fromA ? batch.aAddress[row] : batch.bAddress[row]) ?? 0;
    const destination = (fromA ? batch.bAddress[row] : batch.aAddress[row]) ?? 0;
    const sourcePort = (fromA ? batch.aPort[row] : batch.bPort[row]) ?? 0;
    const destinationPort = (fromA ? batch.bPort[row] : batch.aPort[row]) ?? 0;
    const protocol = batch.protocol[row] ?? 0;
    const translated = translatedRemote(batch, row, reading);
    for (const { layer, exceptRemote } of uses) {
      const exempt = exceptRemote.length > 0 && this.#isWithin(exceptRemote, batch.family, isIn ? source : destination);
      const asked = exempt ? -1 : layer.index;
      this.#queries.ask(asked, source, destination, protocol, sourcePort, destinationPort);
      if (translated < 0) continue;
      this.#queries.ask(asked, isIn ? translated : source, isIn ? destination : translated, protocol, sourcePort, destinationPort);
    }
  }

  #isWithin(ranges: readonly AddressRange[], family: AddressFamily, address: number): boolean {
    const value = family === 4 ? BigInt(address) : (this.#options.dictionary.ipv6Addresses[address] ?? 0n);
    return ranges.some((range) => range.family === family && range.first <= value && value <= range.last);
  }

  #settle(batch: ConversationBatch, task: number): void {
    const row = this.#tasks.row[task] ?? 0;
    const stage = this.#plan.attachments[batch.attachment[row] ?? 0]?.stages[this.#tasks.stage[task] ?? 0];
    if (stage === undefined) return;
    const readings = this.#tasks.readings[task] ?? 0;
    const flags = this.#tasks.flags[task] ?? 0;
    const firstQuery = this.#tasks.firstQuery[task] ?? 0;
    if (this.#tasks.kind[task] === OPENED) this.#settleOpened(batch, row, stage, readings, firstQuery);
    else if (this.#tasks.kind[task] === PASSED) this.#settlePassed(batch, row, stage, readings, flags, firstQuery);
    else this.#settleRefused(batch, row, stage, readings, flags, firstQuery);
  }

  /** An accepted conversation in stateful layers: with one reading its rules are credited, with several those that some rule admits. */
  #settleOpened(batch: ConversationBatch, row: number, stage: Stage, readings: number, firstQuery: number): void {
    const verdictless = batch.loggedAction[row] !== LOGGED_ACCEPT;
    const single = onlyReading(readings);
    if (single >= 0) {
      // Only the opener's own records prove that it opened; without them its rules stay possible.
      const as = verdictless ? 'no-action' : hasHalf(batch, row, halfOf(single)) ? 'accept' : 'accept-weak';
      this.#credit(batch, row, stage, single, stage.stateful, firstQuery, as, 'conversation');
      return;
    }
    let admitting = 0;
    let firstOf = firstQuery;
    let admittedSurely = 0;
    const queryOf = [0, 0, 0, 0];
    for (const reading of READINGS) {
      if ((readings & (1 << reading)) === 0) continue;
      queryOf[reading] = firstOf;
      const admission = this.#admission(batch, row, reading, stage, firstOf);
      if (admission !== 'no') admitting |= 1 << reading;
      if (admission === 'yes') admittedSurely |= 1 << reading;
      firstOf += stage.stateful[directionOfReading(reading)].length * (translatedRemote(batch, row, reading) >= 0 ? 2 : 1);
    }
    if (admitting === 0) {
      // Nobody admits it, whoever opened: it is unexplained once, in the direction its records show.
      const shown = READINGS.find((reading) => (readings & (1 << reading)) !== 0 && hasHalf(batch, row, halfOf(reading)));
      if (shown === undefined) return;
      this.#credit(batch, row, stage, shown, stage.stateful, queryOf[shown] ?? 0, verdictless ? 'no-action' : 'accept', 'conversation');
      if (!verdictless) this.#askOtherReadings(batch, row, stage, readings, shown);
      return;
    }
    const only = onlyReading(admitting);
    const byConsistency =
      only >= 0 && admittedSurely === admitting && hasHalf(batch, row, halfOf(only)) && this.#isDated(batch, row, only, stage);
    for (const reading of READINGS) {
      if ((admitting & (1 << reading)) === 0) continue;
      const as = verdictless ? 'no-action' : byConsistency ? 'accept' : 'accept-weak';
      this.#credit(batch, row, stage, reading, stage.stateful, queryOf[reading] ?? 0, as, 'conversation');
    }
  }

  /** What is unexplained in one reading may be what a rule permits in another: whoever opened it, some rule let it through. */
  #askOtherReadings(batch: ConversationBatch, row: number, stage: Stage, readings: number, shown: number): void {
    const isSame = (a: number, b: number): boolean =>
      halfOf(a) === halfOf(b) && (!stage.directed || directionOfReading(a) === directionOfReading(b));
    const asked = [shown];
    for (const reading of READINGS) {
      if ((readings & (1 << reading)) === 0 || asked.some((other) => isSame(other, reading))) continue;
      asked.push(reading);
      for (const { layer } of stage.stateful[directionOfReading(reading)])
        this.#askEveryMatch(batch, row, halfOf(reading), layer, 'unexplained-accept');
    }
  }

  #settlePassed(batch: ConversationBatch, row: number, stage: Stage, readings: number, flags: number, firstQuery: number): void {
    const verdictless = batch.loggedAction[row] !== LOGGED_ACCEPT;
    const as = verdictless ? 'no-action' : (flags & SURE) === 0 ? 'accept-weak' : (flags & REPLY) !== 0 ? 'accept-reply' : 'accept';
    this.#credit(batch, row, stage, onlyReading(readings), stage.stateless, firstQuery, as, 'half');
  }

  /**
   * A refused half: one layer must have done it. If only one could, that one did; if none, the flow contradicts the rules. Stateful layers let replies pass,
   * so a refused reply was refused by a stateless one, unless the connection was forgotten before.
   */
  #settleRefused(batch: ConversationBatch, row: number, stage: Stage, readings: number, flags: number, firstQuery: number): void {
    const reading = onlyReading(readings);
    const answers = this.#answersOf(batch, row, reading, stage.all, firstQuery).filter((answer) => answer.result !== NO_RESULT);
    const asked = (flags & REPLY) === 0 ? answers : answers.filter((answer) => !answer.use.layer.stateful);
    const day = batch.day[row] ?? -1;
    const suspects = asked.filter(({ use, result }) => this.#slots.refusal(use.layer, batch.family, result, day) !== 'no');
    if (suspects.length === 0) {
      if (answers.length === 0)
        this.#totals.addUnexplained(batch, row, halfOf(reading), shownDirection(stage, reading), 'no layer that could refuse it is known');
      for (const { use, result, other } of answers) this.#add(batch, row, stage, reading, use, result, other, 'reject-unexplained', 'half');
      return;
    }
    for (const { use, result, other } of asked) {
      const isSuspect = suspects.some((suspect) => suspect.use === use);
      if (!isSuspect) this.#totals.addDecidedElsewhere(use.point);
      else
        this.#add(
          batch,
          row,
          stage,
          reading,
          use,
          result,
          other,
          (flags & SURE) !== 0 && suspects.length === 1 ? 'reject' : 'reject-ambiguous',
          'half',
        );
    }
  }

  #answersOf(batch: ConversationBatch, row: number, reading: number, layers: LayersByDirection, firstQuery: number): Answer[] {
    const step = translatedRemote(batch, row, reading) >= 0 ? 2 : 1;
    return layers[directionOfReading(reading)].map((use, index) => {
      const query = firstQuery + index * step;
      return { use, result: this.#queries.results[query] ?? NO_RESULT, other: this.#queries.results[query + step - 1] ?? NO_RESULT };
    });
  }

  /** Whether every stateful layer of a reading could have permitted the conversation: no, perhaps, certainly. */
  #admission(batch: ConversationBatch, row: number, reading: number, stage: Stage, firstQuery: number): Refusal {
    const uses = stage.stateful[directionOfReading(reading)];
    const step = translatedRemote(batch, row, reading) >= 0 ? 2 : 1;
    const day = batch.day[row] ?? -1;
    let admission: Refusal = uses.length === 0 ? 'no' : 'yes';
    for (let index = 0; index < uses.length; index += 1) {
      const layer = uses[index]?.layer;
      if (layer === undefined) continue;
      for (let answer = 0; answer < step; answer += 1) {
        const result = this.#queries.results[firstQuery + index * step + answer] ?? NO_RESULT;
        const refusal = result === NO_RESULT ? 'no' : this.#slots.refusal(layer, batch.family, result, day);
        if (refusal === 'yes') return 'no';
        if (refusal === 'maybe') admission = 'maybe';
      }
    }
    return admission;
  }

  #isDated(batch: ConversationBatch, row: number, reading: number, stage: Stage): boolean {
    return stage.stateful[directionOfReading(reading)].every(({ layer }) => this.#slots.isDated(layer, batch.day[row] ?? -1));
  }

  #credit(
    batch: ConversationBatch,
    row: number,
    stage: Stage,
    reading: number,
    layers: LayersByDirection,
    firstQuery: number,
    as: JudgedAs,
    extent: Extent,
  ): void {
    const uses = layers[directionOfReading(reading)];
    const step = translatedRemote(batch, row, reading) >= 0 ? 2 : 1;
    for (let index = 0; index < uses.length; index += 1) {
      const use = uses[index];
      const result = this.#queries.results[firstQuery + index * step] ?? NO_RESULT;
      const other = this.#queries.results[firstQuery + index * step + step - 1] ?? NO_RESULT;
      if (use !== undefined && result !== NO_RESULT) this.#add(batch, row, stage, reading, use, result, other, as, extent);
    }
  }

  #add(
    batch: ConversationBatch,
    row: number,
    stage: Stage,
    reading: number,
    use: LayerUse,
    result: number,
    other: number,
    as: JudgedAs,
    extent: Extent,
  ): void {
    const half = halfOf(reading);
    if (other !== result) {
      // Two addresses could have been judged and the answers differ: both stay possible, neither is certain.
      const weaker = as === 'accept' || as === 'accept-reply' ? 'accept-weak' : as === 'reject' ? 'reject-ambiguous' : as;
      const slot = this.#slots.add(use.layer, batch, row, half, result, weaker, extent);
      this.#slots.add(use.layer, batch, row, half, other, weaker, extent);
      this.#totals.addOutcome(use.point, this.#slots.outcome(slot));
      return;
    }
    const slot = this.#slots.add(use.layer, batch, row, half, result, as, extent);
    const outcome = this.#slots.outcome(slot);
    this.#totals.addOutcome(use.point, outcome);
    // Weak evidence of an accepted flow that an earlier rule would refuse: it may have been any rule that permits it.
    if (as === 'accept-weak' && outcome === 'undecided' && !this.#slots.creditsAnybody(slot)) {
      this.#askEveryMatch(batch, row, half, use.layer, 'unexplained-accept');
      return;
    }
    if (outcome !== 'unexplained') {
      const isSure = as === 'accept' || as === 'accept-reply' || as === 'reject';
      if (isSure) this.#opposed.add(use.layer, batch, row, half, as === 'reject' ? 'deny' : 'permit');
      return;
    }
    const accepted = batch.loggedAction[row] === LOGGED_ACCEPT;
    const reason = accepted ? 'accepted, and no rule permits it' : 'refused, although the rules permit it';
    this.#totals.addUnexplained(batch, row, half, shownDirection(stage, reading), reason);
    this.#askEveryMatch(batch, row, half, use.layer, accepted ? 'unexplained-accept' : 'unexplained-reject');
  }

  #askEveryMatch(batch: ConversationBatch, row: number, half: Half, layer: CompiledLayer, as: JudgedAs): void {
    const fromA = half === A_TO_B;
    const query = this.#unexplained.ask(
      layer.index,
      (fromA ? batch.aAddress[row] : batch.bAddress[row]) ?? 0,
      (fromA ? batch.bAddress[row] : batch.aAddress[row]) ?? 0,
      batch.protocol[row] ?? 0,
      (fromA ? batch.aPort[row] : batch.bPort[row]) ?? 0,
      (fromA ? batch.bPort[row] : batch.aPort[row]) ?? 0,
    );
    this.#unexplainedTasks.push({ layer, row, half, as, query });
  }

  #settleUnexplained(batch: ConversationBatch): void {
    if (this.#unexplainedTasks.length === 0) return;
    this.#unexplained.answer(batch.family);
    for (const { layer, row, half, as, query } of this.#unexplainedTasks) {
      this.#slots.add(layer, batch, row, half, this.#unexplained.results[query] ?? 0, as, 'conversation');
    }
    this.#unexplainedTasks = [];
    this.#unexplained.clear();
  }
}

interface Answer {
  readonly use: LayerUse;
  readonly result: number;
  /** The result for the true remote address; the same as `result` unless it was translated. */
  readonly other: number;
}

function crossing(batch: ConversationBatch, row: number, plan: AttachmentPlan): number {
  const local = batch.family === 4 ? plan.localIpv4 : plan.localIpv6;
  return directionOf(batch.evidence[row] ?? 0, local.has(batch.aAddress[row] ?? 0), local.has(batch.bAddress[row] ?? 0));
}

function shownDirection(stage: Stage, reading: number): Direction | null {
  if (!stage.directed) return null;
  return directionOfReading(reading) === DIRECTION_IN ? 'in' : 'out';
}
