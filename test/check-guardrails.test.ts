import { describe, expect, test } from 'vitest';
import { checkGuardrails } from '../src/check-guardrails.ts';
import { comparePolicyPair, DIFFERENCE_BUDGET } from '../src/core/ask/policy-difference.ts';
import { toChangedPolicy } from '../src/core/check/changed-policy.ts';
import { findWidened } from '../src/core/check/widened-rules.ts';
import { parseGuardrails } from '../src/governance/guardrails.ts';
import { parseAddress } from '../src/model/address.ts';
import type { Introduced } from '../src/model/check-result.ts';
import type { Attachment, Policy } from '../src/model/policy.ts';
import type { Rule } from '../src/model/rule.ts';
import { policyOf, ruleOf } from './support/policies.ts';

const ZONES = `version: 1
zones:
  office: {cidrs: [10.1.0.0/16]}
  web: {cidrs: [10.2.0.0/16]}
  card: {cidrs: [10.9.0.0/24], tags: [pci]}
`;
const NO_LISTS = 'insecureServices: []\nriskyServices: []\n';
const MATRIX = `${NO_LISTS}zoneMatrix:\n  - {from: any, to: card, allow: [tcp/8443], reason: card data, severity: critical}\n`;
const JUNE = Date.UTC(2026, 5, 1) / 1000;

const named = (id: string, text: string, parts: Partial<Rule> = {}): Rule => ruleOf(text, { id, ...parts });

interface Asked {
  readonly asOf?: number | null;
  readonly attachments?: readonly Attachment[];
}

/** What the change does against the guardrails, which are the zones and `text`. */
function judge(
  text: string,
  before: Policy | readonly Rule[],
  after: Policy | readonly Rule[],
  { asOf = JUNE, attachments = [] }: Asked = {},
) {
  const [old, now] = [before, after].map((side) => ('rules' in side ? side : policyOf(side))) as [Policy, Policy];
  const changed = toChangedPolicy({ before: old, after: now }, comparePolicyPair(old, now, DIFFERENCE_BUDGET), attachments);
  const { drafts, incompleteBecause } = checkGuardrails(parseGuardrails(`${ZONES}${text}`, 'g.yaml'), changed, findWidened(changed), asOf);
  expect(incompleteBecause).toEqual([]);
  return drafts;
}

/** `kind rule severity cause [clause:line] regions`. */
const text = ({
  kind,
  rule,
  severity,
  cause,
  clause,
  packets,
}: Pick<Introduced, 'kind' | 'rule' | 'severity' | 'cause' | 'clause' | 'packets'>) =>
  [kind, rule, severity, cause, clause === null ? '-' : `[${clause.id}:${clause.line}]`, ...(packets?.regions ?? [])].join(' ');

