import { type GroupRuleNotation, type NaclEntryNotation, portRange } from '../aws-writer.ts';
import { cidrContains } from './cidr.ts';
import { type Interface, interfaceOf, type Packet, rulesAt, type World } from './world.ts';

export type Direction = 'in' | 'out';

/** Every rule of every group on the interface that admits the packet as a new connection. */
export function admittingRules(world: World, at: Interface, direction: Direction, packet: Packet): GroupRuleNotation[] {
  return rulesAt(world, packet.time).filter(
    (rule) => at.groups.includes(rule.sg) && rule.dir === direction && ruleMatches(world, rule, packet),
  );
}

function ruleMatches(world: World, rule: GroupRuleNotation, packet: Packet): boolean {
  const remote = rule.dir === 'in' ? packet.src : packet.dst;
  return peerHolds(world, rule.peer, remote) && serviceHolds(rule, packet);
}

function peerHolds(world: World, peer: string, remote: string): boolean {
  if (peer.startsWith('sg-')) return interfaceOf(world, remote)?.groups.includes(peer) ?? false;
  if (peer.startsWith('pl-')) return (world.prefixLists[peer] ?? []).some((cidr) => cidrContains(cidr, remote));
  return cidrContains(peer, remote);
}

const NUMBER_OF: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };

function serviceHolds(rule: GroupRuleNotation | NaclEntryNotation, packet: Packet): boolean {
  if (rule.proto === '-1' || rule.proto === 'all') return true;
  if ((NUMBER_OF[rule.proto] ?? Number(rule.proto)) !== packet.protocol) return false;
  if (packet.protocol === 6 || packet.protocol === 17) {
    const ports = portRange(rule.ports);
    return ports === null || (ports.first <= packet.dport && packet.dport <= ports.last);
  }
  if (packet.protocol === 1 || packet.protocol === 58) return icmpHolds(rule, packet);
  return true;
}

function icmpHolds(rule: GroupRuleNotation | NaclEntryNotation, packet: Packet): boolean {
  const [type, code] = 'n' in rule ? [rule.icmp?.type ?? -1, rule.icmp?.code ?? -1] : [rule.from ?? -1, rule.to ?? -1];
  return (type === -1 || type === packet.icmpType) && (code === -1 || code === packet.icmpCode);
}

interface NaclDecision {
  readonly number: number;
  readonly action: 'allow' | 'deny';
}

/** Number of the implicit deny at the end of every network ACL. */
const IMPLICIT_DENY = 32767;

/** What the network ACL of the interface's subnet decides; null where none is in the way: unknown to the export, or inside one subnet. */
export function naclDecision(world: World, at: Interface, direction: Direction, packet: Packet): NaclDecision | null {
  const entries = world.nacl[at.subnet];
  const remote = direction === 'in' ? packet.src : packet.dst;
  if (entries === undefined || interfaceOf(world, remote)?.subnet === at.subnet) return null;
  const first = entries.find((entry) => entry.dir === direction && cidrContains(entry.cidr, remote) && serviceHolds(entry, packet));
  return first === undefined ? { number: IMPLICIT_DENY, action: 'deny' } : { number: first.n, action: first.act };
}
