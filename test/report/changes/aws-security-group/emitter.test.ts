import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AuditResult } from '../../../../src/model/audit-result.ts';
import { type ChangeFile, emitChangeSet } from '../../../../src/report/changes/index.ts';
import { EC2_REQUESTS } from '../../../support/ec2-request-schemas.ts';
import { auditOf } from '../../../support/security-group-audit.ts';
import { liveGroups, liveRule, SCENARIO } from '../../../support/security-group-scenario.ts';

const scenarioFiles = (kind: 'rules' | 'groups' = 'rules') => emitChangeSet(auditOf(SCENARIO.state, kind, SCENARIO.wanted));
const contentOf = (files: readonly ChangeFile[], path: string): string => files.find((file) => file.path === path)?.content ?? '';
const manifestOf = (files: readonly ChangeFile[]) => JSON.parse(contentOf(files, 'aws-security-group/manifest.json'));
const refusalsOf = (result: AuditResult): string[] =>
  JSON.parse(contentOf(emitChangeSet(result), 'manifest.json')).not_emitted.map((refused: { reason: string }) => refused.reason);

test.each(['rules', 'groups'] as const)(
  'every request of a change set from a describe-security-group%s export has the shape of the EC2 service model',
  (kind) => {
    const requests = scenarioFiles(kind).filter((file) => /\/\d+-[a-z-]+\.json$/.test(file.path));
    for (const file of requests) {
      const command = /\/\d+-([a-z-]+)\.json$/.exec(file.path)?.[1] ?? '';
      expect(Object.keys(EC2_REQUESTS), file.path).toContain(command);
      expect(EC2_REQUESTS[command]?.safeParse(JSON.parse(file.content)).error, file.path).toBeUndefined();
    }
    expect(requests).toHaveLength(9);
  },
);

test('a rule with an id is revoked by its id, and created again with its description and tags', () => {
  const files = scenarioFiles();
  expect(JSON.parse(contentOf(files, 'aws-security-group/apply/001-revoke-security-group-ingress.json'))).toEqual({
    GroupId: 'sg-0a',
    SecurityGroupRuleIds: ['sgr-2'],
  });
  expect(JSON.parse(contentOf(files, 'aws-security-group/rollback/001-authorize-security-group-ingress.json'))).toEqual({
    GroupId: 'sg-0a',
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'old copy; $HOME' }] },
    ],
    TagSpecifications: [
      {
        ResourceType: 'security-group-rule',
        Tags: [
          { Key: 'Name', Value: 'x y' },
          { Key: "it's", Value: '"$(reboot)" `id` ü' },
        ],
      },
    ],
  });
});

test('a rule without an id is revoked by its exact content, without the description and the fields that only exports have', () => {
  const files = scenarioFiles('groups');
  expect(JSON.parse(contentOf(files, 'aws-security-group/apply/003-revoke-security-group-egress.json'))).toEqual({
    GroupId: 'sg-0b',
    IpPermissions: [
      {
        IpProtocol: 'tcp',
        FromPort: 443,
        ToPort: 443,
        UserIdGroupPairs: [{ GroupId: 'sg-0gone', UserId: '123456789012', VpcPeeringConnectionId: 'pcx-1' }],
      },
    ],
  });
});

