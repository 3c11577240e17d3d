import { describe, expect, test } from 'vitest';
import { type ExplainRequest, explain } from '../../src/explain.ts';
import { type Explanation, explanationSchema, type PacketExplanation, type RuleExplanation } from '../../src/model/explanation.ts';
import { renderExplanation } from '../../src/report/explain/index.ts';
import { auditFiles } from '../support/audit-files.ts';
import { packageRoot, type Run, runRulesweep, temporaryFolder } from './run-rulesweep.ts';

const VPC = 'samples/aws-vpc/exports/2026-04-11';
const CSV = 'samples/generic-csv/rules.csv';
const TO_DATABASE = 'tcp 10.20.20.11:40000 -> 10.20.30.11:5432';

/** As the command line would. */
const run = (...args: readonly string[]): Promise<Run> => runRulesweep(['explain', ...args], { cwd: packageRoot });

/** What the command line calls, without the time a process takes to start. */
function explained(subject: string, rules: string, options: Partial<ExplainRequest> = {}): Promise<Explanation> {
  const sources = { rules: rules === '' ? [] : [rules], inventory: [], audit: null, defaultAction: null };
  return explain({ subject, ...sources, interface: null, direction: null, onProgress: () => {}, signal: null, ...options });
}

async function explainedPacket(...args: Parameters<typeof explained>): Promise<PacketExplanation> {
  return (await explained(...args)) as PacketExplanation;
}

async function textOf(...args: Parameters<typeof explained>): Promise<string> {
  return renderExplanation(await explained(...args), 'text', { color: false, width: 100 });
}

