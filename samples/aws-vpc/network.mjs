import { resourceId } from './random.mjs';

// The VPC of the sample: subnets and network interfaces. Public addresses come from RFC 5737, IPv6 from RFC 3849.

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';
export const VPC_ID = resourceId('vpc', 'shop');
export const VPC_CIDR = '10.20.0.0/16';
export const VPC_IPV6_CIDR = '2001:db8:20::/56';
/** VPC+2: the Amazon resolver, which no flow log ever shows. */
export const RESOLVER = '10.20.0.2';

function subnet(name, cidr, ipv6Cidr, zone, acl) {
  return { name, id: resourceId('subnet', name), cidr, ipv6Cidr, zone, acl };
}

export const SUBNETS = [
  subnet('public-a', '10.20.0.0/24', '2001:db8:20::/64', 'a', 'default'),
  subnet('public-b', '10.20.1.0/24', null, 'b', 'default'),
  subnet('web', '10.20.10.0/24', null, 'a', 'default'),
  subnet('app', '10.20.20.0/24', null, 'a', 'default'),
  subnet('data', '10.20.30.0/24', null, 'a', 'data'),
  subnet('ops', '10.20.40.0/24', null, 'a', 'default'),
];

function host(name, subnetName, ip, groups, { ip6 = null, publicIp = null, type = 'interface', description = '' } = {}) {
  const subnetOf = SUBNETS.find((candidate) => candidate.name === subnetName);
  return { name, id: resourceId('eni', name), subnet: subnetOf, ip, ip6, publicIp, groups, type, description };
}

const balancer = 'ELB app/shop/50dc6c495c0c9188';

export const HOSTS = [
  host('alb-a', 'public-a', '10.20.0.10', ['alb'], { ip6: '2001:db8:20::10', publicIp: '198.51.100.240', description: balancer }),
  host('alb-b', 'public-b', '10.20.1.10', ['alb'], { publicIp: '198.51.100.241', description: balancer }),
  host('nat', 'public-a', '10.20.0.20', [], {
    publicIp: '198.51.100.242',
    type: 'nat_gateway',
    description: 'Interface for NAT Gateway nat-0d5f1a2b3c4d5e6f7',
  }),
  host('bastion', 'public-a', '10.20.0.30', ['bastion'], { publicIp: '198.51.100.243' }),
  host('legacy', 'public-b', '10.20.1.50', ['legacy'], { publicIp: '198.51.100.244', description: 'do not touch' }),
  host('web-1', 'web', '10.20.10.11', ['web', 'base']),
  host('web-2', 'web', '10.20.10.12', ['web', 'base']),
  host('app-1', 'app', '10.20.20.11', ['app', 'base']),
  host('app-2', 'app', '10.20.20.12', ['app', 'base']),
  host('cache-1', 'app', '10.20.20.21', ['cache']),
  host('db-1', 'data', '10.20.30.11', ['db', 'base']),
  host('db-2', 'data', '10.20.30.12', ['db', 'base']),
  host('backup', 'data', '10.20.30.40', ['backup', 'base']),
  host('monitor', 'ops', '10.20.40.10', ['monitor']),
  host('batch', 'ops', '10.20.40.20', ['batch']),
  host('log-1', 'ops', '10.20.40.30', ['log']),
];

/** An interface that wrote flow records and that no export holds: it was deleted before the last export and created after the first. */
export const UNKNOWN_HOST = host('gone', 'app', '10.20.20.99', []);

/** The interface whose flow records were lost every night in this hour (UTC): SKIPDATA. */
export const SKIPPED = { host: 'backup', hour: 2 };

export function hostNamed(name) {
  const found = HOSTS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no host is named "${name}"`);
  return found;
}
