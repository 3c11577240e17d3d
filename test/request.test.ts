import { describe, expect, test } from 'vitest';
import { type RequestAnswer, requestAnswerSchema } from '../src/model/request-answer.ts';
import { type AccessRequest, requestAccess } from '../src/request.ts';
import { temporaryFolder } from './cli/run-rulesweep.ts';
import { auditFiles } from './support/audit-files.ts';

const VPC = 'samples/aws-vpc/exports/2026-04-11';

const RULES = `policy,id,action,protocol,source,source_port,destination,destination_port,application
edge,web,permit,tcp,10.1.0.0/24,any,10.9.0.5,443,
edge,app,permit,tcp,10.2.0.0/24,any,10.9.0.7,8080,web-browsing
edge,no-card,deny,any,any,any,10.9.9.0/24,any,
edge,card,permit,tcp,10.1.0.0/24,any,10.9.9.5,443,
`;

const GUARDRAILS = `version: 1
zones:
  users: { cidrs: [10.1.0.0/16] }
  apps: { cidrs: [10.9.0.0/24] }
  card: { cidrs: [10.9.9.0/24], tags: [pci] }
zoneMatrix:
  - { from: users, to: card, allow: [tcp/8443], reason: card data, severity: critical }
riskyServices:
  - { service: tcp/8080, name: plain web, reason: nobody sees who asks, from: users }
standardRequests:
  - { id: SR-web, from: users, to: apps, services: [tcp/443, tcp/8080, tcp/23], reason: applications are there for users, owner: it }
protectedRules:
  - { policy: edge, rule: web, reason: the assessor relies on it }
exceptions:
  - { id: FW-1, from: users, to: card, services: [tcp/22], owner: it, reason: migration, expires: 2026-06-30 }
`;

const files = (contents: Record<string, string>): string => temporaryFolder(contents);

function asked(region: string, options: Partial<AccessRequest> = {}): Promise<RequestAnswer> {
  return requestAccess({
    region,
    rules: [`${files({ 'rules.csv': RULES })}/rules.csv`],
    inventory: [],
    guardrails: null,
    audit: null,
    asOf: null,
    interface: null,
    direction: null,
    defaultAction: null,
    onProgress: () => {},
    signal: null,
    ...options,
  });
}

function judged(region: string, asOf: number | null = null): Promise<RequestAnswer> {
  return asked(region, { guardrails: `${files({ 'g.yaml': GUARDRAILS })}/g.yaml`, asOf });
}

const JUNE = Date.UTC(2026, 5, 1) / 1000;

