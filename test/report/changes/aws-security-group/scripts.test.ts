import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { emitChangeSet } from '../../../../src/report/changes/index.ts';
import { type ChangeSetFolder, writeChangeSet } from '../../../support/change-set-folder.ts';
import { normalised } from '../../../support/change-set-run.ts';
import type { SimulatedRule, SimulatedState } from '../../../support/ec2-simulator.ts';
import { auditOf, type ExportKind } from '../../../support/security-group-audit.ts';
import { liveGroups, liveRule, SCENARIO } from '../../../support/security-group-scenario.ts';

let open: ChangeSetFolder | null = null;
afterEach(() => {
  open?.remove();
  open = null;
});

function scenarioFolder(kind: ExportKind = 'rules', live: SimulatedState = SCENARIO.state): ChangeSetFolder {
  open = writeChangeSet(emitChangeSet(auditOf(SCENARIO.state, kind, SCENARIO.wanted)), live);
  return open;
}

const idsOf = (state: SimulatedState): string[] => state.rules.map((rule) => rule.SecurityGroupRuleId);
const change = (id: string, changes: Partial<SimulatedRule>): SimulatedState => ({
  ...SCENARIO.state,
  rules: SCENARIO.state.rules.map((rule) => (rule.SecurityGroupRuleId === id ? { ...rule, ...changes } : rule)),
});

test.each(['rules', 'groups'] as const)(
  'precheck, apply and rollback run in bash on the rules of a describe-security-group%s export',
  (kind) => {
    const folder = scenarioFolder(kind);
    expect(folder.run('precheck.sh')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(folder.takeCommands()).toEqual([
      'describe-security-group-rules',
      'describe-security-group-rules',
      'describe-stale-security-groups',
    ]);
    expect(folder.state()).toEqual(SCENARIO.state);

    const applied = folder.run('apply.sh');
    expect(applied).toMatchObject({ exitCode: 0, stderr: '' });
    expect(applied.stdout).toContain('apply: all 3 changes were made.');
    expect(idsOf(folder.state())).toEqual(['sgr-1', 'sgr-4', 'sgr-6']);
    expect(folder.takeCommands().slice(3)).toEqual([
      'revoke-security-group-ingress',
      'revoke-security-group-ingress',
      'revoke-security-group-egress',
    ]);

    // The group behind sgr-5 is still gone: EC2 refuses that rule, and the script says so.
    const back = folder.run('rollback.sh');
    expect(back.exitCode).toBe(2);
    expect(back.stderr).toContain('the group it refers to is gone. It permits nothing');
    folder.setState({ ...folder.state(), groups: [...folder.state().groups, { GroupId: 'sg-0gone', VpcId: 'vpc-2' }] });
    expect(folder.run('rollback.sh')).toMatchObject({ exitCode: 0 });
    const tags = { tags: kind === 'rules' ? 'kept' : 'ignored' } as const;
    expect(normalised(folder.state().rules, tags)).toEqual(normalised(SCENARIO.state.rules, tags));
  },
);

test.each<[string, SimulatedState]>([
  ['a rule that goes has another description', change('sgr-2', { Description: 'needed for the quarter end' })],
  ['a rule that goes has other ports', change('sgr-2', { ToPort: 1023 })],
  ['a rule that goes has a new tag', change('sgr-3', { Tags: [{ Key: 'keep', Value: 'yes' }] })],
  [
    'a rule that goes is gone already',
    { ...SCENARIO.state, rules: SCENARIO.state.rules.filter((rule) => rule.SecurityGroupRuleId !== 'sgr-3') },
  ],
  [
    'a copy that has to stay is gone',
    { ...SCENARIO.state, rules: SCENARIO.state.rules.filter((rule) => rule.SecurityGroupRuleId !== 'sgr-1') },
  ],
  ['a copy that has to stay was narrowed', change('sgr-4', { CidrIpv6: '2001:db8::/32' })],
  ['a stale reference is alive again', { ...SCENARIO.state, groups: [...SCENARIO.state.groups, { GroupId: 'sg-0gone', VpcId: 'vpc-2' }] }],
])('when %s, apply stops with exit 3 and changes nothing', (_, live) => {
  const folder = scenarioFolder('rules', live);
  const stopped = folder.run('apply.sh');
  expect(stopped.exitCode).toBe(3);
  expect(stopped.stderr).toMatch(/the base moved: .* is not as it was exported\. Audit again with a fresh export; nothing was changed\./);
  expect(folder.state()).toEqual(live);
  expect(folder.takeCommands().every((command) => command.startsWith('describe-'))).toBe(true);
});

test('edits of rules that the change does not lean on do not stop it', () => {
  const live = {
    ...SCENARIO.state,
    rules: [...SCENARIO.state.rules.filter((rule) => rule.SecurityGroupRuleId !== 'sgr-6'), liveRule('sgr-7', { FromPort: 1, ToPort: 2 })],
  };
  const folder = scenarioFolder('rules', live);
  expect(folder.run('apply.sh')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(idsOf(folder.state())).toEqual(['sgr-1', 'sgr-4', 'sgr-7']);
});

test.each([
  'manifest.json',
  'README.md',
  'apply.sh',
  'apply/001-revoke-security-group-ingress.json',
  'rollback/002-authorize-security-group-ingress.json',
  'precheck/001-removed-by-id.tsv',
])('one byte more in %s and the pre-check ends with 4', (path) => {
  const folder = scenarioFolder();
  appendFileSync(join(folder.path, path), ' ');
  const stopped = folder.run('precheck.sh');
  expect(stopped.exitCode).toBe(4);
  expect(stopped.stderr).toContain(path);
  expect(folder.takeCommands()).toEqual([]);
});

test('an aws that cannot be run stops the pre-check and names the group', () => {
  const folder = scenarioFolder();
  expect(folder.run('precheck.sh', { AWS_CLI: 'false' })).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('the live state of sg-0a could not be read'),
  });
  expect(folder.state()).toEqual(SCENARIO.state);
});

