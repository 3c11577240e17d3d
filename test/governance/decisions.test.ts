import { expect, test } from 'vitest';
import { applyDecisions, type DecidableFinding } from '../../src/governance/apply-decisions.ts';
import { parseDecisions } from '../../src/governance/decisions.ts';
import { InputError } from '../../src/model/errors.ts';

const ENTRY = "{rule: 'v1:aa', kind: unused, decision: accepted, reason: quarter end, owner: net-ops, expires: 2026-12-31}";
const file = (...entries: readonly string[]): string => `version: 1\ndecisions:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`;
const entry = (changes: Record<string, string>): string => {
  const fields = {
    rule: 'v1:aa',
    kind: 'unused',
    decision: 'accepted',
    reason: 'quarter end',
    owner: 'net-ops',
    expires: '2026-12-31',
    ...changes,
  };
  return `{${Object.entries(fields)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join(', ')}}`;
};
const seconds = (time: string): number => Date.parse(time) / 1000;
const AS_OF = seconds('2026-04-11T00:00:00Z');
const finding = (changes: Partial<DecidableFinding> = {}): DecidableFinding => ({
  kind: 'unused',
  policy: 'sg-1:in',
  ruleKey: 'v1:aa',
  ...changes,
});
const statusOf = (text: string, found: DecidableFinding = finding(), asOf: number | null = AS_OF) =>
  applyDecisions([found], parseDecisions(text, 'decisions.yaml'), asOf);

