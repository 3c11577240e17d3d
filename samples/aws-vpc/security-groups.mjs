import { RESOLVER, VPC_CIDR } from './network.mjs';
import { resourceId } from './random.mjs';

// Every security group rule of the sample, with why it is there. `expect` is what the author intends: the finding kinds that an audit must report for it
// (none: []), checked against the generated traffic by truth.mjs. `grade` is the intended evidence grade.

const ANY4 = '0.0.0.0/0';
const resolver = { cidr: `${RESOLVER}/32` };
const dnsWhy = 'Names are resolved by VPC+2, which no flow log shows: a missing hit proves nothing.';

/** Peers: {cidr}, {group: name}, {list: name}, {foreign: …} (group of another account), {deleted: …} (group behind a deleted peering). */
function rule(name, proto, ports, peer, grade, expect, why, more = {}) {
  const [first, last] = ports === null ? [null, null] : Array.isArray(ports) ? ports : [ports, ports];
  return { name, id: resourceId('sgr', name), proto, first, last, peer, grade, expect, why, description: '', exports: 'both', ...more };
}

function group(name, description, inRules, outRules) {
  return { name, id: resourceId('sg', name), description, in: inRules, out: outRules };
}

export const PREFIX_LISTS = [
  { name: 'payment-vendors', id: resourceId('pl', 'payment-vendors'), owner: 'account', entries: ['192.0.2.16/28', '192.0.2.40/32'] },
  { name: 'com.amazonaws.eu-central-1.s3', id: 'pl-6ea54007', owner: 'AWS', entries: null },
];

