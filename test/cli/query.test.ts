import { describe, expect, test } from 'vitest';
import { type QueryAnswer, queryAnswerSchema } from '../../src/model/query-answer.ts';
import { type QueryRequest, query } from '../../src/query.ts';
import { renderQuery } from '../../src/report/ask/index.ts';
import { auditFiles } from '../support/audit-files.ts';
import { type Run, runRulesweep, temporaryFolder } from './run-rulesweep.ts';

const VPC = 'samples/aws-vpc/exports/2026-04-11';

/** Web for all, the database for administrators, and an application that only the device knows. */
const RULES = `policy,id,action,protocol,source,source_port,destination,destination_port,application
edge,web,permit,tcp,any,any,10.9.0.5,443,
edge,admin,permit,tcp,10.1.0.0/24,any,10.9.0.6,5432,
edge,app,permit,tcp,10.2.0.0/24,any,10.9.0.7,8080,web-browsing
edge,scanner,deny,any,10.3.0.0/24,any,any,any,
`;

const GUARDRAILS = `version: 1
zones:
  admin: { cidrs: [10.1.0.0/24] }
  card: { cidrs: [10.9.0.6/32], tags: [pci] }
`;

/** What the command line calls, without the time a process takes to start. */
function asked(region: string | null, options: Partial<QueryRequest> = {}): Promise<QueryAnswer> {
  return query({
    region,
    rules: [`${temporaryFolder({ 'rules.csv': RULES })}/rules.csv`],
    inventory: [],
    guardrails: null,
    fromZones: [],
    toZones: [],
    tags: [],
    audit: null,
    interface: null,
    direction: null,
    policies: [],
    defaultAction: null,
    onProgress: () => {},
    signal: null,
    ...options,
  });
}

const textOf = (answer: QueryAnswer): string => renderQuery(answer, 'text', { color: false, width: 100 });

/** As the command line would, in a folder with {@link RULES}. */
const run = (...args: readonly string[]): Promise<Run> =>
  runRulesweep(['query', ...args], { cwd: temporaryFolder({ 'rules.csv': RULES }) });

describe('rulesweep query', () => {
  test('says what passes and by which rules, and ends with 0 when it is denied too', async () => {
    const permitted = await run('tcp 192.0.2.0/28 -> 10.9.0.5:443', '--rules', 'rules.csv');
    expect(permitted.code).toBe(0);
    expect(permitted.reason).toBe('rulesweep: exit 0: permitted: 1 rule');
    expect(permitted.stdout).toMatch(/^tcp 192\.0\.2\.0\/28 -> 10\.9\.0\.5:443\n\nPERMITTED in edge: every packet\n/);
    expect(permitted.stdout).toContain('permitted by edge/web\n');
    const denied = await run('tcp', '10.3.0.0/24 -> 10.9.0.9:443', '--rules', 'rules.csv', '--format', 'json');
    expect([denied.code, denied.reason]).toEqual([0, 'rulesweep: exit 0: denied']);
    expect(queryAnswerSchema.parse(JSON.parse(denied.stdout)).points[0]?.verdict).toBe('denied');
  });

  test('explains a region that is none, and a file that is not there', async () => {
    const malformed = await run('tcp 10.1.0.0/24 10.9.0.5:443', '--rules', 'rules.csv');
    expect([malformed.code, malformed.stdout]).toEqual([2, '']);
    expect(malformed.reason).toMatch(/^rulesweep: exit 2: not a region: /);
    await expect(asked('tcp 10.1.0.0/24 -> [2001:db8::1]:443')).rejects.toThrow(/^not a region: .*no address family in common/);
    await expect(asked('tcp any -> any', { rules: ['missing.csv'] })).rejects.toThrow(/missing\.csv/);
    await expect(asked('tcp any -> any', { policies: ['egde'] })).rejects.toThrow(
      /^--policy egde is none of the 1 policies of the rules; did you mean edge/,
    );
  });

  test('takes zones and tags for addresses', async () => {
    const guardrails = `${temporaryFolder({ 'zones.yaml': GUARDRAILS })}/zones.yaml`;
    const text = textOf(await asked(null, { fromZones: ['admin'], tags: ['pci'], guardrails }));
    expect(text).toMatch(/^any 10\.1\.0\.0\/24 -> 10\.9\.0\.6\nZones: from admin to tag:pci\n/);
    expect(text).toContain('    tcp 10.1.0.0/24 -> 10.9.0.6:5432\n      permitted by edge/admin\n');
    await expect(asked(null, { toZones: ['crad'], guardrails })).rejects.toThrow(/crad.*card/);
  });

  test('says on what the answer depends, where the rules cannot tell', async () => {
    const text = textOf(await asked('tcp 10.2.0.0/24:40000 -> 10.9.0.7:8080'));
    expect(text).toContain('DEPENDS in edge: all 256 packets\n');
    expect(text).toMatch(/ permitted by edge\/app if "application=web-browsing" holds\n/);
    expect(text).toMatch(/ denied by the default of edge if "application=web-browsing" does not hold\n/);
  });

  test('without any rule is incomplete, and ends with 3', async () => {
    const cwd = temporaryFolder({ 'rules.csv': `${RULES.split('\n')[0]}\n` });
    const { code, reason, stdout } = await runRulesweep(['query', 'tcp any -> any', '--rules', 'rules.csv'], { cwd });
    expect(code).toBe(3);
    expect(reason).toMatch(/^rulesweep: exit 3: incomplete: The rule sources hold no rule at all/);
    expect(stdout).toContain('INCOMPLETE: this answer is missing something.');
  });

  test('with an audit shows what the logs saw of the rules', async () => {
    const rules = 'samples/generic-csv/rules.csv';
    const audit = await auditFiles({ rules: [rules], flows: ['samples/generic-csv/flows.csv'] });
    const path = `${temporaryFolder({ 'audit.json': JSON.stringify(audit) })}/audit.json`;
    const answer = await asked('tcp 192.0.2.0/24 -> 10.0.0.9:21', { rules: [rules], audit: path });
    expect(answer.points[0]?.rules[0]).toMatchObject({ rule: 'old-ftp', usage: { certain: 0, possible: 0 } });
    expect(textOf(answer)).toMatch(/hits in logs[^\n]*\n.* edge\/old-ftp +permit +none /);
  });

  test('follows layers and interfaces of an inventory, and only the one that is asked for', async () => {
    const all = await asked('tcp 10.20.20.11 -> 10.20.30.11:5432', { rules: [VPC] });
    expect(all.points.map(({ direction }) => direction).sort()).toEqual(['in', 'out']);
    const into = await asked('tcp 10.20.20.11 -> 10.20.30.11:5432', { rules: [VPC], direction: 'in' });
    expect(into.points).toHaveLength(1);
    expect(textOf(into)).toMatch(/\nPERMITTED into eni-\w+: every packet\n {2}layers: acl-\w+:in, then sg-\w+:in with sg-\w+:in\n/);
  });

  test('gives the same bytes for the same question, in every format', async () => {
    const [first, second] = [await asked('any any -> 10.9.0.0/24'), await asked('any any -> 10.9.0.0/24')];
    const { inputs: _, ...own } = second;
    for (const format of ['text', 'json', 'csv'] as const) {
      const render = (answer: QueryAnswer): string => renderQuery(answer, format, { color: false, width: 100 });
      // The two are read from different temporary folders.
      const place = (text: string): string => text.replace(/[^\s"]*rules\.csv/g, 'rules.csv');
      expect(place(render({ ...first, inputs: [] }))).toBe(place(render({ ...own, inputs: [] })));
    }
  });
});
