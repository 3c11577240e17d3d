import { ConnectionTable } from './connection-table.ts';
import { admittingRules, type Direction, naclDecision } from './packet-filter.ts';
import { type Interface, interfaceOf, type Packet, type World } from './world.ts';

/** Who opened what: packets of one connection share one value of this. */
export interface Connection {
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly sport: number;
  readonly dport: number;
  /** Group rules that admitted the opener, by interface. */
  readonly admittedBy: Map<string, readonly string[]>;
}

/** What one interface did with one packet, and on whose account: rules by the names that the two functions below make. */
export interface Passage {
  readonly at: Interface;
  readonly direction: Direction;
  readonly packet: Packet;
  readonly connection: Connection;
  readonly action: 'ACCEPT' | 'REJECT';
  /** The entry of the network ACL that let an accepted packet pass, or what refused a rejected one. */
  readonly decidedBy: readonly string[];
}

function naclRuleName(subnet: string, direction: Direction, number: number): string {
  return `acl-${subnet}:${direction}/${number}`;
}

function groupDefaultName(group: string, direction: Direction): string {
  return `${group}:${direction}/default`;
}

/** Carries packets between the interfaces of a world and the outside, in the order of time. */
export class Network {
  readonly passages: Passage[] = [];
  private readonly world: World;
  private readonly tables = new Map<string, ConnectionTable>();

  constructor(world: World) {
    this.world = world;
  }

  /** Sends a packet; answers whether it arrived. */
  send(packet: Packet, connection: Connection): boolean {
    const from = interfaceOf(this.world, packet.src);
    if (from !== undefined && !this.pass(from, 'out', packet, connection)) return false;
    const to = interfaceOf(this.world, packet.dst);
    return to === undefined || this.pass(to, 'in', packet, connection);
  }

  private pass(at: Interface, direction: Direction, packet: Packet, connection: Connection): boolean {
    // Outwards the groups come first, inwards the network ACL does.
    const acl = naclDecision(this.world, at, direction, packet);
    const aclName = acl === null ? [] : [naclRuleName(at.subnet, direction, acl.number)];
    const refusedByAcl = acl?.action === 'deny';
    if (direction === 'in' && refusedByAcl) return this.note({ at, direction, packet, connection, action: 'REJECT', decidedBy: aclName });
    if (!this.groupsPass(at, direction, packet, connection)) {
      const decidedBy = at.groups.map((group) => groupDefaultName(group, direction));
      return this.note({ at, direction, packet, connection, action: 'REJECT', decidedBy });
    }
    return this.note({ at, direction, packet, connection, action: refusedByAcl ? 'REJECT' : 'ACCEPT', decidedBy: aclName });
  }

  private groupsPass(at: Interface, direction: Direction, packet: Packet, connection: Connection): boolean {
    const table = this.tables.get(at.id) ?? new ConnectionTable();
    this.tables.set(at.id, table);
    if (table.passes(packet)) return true;
    const rules = admittingRules(this.world, at, direction, packet);
    if (rules.length === 0) return false;
    table.remember(packet);
    // A late reply that a rule of the other direction lets through opens nothing.
    if (packet.src === connection.src && packet.sport === connection.sport)
      connection.admittedBy.set(
        at.id,
        rules.map((rule) => rule.id),
      );
    return true;
  }

  private note(passage: Passage): boolean {
    this.passages.push(passage);
    return passage.action === 'ACCEPT';
  }
}
