import type { GroupRuleNotation, NaclEntryNotation } from '../aws-writer.ts';
import type { Random } from './random.ts';
import type { Interface, World } from './world.ts';

/** Hosts outside the VPC: the internet, a partner, the own data centre. */
export const OUTSIDE: readonly string[] = [
  '198.51.100.1',
  '198.51.100.2',
  '198.51.100.77',
  '203.0.113.9',
  '10.9.1.1',
  '10.9.1.2',
  '2001:db8:ffff::1',
  '2001:db8:ffff::2',
];

/** A small VPC with one to two subnets, two to five interfaces and one to four groups. Names begin with `id`. */
export function randomWorld(random: Random, id: string): World {
  const subnets = Object.fromEntries(
    Array.from({ length: random.int(1, 2) }, (_, index) => [
      `${id}-net${index + 1}`,
      [`10.0.${index + 1}.0/24`, `2001:db8:0:${index + 1}::/64`],
    ]),
  );
  const groups = Array.from({ length: random.int(1, 4) }, (_, index) => `sg-${id}-${index + 1}`);
  const hasHidden = random.chance(0.15);
  const interfaceCount = random.int(2, 5);
  const interfaces = Array.from({ length: interfaceCount }, (_, index) =>
    randomInterface(random, id, index, groups, Object.keys(subnets).length, hasHidden && index === interfaceCount - 1),
  );
  const list = `pl-${id}`;
  return {
    id,
    cidr: '10.0.0.0/16',
    ipv6Cidr: '2001:db8::/56',
    subnets,
    interfaces,
    groups,
    rules: withoutCopies([
      ...Array.from({ length: random.int(2, 9) }, (_, index) => randomRule(random, `${id}-r${index + 1}`, groups, list)),
      // What every new group comes with, until somebody takes it out.
      ...groups
        .filter(() => random.chance(0.6))
        .map((sg) => ({ id: `${sg}-all`, sg, dir: 'out' as const, proto: '-1', peer: '0.0.0.0/0' })),
    ]),
    lifetimes: {},
    nacl: Object.fromEntries(
      Object.keys(subnets)
        .filter(() => random.chance(0.4))
        .map((subnet) => [subnet, [...randomEntries(random, 'in'), ...randomEntries(random, 'out')]]),
    ),
    prefixLists: { [list]: random.chance(0.5) ? ['198.51.100.0/25', '203.0.113.9/32'] : ['10.9.1.0/24'] },
    withheldPrefixLists: random.chance(0.3) ? [list] : [],
  };
}

/** AWS refuses a rule that the group already has. */
function withoutCopies(rules: readonly GroupRuleNotation[]): GroupRuleNotation[] {
  const contents = rules.map((rule) => JSON.stringify({ ...rule, id: '' }));
  return rules.filter((_, index) => contents.indexOf(contents[index] ?? '') === index);
}

function randomInterface(
  random: Random,
  id: string,
  index: number,
  groups: readonly string[],
  subnetCount: number,
  hidden: boolean,
): Interface {
  const subnet = random.int(1, subnetCount);
  const first = random.pick(groups);
  const second = random.pick(groups);
  return {
    id: `eni-${id}-${index + 1}`,
    subnet: `${id}-net${subnet}`,
    ipv4: `10.0.${subnet}.${10 + index}`,
    ipv4Others: random.chance(0.2) ? [`10.0.${subnet}.${100 + index}`] : [],
    ipv6: random.chance(0.5) ? `2001:db8:0:${subnet}::${10 + index}` : null,
    groups: random.chance(0.4) && second !== first ? [first, second] : [first],
    inventory: hidden ? 'hidden' : 'listed',
  };
}

const TCP_PORTS: readonly (string | number | undefined)[] = [22, 80, 443, 443, 5432, '0-1023', '1024-65535', undefined];
const UDP_PORTS: readonly (string | number | undefined)[] = [53, 123, 514, '500-600', undefined];

function randomRule(random: Random, id: string, groups: readonly string[], list: string): GroupRuleNotation {
  const place = { id, sg: random.pick(groups), dir: random.chance(0.65) ? ('in' as const) : ('out' as const) };
  const peer = randomPeer(random, groups, list);
  const dice = random.next();
  if (dice < 0.5) return { ...place, proto: 'tcp', ports: random.pick(TCP_PORTS), peer };
  if (dice < 0.68) return { ...place, proto: 'udp', ports: random.pick(UDP_PORTS), peer };
  if (dice < 0.76)
    return {
      ...place,
      proto: 'icmp',
      ...random.pick([
        { from: 8, to: 0 },
        { from: 3, to: 4 },
        { from: -1, to: -1 },
      ]),
      peer,
    };
  if (dice < 0.8)
    return {
      ...place,
      proto: 'icmpv6',
      ...random.pick([
        { from: 128, to: 0 },
        { from: -1, to: -1 },
      ]),
      peer,
    };
  return { ...place, proto: dice < 0.85 ? '47' : '-1', peer };
}

function randomPeer(random: Random, groups: readonly string[], list: string): string {
  const dice = random.next();
  if (dice < 0.25) return '0.0.0.0/0';
  if (dice < 0.33) return '::/0';
  if (dice < 0.58) return random.pick(groups);
  if (dice < 0.68) return list;
  return random.pick([
    '10.0.0.0/8',
    '10.0.0.0/16',
    '10.0.1.0/24',
    '10.0.2.0/24',
    '198.51.100.0/24',
    '198.51.100.64/26',
    '203.0.113.9/32',
    '10.9.0.0/16',
    '2001:db8:0:1::/64',
  ]);
}

/** A few narrow entries, mostly above a wide permit, in evaluation order. */
function randomEntries(random: Random, dir: 'in' | 'out'): NaclEntryNotation[] {
  const narrow = Array.from({ length: random.int(0, 3) }, (_, index) => ({ n: 100 + index * 10, dir, ...randomEntry(random) }));
  const replies = { n: 150, dir, proto: 'tcp', ports: '1024-65535', cidr: '0.0.0.0/0', act: 'allow' as const };
  const wide = { n: 200, dir, proto: 'all', cidr: '0.0.0.0/0', act: 'allow' as const };
  const wideIpv6 = { n: 210, dir, proto: 'all', cidr: '::/0', act: 'allow' as const };
  return [
    ...narrow,
    ...(random.chance(0.5) ? [replies] : []),
    ...(random.chance(0.8) ? [wide] : []),
    ...(random.chance(0.6) ? [wideIpv6] : []),
  ];
}

function randomEntry(random: Random): Omit<NaclEntryNotation, 'n' | 'dir'> {
  const act = random.chance(0.5) ? ('deny' as const) : ('allow' as const);
  const cidr = random.pick(['0.0.0.0/0', '198.51.100.0/24', '10.9.0.0/16', '10.0.1.0/24', '203.0.113.0/24']);
  const dice = random.next();
  if (dice < 0.6) return { proto: 'tcp', ports: random.pick([22, 80, 443, '0-1023', '32768-61000']), cidr, act };
  if (dice < 0.8) return { proto: 'udp', ports: random.pick([53, 123, '1024-65535']), cidr, act };
  return {
    proto: 'icmp',
    icmp: random.pick([
      { type: 8, code: 0 },
      { type: 0, code: 0 },
      { type: -1, code: -1 },
    ]),
    cidr,
    act,
  };
}
