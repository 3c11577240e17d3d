import {
  type ConversationBatch,
  EVIDENCE_OPENER,
  EVIDENCE_SHIFT_BA,
  LOGGED_REJECT,
  REVERSE_ACCEPTED,
  UNSEEN_PORT,
} from '../../model/flow.ts';
import { protocolHasPorts } from '../../model/notation-parts.ts';
import { OPENER_A, OPENER_UNKNOWN, openerOf } from '../attribution/orient.ts';

/** How sure it is who opened, as a small number. */
export const PROVEN = 0;
export const LIKELY = 1;
export const UNKNOWN = 2;

/** In the place of a port: the ports were summed up. Above every port, and above the one that is not known. */
export const SEVERAL_PORTS = UNSEEN_PORT + 1;

/** A conversation read as "somebody opened a service to somebody". */
export interface Talk {
  /** Without a known opener `a` stands for the source. */
  fromA: boolean;
  orientation: number;
  /** Of the destination; {@link UNSEEN_PORT} for protocols without ports and where nobody knows it. */
  port: number;
  /** A refused reply of a connection whose other direction was accepted: no connection of its own. */
  isRefusedReply: boolean;
}

/**
 * Reads one row into `talk`, which is overwritten. The opener is proven as for attribution; else the well-known port tells (below 1024 against above, or below
 * the range that hosts take their own ports from against inside it), else the only side that sent anything: both make it likely, not sure.
 */
export function readTalk(batch: ConversationBatch, row: number, talk: Talk): void {
  const evidence = batch.evidence[row] ?? 0;
  const [fromAb, fromBa] = [(batch.recordsAb[row] ?? 0) > 0, (batch.recordsBa[row] ?? 0) > 0];
  talk.isRefusedReply =
    batch.loggedAction[row] === LOGGED_REJECT &&
    (evidence & REVERSE_ACCEPTED) !== 0 &&
    (evidence & (EVIDENCE_OPENER | (EVIDENCE_OPENER << EVIDENCE_SHIFT_BA))) === 0;
  const hasPorts = protocolHasPorts(batch.protocol[row] ?? 0);
  const aPort = hasPorts ? (batch.aPort[row] ?? UNSEEN_PORT) : UNSEEN_PORT;
  const bPort = hasPorts ? (batch.bPort[row] ?? UNSEEN_PORT) : UNSEEN_PORT;
  const opener = openerOf(evidence);
  if (opener !== OPENER_UNKNOWN) return fill(talk, opener === OPENER_A, PROVEN, aPort, bPort);
  const service = serverByPorts(aPort, bPort);
  if (service !== 0) return fill(talk, service > 0, LIKELY, aPort, bPort);
  if (fromAb !== fromBa) return fill(talk, talk.isRefusedReply ? fromBa : fromAb, LIKELY, aPort, bPort);
  talk.fromA = true;
  talk.orientation = UNKNOWN;
  talk.port = aPort === bPort ? aPort : UNSEEN_PORT;
}

function fill(talk: Talk, fromA: boolean, orientation: number, aPort: number, bPort: number): void {
  talk.fromA = fromA;
  talk.orientation = orientation;
  talk.port = fromA ? bPort : aPort;
}

const WELL_KNOWN_END = 1024;
/** Where Linux starts to take ports for the connections it opens; others start later. */
const EPHEMERAL_START = 32_768;

/** 1: b looks like the server; -1: a does; 0: the ports do not tell. */
function serverByPorts(aPort: number, bPort: number): -1 | 0 | 1 {
  if (aPort === UNSEEN_PORT || bPort === UNSEEN_PORT) return 0;
  for (const limit of [WELL_KNOWN_END, EPHEMERAL_START]) {
    if (aPort < limit !== bPort < limit) return bPort < limit ? 1 : -1;
  }
  return 0;
}
