import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { check } from '../../src/check.ts';
import type { CheckResult, Introduced } from '../../src/model/check-result.ts';
import { parseTimestamp } from '../../src/model/time.ts';
import { type CheckFormat, renderCheck } from '../../src/report/check/index.ts';
import { inTemporaryFolder } from '../support/audit-files.ts';

const SAMPLE = 'samples/pull-request';
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const TODAY = '2026-11-02';

/** The sample as its README runs it, with other rules after the change or on another day. */
function checkSample(head: string, { asOf = TODAY, flows = true, base = [`${SAMPLE}/base`] } = {}): Promise<CheckResult> {
  return check({
    base,
    head: [head],
    guardrails: `${SAMPLE}/guardrails.yaml`,
    decisions: `${SAMPLE}/decisions.yaml`,
    flows: flows ? [`${SAMPLE}/flows.csv`] : [],
    inventory: [],
    from: null,
    to: null,
    asOf: parseTimestamp(asOf),
    defaultAction: null,
    failsOn: null,
    threads: 1,
    memoryBytes: null,
    onProgress: () => {},
    signal: null,
  });
}

const failing = ({ introduced }: CheckResult): Introduced[] => introduced.filter(({ fails }) => fails);
const named = ({ kind, rule }: Introduced): string => `${kind} ${rule}`;
/** Kind, rule, line of the rules file and cause, in the order of the file. */
const reasons = (items: readonly Introduced[]) =>
  items
    .map(({ kind, rule, sourceRef, cause }) => [sourceRef.line, rule, kind, cause] as const)
    .sort(([a = 0, , kind], [b = 0, , other]) => a - b || (kind < other ? -1 : 1));

