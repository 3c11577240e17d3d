import type { GroupRuleNotation, NaclEntryNotation } from '../aws-writer.ts';

/** A simulated VPC as it really is, which may be more than its inventory shows. */
export interface World {
  readonly id: string;
  readonly cidr: string;
  readonly ipv6Cidr: string;
  /** Name → CIDRs. */
  readonly subnets: Readonly<Record<string, readonly string[]>>;
  readonly interfaces: readonly Interface[];
  readonly groups: readonly string[];
  readonly rules: readonly GroupRuleNotation[];
  /** When a group rule was in force, by id; a rule that is not here always was. */
  readonly lifetimes: Readonly<Record<string, Lifetime>>;
  /** By subnet, in evaluation order; a subnet without entries has no network ACL in the export. */
  readonly nacl: Readonly<Record<string, readonly NaclEntryNotation[]>>;
  /** What the prefix lists really hold. */
  readonly prefixLists: Readonly<Record<string, readonly string[]>>;
  /** Prefix lists whose entries the export does not have. */
  readonly withheldPrefixLists: readonly string[];
}

/** Half-open, in epoch seconds. */
export interface Lifetime {
  readonly from: number;
  readonly until: number;
}

/** The group rules that were in force at a time. */
export function rulesAt(world: World, time: number): GroupRuleNotation[] {
  return world.rules.filter((rule) => {
    const lifetime = world.lifetimes[rule.id];
    return lifetime === undefined || (lifetime.from <= time && time < lifetime.until);
  });
}

export interface Interface {
  readonly id: string;
  readonly subnet: string;
  /** The primary address, by which the log calls the interface whatever its other addresses are. */
  readonly ipv4: string;
  readonly ipv4Others: readonly string[];
  readonly ipv6: string | null;
  readonly groups: readonly string[];
  /** A hidden interface exists and talks, but no inventory lists it. */
  readonly inventory: 'listed' | 'hidden';
}

export interface Packet {
  readonly time: number;
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  /** 0 for protocols without ports. */
  readonly sport: number;
  readonly dport: number;
  /** -1 for everything but ICMP. */
  readonly icmpType: number;
  readonly icmpCode: number;
  /** As on the wire; only SYN, FIN, RST and SYN-ACK are logged. */
  readonly tcpFlags: number;
  /** How many equal packets this stands for. */
  readonly count: number;
}

export function interfaceOf(world: World, address: string): Interface | undefined {
  return world.interfaces.find((candidate) => ownAddresses(candidate).includes(address));
}

/** The primary address first, IPv6 last. */
export function ownAddresses(at: Interface): string[] {
  return [at.ipv4, ...at.ipv4Others, ...(at.ipv6 === null ? [] : [at.ipv6])];
}