test('the manifest says of every change what goes, why, how sure, on whose authority, and what cannot come back', () => {
  const manifest = manifestOf(scenarioFiles());
  expect(manifest).toMatchObject({
    as_of: '2026-04-11T00:00:00Z',
    tool: { name: 'rulesweep', version: '0.1.0' },
    analyzer_version: '0.1.0',
    verifiedBy: 'service-model',
    status: 'proposed',
  });
  expect(manifest.id).toMatch(/^CS-[0-9a-f]{16}$/);
  expect(manifest.base.footprint.map((entry: { role: string; rule: string }) => `${entry.role} ${entry.rule}`)).toEqual([
    'removed sgr-2',
    'kept sgr-1',
    'removed sgr-3',
    'kept sgr-4',
    'removed sgr-5',
  ]);
  expect(manifest.changes).toHaveLength(3);
  expect(manifest.changes[0]).toMatchObject({
    op: 'delete',
    finding_ids: ['F-0000000000000000'],
    target: {
      account: '123456789012',
      network: 'vpc-1',
      policy: 'sg-0a:in',
      rule: 'sgr-2',
      group: 'sg-0a',
      direction: 'in',
      native_id: 'sgr-2',
    },
    before: { permission: { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535 } },
    after: null,
    semantic_delta: { effect: 'none', removed_space: [], added_space: [], widening: false },
    rationale: {
      change: 'The rule goes.',
      signal: 'duplicate in the export',
      confidence: 'Proven by configuration.',
      authority: 'rulesweep 0.1.0, no guardrails',
    },
    rollback_loss: [
      'EC2 gives the rule a new sgr- id in place of sgr-2.',
      "The tags Name, it's vanish with the rule; the rollback sets them again on the new id.",
    ],
  });
  expect(manifest.changes[2].rollback_loss[1]).toContain('sg-0gone');
});

test('SHA256SUMS names every file of the folder with its digest', () => {
  const files = scenarioFiles().filter((file) => file.path.startsWith('aws-security-group/'));
  const sums = contentOf(files, 'aws-security-group/SHA256SUMS').trimEnd().split('\n');
  const expected = files
    .filter((file) => !file.path.endsWith('SHA256SUMS'))
    .map((file) => `${createHash('sha256').update(file.content).digest('hex')}  ${file.path.slice('aws-security-group/'.length)}`);
  expect([...sums].sort()).toEqual(expected.sort());
});

test('the same result gives the same bytes, and another rule content another change set id', () => {
  expect(scenarioFiles()).toEqual(scenarioFiles());
  const [first, ...rest] = SCENARIO.state.rules;
  const changed = { ...SCENARIO.state, rules: [{ ...(first ?? liveRule('sgr-1')), CidrIpv4: '10.0.0.0/9' }, ...rest] };
  expect(manifestOf(emitChangeSet(auditOf(changed, 'rules', SCENARIO.wanted))).id).not.toBe(manifestOf(scenarioFiles()).id);
});

test('changes in two VPCs become two folders, because one run of the scripts reaches one region', () => {
  const state = liveGroups(
    [
      liveRule('sgr-1'),
      liveRule('sgr-2', { IpProtocol: 'udp' }),
      liveRule('sgr-3', { GroupId: 'sg-0b' }),
      liveRule('sgr-4', { GroupId: 'sg-0b', IpProtocol: 'udp' }),
    ],
    {
      groups: [
        { GroupId: 'sg-0a', VpcId: 'vpc-1' },
        { GroupId: 'sg-0b', VpcId: 'vpc-2' },
      ],
    },
  );
  const files = emitChangeSet(
    auditOf(state, 'rules', [
      { rule: 'sgr-2', kept: 'sgr-1' },
      { rule: 'sgr-4', kept: 'sgr-3' },
    ]),
  );
  expect(files.filter((file) => file.path.endsWith('apply.sh')).map((file) => file.path)).toEqual([
    'aws-security-group/123456789012-vpc-1/apply.sh',
    'aws-security-group/123456789012-vpc-2/apply.sh',
  ]);
});

test('an empty plan has a manifest and nothing else', () => {
  const files = emitChangeSet(auditOf(SCENARIO.state, 'rules', []));
  expect(files.map((file) => file.path)).toEqual(['manifest.json']);
  expect(JSON.parse(files[0]?.content ?? '')).toMatchObject({ change_sets: [], not_emitted: [] });
});

const copies = liveGroups([liveRule('sgr-1'), liveRule('sgr-2', { IpProtocol: '6', Description: 'the same, spelled otherwise' })]);

