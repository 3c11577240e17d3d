import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { AuditResult } from '../../../../src/model/audit-result.ts';
import { emitChangeSet } from '../../../../src/report/changes/index.ts';
import { type ChangeSetFolder, writeChangeSet } from '../../../support/change-set-folder.ts';
import { manifestChanges, runAll } from '../../../support/change-set-run.ts';
import type { SimulatedRule, SimulatedState } from '../../../support/ec2-simulator.ts';
import { plannedGroups } from '../../../support/planned-audit.ts';
import { liveGroups, liveRule } from '../../../support/security-group-scenario.ts';

let open: ChangeSetFolder | null = null;
afterEach(() => {
  open?.remove();
  open = null;
});

/** `sgr-all` is covered by the two halves, only together; `sgr-part` by one of them. */
const HALVES = liveGroups([
  liveRule('sgr-low', { CidrIpv4: '10.0.0.0/9', FromPort: 400, Description: 'lower half' }),
  liveRule('sgr-high', { CidrIpv4: '10.128.0.0/9', FromPort: 1, ToPort: 1024, Description: 'upper half' }),
  liveRule('sgr-part', { CidrIpv4: '10.128.0.0/16', FromPort: 80, ToPort: 90 }),
  liveRule('sgr-all', { CidrIpv4: '10.0.0.0/8' }),
  liveRule('sgr-other', { CidrIpv4: '10.0.0.0/8', FromPort: 22, ToPort: 22 }),
]);

function notEmitted(result: AuditResult): { rule: string; reason: string }[] {
  return JSON.parse(emitChangeSet(result)[0]?.content ?? '').not_emitted;
}

test('a rule that others cover is revoked, and the pre-check asks for each of them', () => {
  const result = plannedGroups(HALVES);
  expect(result.plan.removals.map(({ rule, coveredBy }) => [rule, coveredBy.map((each) => each.rule)])).toEqual([
    ['sgr-part', ['sgr-high']],
    ['sgr-all', ['sgr-low', 'sgr-high']],
  ]);
  const files = emitChangeSet(result);
  const kept = files.find(({ path }) => path.endsWith('kept-by-id.tsv'))?.content ?? '';
  expect(kept.split('\n').map((line) => line.split('\t')[0])).toEqual(['sgr-high', 'sgr-low', '']);
  expect(files.find(({ path }) => path.endsWith('README.md'))?.content).toContain('`sgr-high` permits all of it and stays');
  const manifest = JSON.parse(files.find(({ path }) => path === 'aws-security-group/manifest.json')?.content ?? '');
  expect(manifest.base.footprint.map(({ role, rule }: { role: string; rule: string }) => `${role} ${rule}`)).toEqual([
    'removed sgr-part',
    'kept sgr-high',
    'removed sgr-all',
    'kept sgr-low',
    'kept sgr-high',
  ]);
});

test.each<[string, (rules: readonly SimulatedRule[]) => SimulatedRule[], number]>([
  ['as it was exported', (rules) => [...rules], 0],
  ['without a covering rule', (rules) => rules.filter(({ SecurityGroupRuleId }) => SecurityGroupRuleId !== 'sgr-high'), 3],
  [
    'with a covering rule narrowed',
    (rules) => rules.map((rule) => (rule.SecurityGroupRuleId === 'sgr-low' ? { ...rule, CidrIpv4: '10.0.0.0/10' } : rule)),
    3,
  ],
  ['with a rule that covers nothing gone', (rules) => rules.filter(({ SecurityGroupRuleId }) => SecurityGroupRuleId !== 'sgr-other'), 0],
])('with the live group %s, apply does what is still safe', (_, edit, exitCode) => {
  const live: SimulatedState = { ...HALVES, rules: edit(HALVES.rules) };
  open = writeChangeSet(emitChangeSet(plannedGroups(HALVES)), live);
  expect(open.run('apply.sh').exitCode).toBe(exitCode);
  const expected =
    exitCode === 0 ? live.rules.filter(({ SecurityGroupRuleId }) => !['sgr-all', 'sgr-part'].includes(SecurityGroupRuleId)) : live.rules;
  expect(open.state().rules).toEqual(expected);
});

