import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/check.ts';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { type CheckResult, checkResultSchema } from '../../src/model/check-result.ts';
import { parseTimestamp } from '../../src/model/time.ts';
import { renderCheck } from '../../src/report/check/index.ts';
import { createRepository, missingTool } from '../action/repository.ts';
import { type InProcessRun, runInProcess, SESSION } from './run-in-process.ts';
import { program, runRulesweep, temporaryFolder } from './run-rulesweep.ts';

const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port';
const rules = (...rows: readonly string[]): string => `${[HEADER, ...rows].join('\n')}\n`;
const WEB = 'edge,web,permit,tcp,any,any,10.0.0.0/24,443';
const SSH = 'edge,ssh,permit,tcp,10.9.0.0/16,any,10.0.0.0/24,22';
const BASE = rules(WEB, SSH);
/** Adds a copy of a rule, and a harmless rule. */
const HEAD = rules(WEB, SSH, 'edge,web-again,permit,tcp,any,any,10.0.0.0/24,443', 'edge,dns,permit,udp,10.9.0.0/16,any,10.0.0.53,53');
const GOOD = rules(WEB, SSH, 'edge,dns,permit,udp,10.9.0.0/16,any,10.0.0.53,53');
const FILES = { 'base.csv': BASE, 'head.csv': HEAD, 'good.csv': GOOD };

const run = (args: readonly string[], files: Readonly<Record<string, string>> = FILES): Promise<InProcessRun> =>
  runInProcess(temporaryFolder(files), ['check', ...args]);

async function resultOf(args: readonly string[]): Promise<{ readonly result: CheckResult; readonly run: InProcessRun }> {
  const ended = await run([...args, '--format', 'json']);
  return { result: checkResultSchema.parse(JSON.parse(ended.stdout)), run: ended };
}

/** What the command line calls, without the time a process takes to start. */
function checkIn(folder: string, asOf: string, decisions: string | null): Promise<CheckResult> {
  const none = {
    inventory: [],
    guardrails: null,
    flows: [],
    from: null,
    to: null,
    defaultAction: null,
    failsOn: null,
    threads: null,
    memoryBytes: null,
  };
  const [base, head] = ['base.csv', 'head.csv'].map((name) => [join(folder, name)]);
  return check({
    ...none,
    base: base ?? [],
    head: head ?? [],
    decisions: decisions === null ? null : join(folder, decisions),
    asOf: parseTimestamp(asOf),
    onProgress: () => {},
    signal: null,
  });
}