describe('the pull request as it was opened', () => {
  let result: CheckResult;
  beforeAll(async () => {
    result = await checkSample(`${SAMPLE}/head`);
  });

  test('fails for every mistake in it, at the line of each, and for nothing else', () => {
    expect([result.passed, result.complete]).toEqual([false, true]);
    expect(reasons(failing(result))).toEqual([
      [4, 'block-abuser', 'shadowed', 'rule added'],
      [5, 'office-cms', 'redundant', 'rule added'],
      [7, 'card-log', 'protected-rule', 'rule edited'],
      [10, 'accounting-report', 'expired-exception', 'rule added'],
      [10, 'accounting-report', 'zone-matrix', 'rule added'],
      [11, 'office-apps', 'zone-matrix', 'rule added'],
      [13, 'ops-switches', 'insecure-service', 'rule added'],
      [16, 'dns-web-office', 'duplicate', 'rule added'],
      [20, 'office-inside', 'widened-space', 'other rules changed'],
      [22, 'no-guest', 'shadowed', 'rule moved'],
      [23, 'internet', 'redundant', 'other rules changed'],
      [24, 'debug', 'any-any', 'rule added'],
      [24, 'debug', 'insecure-service', 'rule added'],
    ]);
    expect(new Set(failing(result).map(({ status }) => status))).toEqual(new Set(['new']));
  });

  test('shows beside it what somebody has accepted, and what a person has to weigh', () => {
    expect(result.introduced.filter(({ fails }) => !fails).map((item) => [named(item), item.status])).toEqual([
      ['risky-service debug', 'new'],
      ['insecure-service ups-telnet', 'accepted'],
    ]);
  });

  test('names the rules that stand against the dead ones, and the clause with its line', () => {
    const of = (text: string) => result.introduced.find((item) => named(item) === text);
    const against = (text: string) => of(text)?.finding?.coveredBy.map(({ rule }) => rule);
    expect(against('shadowed block-abuser')).toEqual(['web-http', 'web-https']);
    expect(against('redundant office-cms')).toEqual(['web-https']);
    expect(against('duplicate dns-web-office')).toEqual(['dns']);
    expect(against('redundant internet')).toEqual(['debug']);
    const guardrails = readFileSync(join(ROOT, SAMPLE, 'guardrails.yaml'), 'utf8').split('\n');
    const lineOf = (text: string) => guardrails.findIndex((line) => line.includes(text)) + 1;
    expect(of('zone-matrix office-apps')?.clause).toMatchObject({ id: 'any -> tag:pci', line: lineOf('from: any, to: tag:pci') });
    expect(of('protected-rule card-log')?.clause?.line).toBe(lineOf('rule: card-log'));
    expect(of('expired-exception accounting-report')?.clause).toMatchObject({ id: 'FW-2025-007', line: lineOf('id: FW-2025-007') });
    expect(of('zone-matrix office-apps')?.packets?.regions).toEqual(['tcp 10.16.20.0-10.16.22.255 -> 10.16.30.0/24:8443']);
  });

  test('says that the moved and the renamed rule change nothing by themselves', () => {
    const [policy] = result.policies;
    const changes = policy?.rules.filter(({ change }) => change === 'moved' || change === 'renamed');
    expect(changes?.map(({ change, before, after, changesPackets }) => [change, before?.rule, after?.rule, changesPackets])).toEqual([
      ['moved', 'ops-ssh', 'ops-ssh', false],
      ['renamed', 'ntp', 'time', false],
      ['moved', 'no-guest', 'no-guest', true],
    ]);
  });

  test('counts the logged connections it would cut and let in', () => {
    expect(result.flows?.policies).toMatchObject([{ certain: 8, possible: 8, acceptedNowDenied: 5, rejectedNowPermitted: 3 }]);
    expect(result.diagnostics.map(({ code, line }) => [code, line])).toEqual([['EXCEPTION_EXPIRED', 43]]);
  });

  test.each<[CheckFormat, string]>([
    ['md', 'head.md'],
    ['github', 'head.github.txt'],
    ['junit', 'head.xml'],
  ])('as %s is what the sample shows', async (format, file) => {
    await expect(renderCheck(result, format, { color: false, width: 100 })).toMatchFileSnapshot(join(ROOT, SAMPLE, 'report', file));
  });

  test('of thirteen errors GitHub gets the ten it shows, and is told of the rest', () => {
    const commands = renderCheck(result, 'github', { color: false, width: 100 }).trimEnd().split('\n');
    const level = (name: string) => commands.filter((command) => command.startsWith(`::${name} `));
    expect([level('error').length, level('warning').length, level('notice').length]).toEqual([10, 2, 2]);
    expect(level('error')[0]).toMatch(/^::error file=samples\/pull-request\/head\/edge\.csv,line=24,title=any-any%3A edge\/debug::/);
    expect(commands.at(-1)).toContain('3 more annotations not shown');
  });
});

describe('the pull request when it is fixed', () => {
  let result: CheckResult;
  beforeAll(async () => {
    result = await checkSample(`${SAMPLE}/fixed`);
  });

  test('passes, by the decision and by the exception that still holds', () => {
    expect([result.passed, result.complete]).toEqual([true, true]);
    expect(result.introduced.map((item) => [named(item), item.status])).toEqual([['insecure-service ups-telnet', 'accepted']]);
    const gained = result.policies.flatMap(({ areas }) =>
      areas.filter(({ change }) => change === 'widened').flatMap(({ regions }) => regions),
    );
    expect(gained).toContain('tcp 10.16.40.70 -> 10.16.30.0/24');
  });

  test('fails without them: they are what holds it', async () => {
    const later = await checkSample(`${SAMPLE}/fixed`, { asOf: '2027-02-01', flows: false });
    expect(failing(later).map(named)).toEqual(['zone-matrix card-scan', 'insecure-service card-scan', 'expired-exception card-scan']);
    const undecided = await checkSample(`${SAMPLE}/fixed`, { asOf: '2027-04-01', flows: false });
    expect(failing(undecided).map(named)).toContain('insecure-service ups-telnet');
  });

  test.each<[CheckFormat, string]>([
    ['md', 'fixed.md'],
    ['github', 'fixed.github.txt'],
    ['junit', 'fixed.xml'],
  ])('as %s is what the sample shows', async (format, file) => {
    await expect(renderCheck(result, format, { color: false, width: 100 })).toMatchFileSnapshot(join(ROOT, SAMPLE, 'report', file));
  });
});

