/** Packets (family, addresses, protocol, ports or ICMP type and code), of each family. */
export interface PacketCount {
  readonly ipv4: bigint;
  readonly ipv6: bigint;
}
