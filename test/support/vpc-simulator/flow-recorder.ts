import type { FlowRecord } from '../aws-writer.ts';
import type { Connection, Passage } from './network.ts';

/** Seconds that one record sums up at most. */
const INTERVAL = 600;

// Of all TCP flags a flow log shows these; an ACK only beside a SYN.
const FIN_SYN_RST = 7;
const SYN_ACK = 18;

/** A record as AWS would write it, with what the firewall did, which the record does not tell. */
export interface WitnessedRecord {
  readonly record: FlowRecord;
  readonly connections: ReadonlySet<Connection>;
  readonly decidedBy: ReadonlySet<string>;
}

/** One record per interface, direction, 5-tuple, action and interval; start and end are those of its first and last packet. */
export function recordFlows(passages: readonly Passage[]): WitnessedRecord[] {
  const open = new Map<string, Passage[]>();
  for (const passage of passages) {
    const key = recordKey(passage);
    const group = open.get(key);
    if (group === undefined) open.set(key, [passage]);
    else group.push(passage);
  }
  return [...open.values()].flatMap(sumUp);
}

function recordKey({ at, direction, packet, action }: Passage): string {
  const { src, dst, protocol, sport, dport } = packet;
  return [at.id, direction, src, dst, protocol, sport, dport, action, Math.floor(packet.time / INTERVAL)].join(' ');
}

function sumUp(group: readonly Passage[]): WitnessedRecord[] {
  const [first] = group;
  if (first === undefined) return [];
  const { protocol, sport, dport } = first.packet;
  const times = group.map((passage) => passage.packet.time);
  const flags = group.map((passage) => loggedFlags(passage.packet.tcpFlags)).reduce((a, b) => a | b, 0);
  const record: FlowRecord = {
    eni: first.at.id,
    direction: first.direction === 'in' ? 'ingress' : 'egress',
    ...loggedAddresses(first),
    sport,
    dport,
    protocol,
    packets: group.reduce((sum, passage) => sum + passage.packet.count, 0),
    start: Math.min(...times),
    end: Math.max(...times) + 1,
    action: first.action,
    tcpFlags: protocol === 6 ? flags : 0,
  };
  return [
    {
      record,
      connections: new Set(group.map((passage) => passage.connection)),
      decidedBy: new Set(group.flatMap((passage) => passage.decidedBy)),
    },
  ];
}

/** The interface's own side is logged as its primary IPv4 address; the packet's real addresses stand beside it. */
function loggedAddresses({ at, direction, packet }: Passage): Pick<FlowRecord, 'src' | 'dst' | 'pktSrc' | 'pktDst'> {
  const logged = (address: string) => (at.ipv4Others.includes(address) ? at.ipv4 : address);
  const { src, dst } = packet;
  return { src: direction === 'out' ? logged(src) : src, dst: direction === 'in' ? logged(dst) : dst, pktSrc: src, pktDst: dst };
}

function loggedFlags(flags: number): number {
  return (flags & SYN_ACK) === SYN_ACK ? (flags & FIN_SYN_RST) | SYN_ACK : flags & FIN_SYN_RST;
}
