import type { AddressFamily, AddressRange } from '../../model/address.ts';
import {
  A_TRANSLATED,
  B_TRANSLATED,
  type ConversationBatch,
  EVIDENCE_OPENER,
  EVIDENCE_RESPONDER,
  EVIDENCE_SHIFT_BA,
  type FlowDictionary,
  LOGGED_ACCEPT,
  LOGGED_REJECT,
  REVERSE_ACCEPTED,
  type Window,
} from '../../model/flow.ts';
import type { Direction } from '../../model/policy.ts';
import type { JudgedAs } from './judge.ts';
import type { AttachmentPlan, CompiledLayer, EnforcementPlan, LayerUse, Stage } from './layers.ts';
import { DIRECTION_IN, DIRECTION_OUT, DIRECTION_UNKNOWN, directionOf, OPENER_A, OPENER_B, OPENER_UNKNOWN, openerOf } from './orient.ts';
import { NO_RESULT, QueryBuffer } from './query-buffer.ts';
import { SlotBook } from './slot-book.ts';
import { TotalsBook, type TrafficTotals } from './traffic-totals.ts';

/** Everything that the conversations prove, still per slot: see {@link SlotBook}. */
export interface Attribution {
  readonly slots: SlotBook;
  readonly totals: TrafficTotals;
}

export interface AttributeOptions {
  readonly dictionary: FlowDictionary;
  readonly window: Window;
  /** Whether any policy needs an inventory: traffic of an interface that none knows is then unattributable. */
  readonly hasInterfaceBoundPolicies: boolean;
}

/** The half of a conversation that runs from a to b, or from b to a. */
const A_TO_B = 0;
const B_TO_A = 1;
type Half = typeof A_TO_B | typeof B_TO_A;

/**
 * A way to read a conversation: one half opened it, crossing the interface in one direction. Four readings exist; they are kept as bits
 * `1 << (half * 2 + direction)`.
 */
const READINGS = [
  { half: A_TO_B, direction: DIRECTION_IN },
  { half: A_TO_B, direction: DIRECTION_OUT },
  { half: B_TO_A, direction: DIRECTION_IN },
  { half: B_TO_A, direction: DIRECTION_OUT },
] as const;

/** What is asked about one row at one stage. */
type Task =
  /** Who admitted the opener, in stateful layers; `readings` are the possible ones. */
  | { readonly kind: 'opened'; readonly row: number; readonly stage: Stage; readonly readings: number; readonly firstQuery: number }
  /** Who let one half pass, in stateless layers. */
  | {
      readonly kind: 'passed';
      readonly row: number;
      readonly stage: Stage;
      readonly reading: number;
      readonly sure: boolean;
      readonly reply: boolean;
      readonly firstQuery: number;
    }
  /** Who refused one half. A refused reply was never judged by stateful layers. */
  | {
      readonly kind: 'refused';
      readonly row: number;
      readonly stage: Stage;
      readonly reading: number;
      readonly sure: boolean;
      readonly reply: boolean;
      readonly firstQuery: number;
    };

/**
 * Attributes conversations to rules, as bounds (DESIGN §5). Stateful layers are credited by openers only, stateless ones by every half. Cost is one
 * classification per layer and reading; `add` may be called with batches in any order, the result does not depend on it.
 *
 * @see semantics: spec "B3 Credit rules", and the reasoning table for refused records
 */
export class Attributor {
  readonly #plan: EnforcementPlan;
  readonly #options: AttributeOptions;
  readonly #slots: SlotBook;
  readonly #totals: TotalsBook;
  readonly #queries: QueryBuffer;
  readonly #unexplained: QueryBuffer;
  #tasks: Task[] = [];
  #unexplainedTasks: { layer: CompiledLayer; row: number; half: Half; as: JudgedAs; query: number }[] = [];

  constructor(plan: EnforcementPlan, options: AttributeOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#slots = new SlotBook(plan.layers, options.dictionary, options.window);
    this.#totals = new TotalsBook(plan, options.dictionary);
    this.#queries = new QueryBuffer(plan.layers, 'deciding');
    this.#unexplained = new QueryBuffer(plan.layers, 'every');
  }

