import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check } from '../src/check.ts';
import { ruleKey } from '../src/core/findings/rule-key.ts';
import type { CheckResult } from '../src/model/check-result.ts';
import type { Rule } from '../src/model/rule.ts';
import { parseTimestamp } from '../src/model/time.ts';
import { temporaryFolder } from './cli/run-rulesweep.ts';
import { ruleOf } from './support/policies.ts';

const HEADER = 'policy,id,action,protocol,source,source_port,destination,destination_port,enabled';
const csv = (...rows: readonly string[]): string => `${[HEADER, ...rows].join('\n')}\n`;
const WEB = 'edge,web,permit,tcp,0.0.0.0/0,,10.9.0.5,443,';
const COPY = 'edge,copy,permit,tcp,0.0.0.0/0,,10.9.0.5,443,';
const OPEN = 'edge,open,permit,any,0.0.0.0/0,,0.0.0.0/0,,';

const KEYS = {
  web: ruleKey(ruleOf('permit tcp 0.0.0.0/0 -> 10.9.0.5 443')),
  open: ruleKey(ruleOf('permit any 0.0.0.0/0 -> 0.0.0.0/0')),
};

interface Entry {
  readonly rule: Rule['id'];
  readonly kind: string;
  readonly policy?: string;
  readonly decision?: string;
  readonly expires?: string;
}

const decisions = (...entries: readonly Entry[]): string =>
  JSON.stringify({
    version: 1,
    decisions: entries.map((entry) => ({ decision: 'accepted', expires: '2026-12-31', ...entry, reason: 'r', owner: 'o' })),
  });

function checked(base: string, head: string, file: string, asOf: string | null = '2026-06-01'): Promise<CheckResult> {
  const folder = temporaryFolder({ 'base.csv': base, 'head.csv': head, 'd.json': file });
  return check({
    base: [join(folder, 'base.csv')],
    head: [join(folder, 'head.csv')],
    decisions: join(folder, 'd.json'),
    asOf: asOf === null ? null : parseTimestamp(asOf),
    inventory: [],
    guardrails: null,
    flows: [],
    from: null,
    to: null,
    defaultAction: null,
    failsOn: null,
    threads: 1,
    memoryBytes: null,
    onProgress: () => {},
    signal: null,
  });
}

const statuses = ({ introduced }: CheckResult): string[] =>
  introduced.map(({ kind, rule, status, fails }) => `${kind} ${rule} ${status} ${fails}`);
const codes = ({ diagnostics }: CheckResult): string[] => diagnostics.map(({ code }) => code);

describe('a decision about what a change introduces', () => {
  const copyAccepted = decisions({ rule: KEYS.web, kind: 'duplicate' });

  test('is about the content of the rule, whatever it is called and wherever it stands', async () => {
    for (const head of [csv(WEB, COPY), csv(COPY.replace('copy', 'zz'), WEB), csv(WEB, 'edge,dns,permit,udp,any,,10.9.0.53,53,', COPY)]) {
      const result = await checked(csv(WEB), head, copyAccepted);
      expect(result.introduced.map(({ kind, status, fails }) => [kind, status, fails])).toEqual([['duplicate', 'accepted', false]]);
      expect([result.passed, codes(result)]).toEqual([true, []]);
    }
  });

  test('dies with an edit of the rule', async () => {
    const [web, copy] = [WEB, COPY].map((row) => row.replace(',443,', ',8443,')) as [string, string];
    const result = await checked(csv(web), csv(web, copy), copyAccepted);
    expect(statuses(result)).toEqual(['duplicate copy new true']);
    expect(codes(result)).toEqual(['DECISION_UNMATCHED']);
  });

  test('about the finding behind an item, as an audit has it, counts for the item', async () => {
    for (const kind of ['any-any', 'over-permissive']) {
      expect(statuses(await checked(csv(WEB), csv(WEB, OPEN), decisions({ rule: KEYS.open, kind })))).toContain(
        'any-any open accepted false',
      );
    }
    expect(statuses(await checked(csv(WEB), csv(WEB, OPEN), decisions({ rule: KEYS.open, kind: 'shadowed' })))).toContain(
      'any-any open new true',
    );
  });

  test('for one policy is not for another', async () => {
    const inLan = await checked(csv(WEB), csv(WEB, COPY), decisions({ rule: KEYS.web, kind: 'duplicate', policy: 'lan' }));
    expect(statuses(inLan)).toEqual(['duplicate copy new true']);
    const inEdge = await checked(csv(WEB), csv(WEB, COPY), decisions({ rule: KEYS.web, kind: 'duplicate', policy: 'edge' }));
    expect(statuses(inEdge)).toEqual(['duplicate copy accepted false']);
  });

  test('holds through its last day and not without a date', async () => {
    const until = decisions({ rule: KEYS.web, kind: 'duplicate', expires: '2026-06-01' });
    expect(statuses(await checked(csv(WEB), csv(WEB, COPY), until, '2026-06-01T23:59:59Z'))).toEqual(['duplicate copy accepted false']);
    const after = await checked(csv(WEB), csv(WEB, COPY), until, '2026-06-02');
    expect([statuses(after), codes(after)]).toEqual([['duplicate copy new true'], ['DECISION_EXPIRED']]);
    const undated = await checked(csv(WEB), csv(WEB, COPY), until, null);
    expect([statuses(undated), codes(undated)]).toEqual([['duplicate copy new true'], ['DECISIONS_WITHOUT_DATE']]);
  });

  test('that says fixed makes its return a failure', async () => {
    const result = await checked(csv(WEB), csv(WEB, COPY), decisions({ rule: KEYS.web, kind: 'duplicate', decision: 'fixed' }));
    expect(statuses(result)).toEqual(['duplicate copy regressed true']);
  });
});

describe('a decision that matches nothing', () => {
  test('is stale only when no rule has that content: what the change does not touch is not looked at', async () => {
    const file = decisions({ rule: KEYS.web, kind: 'duplicate' });
    const elsewhere = 'edge,dns,permit,udp,10.1.0.7,,10.9.0.53,53,';
    expect(codes(await checked(csv(WEB, COPY), csv(WEB, COPY, elsewhere), file))).toEqual([]);
    expect(codes(await checked(csv(WEB), csv(elsewhere), file))).toEqual(['DECISION_UNMATCHED']);
    expect(codes(await checked(csv(WEB), csv(WEB, elsewhere), decisions({ rule: 'v1:none', kind: 'any-any' })))).toEqual([
      'DECISION_UNMATCHED',
    ]);
  });
});