describe('rulesweep check', () => {
  test('fails on what the change introduces, and only on that', async () => {
    const { result, run: ended } = await resultOf(['--base', 'base.csv', '--head', 'head.csv']);
    expect(result.introduced.map(({ kind, rule, cause, fails }) => [kind, rule, cause, fails])).toEqual([
      ['duplicate', 'web-again', 'rule added', true],
    ]);
    expect(result.introduced[0]?.sourceRef).toEqual({ path: 'head.csv', line: 4 });
    expect(ended.code).toBe(1);
    expect(ended.reason).toBe('the change introduces 1 thing that must not get in: duplicate: edge/web-again (head.csv:4)');
    const settled = await run(['--base', 'head.csv', '--head', 'head.csv']);
    expect(settled.code).toBe(0);
    expect(settled.stdout).toMatch(/^PASSED: The change is empty/);
  });

  test('passes a change without anything to object to, and says what it does to packets', async () => {
    const ended = await run(['--base', 'base.csv', '--head', 'good.csv']);
    expect(ended.code).toBe(0);
    expect(ended.reason).toBe('Nothing new to object to in 1 changed policy.');
    expect(ended.stdout).toContain('+ udp 10.9.0.0/16 -> 10.0.0.53:53');
  });

  test('--fail-on limits what fails, and may be repeated', async () => {
    const { result, run: ended } = await resultOf([
      '--base',
      'base.csv',
      '--head',
      'head.csv',
      '--fail-on',
      'any-any',
      '--fail-on',
      'shadowed',
      'any-any',
    ]);
    expect(ended.code).toBe(0);
    expect(result.failsOn).toEqual(['any-any', 'shadowed']);
    expect(result.introduced.map(({ fails }) => fails)).toEqual([false]);
  });

  test('--out writes every report by its suffix in one run, the same as on standard output', async () => {
    const cwd = temporaryFolder(FILES);
    const args = ['check', '--base', 'base.csv', '--head', 'head.csv', '--out', 'a.md', 'a.json', '--out', 'a.xml', 'a.txt'];
    const ended = await runRulesweep([...args, '--format', 'github'], { cwd });
    expect(ended.code).toBe(1);
    expect(ended.reason).toMatch(/^rulesweep: exit 1: the change introduces 1 thing that must not get in/);
    expect(readdirSync(cwd).sort()).toEqual(['a.json', 'a.md', 'a.txt', 'a.xml', ...Object.keys(FILES)].sort());
    // Not the parsed one: that has its keys in the order of the schema.
    const result = JSON.parse(readFileSync(join(cwd, 'a.json'), 'utf8')) as CheckResult;
    checkResultSchema.parse(result);
    const options = { color: false, width: 100 };
    for (const [name, format] of [
      ['a.md', 'md'],
      ['a.json', 'json'],
      ['a.xml', 'junit'],
      ['a.txt', 'text'],
    ] as const)
      expect(readFileSync(join(cwd, name), 'utf8')).toBe(renderCheck(result, format, options));
    expect(ended.stdout).toBe(renderCheck(result, 'github', options));
    expect(JSON.stringify(result)).not.toContain(cwd);
  });

  test('--no-base compares with nothing: every rule is new', async () => {
    const { result, run: ended } = await resultOf(['--no-base', '--head', 'head.csv']);
    expect([ended.code, result.passed, result.complete, result.incompleteBecause]).toEqual([1, false, true, []]);
    expect(result.policies.map(({ before, after }) => [before, after])).toEqual([[null, 'edge']]);
    expect(result.introduced.map(({ kind, rule, cause }) => [kind, rule, cause])).toEqual([['duplicate', 'web-again', 'rule added']]);
    expect(result.policies.flatMap(({ rules: all }) => all.map(({ change }) => change))).toEqual(['added', 'added', 'added', 'added']);
    expect(result.remaining).toEqual({});
    const good = await run(['--no-base', '--head', 'good.csv']);
    expect([good.code, good.reason]).toEqual([0, 'Nothing new to object to in 1 changed policy.']);
  });

  test('a decision that is pasted and filled in lets the change pass, until it expires', async () => {
    const asked = (asOf: string) => checkIn(temporaryFolder(FILES), asOf, null);
    const text = renderCheck(await asked('2026-11-01'), 'text', { color: false, width: 100 });
    const [, entry = ''] = /with a reason and an owner:\n([\s\S]*)$/.exec(text) ?? [];
    const pasted = `version: 1\ndecisions:\n${entry}`;
    const filled = pasted.replace('reason: ""', 'reason: "Until the migration."').replace('owner: ""', 'owner: "net-ops"');
    const cwd = temporaryFolder({ ...FILES, 'pasted.yaml': pasted, 'filled.yaml': filled });
    await expect(checkIn(cwd, '2026-11-02', 'pasted.yaml')).rejects.toThrow(/must not be empty/);
    const accepted = await checkIn(cwd, '2026-11-02', 'filled.yaml');
    expect([accepted.passed, ...accepted.introduced.map(({ status }) => status)]).toEqual([true, 'accepted']);
    const expired = await checkIn(cwd, '2027-02-01', 'filled.yaml');
    expect([expired.passed, ...expired.diagnostics.map(({ code }) => code)]).toEqual([false, 'DECISION_EXPIRED']);
  });

  test('traffic of which nothing lies in the window is an incomplete answer, which a failure does not hide', async () => {
    const flows =
      'start,end,source,source_port,destination,destination_port,protocol,action,packets,bytes\n1767225600,1767225660,192.0.2.1,40000,10.0.0.5,443,6,ACCEPT,10,1000\n';
    const given = ['--base', 'base.csv', '--head', 'head.csv', '--flows', 'flows.csv', '--from', '2020-01-01', '--to', '2020-02-01'];
    const ended = await run(given, { ...FILES, 'flows.csv': flows });
    expect(ended.code).toBe(3);
    expect(ended.reason).toMatch(/^incomplete: .*must not get in/);
    expect(ended.stdout).toMatch(/^INCOMPLETE: /);
  });

  test('an input that cannot be read ends with 2 and writes nothing', async () => {
    const cwd = temporaryFolder(FILES);
    const ended = await runInProcess(cwd, ['check', '--base', 'gone.csv', '--head', 'head.csv', '--out', join(cwd, 'x.md')]);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.reason).toBe('gone.csv: no such file or folder');
    expect(readdirSync(cwd).sort()).toEqual(Object.keys(FILES).sort());
  });

  test.each([
    ['no base', ['--head', 'h'], /--base PATH is missing.*--no-base/],
    ['no head', ['--base', 'b'], /--head/],
    ['no kind', ['--base', 'b', '--head', 'h', '--fail-on', 'high'], /--fail-on high is not a kind; expected one of shadowed, redundant/],
    ['a report that is none', ['--base', 'b', '--head', 'h', '--out', 'x.html'], /x\.html.*\.txt, \.json, \.md, \.xml/],
    ['an empty window', ['--base', 'b', '--head', 'h', '--from', '2026-02-01', '--to', '2026-01-01'], /the window would be empty/],
  ])('%s is refused before anything is read', async (_what, args, reason) => {
    await expect(runCommandLine(['check', ...args], SESSION)).rejects.toThrow(reason);
  });
});

