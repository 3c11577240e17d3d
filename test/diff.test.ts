import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { diff } from '../src/diff.ts';
import type { Decided } from '../src/model/packet-area.ts';
import type { ChangedArea, PolicyDiff } from '../src/model/policy-diff.ts';
import { temporaryFolder } from './cli/run-rulesweep.ts';
import { auditFiles } from './support/audit-files.ts';
import { group, tcp } from './support/aws-documents.ts';

const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port';
const ACL_IN = 'test/data/cisco/pybatfish-acl-in.csv';

/** What changes from one text to another, each read by its suffix. */
function changed(before: string, after: string, suffixes: readonly [string, string] = ['csv', 'csv']): Promise<PolicyDiff> {
  const [old, now] = suffixes.map((suffix, i) => `${i === 0 ? 'before' : 'after'}.${suffix}`) as [string, string];
  const folder = temporaryFolder({ [old]: before, [now]: after });
  return diff({
    before: [`${folder}/${old}`],
    after: [`${folder}/${now}`],
    inventory: [],
    defaultAction: null,
    onProgress: () => {},
    signal: null,
  });
}

/** Each area as its change, its regions, and who decided and decides. */
function areas({ policies }: PolicyDiff): string[] {
  const by = ({ by: { rules } }: Decided): string => rules.map(({ rule }) => rule).join('+');
  const text = ({ change, regions, cases }: ChangedArea): string =>
    `${change} ${regions.join(' and ')}: ${cases.map(({ before, after }) => `${by(before)} -> ${by(after)}`).join('; ')}`;
  return policies.flatMap((policy) => policy.areas.map(text)).sort();
}

const ruleChanges = ({ policies }: PolicyDiff): string[] =>
  policies.flatMap(({ rules }) =>
    rules.map(({ change, before, after, changesPackets }) => `${change} ${(after ?? before)?.rule}: ${changesPackets}`),
  );

describe('changes of a router filter for which a published analysis says what they do', () => {
  // The notebooks "Provably safe ACL and firewall changes", "Analyzing ACLs" and "Safely refactoring ACLs" of batfish/pybatfish.
  const current = readFileSync(ACL_IN, 'utf8');
  const adding = (...rows: readonly string[]): string => current.replace(/\n(?=acl_in,480,)/, `\n${rows.join('\n')}\n`);

  test('the intended change permits the web to 18.18.18.0/27, where line 2020 denied it, and nothing else', async () => {
    const candidate = adding(
      'acl_in,462,permit,tcp,10.10.10.0/24,,18.18.18.0/27,80',
      'acl_in,463,permit,tcp,10.10.10.0/24,,18.18.18.0/27,8080',
    );
    expect(areas(await changed(current, candidate))).toEqual([
      'widened tcp 10.10.10.0/24 -> 18.18.18.0/27:8080: 2020 -> 463',
      'widened tcp 10.10.10.0/24 -> 18.18.18.0/27:80: 2020 -> 462',
    ]);
  });

  test('the first attempt also opens 18.18.18.32, which nobody asked for', async () => {
    const intended = adding('acl_in,462,permit,tcp,10.10.10.0/24,,18.18.18.0/27,80;8080');
    const attempt = adding(
      'acl_in,462,permit,tcp,10.10.10.0/24,,18.18.18.0/26,80',
      'acl_in,463,permit,tcp,10.10.10.0/24,,18.18.18.0/26,8080',
    );
    const collateral = await changed(intended, attempt);
    expect(areas(collateral)).toEqual([
      'widened tcp 10.10.10.0/24 -> 18.18.18.32/27:8080: 2020 -> 463',
      'widened tcp 10.10.10.0/24 -> 18.18.18.32/27:80: 2020 -> 462',
    ]);
    expect(collateral.policies[0]?.widened.packets).toBe(String(2n * 256n * 32n * 65_536n));
  });

  test('lines 670 and 790 are never reached, and to take them out changes nothing', async () => {
    const { findings } = await auditFiles({ rules: [ACL_IN] });
    const unreachable = findings.filter(({ kind, by }) => kind === 'shadowed' || (kind === 'redundant' && by === 'earlier'));
    expect(unreachable.map(({ rule, kind, coveredBy }) => [rule, kind, coveredBy[0]?.rule])).toEqual([
      ['670', 'shadowed', '540'],
      ['790', 'redundant', '500'],
    ]);
    const without = await changed(current, current.replace(/acl_in,(670|790),.*\n/g, ''));
    expect([without.equal, without.complete, areas(without)]).toEqual([true, true, []]);
    expect(ruleChanges(without)).toEqual(['removed 670: false', 'removed 790: false']);
  });

  test('a refactoring is equal but for a network merged wrongly and a session taken out on purpose', async () => {
    const list = (...lines: readonly string[]): string => `${[HEADER, ...lines.map((line) => `acl,${line}`)].join('\n')}\n`;
    const tail = ['510,permit,icmp,0.0.0.0/0,,0.0.0.0/0,0'];
    const [bgp, others] = ['80,permit,tcp,205.248.58.190,,205.248.58.188,179', '880,deny,any,0.0.0.0/0,,0.0.0.0/0,'];
    const original = list(
      bgp,
      '190,deny,any,218.66.57.0/24,,0.0.0.0/0,',
      '200,deny,any,218.66.56.0/24,,0.0.0.0/0,',
      '210,deny,any,218.67.71.0/24,,0.0.0.0/0,',
      '220,deny,any,218.67.72.0/24,,0.0.0.0/0,',
      '260,permit,any,218.8.104.0/25,,0.0.0.0/0,',
      '270,permit,any,218.8.104.128/25,,0.0.0.0/0,',
      ...tail,
      '570,deny,any,0.0.0.0/0,,11.125.82.216/30,',
      others,
    );
    const compressed = list(
      '190,deny,any,218.66.56.0/23,,0.0.0.0/0,',
      '210,deny,any,218.67.71.0/23,,0.0.0.0/0,',
      '260,permit,any,218.8.104.0/24,,0.0.0.0/0,',
      ...tail,
      others,
    );
    expect(areas(await changed(original, compressed))).toEqual([
      'narrowed icmp 218.67.70.0/24 -> any type 0: 510 -> 210',
      'narrowed tcp 205.248.58.190 -> 205.248.58.188:179: 80 -> 880',
      'widened icmp 218.67.72.0/24 -> any type 0: 220 -> 510',
    ]);
  });
});

