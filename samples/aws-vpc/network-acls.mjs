import { VPC_CIDR } from './network.mjs';
import { resourceId } from './random.mjs';

// Every network ACL entry of the sample; `grade` and `expect` as in security-groups.mjs. `whyDefault`: what the implicit deny at the end is there to show.

const ANY4 = '0.0.0.0/0';

function entry(number, action, proto, ports, cidr, grade, expect, why) {
  const [first, last] = ports === null ? [null, null] : Array.isArray(ports) ? ports : [ports, ports];
  return { id: String(number), number, action, proto: String(proto), first, last, cidr, grade, expect, why };
}

const defaultEntries = () => [
  entry(100, 'allow', -1, null, ANY4, 'U', ['over-permissive'], 'Everything that the groups permit, both ways.'),
  entry(101, 'allow', -1, null, '::/0', 'U', ['over-permissive'], 'The same for IPv6.'),
];

/** The deny at the end of every list, which AWS exports with these numbers and nobody can change: `*` in the console, the default of the policy here. */
export const IMPLICIT_DENY = [
  { number: 32767, action: 'deny', proto: '-1', first: null, last: null, cidr: ANY4 },
  { number: 32768, action: 'deny', proto: '-1', first: null, last: null, cidr: '::/0' },
];

export const NACLS = [
  {
    name: 'default',
    id: resourceId('acl', 'default'),
    in: defaultEntries(),
    out: defaultEntries(),
    whyDefault: { in: 'Never reached.', out: 'Never reached.' },
  },
  {
    name: 'data',
    id: resourceId('acl', 'data'),
    in: [
      entry(
        90,
        'deny',
        6,
        22,
        '10.20.0.0/24',
        'U',
        ['redundant'],
        'No ssh from the public subnet: refuses what the group base permits. So would the end of the list.',
      ),
      entry(100, 'allow', 6, 5432, '10.20.20.0/24', 'U', ['redundant'], 'Clients of the database. Entry 130 permits all of it, too.'),
      entry(110, 'allow', 6, 6432, '10.20.40.0/24', 'U', ['redundant'], 'Batch jobs. Entry 130 permits all of it, too.'),
      entry(120, 'allow', 6, 9100, '10.20.40.0/24', 'U', ['redundant'], 'Monitoring. Entry 130 permits all of it, too.'),
      entry(
        130,
        'allow',
        6,
        [1024, 65535],
        ANY4,
        'U',
        [],
        'Carries nothing but replies to the uploads of the backup host: a list without state needs it.',
      ),
      entry(
        140,
        'allow',
        17,
        123,
        ANY4,
        'C',
        ['unused'],
        'Time over UDP, which no host here uses. The backup host is attached, so the lost night hours cap the grade.',
      ),
      entry(
        150,
        'allow',
        1,
        null,
        '10.20.40.0/24',
        'U',
        [],
        'Pings of the backup host come in; their replies find no entry on the way out.',
      ),
      entry(
        160,
        'deny',
        6,
        3389,
        ANY4,
        'C',
        ['shadowed'],
        'Meant to keep remote desktops out. Entry 130 stands above it and permits the port with all the others.',
      ),
      entry(
        170,
        'deny',
        6,
        6432,
        '10.20.40.0/24',
        'C',
        ['broken-intent', 'shadowed'],
        'Meant to stop the batch jobs, and added at the end: entry 110 still lets them in.',
      ),
    ],
    out: [
      entry(100, 'allow', 6, 443, ANY4, 'U', [], 'Uploads of the backup host.'),
      entry(110, 'allow', 6, [1024, 65535], VPC_CIDR, 'U', [], 'Carries nothing but replies.'),
      entry(120, 'allow', 17, 514, '10.20.40.0/24', 'C', ['unused'], 'The databases log elsewhere.'),
    ],
    whyDefault: {
      in: 'Refuses the copy job on tcp/445, and perhaps a telnet probe, which the groups refuse as well.',
      out: 'Refuses the replies to the pings of the backup host.',
    },
  },
];