test('a covering rule that the pre-check could not read, that goes itself, or one of too many is a reason to refuse', () => {
  const result = plannedGroups(HALVES);
  const withRemovals = (change: (removal: AuditResult['plan']['removals'][number]) => object): AuditResult => ({
    ...result,
    plan: { ...result.plan, removals: result.plan.removals.map((removal) => ({ ...removal, ...change(removal) })) },
  });
  const reasons = (other: AuditResult): string[] => notEmitted(other).map(({ reason }) => reason);
  expect(reasons(result)).toEqual([]);
  expect(reasons(withRemovals(() => ({ coveredBy: [] })))[0]).toContain('does not say which rules cover it');
  expect(reasons(withRemovals(() => ({ coveredByOmitted: 3 })))[0]).toContain('too many to check');
  expect(reasons(withRemovals(() => ({ coveredBy: [{ policy: 'sg-0a:in', rule: 'sgr-all' }] })))[0]).toContain('is itself in the plan');
  expect(reasons(withRemovals(() => ({ coveredBy: [{ policy: 'sg-0b:in', rule: 'sgr-low' }] })))[0]).toContain('is not in the result');
});

test('a rule that matches nothing is revoked, and the pre-check asks for nothing but the rule itself', () => {
  const result = plannedGroups(HALVES);
  const findings = result.findings.map((finding) => ({ ...finding, kind: 'unmatchable' as const }));
  const removals = result.plan.removals.map((removal) => ({ ...removal, coveredBy: [] }));
  const files = emitChangeSet({ ...result, findings, plan: { ...result.plan, removals } });
  expect(manifestChanges(files).map(({ target }) => target.rule)).toEqual(['sgr-part', 'sgr-all']);
  expect(files.map(({ path }) => path).filter((path) => path.endsWith('.tsv'))).toEqual([
    'aws-security-group/precheck/001-removed-by-id.tsv',
  ]);
  expect(files.find(({ path }) => path.endsWith('README.md'))?.content).toContain('No packet can match it');
});

const cidr = fc.constantFrom('10.0.0.0/8', '10.0.0.0/9', '10.128.0.0/9', '10.64.0.0/10', '10.0.0.0/10', '10.192.0.0/10');
const ports = fc.constantFrom<[number, number]>([0, 65535], [1, 100], [50, 200], [80, 80], [101, 200]);

test('whatever the groups, after any prefix of apply the same packets are permitted', () => {
  let covered = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(cidr, ports), { maxLength: 9 }), (notations) => {
      const state = liveGroups(notations.map(([CidrIpv4, [FromPort, ToPort]], i) => liveRule(`sgr-${i}`, { CidrIpv4, FromPort, ToPort })));
      const result = plannedGroups(state);
      expect(notEmitted(result)).toEqual([]);
      const changes = result.plan.removals.length === 0 ? [] : manifestChanges(emitChangeSet(result));
      expect(changes.map(({ target }) => target.rule)).toEqual(result.plan.removals.map(({ rule }) => rule));
      for (let length = 1; length <= changes.length; length++) {
        const after = runAll(
          state,
          changes.slice(0, length).flatMap((change) => change.apply),
        );
        expect(permitted(after.rules)).toEqual(permitted(state.rules));
      }
      covered += result.findings.filter(({ kind }) => kind === 'redundant').length;
    }),
    { numRuns: 150 },
  );
  expect(covered).toBeGreaterThan(100);
});

/** One host of each quarter of 10.0.0.0/8, one port of each stretch. */
function permitted(rules: readonly SimulatedRule[]): string[] {
  const hosts = [1, 65, 129, 193];
  return hosts.flatMap((second) =>
    [0, 1, 50, 80, 90, 101, 300].filter((port) => rules.some((rule) => permits(rule, second, port))).map((port) => `10.${second}:${port}`),
  );
}

function permits(rule: SimulatedRule, second: number, port: number): boolean {
  const [address = '', prefix = ''] = (rule.CidrIpv4 ?? '').split('/');
  const first = Number(address.split('.')[1]);
  const isInside = first <= second && second < first + 2 ** (16 - Number(prefix));
  return isInside && (rule.FromPort ?? 0) <= port && port <= (rule.ToPort ?? 65535);
}