describe('newly permitted packets that a clause denies', () => {
  test('are told with the rule, the clause and its line, and the packets: those that it does not allow', () => {
    const drafts = judge(MATRIX, [], [named('db', 'permit tcp 10.1.0.0/24 -> 10.9.0.7'), named('ok', 'permit tcp any -> 10.9.0.7 8443')]);
    expect(drafts.map(text)).toEqual(['zone-matrix db critical rule added [any -> card:9] tcp 10.1.0.0/24 -> 10.9.0.7:0-8442,8444-65535']);
    expect(drafts[0]?.message).toBe(
      'Newly permits what the guardrails do not: zone matrix any -> card: nothing but tcp/8443 allowed (card data). Narrow the rule, or ask for an exception with an owner and an end.',
    );
  });

  test('not what was permitted before, however forbidden it is', () => {
    const telnet = named('old', 'permit tcp 10.1.0.0/24 -> 10.9.0.7 23');
    expect(judge(MATRIX, [telnet], [telnet, named('web', 'permit tcp any -> 10.2.0.1 443')])).toEqual([]);
    expect(judge(MATRIX, [telnet], [named('new', 'permit tcp 10.1.0.0/25 -> 10.9.0.7 23')])).toEqual([]);
    expect(judge(MATRIX, [telnet], [named('old', 'permit tcp 10.1.0.0/23 -> 10.9.0.7 23')]).map(text)).toEqual([
      'zone-matrix old critical rule edited [any -> card:9] tcp 10.1.1.0/24 -> 10.9.0.7:23',
    ]);
  });

  test('also by a rule that nobody touched, and by the default', () => {
    const [guard, telnet] = [named('guard', 'deny any any -> 10.9.0.0/24'), named('old', 'permit tcp 10.1.0.0/24 -> 10.9.0.7 23')];
    expect(judge(MATRIX, [guard, telnet], [telnet]).map(text)).toEqual([
      'zone-matrix old critical other rules changed [any -> card:9] tcp 10.1.0.0/24 -> 10.9.0.7:23',
    ]);
    const turned = judge(MATRIX, policyOf([guard]), policyOf([], { defaultAction: 'permit' }));
    expect(turned.map(({ kind, rule, ruleKey, cause }) => [kind, rule, ruleKey, cause])).toEqual([
      ['zone-matrix', 'default', null, 'other rules changed'],
    ]);
  });

  test('services of one list are one item, of the worst severity; clauses of the matrix are one each', () => {
    const services = `insecureServices:
  - {service: tcp/23, name: telnet, reason: clear text, severity: medium}
  - {service: tcp/21, name: ftp, reason: clear text, severity: high}
riskyServices:
  - {service: tcp/22, name: ssh, reason: administration, from: any}
zoneMatrix:
  - {from: office, to: web, allow: none}
  - {from: office, to: card, allow: none}
`;
    const drafts = judge(services, [], [named('wide', 'permit tcp 10.1.0.0/16 -> any')]);
    expect(drafts.map(({ kind, severity, clause }) => [kind, severity, clause?.id ?? null])).toEqual([
      ['zone-matrix', 'high', 'office -> web'],
      ['zone-matrix', 'high', 'office -> card'],
      ['insecure-service', 'high', null],
      ['risky-service', expect.any(String), 'tcp/22 any -> any'],
    ]);
    const insecure = drafts.find(({ kind }) => kind === 'insecure-service');
    expect([...(insecure?.packets?.regions ?? [])].sort()).toEqual(['tcp 10.1.0.0/16 -> any:21', 'tcp 10.1.0.0/16 -> any:23']);
    expect(insecure?.packets?.count.ipv4).toBe(String(2n * 65536n * 65536n * (1n << 32n)));
    expect(insecure?.message).toContain('insecure service telnet (tcp/23) (clear text), insecure service ftp (tcp/21) (clear text)');
  });

  test('of more services than a line holds the others are counted', () => {
    const list = Array.from({ length: 7 }, (_, i) => `  - {service: tcp/${i + 1}, name: s${i}, reason: r}\n`).join('');
    const [draft] = judge(`insecureServices:\n${list}riskyServices: []\n`, [], [named('wide', 'permit tcp 10.1.0.0/16 -> any 1-100')]);
    expect(draft?.message).toMatch(/: insecure service s0 \(tcp\/1\) \(r\), .* and 3 more\. Narrow the rule/);
  });

  test('are those that can come by: a group on a web interface opens nothing in the card zone', () => {
    const eni = (id: string, address: string): Attachment => {
      const { value } = parseAddress(address) ?? { value: 0n };
      return { id, localAddresses: [{ family: 4, first: value, last: value }], in: [], out: [], note: '' };
    };
    const attachments = [eni('eni-web', '10.2.0.5'), eni('eni-card', '10.9.0.5')];
    const on = (carrying: readonly string[] | null, rules: readonly Rule[]): Policy =>
      policyOf(rules, { evaluation: 'any-permit', interfaceBound: true, direction: 'in', attachments: carrying });
    const open = [named('open', 'permit tcp any -> any 3306')];
    const regions = (carrying: readonly string[] | null): unknown =>
      judge(MATRIX, on(carrying, []), on(carrying, open), { attachments }).map(({ packets }) => packets?.regions);
    expect(regions(['eni-web'])).toEqual([]);
    // A new group is on no interface yet.
    expect(regions([])).toEqual([['tcp any -> 10.9.0.0/24:3306']]);
    expect(regions(['eni-web', 'eni-card'])).toEqual([['tcp any -> 10.9.0.5:3306']]);
    expect(regions(null)).toEqual([['tcp any -> 10.9.0.0/24:3306']]);
  });
});

