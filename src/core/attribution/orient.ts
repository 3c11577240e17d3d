import { EVIDENCE_OPENER, EVIDENCE_RESPONDER, EVIDENCE_SHIFT_BA, LOGGED_EGRESS, LOGGED_INGRESS } from '../../model/flow.ts';

/** Who opened a conversation, as far as its own records prove it. */
export const OPENER_UNKNOWN = 0;
export const OPENER_A = 1;
export const OPENER_B = 2;
export type Opener = typeof OPENER_UNKNOWN | typeof OPENER_A | typeof OPENER_B;

/** Which way the half a→b crosses the interface. */
export const DIRECTION_IN = 0;
export const DIRECTION_OUT = 1;
export const DIRECTION_UNKNOWN = 2;
export type CrossingDirection = typeof DIRECTION_IN | typeof DIRECTION_OUT | typeof DIRECTION_UNKNOWN;

/**
 * Reads the opener from the evidence bits of both halves: a SYN names its sender, a SYN-ACK its receiver. Evidence for both sides (a port
 * pair used both ways on one day) proves neither.
 */
export function openerOf(evidence: number): Opener {
  const ba = evidence >>> EVIDENCE_SHIFT_BA;
  const aOpened = (evidence & EVIDENCE_OPENER) !== 0 || (ba & EVIDENCE_RESPONDER) !== 0;
  const bOpened = (ba & EVIDENCE_OPENER) !== 0 || (evidence & EVIDENCE_RESPONDER) !== 0;
  if (aOpened === bOpened) return OPENER_UNKNOWN;
  return aOpened ? OPENER_A : OPENER_B;
}

/**
 * The direction of a→b relative to the interface: what the log says, else whose address is the interface's own. Unknown when both
 * or neither are (an interface that talks to itself, or forwards).
 */
export function directionOf(evidence: number, aIsLocal: boolean, bIsLocal: boolean): CrossingDirection {
  const ba = evidence >>> EVIDENCE_SHIFT_BA;
  const loggedIn = (evidence & LOGGED_INGRESS) !== 0 || (ba & LOGGED_EGRESS) !== 0;
  const loggedOut = (evidence & LOGGED_EGRESS) !== 0 || (ba & LOGGED_INGRESS) !== 0;
  if (loggedIn !== loggedOut) return loggedIn ? DIRECTION_IN : DIRECTION_OUT;
  if (loggedIn || aIsLocal === bIsLocal) return DIRECTION_UNKNOWN;
  return bIsLocal ? DIRECTION_IN : DIRECTION_OUT;
}