describe.skipIf(missingTool !== null)(
  `the check of a repository${missingTool === null ? '' : ` (skipped: no ${missingTool} here)`}`,
  () => {
    const real = { RULESWEEP_PROGRAM: program };

    test('the action annotates the line of the head, fills the summary and fails; fixed, it passes', () => {
      const repository = createRepository();
      repository.commit({ "rules/it's the edge.csv": BASE });
      repository.commit({ "rules/it's the edge.csv": HEAD });
      const env = { ...real, RULESWEEP_HEAD: 'rules' };
      const failed = repository.run('check.sh', [], env);
      expect(failed.code).toBe(1);
      expect(failed.stdout).toContain("\n::error file=rules/it's the edge.csv,line=4,title=duplicate%3A edge/web-again::");
      expect(failed.summary).toMatch(/^## Firewall check: FAILED\n/);
      expect(failed.outputs).toContain('result=failed\n');
      expect(existsSync(join(repository.temporary, 'rulesweep', 'check.xml'))).toBe(true);
      repository.write({ "rules/it's the edge.csv": GOOD });
      const passed = repository.run('check.sh', [], { ...env, RULESWEEP_BASE_REF: 'HEAD^' });
      expect([passed.code, passed.summary.split('\n')[0]]).toEqual([0, '## Firewall check: PASSED']);
    });

    test('the pre-commit hook fails on what is staged and names the file as the repository has it', () => {
      const repository = createRepository();
      repository.commit({ 'rules/edge.csv': BASE });
      repository.write({ 'rules/edge.csv': HEAD });
      expect(repository.run('pre-commit.sh', ['rules/'], real).code).toBe(0);
      repository.git('add', '--all');
      const failed = repository.run('pre-commit.sh', ['rules/'], real);
      expect(failed.code).toBe(1);
      expect(failed.stdout).toContain('at          rules/edge.csv:4\n');
    });
  },
);