  add(batch: ConversationBatch): void {
    this.#ask(batch);
    this.#queries.answer(batch.family);
    for (const task of this.#tasks) this.#settle(batch, task);
    this.#settleUnexplained(batch);
    this.#tasks = [];
    this.#queries.clear();
  }

  finish(): Attribution {
    return { slots: this.#slots, totals: this.#totals.finish() };
  }

  #ask(batch: ConversationBatch): void {
    for (let row = 0; row < batch.rowCount; row += 1) {
      const plan = this.#plan.attachments[batch.attachment[row] ?? 0];
      if (plan === undefined) continue;
      this.#totals.connections += 1;
      if (!plan.known && this.#options.hasInterfaceBoundPolicies) this.#totals.addUnattributable(batch.attachment[row] ?? 0);
      if (plan.stages.length === 0) continue;
      const direction = this.#crossing(batch, row, plan);
      for (const stage of plan.stages) this.#askStage(batch, row, stage, stage.directed ? direction : DIRECTION_IN);
    }
  }

  #crossing(batch: ConversationBatch, row: number, plan: AttachmentPlan): number {
    const local = batch.family === 4 ? plan.localIpv4 : plan.localIpv6;
    return directionOf(batch.evidence[row] ?? 0, local.has(batch.aAddress[row] ?? 0), local.has(batch.bAddress[row] ?? 0));
  }

  #askStage(batch: ConversationBatch, row: number, stage: Stage, direction: number): void {
    const evidence = batch.evidence[row] ?? 0;
    const opener = openerOf(evidence);
    const refused = batch.loggedAction[row] === LOGGED_REJECT;
    if (!refused) {
      const readings =
        (opener === OPENER_B ? 0 : readingsOf(A_TO_B, direction, stage)) | (opener === OPENER_A ? 0 : readingsOf(B_TO_A, direction, stage));
      const firstQuery = this.#queries.count;
      for (let reading = 0; reading < 4; reading += 1) {
        if ((readings & (1 << reading)) !== 0) this.#askReading(batch, row, stage, reading, 'stateful');
      }
      if (this.#queries.count > firstQuery) this.#tasks.push({ kind: 'opened', row, stage, readings, firstQuery });
    }
    for (const half of [A_TO_B, B_TO_A] as const) {
      if (!hasHalf(batch, row, half)) continue;
      const readings = readingsOf(half, direction, stage);
      const sure = (readings & (readings - 1)) === 0;
      const reply = refused
        ? isRefusedReply(evidence, half)
        : opener !== OPENER_UNKNOWN && opener !== (half === A_TO_B ? OPENER_A : OPENER_B);
      for (let reading = 0; reading < 4; reading += 1) {
        if ((readings & (1 << reading)) === 0) continue;
        const firstQuery = this.#queries.count;
        this.#askReading(batch, row, stage, reading, refused ? 'all' : 'stateless');
        if (refused) this.#tasks.push({ kind: 'refused', row, stage, reading, sure, reply, firstQuery });
        else if (this.#queries.count > firstQuery) this.#tasks.push({ kind: 'passed', row, stage, reading, sure, reply, firstQuery });
      }
    }
  }

  /** Asks each layer of the reading's direction that takes part; twice where the remote address was translated. */
  #askReading(batch: ConversationBatch, row: number, stage: Stage, reading: number, which: 'stateful' | 'stateless' | 'all'): void {
    const { half, direction } = READINGS[reading] ?? READINGS[0];
    const fromA = half === A_TO_B;
    const source = (fromA ? batch.aAddress[row] : batch.bAddress[row]) ?? 0;
    const destination = (fromA ? batch.bAddress[row] : batch.aAddress[row]) ?? 0;
    const sourcePort = (fromA ? batch.aPort[row] : batch.bPort[row]) ?? 0;
    const destinationPort = (fromA ? batch.bPort[row] : batch.aPort[row]) ?? 0;
    const protocol = batch.protocol[row] ?? 0;
    const translated = translatedRemote(batch, row, half, direction);
    for (const use of direction === DIRECTION_IN ? stage.in : stage.out) {
      if (!takesPart(use.layer, which)) continue;
      const remote = direction === DIRECTION_IN ? source : destination;
      const exempt = use.exceptRemote.length > 0 && this.#isWithin(use.exceptRemote, batch.family, remote);
      const layer = exempt ? -1 : use.layer.index;
      this.#queries.ask(layer, source, destination, protocol, sourcePort, destinationPort);
      if (translated < 0) continue;
      if (direction === DIRECTION_IN) this.#queries.ask(layer, translated, destination, protocol, sourcePort, destinationPort);
      else this.#queries.ask(layer, source, translated, protocol, sourcePort, destinationPort);
    }
  }

  #isWithin(ranges: readonly AddressRange[], family: AddressFamily, address: number): boolean {
    const value = family === 4 ? BigInt(address) : (this.#options.dictionary.ipv6Addresses[address] ?? 0n);
    return ranges.some((range) => range.family === family && range.first <= value && value <= range.last);
  }

  #settle(batch: ConversationBatch, task: Task): void {
    switch (task.kind) {
      case 'opened':
        this.#settleOpened(batch, task);
        return;
      case 'passed':
        this.#settlePassed(batch, task);
        return;
      case 'refused':
        this.#settleRefused(batch, task);
        return;
    }
  }