test('a relative AWS_CLI is meant from where the person stands', () => {
  const folder = scenarioFolder();
  expect(folder.run('apply.sh', { AWS_CLI: './aws' })).toMatchObject({ exitCode: 0, stderr: '' });
});

test('when EC2 refuses a step, apply stops there, and rollback brings back what was removed before', () => {
  const folder = scenarioFolder();
  const applied = folder.run('apply.sh', { FAKE_AWS_REFUSE: 'revoke-security-group-egress' });
  expect(applied.exitCode).toBe(1);
  expect(applied.stderr).toMatch(/apply: stopped at C-[0-9a-f]{16}\. What was removed before it is safe as it is/);
  expect(idsOf(folder.state())).toEqual(['sgr-1', 'sgr-4', 'sgr-5', 'sgr-6']);
  // Whether sgr-5 is in place or not, EC2 would take no new reference to its group.
  expect(folder.run('rollback.sh').exitCode).toBe(2);
  expect(normalised(folder.state().rules, { tags: 'kept' })).toEqual(normalised(SCENARIO.state.rules, { tags: 'kept' }));
});

test('a default VPC that lists a permission as unknown instead of refusing it stops apply', () => {
  const folder = scenarioFolder('groups', { ...SCENARIO.state, isDefaultVpc: true });
  const applied = folder.run('apply.sh', { FAKE_AWS_FORGET: 'sgr-5' });
  expect(applied.exitCode).toBe(1);
  expect(applied.stderr).toContain('EC2 knows no such rule and removed nothing in this step');
});

test('a rollback that EC2 refuses for another reason stops and can be run again', () => {
  const folder = scenarioFolder();
  expect(folder.run('apply.sh').exitCode).toBe(0);
  expect(folder.run('rollback.sh', { FAKE_AWS_REFUSE: 'authorize-security-group-ingress' })).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('Mend the cause and run rollback.sh again'),
  });
  expect(folder.run('rollback.sh').exitCode).toBe(2);
});

test('copies that only their ids tell apart: apply takes one, rollback finds the other in place', () => {
  const state = liveGroups([liveRule('sgr-1'), liveRule('sgr-2', { Description: 'copy' })]);
  open = writeChangeSet(emitChangeSet(auditOf(state, 'rules', [{ rule: 'sgr-2', kept: 'sgr-1' }])), state);
  expect(open.run('apply.sh').exitCode).toBe(0);
  expect(idsOf(open.state())).toEqual(['sgr-1']);
  expect(open.run('rollback.sh')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('finds sg-0a:in/sgr-2 in place') });
  expect(idsOf(open.state())).toEqual(['sgr-1']);
});

test('the scripts call nothing of AWS but ec2, and hold no text of the export', () => {
  const files = emitChangeSet(auditOf(SCENARIO.state, 'rules', SCENARIO.wanted)).filter((file) => file.path.endsWith('.sh'));
  expect(files.map((file) => file.executable)).toEqual([true, true, true]);
  for (const file of files) {
    const calls = [...file.content.matchAll(/"\$aws" (?!in\n)(\S+)/g)].map((call) => call[1]);
    expect(new Set(calls), file.path).toEqual(new Set(['ec2']));
    expect(file.content).toContain('set -euo pipefail');
    expect(file.content).not.toMatch(/old copy|reboot|offices|it's/);
  }
});
