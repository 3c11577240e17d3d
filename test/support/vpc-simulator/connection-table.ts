import type { Packet } from './world.ts';

// Idle timeouts in seconds, as AWS documents them for security groups.
const TCP_IDLE = 432_000;
const UDP_IDLE = 180;
const OTHER_IDLE = 600;

/** The connections that one interface remembers: a packet of one of them passes the security groups unseen. */
export class ConnectionTable {
  private readonly lastSeen = new Map<string, number>();

  /** Whether the packet belongs to a remembered connection, which it then keeps alive. */
  passes(packet: Packet): boolean {
    const key = connectionKey(packet);
    const before = this.lastSeen.get(key);
    if (before === undefined || packet.time - before > idleTimeout(packet.protocol)) return false;
    this.lastSeen.set(key, packet.time);
    return true;
  }

  remember(packet: Packet): void {
    this.lastSeen.set(connectionKey(packet), packet.time);
  }
}

/** The same for both directions. An echo reply belongs to its request; another type of ICMP is a connection of its own. */
function connectionKey(packet: Packet): string {
  const ends = [`${packet.src} ${packet.sport}`, `${packet.dst} ${packet.dport}`].sort().join(' ');
  return `${packet.protocol} ${ends} ${icmpExchange(packet)}`;
}

/** A request and its reply name their asker, so that pings in opposite directions are two connections. */
function icmpExchange(packet: Packet): string {
  if (packet.icmpType === 8 || packet.icmpType === 128) return `echo of ${packet.src}`;
  if (packet.icmpType === 0 || packet.icmpType === 129) return `echo of ${packet.dst}`;
  return packet.icmpType === -1 ? '' : `type ${packet.icmpType} of ${packet.src}`;
}

function idleTimeout(protocol: number): number {
  if (protocol === 6) return TCP_IDLE;
  return protocol === 17 ? UDP_IDLE : OTHER_IDLE;
}