  /** An accepted conversation in stateful layers: with one reading its rules are credited, with several those that some rule admits. */
  #settleOpened(batch: ConversationBatch, task: Extract<Task, { kind: 'opened' }>): void {
    const verdictless = batch.loggedAction[task.row] !== LOGGED_ACCEPT;
    const readings = this.#readAnswers(batch, task, 'stateful');
    const single = (task.readings & (task.readings - 1)) === 0;
    const admitted = single ? readings : readings.filter((reading) => this.#admits(batch, task.row, reading) !== 'no');
    if (admitted.length === 0) {
      // Nobody admits it, whoever opened: it is unexplained once, in the direction its records show.
      const shown = readings.find((reading) => hasHalf(batch, task.row, reading.half)) ?? readings[0];
      if (shown !== undefined) this.#credit(batch, task.row, shown, verdictless ? 'no-action' : 'accept', 'conversation');
      return;
    }
    const [first] = admitted;
    const onlyOne = admitted.length === 1 && first !== undefined;
    const byConsistency = onlyOne && !single && this.#admits(batch, task.row, first) === 'yes' && this.#isDated(batch, task.row, first);
    for (const reading of admitted) {
      // Only the opener's own records prove that it opened; without them its rules stay possible.
      const sure = onlyOne && (single || byConsistency) && hasHalf(batch, task.row, reading.half);
      const as = verdictless ? 'no-action' : sure ? 'accept' : 'accept-weak';
      this.#credit(batch, task.row, reading, as, 'conversation');
    }
  }

  #settlePassed(batch: ConversationBatch, task: Extract<Task, { kind: 'passed' }>): void {
    const verdictless = batch.loggedAction[task.row] !== LOGGED_ACCEPT;
    const as = verdictless ? 'no-action' : !task.sure ? 'accept-weak' : task.reply ? 'accept-reply' : 'accept';
    for (const reading of this.#readAnswers(batch, { ...task, readings: 1 << task.reading }, 'stateless')) {
      this.#credit(batch, task.row, reading, as, 'half');
    }
  }

  /**
   * A refused half: one layer must have done it. If only one could, that one did; if none, the flow contradicts the rules. Stateful layers let replies pass,
   * so a refused reply was refused by a stateless one, unless the connection was forgotten before.
   */
  #settleRefused(batch: ConversationBatch, task: Extract<Task, { kind: 'refused' }>): void {
    const [reading] = this.#readAnswers(batch, { ...task, readings: 1 << task.reading }, 'all');
    if (reading === undefined) return;
    const answers = reading.answers.filter((answer) => answer.result !== NO_RESULT);
    const asked = task.reply ? answers.filter((answer) => !answer.use.layer.stateful) : answers;
    const suspects = asked.filter(
      (answer) => this.#slots.refusal(answer.use.layer, batch.family, answer.result, this.#day(batch, task.row)) !== 'no',
    );
    if (suspects.length === 0) {
      if (answers.length === 0)
        this.#totals.addUnexplained(batch, task.row, reading.half, shownDirection(reading), 'no layer that could refuse it is known');
      for (const answer of answers) this.#add(batch, task.row, reading, answer, 'reject-unexplained', 'half');
      return;
    }
    for (const answer of asked) {
      if (!suspects.includes(answer)) this.#totals.addDecidedElsewhere(answer.use.point);
      else this.#add(batch, task.row, reading, answer, task.sure && suspects.length === 1 ? 'reject' : 'reject-ambiguous', 'half');
    }
  }

  /** The answers of each reading of a task, in the order in which they were asked. */
  #readAnswers(
    batch: ConversationBatch,
    task: { readonly row: number; readonly stage: Stage; readonly readings: number; readonly firstQuery: number },
    which: 'stateful' | 'stateless' | 'all',
  ): Reading[] {
    const found: Reading[] = [];
    let query = task.firstQuery;
    for (let bit = 0; bit < 4; bit += 1) {
      if ((task.readings & (1 << bit)) === 0) continue;
      const { half, direction } = READINGS[bit] ?? READINGS[0];
      const translated = translatedRemote(batch, task.row, half, direction) >= 0;
      const answers: Answer[] = [];
      for (const use of direction === DIRECTION_IN ? task.stage.in : task.stage.out) {
        if (!takesPart(use.layer, which)) continue;
        const result = this.#queries.results[query] ?? NO_RESULT;
        const other = translated ? (this.#queries.results[query + 1] ?? NO_RESULT) : result;
        answers.push({ use, query, result, other });
        query += translated ? 2 : 1;
      }
      found.push({ half, direction, directed: task.stage.directed, answers });
    }
    return found;
  }

  /** Whether every layer of a reading could have permitted the conversation: no, perhaps, certainly. */
  #admits(batch: ConversationBatch, row: number, reading: Reading): 'no' | 'maybe' | 'yes' {
    let admitted: 'no' | 'maybe' | 'yes' = reading.answers.length === 0 ? 'no' : 'yes';
    for (const { use, result, other } of reading.answers) {
      if (result === NO_RESULT) continue;
      for (const seen of result === other ? [result] : [result, other]) {
        const refusal = this.#slots.refusal(use.layer, batch.family, seen, this.#day(batch, row));
        if (refusal === 'yes') return 'no';
        if (refusal === 'maybe') admitted = 'maybe';
      }
    }
    return admitted;
  }

  #isDated(batch: ConversationBatch, row: number, reading: Reading): boolean {
    return reading.answers.every(({ use }) => this.#slots.isDated(use.layer, this.#day(batch, row)));
  }

  #day(batch: ConversationBatch, row: number): number {
    return batch.day[row] ?? -1;
  }

  #credit(batch: ConversationBatch, row: number, reading: Reading, as: JudgedAs, extent: 'half' | 'conversation'): void {
    for (const answer of reading.answers) {
      if (answer.result !== NO_RESULT) this.#add(batch, row, reading, answer, as, extent);
    }
  }

  #add(batch: ConversationBatch, row: number, reading: Reading, answer: Answer, as: JudgedAs, extent: 'half' | 'conversation'): void {
    const { use, result, other } = answer;
    if (other !== result) {
      // Two addresses could have been judged and the answers differ: both stay possible, neither is certain.
      const weaker = as === 'accept' || as === 'accept-reply' ? 'accept-weak' : as === 'reject' ? 'reject-ambiguous' : as;
      const slot = this.#slots.add(use.layer, batch, row, reading.half, result, weaker, extent);
      this.#slots.add(use.layer, batch, row, reading.half, other, weaker, extent);
      this.#totals.addOutcome(use.point, this.#slots.outcome(slot));
      return;
    }
    const slot = this.#slots.add(use.layer, batch, row, reading.half, result, as, extent);
    const outcome = this.#slots.outcome(slot);
    this.#totals.addOutcome(use.point, outcome);
    if (outcome !== 'unexplained') return;
    const accepted = batch.loggedAction[row] === LOGGED_ACCEPT;
    this.#totals.addUnexplained(
      batch,
      row,
      reading.half,
      shownDirection(reading),
      accepted ? 'accepted, and no rule permits it' : 'refused, although the rules permit it',
    );
    this.#askEveryMatch(batch, row, reading.half, use.layer, accepted ? 'unexplained-accept' : 'unexplained-reject');
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
  readonly query: number;
  readonly result: number;
  /** The result for the true remote address; the same as `result` unless it was translated. */
  readonly other: number;
}

