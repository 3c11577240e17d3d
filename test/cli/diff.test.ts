import { describe, expect, test } from 'vitest';
import { type DiffRequest, diff } from '../../src/diff.ts';
import { type PolicyDiff, policyDiffSchema } from '../../src/model/policy-diff.ts';
import { renderDiff } from '../../src/report/ask/index.ts';
import { type Run, runRulesweep, temporaryFolder } from './run-rulesweep.ts';

const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port';
const WEB = 'edge,web,permit,tcp,any,any,10.9.0.5,443';
const WEB_WIDER = 'edge,web,permit,tcp,any,any,10.9.0.5,443;8443';
const ADMIN = 'edge,admin,permit,tcp,10.1.0.0/24,any,10.9.0.6,22';
const DNS = 'lan,dns,permit,udp,any,any,10.9.0.53,53';

const csv = (...rules: readonly string[]): string => `${[HEADER, ...rules].join('\n')}\n`;

/** As the command line would. */
const run = (before: string, after: string, ...args: readonly string[]): Promise<Run> =>
  runRulesweep(['diff', 'old.csv', '--to', 'new.csv', ...args], { cwd: temporaryFolder({ 'old.csv': before, 'new.csv': after }) });

/** What the command line calls, without the time a process takes to start. */
function compared(before: string, after: string, options: Partial<DiffRequest> = {}): Promise<PolicyDiff> {
  const folder = temporaryFolder({ 'old.csv': before, 'new.csv': after });
  return diff({
    before: [`${folder}/old.csv`],
    after: [`${folder}/new.csv`],
    inventory: [],
    defaultAction: null,
    onProgress: () => {},
    signal: null,
    ...options,
  });
}

const textOf = (difference: PolicyDiff): string => renderDiff(difference, 'text', { color: false, width: 100 });

describe('rulesweep diff', () => {
  test('says which packets are permitted now and which are denied, by which rules', async () => {
    const { code, reason, stdout } = await run(csv(WEB, ADMIN, DNS), csv(WEB_WIDER, DNS));
    expect([code, reason]).toEqual([0, 'rulesweep: exit 0: 1 policy differs: widened in 1, narrowed in 1']);
    expect(stdout).toMatch(/^DIFFERENT: packets change in 1 of 2 policies; widened in 1, narrowed in 1\.\n/);
    expect(stdout).toContain(
      '    tcp any -> 10.9.0.5:8443\n      before: denied by the default of edge\n      after:  permitted by edge/web\n',
    );
    expect(stdout).toContain(
      '    tcp 10.1.0.0/24 -> 10.9.0.6:22\n      before: permitted by edge/admin\n      after:  denied by the default of edge\n',
    );
    expect(stdout).toMatch(/\n {4}removed admin .*\n {12}old\.csv:3\n/);
  });

  test('ends with 0 and one clear sentence when nothing changes', async () => {
    const { code, reason, stdout } = await run(csv(WEB, DNS), csv(WEB, DNS));
    expect([code, reason]).toEqual([0, 'rulesweep: exit 0: equal: no packet changes in 2 policies']);
    expect(stdout).toBe('EQUAL: no packet changes its verdict or its effect (2 policies compared). Nothing differs.\n');
  });

  test('lists what changed in the text only as such', async () => {
    const difference = await compared(csv(WEB, ADMIN), csv(ADMIN, WEB));
    expect(difference.equal).toBe(true);
    expect(textOf(difference)).toMatch(/^EQUAL: .* 1 policy differs in the text\nonly\.\n/);
    expect(textOf(difference)).toMatch(/ Rules changed without effect: they change no packet\n {4}moved {3}(?:web|admin) /);
  });

  test('of two sides turned round turns the kinds round', async () => {
    const there = await compared(csv(WEB), csv(WEB_WIDER));
    const back = await compared(csv(WEB_WIDER), csv(WEB));
    expect(there.policies[0]?.widened).toEqual(back.policies[0]?.narrowed);
    expect(there.policies[0]?.areas.map(({ change, regions }) => [change, regions])).toEqual([['widened', ['tcp any -> 10.9.0.5:8443']]]);
    expect(back.policies[0]?.areas.map(({ change, regions }) => [change, regions])).toEqual([['narrowed', ['tcp any -> 10.9.0.5:8443']]]);
  });

  test('of a side without any rule is incomplete, and ends with 3', async () => {
    const { code, reason } = await run(csv(WEB), csv());
    expect(code).toBe(3);
    expect(reason).toMatch(/^rulesweep: exit 3: incomplete: After: .*no rule/);
  });

  test('--format json is the document of the schema, md goes into a ticket', async () => {
    const difference = await compared(csv(WEB), csv(WEB_WIDER));
    expect(policyDiffSchema.parse(JSON.parse(renderDiff(difference, 'json', { color: false, width: 100 })))).toEqual(difference);
    const markdown = renderDiff(difference, 'md', { color: false, width: 100 });
    expect(markdown).toContain('### WIDENED: denied before, permitted now\n');
    expect(markdown).toContain('| tcp any -&#62; 10.9.0.5:8443 |  | denied by the default of edge | permitted by edge/web |');
  });

  test('needs files on both sides', async () => {
    await expect(compared(csv(WEB), csv(WEB), { after: ['gone.csv'] })).rejects.toThrow(/gone\.csv/);
  });
});
