import { parseAddress } from '../../src/model/address.ts';
import {
  type ConversationBatch,
  EVIDENCE_OPENER,
  EVIDENCE_RESPONDER,
  EVIDENCE_SHIFT_BA,
  type FlowDictionary,
  LOGGED_ACCEPT,
  LOGGED_EGRESS,
  LOGGED_INGRESS,
  LOGGED_NOTHING,
  LOGGED_REJECT,
  UNSEEN_PORT,
} from '../../src/model/flow.ts';
import { parseProtocol } from '../../src/model/service.ts';

/** Day on which conversations happen unless they say another: 2026-01-05. */
export const DAY = 20_458;

export interface Conversation {
  /** `eni-1 in tcp 10.0.0.1:40000 -> 10.1.0.1:443`; the direction may be `-`. IPv4 only. */
  readonly flow: string;
  readonly action?: 'accept' | 'reject' | 'none';
  /** Who is proven to have opened: the source, the destination or nobody. */
  readonly opener?: 'source' | 'destination' | 'unknown';
  /** Whether the reply was logged too. */
  readonly answered?: boolean;
  /** False: only the reply was logged. */
  readonly request?: boolean;
  readonly day?: number;
  readonly flags?: number;
}

export function dictionaryOf(conversations: readonly Conversation[]): FlowDictionary {
  const attachments = [...new Set(conversations.map(({ flow }) => flow.split(' ')[0] ?? ''))].sort();
  return { attachments, ipv6Addresses: [], namedRules: [] };
}

/** One batch of conversations, a being the source. */
export function batchOf(conversations: readonly Conversation[], dictionary = dictionaryOf(conversations)): ConversationBatch {
  const count = conversations.length;
  const u32 = (value: (each: Conversation) => number): Uint32Array => Uint32Array.from(conversations, value);
  const f64 = (value: (each: Conversation) => number): Float64Array => Float64Array.from(conversations, value);
  return {
    family: 4,
    rowCount: count,
    day: Int32Array.from(conversations, ({ day }) => day ?? DAY),
    attachment: u32(({ flow }) => dictionary.attachments.indexOf(flow.split(' ')[0] ?? '')),
    aAddress: u32(({ flow }) => sides(flow).source.address),
    bAddress: u32(({ flow }) => sides(flow).destination.address),
    aPort: u32(({ flow }) => sides(flow).source.port),
    bPort: u32(({ flow }) => sides(flow).destination.port),
    protocol: u32(({ flow }) => sides(flow).protocol),
    loggedAction: u32(({ action }) => ({ accept: LOGGED_ACCEPT, reject: LOGGED_REJECT, none: LOGGED_NOTHING })[action ?? 'accept']),
    evidence: u32(evidenceOf),
    aTrueAddress: new Uint32Array(count),
    bTrueAddress: new Uint32Array(count),
    recordsAb: f64(({ request }) => (request === false ? 0 : 1)),
    recordsBa: f64(({ answered, request }) => (answered === true || request === false ? 1 : 0)),
    packetsAb: f64(() => 5),
    packetsBa: f64(({ answered }) => (answered === true ? 4 : 0)),
    bytesAb: f64(() => 500),
    bytesBa: f64(({ answered }) => (answered === true ? 400 : 0)),
    firstStart: f64(({ day }) => (day ?? DAY) * 86_400 + 10),
    lastEnd: f64(({ day }) => (day ?? DAY) * 86_400 + 70),
    namedRule: new Uint32Array(count),
  };
}

function evidenceOf({ flow, opener = 'source', flags = 0 }: Conversation): number {
  const direction = flow.split(' ')[1];
  const logged = direction === 'in' ? LOGGED_INGRESS : direction === 'out' ? LOGGED_EGRESS : 0;
  const opened = opener === 'source' ? EVIDENCE_OPENER : opener === 'destination' ? EVIDENCE_OPENER << EVIDENCE_SHIFT_BA : 0;
  const responded = opener === 'destination' ? EVIDENCE_RESPONDER : 0;
  return logged | opened | responded | flags;
}

function sides(flow: string) {
  const [, , protocol = '', source = '', , destination = ''] = flow.split(' ');
  return { protocol: parseProtocol(protocol) ?? 0, source: side(source), destination: side(destination) };
}

function side(text: string): { address: number; port: number } {
  const [host = '', port] = text.split(':');
  return { address: Number(parseAddress(host)?.value ?? 0n), port: port === undefined ? UNSEEN_PORT : Number(port) };
}
