import {
  A_TRANSLATED,
  B_TRANSLATED,
  type ConversationBatch,
  EVIDENCE_OPENER,
  EVIDENCE_RESPONDER,
  EVIDENCE_SHIFT_BA,
  REVERSE_ACCEPTED,
} from '../../model/flow.ts';
import { DIRECTION_IN, DIRECTION_UNKNOWN } from './orient.ts';

/** The half of a conversation that runs from a to b, or from b to a. */
export const A_TO_B = 0;
export const B_TO_A = 1;
export type Half = typeof A_TO_B | typeof B_TO_A;
export const HALVES = [A_TO_B, B_TO_A] as const;

/**
 * A way to read a conversation: one half opened it (or passed), crossing the interface in one direction. There are four, numbered
 * `half * 2 + direction`; a set of them is a number with their bits.
 */
export const READINGS = [0, 1, 2, 3] as const;

export function halfOf(reading: number): Half {
  return (reading >>> 1) as Half;
}

export function directionOfReading(reading: number): 0 | 1 {
  return (reading & 1) as 0 | 1;
}

/** The readings in which a half opens, given the direction of a→b. Without directions there is one. */
export function readingsOf(half: Half, directionOfAb: number, directed: boolean): number {
  const first = half * 2;
  if (!directed) return 1 << first;
  if (directionOfAb === DIRECTION_UNKNOWN) return 3 << first;
  return 1 << (first + (half === A_TO_B ? directionOfAb : 1 - directionOfAb));
}

/** The only reading of a set, or -1. */
export function onlyReading(readings: number): number {
  return readings !== 0 && (readings & (readings - 1)) === 0 ? 31 - Math.clz32(readings) : -1;
}

export function hasHalf(batch: ConversationBatch, row: number, half: Half): boolean {
  return ((half === A_TO_B ? batch.recordsAb[row] : batch.recordsBa[row]) ?? 0) > 0;
}

/** A refused packet is a reply if it says so itself, or if what it replies to was accepted and it does not open anything. */
export function isRefusedReply(evidence: number, half: Half): boolean {
  const own = half === A_TO_B ? evidence : evidence >>> EVIDENCE_SHIFT_BA;
  if ((own & EVIDENCE_RESPONDER) !== 0) return true;
  return (evidence & REVERSE_ACCEPTED) !== 0 && (own & EVIDENCE_OPENER) === 0;
}

/** The true address of the remote side where the log shows that it was translated, else -1. */
export function translatedRemote(batch: ConversationBatch, row: number, reading: number): number {
  const evidence = batch.evidence[row] ?? 0;
  if ((evidence & (A_TRANSLATED | B_TRANSLATED)) === 0) return -1;
  const remoteIsA = (halfOf(reading) === A_TO_B) === (directionOfReading(reading) === DIRECTION_IN);
  if (remoteIsA) return (evidence & A_TRANSLATED) !== 0 ? (batch.aTrueAddress[row] ?? -1) : -1;
  return (evidence & B_TRANSLATED) !== 0 ? (batch.bTrueAddress[row] ?? -1) : -1;
}