test('a YAML file and its JSON form say the same', () => {
  const fromYaml = parseDecisions(file(ENTRY), 'decisions.yaml');
  const fromJson = parseDecisions(`{"version": 1,\n "decisions": [\n  ${entry({})}]}`.replace(/(\w+):(?= ")/g, '"$1":'), 'decisions.yaml');
  expect(fromYaml).toEqual({
    path: 'decisions.yaml',
    entries: [
      { rule: 'v1:aa', kind: 'unused', decision: 'accepted', reason: 'quarter end', owner: 'net-ops', expires: '2026-12-31', line: 3 },
    ],
  });
  expect(fromJson).toEqual(fromYaml);
});

test('a file without entries is a decision about nothing', () => {
  expect(parseDecisions('version: 1\ndecisions: []\n', 'd.yaml').entries).toEqual([]);
});

test.each([
  ['an empty file', '', 'd.yaml:1: the document'],
  ['broken YAML', 'version: 1\ndecisions: [\n', /^d\.yaml:\d+: the decisions are not valid YAML or JSON: /],
  [
    'a key that is there twice',
    'version: 1\ndecisions: []\nversion: 1\n',
    'd.yaml:3: the decisions are not valid YAML or JSON: Map keys must be unique',
  ],
  ['another version', 'version: 2\ndecisions: []\n', 'd.yaml:1: version: '],
  [
    'an unknown key at the top',
    'version: 1\nrules: []\ndecisions: []\n',
    'd.yaml:2: the document has the unknown key "rules"; expected version, decisions',
  ],
  [
    'an unknown key in an entry',
    `version: 1\ndecisions:\n  - rule: v1:aa\n    kind: unused\n    decision: accepted\n    reason: r\n    owner: o\n    expires: 2026-12-31\n    untill: x\n`,
    'd.yaml:9: decisions.0 has the unknown key "untill"',
  ],
  ['an unknown kind', file(ENTRY, entry({ rule: 'v1:bb', kind: 'shady' })), 'd.yaml:4: decisions.1.kind: '],
  ['an unknown decision', file(entry({ decision: 'ignored' })), 'd.yaml:3: decisions.0.decision: '],
  ['a date that is none', file(entry({ expires: '2026-02-30' })), 'd.yaml:3: decisions.0.expires: '],
  ['a blank reason', file(entry({ reason: ' ' })), 'd.yaml:3: decisions.0.reason: must not be empty'],
  ['a missing expiry', file("{rule: 'v1:aa', kind: unused, decision: accepted, reason: r, owner: o}"), 'd.yaml:3: decisions.0.expires: '],
  [
    'a missing owner',
    file("{rule: 'v1:aa', kind: unused, decision: accepted, reason: r, expires: 2026-12-31}"),
    'd.yaml:3: decisions.0.owner: ',
  ],
  ['a rule named by its id', file(entry({ rule: 'sgr-1' })), 'd.yaml:3: decisions.0.rule: must be a rule key'],
  [
    'two entries for the same rule and kind',
    file(ENTRY, ENTRY),
    'd.yaml:4: a second decision about unused of v1:aa; the first is on line 3',
  ],
  [
    'two entries for the same rule, kind and policy',
    file(entry({ policy: 'p' }), entry({ policy: 'p' })),
    'd.yaml:4: a second decision about unused of v1:aa in p;',
  ],
])('%s is refused with its line', (_, text, message) => {
  expect(() => parseDecisions(text, 'd.yaml')).toThrow(InputError);
  expect(() => parseDecisions(text, 'd.yaml')).toThrow(message);
});

test.each(['accepted', 'known'] as const)('a finding that is %s has that status', (decision) => {
  expect(statusOf(file(entry({ decision })))).toEqual({ statuses: [decision], diagnostics: [] });
});

test('a finding about which nobody decided is new', () => {
  for (const other of [finding({ kind: 'duplicate' }), finding({ ruleKey: 'v1:edited' })]) {
    expect(statusOf(file(ENTRY), other).statuses).toEqual(['new']);
  }
});

test('a finding that was fixed and is there again is regressed, and a fixed one that stays away is no news', () => {
  expect(statusOf(file(entry({ decision: 'fixed' }))).statuses).toEqual(['regressed']);
  expect(applyDecisions([], parseDecisions(file(entry({ decision: 'fixed' })), 'd.yaml'), AS_OF)).toEqual({
    statuses: [],
    diagnostics: [],
  });
});

test('a decision holds through the day on which it expires, and then the finding is new again', () => {
  expect(statusOf(file(ENTRY), finding(), seconds('2026-12-31T23:59:59Z')).statuses).toEqual(['accepted']);
  const after = statusOf(file(ENTRY), finding(), seconds('2027-01-01T00:00:00Z'));
  expect(after.statuses).toEqual(['new']);
  expect(after.diagnostics).toEqual([
    expect.objectContaining({
      severity: 'warning',
      code: 'DECISION_EXPIRED',
      path: 'decisions.yaml',
      line: 3,
      message: expect.stringContaining('expired on 2026-12-31'),
    }),
  ]);
});

test('a decision for one policy holds there only, and goes before one for all', () => {
  const both = file(entry({ decision: 'known' }), entry({ policy: 'sg-1:in' }));
  expect(statusOf(both).statuses).toEqual(['accepted']);
  expect(statusOf(both, finding({ policy: 'sg-2:in' })).statuses).toEqual(['known']);
  expect(statusOf(file(entry({ policy: 'sg-1:in' })), finding({ policy: 'sg-2:in' })).statuses).toEqual(['new']);
});

test('a decision that nothing matches any more is reported, so that stale entries do not pile up', () => {
  expect(statusOf(file(ENTRY), finding({ ruleKey: 'v1:edited' })).diagnostics).toEqual([
    expect.objectContaining({ code: 'DECISION_UNMATCHED', line: 3 }),
  ]);
});

test('without a date no decision holds, because nobody can tell whether it expired', () => {
  const undated = statusOf(file(ENTRY), finding(), null);
  expect(undated.statuses).toEqual(['new']);
  expect(undated.diagnostics).toEqual([
    expect.objectContaining({ code: 'DECISIONS_WITHOUT_DATE', message: expect.stringContaining('--as-of') }),
  ]);
});
