import { type AddressRange, parseAddressRange } from '../../../model/address.ts';
import type { NativeRule } from './native-rule.ts';

const PROTOCOL_NAMES: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' };

/**
 * What EC2 tells the rules of one group and direction apart by: protocol, ports and peer, however they are spelled. The description is not part
 * of it. A revoke by content takes the rule with this key, so two rules that share it can only be told apart by their `sgr-` ids.
 *
 * EC2 returns names for tcp, udp, icmp and icmpv6, masks the host bits of a CIDR and ignores ports for other protocols. Where it is not documented
 * that two spellings are one (no port, -1 and 0-65535), they count as one here: too careful leaves a rule in place, too bold opens a hole.
 */
export function permissionKey(rule: NativeRule): string {
  const protocol = PROTOCOL_NAMES[rule.protocol] ?? rule.protocol.toLowerCase();
  return [protocol, portsOf(protocol, rule), rule.peer.kind, peerOf(rule)].join(' ');
}

function portsOf(protocol: string, rule: NativeRule): string {
  const from = rule.fromPort ?? -1;
  const to = rule.toPort ?? -1;
  if (protocol === 'tcp' || protocol === 'udp') return from === -1 ? '0-65535' : `${from}-${to}`;
  if (protocol === 'icmp' || protocol === 'icmpv6') return `${from}/${to}`;
  return 'any';
}

function peerOf(rule: NativeRule): string {
  if (rule.peer.kind !== 'cidr4' && rule.peer.kind !== 'cidr6') return rule.peer.id;
  const parsed = parseAddressRange(rule.peer.id);
  return parsed.ok ? formatRange(parsed.range) : rule.peer.id;
}

function formatRange(range: AddressRange): string {
  return `${range.family}:${range.first}-${range.last}`;
}
