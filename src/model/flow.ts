import type { AddressFamily } from './address.ts';

/** What the flow log claims, as a small number in {@link ConversationBatch.loggedAction}. An empty action says nothing about the verdict. */
export const LOGGED_NOTHING = 0;
export const LOGGED_ACCEPT = 1;
export const LOGGED_REJECT = 2;

/** Port, ICMP type or code that the log does not carry. A rule that constrains it matches such a flow possibly, never certainly. */
export const UNSEEN_PORT = 65536;
/** Protocol that the log does not carry. */
export const UNSEEN_PROTOCOL = 256;

/** Evidence bits of one half of a conversation (all records from one side to the other). */
export const EVIDENCE_OPENER = 1; // a SYN without ACK, or the format says that the source opened
export const EVIDENCE_RESPONDER = 2; // a SYN-ACK in a dialect where that proves the responder
export const LOGGED_INGRESS = 4; // the log says: towards the interface
export const LOGGED_EGRESS = 8;
/** The bits of the half b→a are those of a→b shifted by this much. */
export const EVIDENCE_SHIFT_BA = 4;
/** The true address of a, or of b, is another than the one the interface saw (`aTrueAddress`, `bTrueAddress`). */
export const A_TRANSLATED = 256;
export const B_TRANSLATED = 512;
/** Of a rejected conversation: its reverse was accepted on the same interface and day, so what was refused is a reply. */
export const REVERSE_ACCEPTED = 1024;

/**
 * Conversations of one family, as columns of equal length; rows after `rowCount` are garbage. A conversation is everything that one
 * attachment logged on one UTC day between two endpoints with one action: both directions, so that a reply stands beside what it replies to.
 * `a` is the endpoint that sorts first, which says nothing about who opened.
 *
 * Addresses are the IPv4 integer, or an index into {@link FlowDictionary.ipv6Addresses}. Batches are reused: read them before asking for the next.
 */
export interface ConversationBatch {
  readonly family: AddressFamily;
  readonly rowCount: number;
  /** Days since 1970-01-01 UTC of the records' start; -1 when the log carries no time. */
  readonly day: Int32Array;
  /** Index into {@link FlowDictionary.attachments}. */
  readonly attachment: Uint32Array;
  readonly aAddress: Uint32Array;
  readonly bAddress: Uint32Array;
  readonly aPort: Uint32Array;
  readonly bPort: Uint32Array;
  readonly protocol: Uint32Array;
  readonly loggedAction: Uint32Array;
  /** Evidence bits of both halves, and the flags above. */
  readonly evidence: Uint32Array;
  /** Meaningful where `A_TRANSLATED`, `B_TRANSLATED` is set; encoded as the addresses are. */
  readonly aTrueAddress: Uint32Array;
  readonly bTrueAddress: Uint32Array;
  readonly recordsAb: Float64Array;
  readonly recordsBa: Float64Array;
  readonly packetsAb: Float64Array;
  readonly packetsBa: Float64Array;
  readonly bytesAb: Float64Array;
  readonly bytesBa: Float64Array;
  /** Epoch seconds; NaN when the log carries no time. */
  readonly firstStart: Float64Array;
  readonly lastEnd: Float64Array;
  /** 0, or 1 + index into {@link FlowDictionary.namedRules}: the rule the log itself names. */
  readonly namedRule: Uint32Array;
}

/** What the indexes of a batch mean. */
export interface FlowDictionary {
  /** Interface ids as logged, sorted; the empty string where the log names none. */
  readonly attachments: readonly string[];
  /** Sorted. */
  readonly ipv6Addresses: readonly bigint[];
  readonly namedRules: readonly string[];
}

/** One attachment on one day: hours (bit 0 = 00:00 UTC) in which it logged something, and in which records were lost. */
export interface CoverageDay {
  readonly attachment: string;
  readonly day: number;
  readonly loggedHours: number;
  readonly skippedHours: number;
}

/** What the logs say about their own completeness. */
export interface CoverageFacts {
  /** By attachment, then day. */
  readonly days: readonly CoverageDay[];
  /** Log files that could not be read whole, with the time they hold if their name tells (epoch seconds). */
  readonly unreadFiles: readonly { readonly path: string; readonly from: number | null; readonly to: number | null }[];
  /** Actions that occur in the logs at all; a log of accepted traffic only says nothing about denials. */
  readonly loggedActions: { readonly accept: boolean; readonly reject: boolean };
  /** Attachments that logged rejected traffic and never an accepted one: perhaps because their log holds nothing else. Sorted. */
  readonly rejectOnly: readonly string[];
  /** Records that could not be read, and all records. Nobody knows whose traffic they show. */
  readonly unreadRecords: number;
  readonly records: number;
}

/** Half-open time window in epoch seconds, whole UTC days when taken from the logs. */
export interface Window {
  readonly start: number;
  readonly end: number;
}