describe('exceptions', () => {
  const withException = (expires: string, more = ''): string =>
    `${MATRIX}exceptions:\n  - {id: FW-1, from: office, to: card, services: [tcp/22], owner: it, reason: migration, expires: ${expires}${more}}\n`;
  const ssh = [named('ssh', 'permit tcp 10.1.0.7 -> 10.9.0.7 22')];

  test('excuse what they hold until their last day, and nothing beyond it', () => {
    expect(judge(withException('2026-06-01'), [], ssh)).toEqual([]);
    expect(judge(withException('2026-06-01'), [], [named('more', 'permit tcp 10.1.0.7 -> 10.9.0.7 22-23')]).map(text)).toEqual([
      'zone-matrix more critical rule added [any -> card:9] tcp 10.1.0.7 -> 10.9.0.7:23',
    ]);
  });

  test('that expired excuse nothing, and are named as what would have', () => {
    const drafts = judge(withException('2026-05-31'), [], ssh);
    expect(drafts.map(text)).toEqual([
      'zone-matrix ssh critical rule added [any -> card:9] tcp 10.1.0.7 -> 10.9.0.7:22',
      'expired-exception ssh medium rule added [FW-1:11] tcp 10.1.0.7 -> 10.9.0.7:22',
    ]);
    expect(drafts[1]?.message).toBe(
      'The exception FW-1 of it would excuse some of what the rule newly permits, but it expired on 2026-05-31. Renew it with a new reason, or narrow the rule.',
    );
  });

  test('that expired are not brought up for rules that violate nothing', () => {
    expect(judge(withException('2026-05-31'), [], [named('ok', 'permit tcp 10.1.0.7 -> 10.2.0.7 22')])).toEqual([]);
    const both = [named('ok', 'permit tcp 10.1.0.7 -> 10.2.0.7 22'), named('bad', 'permit tcp 192.0.2.7 -> 10.9.0.7 22')];
    expect(judge(withException('2026-05-31'), [], both).map(({ kind, rule }) => [kind, rule])).toEqual([['zone-matrix', 'bad']]);
  });

  test('that expired are not brought up where they would not have excused it: for another clause, or for packets that are allowed', () => {
    const web = `${MATRIX}exceptions:\n  - {id: FW-1, from: office, to: card, services: [tcp/8443], owner: it, reason: r, expires: 2026-05-31}\n`;
    expect(judge(web, [], [named('all', 'permit tcp 10.1.0.7 -> 10.9.0.7')]).map(({ kind }) => kind)).toEqual(['zone-matrix']);
    expect(judge(withException('2026-05-31', ', clause: insecure-service'), [], ssh).map(({ kind }) => kind)).toEqual(['zone-matrix']);
  });

  test('hold for nobody where there is no date, and none is called expired', () => {
    expect(judge(withException('2026-06-01'), [], ssh, { asOf: null }).map(({ kind }) => kind)).toEqual(['zone-matrix']);
  });
});

describe('protected rules', () => {
  const PROTECTED = `${NO_LISTS}protectedRules:\n  - {policy: fw, rule: audit-*, reason: the assessor relies on it}\n`;
  const log = named('audit-log', 'deny tcp any -> 10.9.0.7 22');
  const other = named('web', 'permit tcp any -> 10.2.0.1 443');
  const outcome = (before: readonly Rule[], after: readonly Rule[]): unknown =>
    judge(PROTECTED, before, after).map(({ kind, rule, severity, cause, clause }) => [kind, rule, severity, cause, clause?.line]);

  test.each<[string, readonly Rule[], string]>([
    ['removed', [other], 'rule removed'],
    ['edited', [named('audit-log', 'deny tcp any -> 10.9.0.7 22-23'), other], 'rule edited'],
    ['turned', [named('audit-log', 'permit tcp any -> 10.9.0.7 22'), other], 'rule edited'],
    ['switched off', [{ ...log, enabled: false }, other], 'rule edited'],
  ])('%s: an item at the rule, with the line of the entry', (_what, after, cause) => {
    expect(outcome([log, other], after)).toEqual([['protected-rule', 'audit-log', 'high', cause, 9]]);
  });

  test('may move, be described anew and stay, and others may come and go', () => {
    expect(outcome([log, other], [other, log])).toEqual([]);
    expect(outcome([log, other], [{ ...log, description: 'keeps the log' }])).toEqual([]);
    expect(outcome([other], [log, other])).toEqual([]);
  });

  test('of another policy are not meant', () => {
    const gone = (id: string): number => judge(PROTECTED, policyOf([log], { id }), policyOf([], { id })).length;
    expect([gone('fw'), gone('lan')]).toEqual([1, 0]);
  });
});