describe('a policy that was migrated to another platform', () => {
  const list = `${HEADER}
sg-1:in,web,permit,tcp,0.0.0.0/0;2001:db8::/32,,0.0.0.0/0;::/0,443
sg-1:in,ssh,permit,tcp,10.1.0.0/16,,0.0.0.0/0,22
sg-1:in,ping,permit,icmp,10.0.0.0/8,,0.0.0.0/0,8/0
sg-1:in,rest,deny,any,any,,any,
`;
  const permissions = [
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '128.0.0.0/1' }, { CidrIp: '0.0.0.0/1' }],
      Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
    },
    tcp(22, '10.1.0.0/16'),
    { IpProtocol: 'icmp', FromPort: 8, ToPort: 0, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
  ];
  const groups = (incoming: readonly unknown[]): string => JSON.stringify({ SecurityGroups: [group('sg-1', incoming)] });
  const toGroups = (incoming: readonly unknown[]): Promise<PolicyDiff> => changed(list, groups(incoming), ['csv', 'json']);

  test('to a security group without order and without denials permits the same packets', async () => {
    const migrated = await toGroups(permissions);
    const [policy] = migrated.policies;
    expect([migrated.complete, policy?.equal, policy?.areas, policy?.before, policy?.after]).toEqual([
      true,
      true,
      [],
      'sg-1:in',
      'sg-1:in',
    ]);
    expect(policy?.notes).toEqual(['Evaluation: first-match before, any-permit now.']);
    expect(policy?.rules.every(({ changesPackets }) => changesPackets === false)).toBe(true);
  });

  test('with a network mistyped by one bit, a family forgotten and a port range too long is told by the packets', async () => {
    const mistaken = [{ ...permissions[0], Ipv6Ranges: [] }, tcp(22, '10.0.0.0/15'), { ...permissions[2], FromPort: -1, ToPort: -1 }];
    const migrated = await toGroups(mistaken);
    expect(migrated.equal).toBe(false);
    expect(migrated.policies[0]?.areas.flatMap(({ change, regions }) => regions.map((region) => `${change} ${region}`)).sort()).toEqual([
      'narrowed tcp [2001:db8::/32] -> any:443',
      'widened icmp 10.0.0.0/8 -> any code 1-255',
      'widened icmp 10.0.0.0/8 -> any type 0-7,9-255 code 0',
      'widened tcp 10.0.0.0/16 -> any:22',
    ]);
  });

  test('to a network ACL keeps its order and its denials, but not its state', async () => {
    const ordered = `${HEADER}
acl-1:in,abuser,deny,any,192.0.2.0/24,,0.0.0.0/0,
acl-1:in,web,permit,tcp,0.0.0.0/0,,0.0.0.0/0,443
`;
    const entry = (number: number, protocol: string, cidr: string, action: 'allow' | 'deny', port?: number): object => ({
      RuleNumber: number,
      Protocol: protocol,
      CidrBlock: cidr,
      RuleAction: action,
      Egress: false,
      ...(port === undefined ? {} : { PortRange: { From: port, To: port } }),
    });
    const acls = (first: number, second: number): string =>
      JSON.stringify({
        NetworkAcls: [
          {
            NetworkAclId: 'acl-1',
            VpcId: 'vpc-1',
            Entries: [
              entry(first, '-1', '192.0.2.0/24', 'deny'),
              entry(second, '6', '0.0.0.0/0', 'allow', 443),
              entry(32767, '-1', '0.0.0.0/0', 'deny'),
            ],
          },
        ],
      });
    const [same] = (await changed(ordered, acls(100, 200), ['csv', 'json'])).policies;
    expect([same?.equal, same?.notes]).toEqual([true, ['Stateful: yes before, no now.']]);
    const turned = await changed(ordered, acls(200, 100), ['csv', 'json']);
    expect(areas(turned)).toEqual(['widened tcp 192.0.2.0/24 -> any:443: abuser -> 100']);
  });

  test('under another name is compared with nothing, and a note says how to have it compared', async () => {
    const migrated = await changed(list.replaceAll('sg-1:in', 'edge'), groups(permissions), ['csv', 'json']);
    expect(migrated.policies.map(({ before, after }) => [before, after])).toEqual([
      ['edge', null],
      [null, 'sg-1:in'],
      [null, 'sg-1:out'],
    ]);
    expect(migrated.notes).toEqual([
      'Nobody can say whether any of edge (gone) became one of sg-1:in, sg-1:out (new), so each is compared with nothing permitted. Give two policies the same name to compare them.',
    ]);
  });
});
