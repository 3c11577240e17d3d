import { type ConversationBatch, LOGGED_ACCEPT, LOGGED_REJECT } from '../../model/flow.ts';

/** What the interfaces of one side logged of one service between two ends. */
export interface View {
  accepted: number;
  rejected: number;
  undecided: number;
  answered: number;
  bytes: number;
}

export function emptyView(): View {
  return { accepted: 0, rejected: 0, undecided: 0, answered: 0, bytes: 0 };
}

/** Adds one conversation that is a connection. */
export function addConversation(view: View, batch: ConversationBatch, row: number): void {
  const action = batch.loggedAction[row];
  if (action === LOGGED_ACCEPT) {
    view.accepted += 1;
    if ((batch.recordsAb[row] ?? 0) > 0 && (batch.recordsBa[row] ?? 0) > 0) view.answered += 1;
  } else if (action === LOGGED_REJECT) view.rejected += 1;
  else view.undecided += 1;
  addBytes(view, batch, row);
}

export function addBytes(view: View, batch: ConversationBatch, row: number): void {
  view.bytes += (batch.bytesAb[row] ?? 0) + (batch.bytesBa[row] ?? 0);
}

export function addView(to: View, from: View): void {
  to.accepted += from.accepted;
  to.rejected += from.rejected;
  to.undecided += from.undecided;
  to.answered += from.answered;
  to.bytes += from.bytes;
}

/** Connections, each once. */
export interface Counted {
  readonly connections: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly undecided: number;
  readonly answered: number;
  readonly bytes: number;
  /** Of `connections`: those that only interfaces of neither side logged. */
  readonly perInterface: number;
}

/**
 * Makes one count of what both sides and interfaces between them logged.
 *
 * What the source's interface refused never got further; everything else it let out meets the others, so that the longest of the lists counts. A refusal
 * further on is the end of a connection that the source's interface accepted. Where neither side logged anything, the interfaces between are added up:
 * nobody knows which of them saw the same connection.
 */
export function countOnce(source: View, destination: View, between: readonly View[]): Counted {
  const sides = sizeOf(source) + sizeOf(destination);
  const refusedBetween = sum(between, (view) => view.rejected);
  const arrived = sizeOf(destination) + refusedBetween;
  const left = source.accepted + source.undecided;
  const passed = sides === 0 ? sum(between, sizeOf) : Math.max(left, arrived, ...between.map(sizeOf));
  const connections = passed + source.rejected;
  const rejected = source.rejected + destination.rejected + refusedBetween;
  const all = [source, destination, ...between];
  const most = (count: (view: View) => number): number =>
    sides === 0 ? sum(between, count) : all.reduce((best, view) => Math.max(best, count(view)), 0);
  const undecided = Math.min(
    connections - rejected,
    most((view) => view.undecided),
  );
  const accepted = connections - rejected - undecided;
  return {
    connections,
    accepted,
    rejected,
    undecided,
    answered: Math.min(
      accepted,
      most((view) => view.answered),
    ),
    bytes: most((view) => view.bytes),
    perInterface: sides === 0 ? connections : 0,
  };
}

function sizeOf({ accepted, rejected, undecided }: View): number {
  return accepted + rejected + undecided;
}

function sum(views: readonly View[], count: (view: View) => number): number {
  return views.reduce((total, view) => total + count(view), 0);
}