describe('requestAccess', () => {
  test('finds that all is permitted, and suggests nothing', async () => {
    const answer = await asked('tcp 10.1.0.0/25 -> 10.9.0.5:443');
    expect(requestAnswerSchema.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({ verdict: 'permitted', suggestions: [], guardrails: null, complete: true });
    expect(answer.points[0]?.rules.map(({ rule }) => rule)).toEqual(['web']);
    expect(answer.appended).toEqual([
      { policy: 'edge', outcome: 'redundant', coveredBy: [expect.objectContaining({ rule: 'web', share: '1' })] },
    ]);
  });

  test('suggests the smallest change for what is denied, in a document that fits its schema', async () => {
    const answer = await asked('tcp 10.1.1.0/24 -> 10.9.0.5:443');
    expect(requestAnswerSchema.parse(answer)).toEqual(answer);
    expect(answer.verdict).toBe('denied');
    expect(answer.suggestions.map(({ kind, rule, before }) => [kind, rule?.rule ?? before])).toEqual([
      ['widen-rule', 'web'],
      ['new-rule', 'default'],
    ]);
  });

  test('a request in a shadowed permit goes before what shadows it', async () => {
    const answer = await asked('tcp 10.1.0.7 -> 10.9.9.5:443');
    expect(answer.suggestions[0]).toMatchObject({ kind: 'new-rule', before: 'no-card', alsoChanges: null });
    expect(answer.appended[0]).toMatchObject({ outcome: 'shadowed', coveredBy: [{ rule: 'no-card', share: '1' }] });
    expect(answer.notes).toContain('Rule edge/card permits what is missing, but rules before it deny some of it first.');
  });

  test('what depends on something unknown is granted whatever it is', async () => {
    const answer = await asked('tcp 10.2.0.0/28 -> 10.9.0.7:8080');
    expect(answer.verdict).toBe('depends');
    expect(answer.suggestions).toEqual([expect.objectContaining({ kind: 'new-rule', alsoChanges: null })]);
  });

  test.each([
    ['tcp 10.1.0.0/24 10.9.0.5:443', /^not a region: /],
    ['tpc 10.1.0.0/24 -> 10.9.0.5:443', /^not a region: .*tpc/],
    ['tcp 10.1.0.0/33 -> 10.9.0.5:443', /^not a region: .*33/],
    ['tcp 10.1.0.0/24 -> [2001:db8::1]:443', /no address family in common/],
    ['', /^not a region: /],
  ])('refuses %j with the reason', async (region, reason) => {
    await expect(asked(region)).rejects.toThrow(reason);
  });

  test('without any rule is not complete', async () => {
    const rules = [`${files({ 'rules.csv': `${RULES.split('\n')[0]}\n` })}/rules.csv`];
    expect(await asked('tcp any -> any', { rules })).toMatchObject({ complete: false, verdict: null, suggestions: [] });
  });

  test('with an audit shows what the logs saw of the rules', async () => {
    const rules = ['samples/generic-csv/rules.csv'];
    const audit = await auditFiles({ rules, flows: ['samples/generic-csv/flows.csv'] });
    const path = `${files({ 'audit.json': JSON.stringify(audit) })}/audit.json`;
    const answer = await asked('tcp 192.0.2.0/24 -> 10.0.0.9:21', { rules, audit: path });
    expect(answer.points[0]?.rules[0]).toMatchObject({ rule: 'old-ftp', usage: { certain: 0, possible: 0 } });
  });

  test('in a cloud names every policy that stands in the way, the group to join, and the replies that a network ACL judges by themselves', async () => {
    const answer = await asked('tcp 10.20.10.11 -> 10.20.30.11:5432', { rules: [VPC] });
    expect(requestAnswerSchema.parse(answer)).toEqual(answer);
    expect(answer.verdict).toBe('denied');
    expect(new Set(answer.suggestions.map(({ policy }) => policy))).toEqual(
      new Set(['sg-00ee3097251c489aa:out', 'sg-072c91b5fcb569e0b:in']),
    );
    const group = answer.suggestions.find(({ kind }) => kind === 'group-member');
    expect(group).toMatchObject({ group: 'sg-0dc2974ad1d8fc7ac', match: { source: ['10.20.10.11'] } });
    expect(group?.alsoChanges).not.toBeNull();
    expect(answer.notes.some((note) => /^acl-\w+:in, acl-\w+:out judge every packet by itself/.test(note))).toBe(true);
  });

  test('gives the same document for the same question', async () => {
    const rules = ['samples/pull-request/head'];
    const once = await asked('tcp 10.16.10.0/24 -> 10.16.30.12:8444', { rules });
    expect(await asked('tcp 10.16.10.0/24 -> 10.16.30.12:8444', { rules })).toEqual(once);
  });
});

describe('by the guardrails a request', () => {
  const decisionOf = ({ guardrails }: RequestAnswer): string | undefined => guardrails?.decision;

  test('passes when standard requests hold all of it', async () => {
    const answer = await judged('tcp 10.1.1.0/24 -> 10.9.0.5:443');
    expect(answer.guardrails).toMatchObject({ decision: 'passes', clauses: [{ id: 'SR-web', says: 'grants', line: 11 }] });
    expect(answer.guardrails?.because).toMatch(/^Standard request SR-web \(.*g\.yaml:11\) grants all of it\.$/);
    expect(answer.inputs.map(({ role }) => role)).toContain('guardrails');
  });

  test('needs approval when they hold some of it only, and when none does', async () => {
    const some = await judged('tcp 10.1.1.0/24 -> 10.9.0.5:443-444');
    expect(some.guardrails?.decision).toBe('needs approval');
    expect(some.guardrails?.because).toMatch(/grants some of it only\.$/);
    const none = await judged('tcp 10.3.0.0/24 -> 10.9.0.5:443');
    expect(none.guardrails).toMatchObject({ decision: 'needs approval', clauses: [] });
    expect(none.guardrails?.because).toMatch(/^No clause of .* forbids it, and no standard request grants it\.$/);
  });

  test('needs approval when a clause warns, though it is a standard request', async () => {
    const answer = await judged('tcp 10.1.1.0/24 -> 10.9.0.5:8080');
    expect(answer.guardrails?.decision).toBe('needs approval');
    expect(answer.guardrails?.clauses.map(({ says, line }) => [says, line])).toEqual([
      ['warns', 9],
      ['grants', 11],
    ]);
  });

  test('is forbidden when any of it is a violation of the zone matrix, which the answer names with its packets', async () => {
    const { guardrails } = await judged('tcp 10.1.1.0/24 -> 10.9.9.5:8443-8444');
    expect(guardrails?.decision).toBe('forbidden');
    expect(guardrails?.because).toMatch(/^Zone matrix users -> card: nothing but tcp\/8443 allowed \(.*g\.yaml:7\) forbids it\.$/);
    expect(guardrails?.clauses.map(({ says, packets }) => [says, packets.regions])).toEqual([
      ['forbids', ['tcp 10.1.1.0/24 -> 10.9.9.5:8444']],
      ['allows', ['tcp 10.1.1.0/24 -> 10.9.9.5:8443']],
    ]);
  });

  test('is forbidden when the service is insecure, by a list that has no line in the file', async () => {
    const { guardrails } = await judged('tcp 10.1.1.0/24 -> 10.9.0.5:23');
    expect(guardrails).toMatchObject({
      decision: 'forbidden',
      clauses: [{ says: 'forbids', kind: 'insecure-service', line: null }, { says: 'grants' }],
    });
    expect(guardrails?.because).toMatch(/telnet.*\(list of rulesweep\) forbids it/i);
  });

  test('is excused by an exception until its last day, and by none where the day is not known', async () => {
    expect(decisionOf(await judged('tcp 10.1.1.0/24 -> 10.9.9.5:22', JUNE))).toBe('needs approval');
    expect(decisionOf(await judged('tcp 10.1.1.0/24 -> 10.9.9.5:22', JUNE + 60 * 86_400))).toBe('forbidden');
    expect(decisionOf(await judged('tcp 10.1.1.0/24 -> 10.9.9.5:22'))).toBe('forbidden');
  });

  test('is never granted by a change of a protected rule', async () => {
    const answer = await judged('tcp 10.1.1.0/24 -> 10.9.0.5:443');
    expect(answer.suggestions.map(({ kind }) => kind)).toEqual(['new-rule']);
    expect(answer.notes.some((note) => /edge\/web must not be touched: the assessor relies on it \(.*g\.yaml:13\)\.$/.test(note))).toBe(
      true,
    );
  });
});