interface Reading {
  readonly half: Half;
  readonly direction: typeof DIRECTION_IN | typeof DIRECTION_OUT;
  /** False where the policy has no directions, and `direction` says nothing. */
  readonly directed: boolean;
  readonly answers: readonly Answer[];
}

function shownDirection(reading: Reading): Direction | null {
  if (!reading.directed) return null;
  return reading.direction === DIRECTION_IN ? 'in' : 'out';
}

/** The readings in which a half opens, given the direction of a→b. Without directions there is one. */
function readingsOf(half: Half, directionOfAb: number, stage: Stage): number {
  const first = half * 2;
  if (!stage.directed) return 1 << first;
  if (directionOfAb === DIRECTION_UNKNOWN) return 3 << first;
  return 1 << (first + (half === A_TO_B ? directionOfAb : 1 - directionOfAb));
}

function hasHalf(batch: ConversationBatch, row: number, half: Half): boolean {
  return ((half === A_TO_B ? batch.recordsAb[row] : batch.recordsBa[row]) ?? 0) > 0;
}

/** A refused packet is a reply if it says so itself, or if what it replies to was accepted and it does not open anything. */
function isRefusedReply(evidence: number, half: Half): boolean {
  const own = half === A_TO_B ? evidence : evidence >>> EVIDENCE_SHIFT_BA;
  if ((own & EVIDENCE_RESPONDER) !== 0) return true;
  return (evidence & REVERSE_ACCEPTED) !== 0 && (own & EVIDENCE_OPENER) === 0;
}

/** The true address of the remote side where the log shows that it was translated, else -1. */
function translatedRemote(batch: ConversationBatch, row: number, half: Half, direction: number): number {
  const remoteIsA = (half === A_TO_B) === (direction === DIRECTION_IN);
  const evidence = batch.evidence[row] ?? 0;
  if (remoteIsA) return (evidence & A_TRANSLATED) !== 0 ? (batch.aTrueAddress[row] ?? -1) : -1;
  return (evidence & B_TRANSLATED) !== 0 ? (batch.bTrueAddress[row] ?? -1) : -1;
}

function takesPart(layer: CompiledLayer, which: 'stateful' | 'stateless' | 'all'): boolean {
  return which === 'all' || (which === 'stateful') === layer.stateful;
}