export const GROUPS = [
  group(
    'default',
    'default VPC security group',
    [rule('default-in-self', '-1', null, { group: 'default' }, 'I', [], 'The default group of the VPC, on no interface.')],
    [rule('default-out-all', '-1', null, { cidr: ANY4 }, 'I', [], 'The default group of the VPC, on no interface.')],
  ),
  group(
    'alb',
    'Internet-facing load balancer',
    [
      rule('alb-in-https', 'tcp', 443, { cidr: ANY4 }, 'U', [], 'The shop: clients, and scanners that are answered like anybody else.', {
        description: 'HTTPS from the internet',
      }),
      rule('alb-in-https6', 'tcp', 443, { cidr: '::/0' }, 'U', [], 'The shop over IPv6.', { description: 'HTTPS from the internet, IPv6' }),
      rule('alb-in-http', 'tcp', 80, { cidr: ANY4 }, 'U', [], 'Redirects to HTTPS.', { description: 'redirect to HTTPS' }),
      rule('alb-in-status6', 'tcp', 8444, { cidr: '2001:db8:ff::/48' }, 'U', ['partly-unused'], 'One office network of 65536.', {
        description: 'status page for the office, IPv6',
      }),
      rule(
        'alb-in-8443',
        'tcp',
        8443,
        { cidr: ANY4 },
        'U',
        ['unanswered'],
        'No listener since the admin page moved: only scanners hit it, and nobody answers.',
        { description: 'old admin page' },
      ),
    ],
    [
      rule('alb-out-web', 'tcp', 8080, { group: 'web' }, 'U', [], 'Requests to both web servers.', { description: 'targets' }),
      rule('alb-out-health', 'tcp', 8081, { group: 'web' }, 'U', ['mergeable'], 'Health checks of both web servers.', {
        description: 'health checks',
      }),
    ],
  ),
  group(
    'web',
    'Web tier',
    [
      rule(
        'web-in-alb',
        'tcp',
        8080,
        { group: 'alb' },
        'U',
        [],
        'Requests from both balancer interfaces, which are what the server sees.',
        { description: 'from the balancer' },
      ),
      rule('web-in-health', 'tcp', 8081, { group: 'alb' }, 'U', ['mergeable'], 'Health checks.', { description: 'health checks' }),
      rule(
        'web-in-ping',
        'icmp',
        [8, 0],
        { cidr: '10.20.40.0/24' },
        'I',
        [],
        'A flow log has no ICMP types: the daily ping may be this rule or the next one.',
        { description: 'ping from monitoring' },
      ),
      rule(
        'web-in-unreachable',
        'icmp',
        [3, 4],
        { cidr: '10.20.40.0/24' },
        'I',
        [],
        'Type 3 code 4, not ports 3 to 4. See the rule above.',
        { description: 'path MTU discovery' },
      ),
      rule(
        'web-in-snmp',
        'udp',
        161,
        { cidr: '10.20.40.0/24' },
        'B',
        ['unused'],
        'Replaced by the exporter on tcp/9100; nothing polls SNMP any more.',
        { description: 'SNMP' },
      ),
      rule(
        'web-in-replies',
        'tcp',
        [1024, 65535],
        { cidr: '10.20.20.0/24' },
        'B',
        ['unused'],
        'Somebody believed that replies need a rule. Thousands of replies fit it, no connection was ever opened through it.',
        { description: 'return traffic from the app tier' },
      ),
    ],
    [
      rule('web-out-app', 'tcp', 9000, { group: 'app' }, 'U', [], 'Calls to both application servers.', { description: 'application' }),
      rule('web-out-app-tls', 'tcp', 9443, { group: 'app' }, 'U', [], 'Calls to both application servers over TLS.', {
        description: 'application, TLS',
      }),
      rule(
        'web-out-vendors',
        'tcp',
        443,
        { list: 'payment-vendors' },
        'U',
        [],
        'Payments, through the NAT gateway, to addresses of a prefix list whose entries are exported.',
        { description: 'payment providers' },
      ),
      rule(
        'web-out-ntp',
        'udp',
        123,
        { cidr: '192.0.2.123/32' },
        'U',
        [],
        'Time, over UDP: no flags tell the opener, but no rule would admit the reply as a new flow.',
        { description: 'NTP' },
      ),
    ],
  ),
  group(
    'app',
    'Application tier',
    [
      rule('app-in-web', 'tcp', 9000, { group: 'web' }, 'U', [], 'Calls from both web servers.', { description: 'from web' }),
      rule(
        'app-in-web-tls',
        'tcp',
        9443,
        { cidr: '10.20.10.0/24' },
        'U',
        ['partly-unused'],
        'Only two neighbouring addresses of the subnet call.',
        { description: 'from the web subnet, TLS' },
      ),
      rule(
        'app-in-cluster',
        'tcp',
        [7800, 7809],
        { group: 'app' },
        'U',
        ['partly-unused'],
        'The cluster talks to itself on 2 of 10 ports.',
        { description: 'cluster' },
      ),
      rule('app-in-debug', 'tcp', 5005, { cidr: '10.20.40.10/32' }, 'B', ['unused'], 'A debugger port from an incident years ago.', {
        description: 'TEMP debug',
      }),
    ],
    [
      rule(
        'app-out-db',
        'tcp',
        5432,
        { group: 'db' },
        'U',
        ['partly-unused'],
        'Only the primary is used; the standby never sees a client. Pool connections live for days.',
        { description: 'database' },
      ),
      rule('app-out-cache', 'tcp', 6379, { group: 'cache' }, 'U', [], 'Cache look-ups.', { description: 'cache' }),
      rule('app-out-cluster', 'tcp', [7800, 7809], { group: 'app' }, 'U', ['partly-unused'], 'The other half of the cluster rule.', {
        description: 'cluster',
      }),
      rule('app-out-syslog', 'udp', 514, { group: 'log' }, 'U', ['unanswered'], 'Syslog: UDP that is never answered.', {
        description: 'syslog',
      }),
      rule('app-out-https', 'tcp', 443, { cidr: ANY4 }, 'U', [], 'Outside services, through the NAT gateway.', {
        description: 'HTTPS out',
      }),
      rule(
        'app-out-mail',
        'tcp',
        25,
        { cidr: '10.20.40.25/32' },
        'C',
        ['unused'],
        'Silent for 100 days, but its description names the quarter end, and the window may have missed it.',
        { description: 'quarter-end statements by mail' },
      ),
    ],
  ),
  group(
    'cache',
    'Cache',
    [
      rule('cache-in-app', 'tcp', 6379, { group: 'app' }, 'U', [], 'Look-ups from both application servers, inside one subnet.', {
        description: 'from app',
      }),
    ],
    [],
  ),
  group(
    'db',
    'Database tier',
    [
      rule(
        'db-in-app',
        'tcp',
        5432,
        { group: 'app' },
        'U',
        [],
        'Both application servers; pool connections of several days show no SYN after the first.',
        { description: 'from app' },
      ),
      rule(
        'db-in-pool',
        'tcp',
        6432,
        { cidr: '10.20.40.20/32' },
        'U',
        [],
        'The batch host. Written twice: this is the copy with a description, which is kept.',
        { description: 'batch jobs' },
      ),
      rule(
        'db-in-pool-copy',
        '6',
        6432,
        { cidr: '10.20.40.20/32' },
        'U',
        ['duplicate'],
        'The same match, spelled with the protocol number. Both are used by every connection, so neither looks unused.',
      ),
      rule(
        'db-in-replication',
        'tcp',
        5433,
        { group: 'db' },
        'U',
        ['partly-unused'],
        'The standby calls the primary, never the other way round.',
        { description: 'replication' },
      ),
      rule('db-in-wal', 'tcp', 873, { group: 'backup' }, 'U', [], 'The backup host copies the write-ahead log from the standby.', {
        description: 'WAL copy',
      }),
      rule('db-in-mysql', 'tcp', 3306, { cidr: '10.20.20.0/24' }, 'B', ['unused'], 'From before the migration to PostgreSQL.', {
        description: 'MySQL',
      }),
      rule(
        'db-in-new',
        'tcp',
        5439,
        { cidr: '10.20.40.20/32' },
        'D',
        [],
        'Only in the last export: it may be a day old, so its silence means nothing yet.',
        { description: 'warehouse loader', exports: 'last' },
      ),
    ],
    [
      rule('db-out-replication', 'tcp', 5433, { group: 'db' }, 'U', ['partly-unused'], 'The other half of the replication rule.', {
        description: 'replication',
      }),
    ],
  ),
  group(
    'backup',
    'Backup host',
    [
      rule(
        'backup-in-exporter',
        'tcp',
        9100,
        { group: 'monitor' },
        'U',
        ['redundant'],
        'Scraped by monitoring. The second group of the host permits the same: not needed here, but it would be on a host without that group.',
        { description: 'node exporter' },
      ),
      rule(
        'backup-in-ping',
        'icmp',
        [-1, -1],
        { cidr: '10.20.40.0/24' },
        'U',
        ['partly-unused', 'unanswered'],
        'Pinged by monitoring only. The replies are refused by the network ACL.',
        { description: 'ping' },
      ),
      rule(
        'backup-in-smb',
        'tcp',
        445,
        { cidr: '10.20.40.20/32' },
        'C',
        ['denied-by-next-layer', 'unused'],
        'The group would permit the weekly copy job, the network ACL denies it: refused connections are no use of this rule.',
        { description: 'SMB drop' },
      ),
      rule(
        'backup-in-ndmp',
        'tcp',
        10000,
        { cidr: '10.20.40.20/32' },
        'C',
        ['unused'],
        'Silent, but every night between 02:00 and 03:00 the records of this interface were lost.',
        { description: 'NDMP' },
      ),
    ],
    [
      rule('backup-out-wal', 'tcp', 873, { group: 'db' }, 'U', ['partly-unused'], 'Copies from the standby, never from the primary.', {
        description: 'WAL copy',
      }),
      rule(
        'backup-out-vault',
        'tcp',
        443,
        { cidr: '192.0.2.224/30' },
        'U',
        [],
        'Uploads to the four addresses of the vault, through the NAT gateway.',
        { description: 'vault' },
      ),
    ],
  ),
  group(
    'base',
    'Second group of every server',
    [
      rule(
        'base-in-ssh',
        'tcp',
        22,
        { group: 'bastion' },
        'U',
        [],
        'Administration. Towards the database subnet the network ACL refuses it.',
        { description: 'ssh from the bastion' },
      ),
      rule('base-in-exporter', 'tcp', 9100, { group: 'monitor' }, 'U', [], 'Scraped by monitoring.', { description: 'node exporter' }),
    ],
    [rule('base-out-dns', 'udp', 53, resolver, 'I', [], dnsWhy, { description: 'DNS' })],
  ),
  group(
    'bastion',
    'Bastion',
    [
      rule('bastion-in-office', 'tcp', 22, { cidr: '203.0.113.0/28' }, 'U', [], 'Eleven of sixteen office addresses.', {
        description: 'ssh from the office',
      }),
      rule(
        'bastion-in-ping',
        'icmp',
        [-1, -1],
        { cidr: '203.0.113.0/28' },
        'U',
        ['partly-unused'],
        'Three addresses ping, with whatever type: the only rule that admits ICMP here.',
        { description: 'ping from the office' },
      ),
      rule('bastion-in-rdp', 'tcp', 3389, { cidr: '203.0.113.0/28' }, 'B', ['unused'], 'There is no Windows host any more.', {
        description: 'RDP',
      }),
      rule(
        'bastion-in-contractor',
        'tcp',
        22,
        { cidr: '198.51.100.200/32' },
        null,
        [],
        'Only in the first export; it explains ssh sessions in January.',
        { description: 'contractor', exports: 'first' },
      ),
    ],
    [
      rule('bastion-out-ssh', 'tcp', 22, { cidr: VPC_CIDR }, 'U', ['partly-unused'], 'A few servers of a whole VPC.', {
        description: 'ssh to servers',
      }),
      rule('bastion-out-grafana', 'tcp', 3000, { group: 'monitor' }, 'U', [], 'Dashboards.', { description: 'dashboards' }),
      rule('bastion-out-https', 'tcp', 443, { cidr: ANY4 }, 'U', [], 'Package updates.', { description: 'updates' }),
    ],
  ),
  group(
    'monitor',
    'Monitoring',
    [
      rule('monitor-in-grafana', 'tcp', 3000, { group: 'bastion' }, 'U', [], 'Dashboards.', { description: 'dashboards' }),
      rule(
        'monitor-in-mesh',
        'tcp',
        9094,
        { group: 'monitor' },
        'B',
        ['unused'],
        'An alert manager mesh of one: the group refers to itself and has a single member.',
        { description: 'alertmanager mesh' },
      ),
    ],
    [
      rule(
        'monitor-out-all',
        '-1',
        null,
        { cidr: VPC_CIDR },
        'U',
        ['partly-unused'],
        'All protocols to the whole VPC; TCP and ICMP to a few servers are used.',
        { description: 'scrapes and pings' },
      ),
    ],
  ),
  group(
    'log',
    'Log server',
    [
      rule('log-in-syslog', 'udp', 514, { cidr: VPC_CIDR }, 'U', ['partly-unused', 'unanswered'], 'Only the application subnet sends.', {
        description: 'syslog',
      }),
      rule('log-in-syslog-tls', 'tcp', 6514, { cidr: VPC_CIDR }, 'B', ['unused'], 'Prepared, never switched on.', {
        description: 'syslog over TLS',
      }),
    ],
    [],
  ),
  group(
    'batch',
    'Batch jobs',
    [
      rule(
        'batch-in-partner',
        'tcp',
        8443,
        { foreign: { account: '999999999999', group: 'sg-0f00ba4f00ba4f00b', pcx: 'pcx-0a1a1a1a1a1a1a1a1' } },
        'I',
        ['not-evaluable'],
        'A group of another account over a peering that is alive: our exports do not say who is in it.',
        { description: 'partner scheduler' },
      ),
    ],
    [
      rule('batch-out-db', 'tcp', 6432, { cidr: '10.20.30.0/24' }, 'U', ['partly-unused'], 'One database of a whole subnet.', {
        description: 'database',
      }),
      rule(
        'batch-out-smb',
        'tcp',
        445,
        { group: 'backup' },
        'U',
        ['unanswered'],
        'The weekly copy job tries, leaves through this rule, and is refused by the network ACL on the other side.',
        { description: 'SMB drop' },
      ),
      rule('batch-out-vendors', 'tcp', 443, { list: 'payment-vendors' }, 'U', [], 'Settlement with the payment providers.', {
        description: 'payment providers',
      }),
      rule(
        'batch-out-s3',
        'tcp',
        443,
        { list: 'com.amazonaws.eu-central-1.s3' },
        'I',
        ['not-evaluable'],
        'The entries of this list were not exported: every HTTPS connection of the host might be its.',
        { description: 'S3' },
      ),
    ],
  ),
  group(
    'legacy',
    'launch-wizard-1',
    [
      rule(
        'legacy-in-ftp',
        'tcp',
        21,
        { cidr: ANY4 },
        'U',
        ['over-permissive', 'unanswered'],
        'Nothing listens: only scanners, and nobody answers.',
        {
          description: 'ftp',
        },
      ),
      rule(
        'legacy-in-ftp-passive',
        'tcp',
        [49152, 65535],
        { cidr: ANY4 },
        'U',
        ['over-permissive', 'partly-unused', 'unanswered'],
        'A dozen ports of 16384 are probed by scanners, unanswered.',
        { description: 'ftp passive' },
      ),
      rule(
        'legacy-in-ssh',
        'tcp',
        22,
        { cidr: ANY4 },
        'U',
        ['mergeable', 'over-permissive'],
        'The daemon answers every password guesser on the internet.',
      ),
      rule('legacy-in-partner', 'tcp', 3306, { cidr: '198.51.100.128/26' }, 'B', ['unused'], 'A partner who left.', {
        description: 'partner',
      }),
      rule('legacy-in-self', '-1', null, { group: 'legacy' }, 'B', ['unused'], 'The other members are gone.'),
      rule(
        'legacy-in-peer',
        'tcp',
        9090,
        { deleted: { account: '888888888888', group: 'sg-0dead0beef0dead0b', pcx: 'pcx-0d0d0d0d0d0d0d0d0', vpc: 'vpc-0e0e0e0e0e0e0e0e0' } },
        'P',
        ['stale-reference'],
        'The peering was deleted: the group it names cannot be reached.',
        { description: 'old office VPC' },
      ),
    ],
    [
      rule(
        'legacy-out-all',
        '-1',
        null,
        { cidr: ANY4 },
        'I',
        ['over-permissive'],
        'Opens nothing, but as long as it is there the answers of the open ssh port are untracked and leave through it.',
      ),
    ],
  ),
  group(
    'old-reporting',
    'Reporting (decommissioned)',
    [rule('old-in-mssql', 'tcp', 1433, { cidr: VPC_CIDR }, 'I', [], 'The group is on no interface.', { description: 'reporting' })],
    [rule('old-out-all', '-1', null, { cidr: ANY4 }, 'I', [], 'The group is on no interface.')],
  ),
];

export function groupNamed(name) {
  const found = GROUPS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no group is named "${name}"`);
  return found;
}
