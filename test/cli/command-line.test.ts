import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditResultSchema } from '../../src/model/audit-result.ts';
import { version } from '../../src/version.ts';
import { packageRoot, runRulesweep, temporaryFolder } from './run-rulesweep.ts';

/** web is used once; mail never is, and it is a copy of mail-again. */
const RULES = `policy,id,action,protocol,source,source_port,destination,destination_port
edge,web,permit,tcp,any,any,10.0.0.0/24,443
edge,mail,permit,tcp,any,any,10.0.1.0/24,25
edge,mail-again,permit,tcp,any,any,10.0.1.0/24,25
`;
const FLOWS_HEADER = 'start,end,source,source_port,destination,destination_port,protocol,action,packets,bytes';
/** One connection in each hour of 40 days, so that the window counts for something. */
const FLOWS = `${[FLOWS_HEADER, ...Array.from({ length: 40 * 24 }, (_, hour) => flowAt(hour))].join('\n')}\n`;

function flowAt(hour: number): string {
  const start = 1_767_225_600 + hour * 3600;
  return `${start},${start + 60},192.0.2.1,${40_000 + hour},10.0.0.5,443,6,ACCEPT,10,1000`;
}

const ownFiles = ['audit.json', 'changes', 'findings.csv', 'proofs.jsonl', 'report.html', 'rules.csv'];
const withFlows = ['audit', '--rules', 'rules.csv', '--flows', 'flows.csv'];