test('a copy that EC2 cannot tell from the kept rule is not revoked by content, because that would take both', () => {
  const result = auditOf(copies, 'groups', [{ rule: 'sgr-2', kept: 'sgr-1' }]);
  expect(emitChangeSet(result)).toHaveLength(1);
  expect(refusalsOf(result)).toEqual([expect.stringContaining('a revoke by content would also take the rule 0')]);
});

test.each([
  ['a host bit in the CIDR', { CidrIpv4: '10.9.9.9/8' }],
  ['a protocol in capitals', { IpProtocol: 'TCP' }],
  ['another description', { Description: 'other' }],
])('%s does not tell two rules apart', (_, changes) => {
  const state = liveGroups([liveRule('sgr-1'), liveRule('sgr-2', changes)]);
  expect(refusalsOf(auditOf(state, 'groups', [{ rule: 'sgr-2', kept: 'sgr-1' }]))).toHaveLength(1);
});

test.each([
  ['all TCP ports written as nothing', { IpProtocol: 'tcp', FromPort: -1, ToPort: -1 }, { IpProtocol: 'tcp', FromPort: 0, ToPort: 65535 }],
  ['all ICMP written as nothing', { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, { IpProtocol: '1', FromPort: -1, ToPort: -1 }],
  ['ports of a protocol without ports', { IpProtocol: '47', FromPort: 0, ToPort: 0 }, { IpProtocol: '47', FromPort: -1, ToPort: -1 }],
])('%s does not tell two rules apart', (_, first, second) => {
  const state = liveGroups([liveRule('sgr-1', first), liveRule('sgr-2', second)]);
  expect(refusalsOf(auditOf(state, 'groups', [{ rule: 'sgr-2', kept: 'sgr-1' }]))).toHaveLength(1);
});

test('copies with ids of their own are told apart, and the manifest says that the copy cannot be made twice', () => {
  const files = emitChangeSet(auditOf(copies, 'rules', [{ rule: 'sgr-2', kept: 'sgr-1' }]));
  expect(JSON.parse(contentOf(files, 'aws-security-group/apply/001-revoke-security-group-ingress.json'))).toEqual({
    GroupId: 'sg-0a',
    SecurityGroupRuleIds: ['sgr-2'],
  });
  expect(manifestOf(files).changes[0].rollback_loss).toContainEqual(expect.stringContaining('InvalidPermission.Duplicate'));
});

test('the other direction of a group is another list, so an equal rule there is in no danger', () => {
  const state = liveGroups([liveRule('sgr-1'), liveRule('sgr-2', { FromPort: 0, ToPort: 65535 }), liveRule('sgr-3', { IsEgress: true })]);
  expect(refusalsOf(auditOf(state, 'groups', [{ rule: 'sgr-2', kept: 'sgr-1' }]))).toEqual([]);
});

test('what cannot be checked, staged or taken back is refused, each with its reason', () => {
  const base = auditOf(liveGroups([liveRule('sgr-1'), liveRule('sgr-2', { IpProtocol: 'udp' })]), 'rules', [
    { rule: 'sgr-2', kept: 'sgr-1' },
  ]);
  const [policy, ...policies] = base.policies;
  const [finding] = base.findings;
  const [removal] = base.plan.removals;
  if (policy === undefined || finding === undefined || removal === undefined) throw new Error('the audit is empty');
  const [keptRule, removedRule] = policy.rules;
  if (keptRule === undefined || removedRule === undefined) throw new Error('the policy is empty');
  const withRules = (rules: typeof policy.rules): AuditResult => ({ ...base, policies: [{ ...policy, rules }, ...policies] });
  const withNative = (changes: object): AuditResult =>
    withRules([keptRule, { ...removedRule, native: { ...removedRule.native, ...changes } }]);
  const withRemovals = (removals: AuditResult['plan']['removals']): AuditResult => ({ ...base, plan: { ...base.plan, removals } });

  expect(refusalsOf(base)).toEqual([]);
  expect(refusalsOf(withRemovals([{ ...removal, effect: 'narrows' }]))).toEqual([expect.stringContaining('staged')]);
  expect(refusalsOf(withRemovals([{ ...removal, rule: 'sgr-9' }]))).toEqual(['the result has no rule sg-0a:in/sgr-9']);
  expect(refusalsOf(withRemovals([{ ...removal, because: ['F-ffffffffffffffff'] }]))).toEqual([expect.stringContaining('lacks a finding')]);
  expect(refusalsOf(withRemovals([{ ...removal, rule: 'sgr-1' }, removal]))).toHaveLength(2);
  expect(refusalsOf({ ...base, findings: [{ ...finding, kind: 'disabled' }] })).toEqual([
    expect.stringContaining('no pre-check on the live group exists for disabled'),
  ]);
  expect(refusalsOf({ ...base, findings: [{ ...finding, coveredBy: [] }] })).toEqual([
    expect.stringContaining('names no copy that is kept'),
  ]);
  expect(refusalsOf({ ...base, findings: [{ ...finding, kind: 'stale-reference' }] })).toEqual([
    expect.stringContaining('no security group'),
  ]);
  expect(refusalsOf(withNative({ tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'web' }] }))).toEqual([
    expect.stringContaining('managed elsewhere'),
  ]);
  expect(refusalsOf(withNative({ groupId: "sg-1'; reboot" }))).toEqual([expect.stringContaining('cannot be turned into a request')]);
  expect(refusalsOf(withNative({ securityGroupRuleId: 'sgr-1' }))).toEqual([expect.stringContaining('names neither')]);
  expect(refusalsOf(withNative({ ipPermission: { IpProtocol: 'tcp' } }))).toEqual([expect.stringContaining('0 peers')]);
  expect(refusalsOf(withRules([{ ...keptRule, native: {} }, removedRule]))).toEqual([expect.stringContaining('cannot be checked')]);
  expect(
    refusalsOf(
      withRules([
        { ...keptRule, native: {} },
        { ...removedRule, native: { ...removedRule.native, securityGroupRuleId: null } },
      ]),
    ),
  ).toEqual([expect.stringContaining('cannot be compared')]);
  expect(refusalsOf({ ...base, policies: [{ ...policy, format: 'aws-network-acl' }] })).toEqual([expect.stringContaining('network ACLs')]);
  expect(refusalsOf({ ...base, policies: [{ ...policy, format: 'rules-csv' }] })).toEqual([expect.stringContaining('neutral listing')]);
  expect(refusalsOf({ ...base, policies: [{ ...policy, format: 'novel' }] })).toEqual([
    'there is no change emitter for the format "novel"',
  ]);
});

test('a stale reference in a group whose VPC is unknown is refused, because nobody could check it', () => {
  const result = auditOf(SCENARIO.state, 'rules', [{ rule: 'sgr-5' }]);
  expect(refusalsOf(result)).toEqual([]);
  expect(refusalsOf({ ...result, policies: result.policies.map((policy) => ({ ...policy, network: '' })) })).toEqual([
    expect.stringContaining('in which VPC the group sg-0b is'),
  ]);
});

test('text from an export cannot become markup in the approver README', () => {
  const hostile = 'x`` <script>alert(1)</script> \u202e\u001b[31m | ![a](b)';
  const base = auditOf(SCENARIO.state, 'rules', SCENARIO.wanted);
  const files = emitChangeSet({
    ...base,
    policies: base.policies.map((policy) => ({
      ...policy,
      rules: policy.rules.map((rule) => ({ ...rule, owner: hostile, asWritten: hostile })),
    })),
  });
  const readme = contentOf(files, 'aws-security-group/README.md');
  expect(readme).toContain('```x``');
  for (const invisible of ['\u202e', '\u001b']) expect(readme).not.toContain(invisible);
  const outsideSpans = readme.replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
  expect(outsideSpans).not.toContain('<script>');
});