test('the rules before it keep the guardrails, and are clean', async () => {
  const { introduced, complete } = await checkSample(`${SAMPLE}/base`, { base: [], flows: false });
  expect([introduced, complete]).toEqual([[], true]);
});

describe('the decision about the power supply', () => {
  /** Checks the fixed rules after an edit of their text. */
  async function afterEdit(edit: (text: string) => string, asOf = TODAY): Promise<CheckResult> {
    const text = readFileSync(join(ROOT, SAMPLE, 'fixed', 'edge.csv'), 'utf8');
    const edited = edit(text);
    expect(edited).not.toBe(text);
    return inTemporaryFolder((folder) => {
      writeFileSync(join(folder, 'edge.csv'), edited);
      return checkSample(folder, { asOf, flows: false });
    });
  }
  const moveUp = (text: string) => {
    const lines = text.split('\n');
    const [rule = ''] = lines.filter((line) => line.startsWith('edge,ups-telnet,'));
    const [header = '', ...rest] = lines.filter((line) => line !== rule);
    return [header, rule, ...rest].join('\n');
  };

  test.each<[string, (text: string) => string]>([
    ['moving the rule', moveUp],
    ['a rule above it', (text) => text.replace('\n', '\nedge,mail,permit,tcp,10.16.40.25,,198.51.100.25,465,ops,NET-300,\n')],
    ['another name for it', (text) => text.replace('edge,ups-telnet,', 'edge,ups,')],
    ['another comment on it', (text) => text.replace('speaks nothing else', 'speaks Telnet only')],
    ['another way to write its addresses', (text) => text.replace('10.16.40.90,23', '10.16.40.90/32,23-23')],
  ])('survives %s', async (_what, edit) => {
    const result = await afterEdit(edit);
    expect(result.introduced.map(({ kind, status }) => [kind, status])).toEqual([['insecure-service', 'accepted']]);
    expect([result.passed, result.diagnostics.map(({ code }) => code)]).toEqual([true, ['EXCEPTION_EXPIRED']]);
  });

  test('does not survive an edit of the rule: the item is back, and the decision is reported as matching nothing', async () => {
    const result = await afterEdit((text) => text.replace('10.16.40.90,23', '10.16.40.91,23'));
    expect(failing(result).map((item) => [named(item), item.status])).toEqual([['insecure-service ups-telnet', 'new']]);
    expect(result.diagnostics.map(({ code }) => code)).toContain('DECISION_UNMATCHED');
  });

  test('holds on its last day; on the next the item is back with a word on whose decision it was', async () => {
    const codes = async (asOf: string) => {
      const { introduced, diagnostics } = await checkSample(`${SAMPLE}/fixed`, { asOf, flows: false });
      const { status } = introduced.find(({ rule }) => rule === 'ups-telnet') ?? {};
      return [status, diagnostics.find(({ code }) => code.startsWith('DECISION'))?.message];
    };
    expect(await codes('2027-03-31')).toEqual(['accepted', undefined]);
    expect(await codes('2027-04-01')).toEqual([
      'new',
      expect.stringMatching(/^The decision "accepted" of ops about insecure-service of v1:\S+ expired on 2027-03-31/),
    ]);
  });
});

test('who accepts one edit of a protected rule has not accepted the next', async () => {
  const keyAfter = (address: string) =>
    inTemporaryFolder(async (folder) => {
      const text = readFileSync(join(ROOT, SAMPLE, 'base', 'edge.csv'), 'utf8');
      writeFileSync(join(folder, 'edge.csv'), text.replace('10.16.40.30,6514', `${address},6514`));
      const [item] = (await checkSample(folder, { flows: false })).introduced;
      expect([item?.kind, item?.asWritten]).toEqual(['protected-rule', `permit tcp 10.16.30.0/24 -> ${address} port 6514`]);
      return item?.ruleKey;
    });
  expect(await keyAfter('10.16.40.31')).not.toBe(await keyAfter('10.16.40.32'));
});
