import { type AddressRange, anyAddress, formatAddressRange, parseAddressRange } from '../../../model/address.ts';
import { anyEndpoint, type MatchProduct } from '../../../model/match.ts';
import type { Direction } from '../../../model/policy.ts';
import { ANY_SERVICE, type Service, serviceOf, TCP, UDP } from '../../../model/service.ts';
import type { Inventory, Network } from './inventory.ts';

// DNS, instance metadata and time of the VPC, and DHCP, are in no flow log (VPC user guide, "Flow log limitations"); the IPv6 addresses are those
// of the same services. Nothing else answers at these addresses, so that a rule about them can never show a hit, whatever its port.
const DNS_ADDRESSES = ['169.254.169.253', 'fd00:ec2::253'];
const METADATA_ADDRESSES = ['169.254.169.254', 'fd00:ec2::254'];
const TIME_ADDRESSES = ['169.254.169.123', 'fd00:ec2::123'];
const DHCP_PORTS = { first: 67, last: 68 };

/**
 * Traffic of a VPC that flow logs leave out, as seen by a policy of one direction: the service is the remote side. Towards an interface only
 * answers come from there, to any port.
 */
export function findUnlogged(inventory: Inventory, vpc: string, direction: Direction): MatchProduct[] {
  const network = inventory.vpcs.get(vpc);
  const primary = network?.cidrs.find(({ family }) => family === 4);
  const resolver = primary === undefined ? [] : [hostAt(primary, 2n)];
  const subnets = [...inventory.subnets.values()]
    .filter((subnet) => subnet.vpc === vpc && vpc !== '')
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const routers = [...(network === undefined ? [] : [network]), ...subnets].flatMap(routerOf);
  const port = (first: number): { first: number; last: number } | null => (direction === 'out' ? { first, last: first } : null);
  const product = (remote: AddressRange, services: readonly Service[]): MatchProduct => {
    const side = { ranges: [remote], membership: null };
    const { family } = remote;
    const other = anyEndpoint(family);
    return {
      family,
      source: direction === 'in' ? side : other,
      destination: direction === 'in' ? other : side,
      services,
      finite: [],
      unknowns: [],
    };
  };
  return [
    ...[...resolver, ...DNS_ADDRESSES.map(toHost)].map((remote) => product(remote, [serviceOf(UDP, port(53)), serviceOf(TCP, port(53))])),
    ...METADATA_ADDRESSES.map((text) => product(toHost(text), [ANY_SERVICE])),
    ...TIME_ADDRESSES.map((text) => product(toHost(text), [serviceOf(UDP, port(123))])),
    product(anyAddress(4), [serviceOf(UDP, DHCP_PORTS)]),
    ...distinct(routers).map((remote) => product(remote, [ANY_SERVICE])),
  ];
}

/** The router of a subnet, and of the VPC, has the first address after the base. */
function routerOf(network: Network): AddressRange[] {
  return network.cidrs.filter(({ family }) => family === 4).map((cidr) => hostAt(cidr, 1n));
}

function hostAt(cidr: AddressRange, offset: bigint): AddressRange {
  return { family: cidr.family, first: cidr.first + offset, last: cidr.first + offset };
}

function distinct(ranges: readonly AddressRange[]): AddressRange[] {
  return [...new Map(ranges.map((range) => [formatAddressRange(range), range])).values()];
}

function toHost(text: string): AddressRange {
  const parsed = parseAddressRange(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.range;
}