describe('rulesweep explain PACKET', () => {
  test('says who decides, what nearly matched, and ends with the verdict', async () => {
    const { stdout, code, reason } = await run('tcp 10.20.20.11:40000 -> 10.20.30.11:3306', '--rules', VPC);
    expect(code).toBe(0);
    expect(reason).toBe('rulesweep: exit 0: tcp 10.20.20.11:40000 -> 10.20.30.11:3306: denied');
    expect(stdout).toMatch(/^tcp 10\.20\.20\.11:40000 -> 10\.20\.30\.11:3306\nDENIED by /);
    expect(stdout).toMatch(/near .*destination port 3306 is not 5432 \[/);
    expect(stdout).toContain('no rule matches: the default denies');
    expect(stdout).not.toContain('\u001b');
  });

  test('--format json is the document of the schema, the same bytes for the same question', async () => {
    const { stdout, code } = await run(TO_DATABASE, '--rules', VPC, '--format', 'json');
    expect(code).toBe(0);
    expect(explanationSchema.parse(JSON.parse(stdout))).toEqual(JSON.parse(stdout));
    expect(stdout).toBe(renderExplanation(await explained(TO_DATABASE, VPC), 'json', { color: false, width: 100 }));
    expect(stdout).not.toContain(packageRoot);
  });

  test('rules that belong to interfaces, without an inventory, make an incomplete answer', async () => {
    const { code, reason } = await run(TO_DATABASE, '--rules', `${VPC}/describe-security-groups.json`);
    expect(code).toBe(3);
    expect(reason).toMatch(/incomplete: .*policies belong to interfaces and no inventory says which/);
  });

  test('follows the packet out of one interface and into the other, through every layer', async () => {
    const explanation = await explainedPacket(TO_DATABASE, VPC);
    expect(explanation.verdict).toBe('permitted');
    expect(explanation.points.map(({ direction, layers }) => [direction, layers.map(({ stateful }) => stateful)])).toEqual([
      ['out', [true, false]],
      ['in', [false, true]],
    ]);
    const group = explanation.points[1]?.layers[1]?.policies.find(({ name }) => name === 'db');
    expect(group?.outcomes).toEqual([{ verdict: 'permitted', rule: 'sgr-098a4713cc8109ce2', when: [] }]);
    expect(explanation.inputs.length).toBeGreaterThan(5);
  });

  test('says that a stateless layer judges the answer, and by which entry', async () => {
    expect(await textOf(TO_DATABASE, VPC)).toMatch(
      /answer tcp 10\.20\.30\.11:5432 -> 10\.20\.20\.11:40000: permitted\n.*\n.*permitted by acl-\w+:out\/110/,
    );
  });

  test('without a source port says whether it matters', async () => {
    expect(await textOf('tcp 10.20.20.11 -> 10.20.30.11:5432', VPC)).toContain(
      'leaves the source port open, and the answer depends on it.',
    );
    expect(await textOf('tcp 192.0.2.5 -> 10.0.0.5:443', CSV)).toContain('leaves the source port open; it makes no difference.');
  });

  test('that only an unknown member could receive is denied as far as the exports show, and says what would permit it', async () => {
    const text = (await textOf('tcp 10.20.20.11:40000 -> 10.20.30.99:5432', VPC)).replace(/\s+/g, ' ');
    expect(text).toMatch(/ DENIED as far as the exports show .*permitted by/);
    expect(text).toContain('if destination 10.20.30.99 is member of sg-');
  });

  test('--interface and --direction choose the place', async () => {
    const { points } = await explainedPacket('tcp 192.0.2.7:9 -> 10.20.0.10:443', VPC, { direction: 'in' });
    expect(points.map(({ direction }) => direction)).toEqual(['in']);
    const other = points[0]?.attachment ?? '';
    const asked = await explainedPacket('tcp 192.0.2.7:9 -> 198.51.100.1:443', VPC, { interface: other, direction: 'out' });
    expect(asked.points.map(({ attachment, direction }) => [attachment, direction])).toEqual([[other, 'out']]);
  });
});

describe('rulesweep explain RULE', () => {
  test('says what the rule says, what it really decides, and what was found', async () => {
    const rule = (await explained('edge/web-again', CSV)) as RuleExplanation;
    expect(rule.rule?.asWritten).toBe('permit tcp any -> 10.0.0.5 port 443');
    expect(rule.decides).toMatchObject({ decided: '0', share: '0', coveredBy: [{ policy: 'edge', rule: 'web', share: '1' }] });
    expect(rule.findings.length).toBeGreaterThan(0);
    const { stdout, reason } = await run('edge/web-again', '--rules', CSV);
    expect(stdout).toContain('The others are decided by web (100 %).');
    expect(stdout).toContain('samples/generic-csv/rules.csv:3');
    expect(stdout).toContain('No traffic was given: no statement about use.');
    expect(reason).toContain('exit 0: rule edge/web-again explained; no flow logs were given');
  });

  test('by its own id, where that is unique; and the default of a policy', async () => {
    expect(await explained('sgr-098a4713cc8109ce2', VPC)).toMatchObject({ subject: 'rule', ref: { rule: 'sgr-098a4713cc8109ce2' } });
    expect(await explained('edge/default', CSV)).toMatchObject({ rule: null, policy: { defaultAction: 'deny' } });
  });

  test('with an audit: its use, and of a finding the evidence, the plan and how to check it on the device', async () => {
    const result = await auditFiles({ rules: [CSV], flows: ['samples/generic-csv/flows.csv'] });
    const path = `${temporaryFolder({ 'audit.json': JSON.stringify(result) })}/audit.json`;
    const rule = (await explained('edge/old-ftp', CSV, { audit: path })) as RuleExplanation;
    expect(rule.usage).toMatchObject({ certain: 0, possible: 0 });
    const unused = rule.findings.find(({ kind }) => kind === 'unused');
    const { stdout, code } = await run(unused?.id ?? '', '--audit', path);
    expect(code).toBe(0);
    expect(stdout).toContain(`${unused?.id}  Unused: edge/old-ftp`);
    expect(stdout).toMatch(/Evidence\n {2}No possible hit/);
    expect(stdout).toMatch(/Plan\n {2}Not proposed/);
    expect(stdout).toContain('Look for yourself');
  });

  test('that has changed since the audit is not traced, and says so', async () => {
    const header = 'policy,id,action,protocol,source,source_port,destination,destination_port\n';
    const folder = temporaryFolder({
      'old.csv': `${header}fw,web,permit,tcp,any,,any,80\n`,
      'new.csv': `${header}fw,web,permit,tcp,any,,any,443\n`,
    });
    const { stdout } = await run('fw/web', '--rules', `${folder}/old.csv`, '--format', 'json');
    expect(explanationSchema.parse(JSON.parse(stdout))).toMatchObject({ notes: [], decides: { share: '1' } });
    const result = await auditFiles({ rules: [`${folder}/old.csv`] });
    const path = `${temporaryFolder({ 'audit.json': JSON.stringify(result) })}/audit.json`;
    expect(await explained('fw/web', `${folder}/new.csv`, { audit: path })).toMatchObject({
      decides: null,
      notes: [expect.stringContaining('has changed since the audit')],
    });
  });
});

describe('a subject that names nothing is refused with what it could have been', () => {
  const asked = 'tcp 10.0.0.1 -> 10.0.0.5:443';

  test.each<readonly [string, string, string, Partial<ExplainRequest>, RegExp]>([
    ['a rule that is misspelt', 'edge/wbe', CSV, {}, /no rule or finding has that name; did you mean edge\/web/],
    [
      'a finding that is not there',
      'F-0123456789abcdef',
      CSV,
      {},
      /F-0123456789abcdef.*need the audit they were made in: --audit AUDIT\.json/,
    ],
    ['anything else', 'hello', CSV, {}, /expected a packet .*POLICY\/RULE, or F-…/],
    ['a malformed packet', 'tcp 10.0.0.1 -> 10.0.0.5:https', CSV, {}, /not a packet: .*ports are numbers, and https is 443/],
    ['a packet with an audit only', asked, '', { audit: 'audit.json' }, /give --rules PATH/],
    ['nothing to explain from', 'edge/web', '', {}, /give --rules PATH, or --audit AUDIT\.json/],
    ['an interface that is not there', asked, VPC, { interface: 'eni-1' }, /--interface eni-1 is none of the \d+ interfaces/],
    ['an interface without an inventory', asked, CSV, { interface: 'eni-1' }, /no inventory of interfaces was given/],
    ['a direction for a rule', 'edge/web', CSV, { direction: 'in' }, /--interface and --direction are for packets/],
    ['an audit that is none', 'edge/web', '', { audit: 'package.json' }, /package\.json: is not the audit\.json of an audit/],
  ])('%s', async (_what, subject, rules, options, reason) => {
    await expect(explained(subject, rules, options)).rejects.toThrow(reason);
  });

  test.each([
    ['a packet that the shell took apart', ['tcp', '10.0.0.1', '-', '--rules', CSV], /put the whole packet in quotes/],
    ['no subject at all', ['--rules', CSV], /missing required argument 'subject'/],
  ])('%s ends with 2', async (_what, args, reason) => {
    const { code, stdout, reason: last } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(last).toMatch(reason);
  });
});