describe('rulesweep audit', () => {
  test('without flows ends with 0 and says that no use was judged', async () => {
    const run = await runRulesweep(['audit', '--rules', 'rules.csv'], { cwd: temporaryFolder({ 'rules.csv': RULES }) });
    expect(run.code).toBe(0);
    expect(run.reason).toMatch(
      /^rulesweep: exit 0: 3 rules in 1 policy audited.*no flow logs were given, so the use of the rules was not judged/,
    );
    expect(run.stdout).toContain('rulesweep');
  });

  test('--out holds every report, the same bytes at every run and whatever the number of threads', async () => {
    const cwd = temporaryFolder({ 'rules.csv': RULES, 'flows.csv': FLOWS });
    const first = await runRulesweep([...withFlows, '--out', 'one', '--threads', '1'], { cwd });
    const second = await runRulesweep([...withFlows, '--out', 'two', '--threads', '2', '--format', 'json'], { cwd });
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.reason).toMatch(/; 40 days of traffic; written to one$/);
    expect(readdirSync(join(cwd, 'one')).sort()).toEqual(ownFiles);
    for (const name of ownFiles.filter((each) => each !== 'changes')) {
      expect(readFileSync(join(cwd, 'two', name), 'utf8')).toBe(readFileSync(join(cwd, 'one', name), 'utf8'));
    }
    const json = readFileSync(join(cwd, 'one', 'audit.json'), 'utf8');
    expect(second.stdout).toBe(json);
    expect(auditResultSchema.parse(JSON.parse(json)).complete).toBe(true);
    expect(json).not.toContain(cwd);
  });

  test('--out replaces its own files and leaves the others', async () => {
    const cwd = temporaryFolder({ 'rules.csv': RULES });
    await runRulesweep(['audit', '--rules', 'rules.csv', '--out', 'out'], { cwd });
    writeFileSync(join(cwd, 'out', 'note.txt'), 'mine');
    writeFileSync(join(cwd, 'out', 'changes', 'of-another-run.json'), '{}');
    await runRulesweep(['audit', '--rules', 'rules.csv', '--out', 'out'], { cwd });
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual(['note.txt', ...ownFiles].sort());
    expect(existsSync(join(cwd, 'out', 'changes', 'of-another-run.json'))).toBe(false);
  });

  test.each([
    ['json', (text: string) => JSON.parse(text)],
    [
      'jsonl',
      (text: string) =>
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
    ],
    ['csv', (text: string) => expect(text).toMatch(/^[^\n]*kind/)],
    ['md', (text: string) => expect(text).toMatch(/^#/m)],
    ['text', (text: string) => expect(text).not.toContain('\u001b')],
  ])('--format %s is all there is on stdout', async (format, check) => {
    const run = await runRulesweep(['audit', '--rules', 'rules.csv', '--format', format], { cwd: temporaryFolder({ 'rules.csv': RULES }) });
    expect(run.code).toBe(0);
    check(run.stdout);
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('a gate that fails ends with 1, writes the files and says why', async () => {
    const cwd = temporaryFolder({ 'rules.csv': RULES, 'flows.csv': FLOWS });
    const findings = auditResultSchema.parse(JSON.parse((await runRulesweep([...withFlows, '--format', 'json'], { cwd })).stdout)).findings
      .length;
    expect(findings).toBeGreaterThan(0);
    const failed = await runRulesweep([...withFlows, '--out', 'out', '--fail-on', `info:${findings - 1}`], { cwd });
    expect(failed.code).toBe(1);
    expect(failed.reason).toBe(
      `rulesweep: exit 1: gate info:${findings - 1} failed: ${findings} findings of severity info or above, at most ${findings - 1} allowed`,
    );
    expect(existsSync(join(cwd, 'out', 'audit.json'))).toBe(true);
    const passed = await runRulesweep([...withFlows, '--fail-on', `info:${findings}`], { cwd });
    expect(passed.code).toBe(0);
  });

  test('traffic of which nothing lies in the window is an incomplete answer, which a gate does not hide', async () => {
    const cwd = temporaryFolder({ 'rules.csv': RULES, 'flows.csv': FLOWS });
    const run = await runRulesweep([...withFlows, '--from', '2020-01-01', '--to', '2020-02-01', '--out', 'out', '--fail-on', 'info'], {
      cwd,
    });
    expect(run.code).toBe(3);
    expect(run.reason).toMatch(/^rulesweep: exit 3: incomplete: /);
    const result = auditResultSchema.parse(JSON.parse(readFileSync(join(cwd, 'out', 'audit.json'), 'utf8')));
    expect(result.complete).toBe(false);
    expect(result.findings.filter(({ kind }) => kind === 'unused')).toEqual([]);
  });
});

describe('an input that cannot be used ends with 2, writes nothing, and is explained', () => {
  test.each([
    ['a command that is misspelt', ['adit'], /unknown command 'adit'.*Did you mean audit/],
    ['a missing rules file', ['audit', '--rules', 'none.csv', '--out', 'out'], /none\.csv/],
    ['an empty rules file', ['audit', '--rules', 'empty.csv', '--out', 'out'], /empty\.csv.*empty/],
    ['a flows argument that matches nothing', ['audit', '--rules', 'rules.csv', '--flows', 'logs-*.gz', '--out', 'out'], /logs-\*\.gz/],
    ['an address in place of a file', ['audit', '--rules', 'rules.csv', '--flows', 's3://bucket/logs', '--out', 'out'], /aws s3 sync/],
    ['a report of nothing', ['report', 'none.json', '-o', 'x.html'], /none\.json/],
  ])('%s', async (_what, args, reason) => {
    const cwd = temporaryFolder({ 'rules.csv': RULES, 'empty.csv': '' });
    const run = await runRulesweep(args, { cwd });
    expect(run.code).toBe(2);
    expect(run.reason).toMatch(/^rulesweep: exit 2: /);
    expect(run.reason).toMatch(reason);
    expect(run.stdout).toBe('');
    expect(run.stderr).not.toContain('    at ');
    expect(readdirSync(cwd).sort()).toEqual(['empty.csv', 'rules.csv']);
  });
});

describe('rulesweep --help', () => {
  test('names what this release has, and nothing else, and the exit codes', async () => {
    const run = await runRulesweep(['--help'], { cwd: packageRoot });
    expect(run.code).toBe(0);
    const commands = /Commands:\n([\s\S]*?)\n\n/.exec(run.stdout)?.[1] ?? '';
    expect([...commands.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name)).toEqual([
      'audit',
      'report',
      'explain',
      'query',
      'diff',
      'request',
      'check',
      'verify',
      'demo',
      'formats',
      'init',
      'help',
    ]);
    for (const code of [0, 1, 2, 3, 4, 5, 130]) expect(run.stdout).toMatch(new RegExp(`^ {2}${code} `, 'm'));
  });

  test('of a command has its options; --version is the version', async () => {
    const help = await runRulesweep(['audit', '--help'], { cwd: packageRoot });
    expect(help.code).toBe(0);
    for (const option of [
      '--rules',
      '--flows',
      '--inventory',
      '--decisions',
      '--from',
      '--to',
      '--as-of',
      '--default-action',
      '--out',
      '--format',
      '--fail-on',
      '--threads',
      '--memory',
    ]) {
      expect(help.stdout).toContain(`  ${option} `);
    }
    expect(await runRulesweep(['--version'], { cwd: packageRoot })).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('rulesweep report', () => {
  async function archived() {
    const cwd = temporaryFolder({ 'rules.csv': RULES, 'flows.csv': FLOWS });
    await runRulesweep([...withFlows, '--out', 'out'], { cwd });
    return cwd;
  }

  test('renders an archived audit to what the audit wrote, without its data', async () => {
    const cwd = await archived();
    for (const name of ['rules.csv', 'flows.csv']) writeFileSync(join(cwd, name), '');
    const outputs = ['rules-2026.csv', 'list.csv', 'a.html', 'a.json', 'a.md', 'a.jsonl', 'a.txt'];
    const run = await runRulesweep(['report', 'out/audit.json', '-o', ...outputs.slice(0, 4), '-o', ...outputs.slice(4)], { cwd });
    expect(run).toMatchObject({ code: 0, stdout: '' });
    const same = (a: string, b: string) => expect(readFileSync(join(cwd, a), 'utf8')).toBe(readFileSync(join(cwd, 'out', b), 'utf8'));
    same('rules-2026.csv', 'rules.csv');
    same('list.csv', 'findings.csv');
    same('a.html', 'report.html');
    same('a.json', 'audit.json');
    for (const name of ['a.md', 'a.jsonl', 'a.txt']) expect(readFileSync(join(cwd, name), 'utf8')).not.toBe('');
  });

  test('refuses another version, a changed document and anything else, and writes nothing', async () => {
    const cwd = await archived();
    const text = readFileSync(join(cwd, 'out', 'audit.json'), 'utf8');
    const refused: readonly (readonly [content: string, reason: RegExp])[] = [
      [
        text.replace('"schemaVersion":1', '"schemaVersion":2').replace('"schemaVersion": 1', '"schemaVersion": 2'),
        /schema version 2; this release reads version 1/,
      ],
      [JSON.stringify({ ...JSON.parse(text), policies: 7 }), /at \/policies/],
      [text.slice(0, text.length / 2), /is not JSON/],
      ['{"SecurityGroups": []}', /has no "schemaVersion"/],
    ];
    for (const [content, reason] of refused) {
      writeFileSync(join(cwd, 'bad.json'), content);
      const run = await runRulesweep(['report', 'bad.json', '-o', 'x.html'], { cwd });
      expect(run.code).toBe(2);
      expect(run.reason).toMatch(reason);
      expect(existsSync(join(cwd, 'x.html'))).toBe(false);
    }
  });
});

describe('rulesweep formats', () => {
  test('lists every format with the options that take it', async () => {
    const run = await runRulesweep(['formats'], { cwd: packageRoot });
    expect(run.code).toBe(0);
    for (const pattern of [/^aws\S*\s+--rules --inventory/m, /^rules-csv\s+--rules/m, /^flows-csv\s+--flows/m])
      expect(run.stdout).toMatch(pattern);
  });

  test.each([
    ['one by its name', 'aws-vpc', ['aws-vpc']],
    ['several by what their names begin with', 'aws', ['aws-vpc', 'aws-vpc-flow-log']],
  ])('prints the vendor commands of %s', async (_what, name, described) => {
    const run = await runRulesweep(['formats', name], { cwd: packageRoot });
    expect(run.code).toBe(0);
    for (const each of described) expect(run.stdout).toMatch(new RegExp(`^${each}: `, 'm'));
    expect(run.stdout).toMatch(/^aws [a-z0-9]+ /m);
  });
});

describe('a run that is stopped', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('by %s ends with 130 and leaves nothing behind', async (signal) => {
    const cwd = temporaryFolder();
    // Reading standard input, which stays open, is a run that takes for ever.
    const run = await runRulesweep(['audit', '--rules', '-', '--out', 'out'], {
      cwd,
      meanwhile: (child) => setTimeout(() => child.kill(signal), 1_000),
    });
    expect(run.code).toBe(130);
    expect(run.reason).toBe('rulesweep: exit 130: interrupted; nothing is left half-written');
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('because nobody reads its output any more is not a failure', async () => {
    const cwd = temporaryFolder({ 'rules.csv': RULES });
    const run = await runRulesweep(['audit', '--rules', 'rules.csv', '--format', 'json'], {
      cwd,
      meanwhile: (child) => child.stdout?.destroy(),
    });
    expect(run.code).toBe(0);
    expect(run.stderr).not.toContain('EPIPE');
  });
});
