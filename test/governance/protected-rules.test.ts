import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGuardrails } from '../../src/governance/guardrails.ts';
import { isProtected, matchesPattern, type ProtectableRule } from '../../src/governance/protected-rules.ts';

const RULE: ProtectableRule = {
  policy: 'sg-1:in',
  rule: '7',
  nativeId: 'sgr-0a',
  ruleKey: 'v1:aa',
  name: 'break glass',
  description: 'ssh for emergencies (BG-1)',
  owner: 'net-ops',
};
const lineOf = (entry: string, rule: Partial<ProtectableRule> = {}): number | null =>
  isProtected(parseGuardrails(`version: 1\nprotectedRules:\n  - {${entry}, reason: r}\n`, 'g.yaml'), { ...RULE, ...rule })?.line ?? null;

test.each([
  'policy: "sg-1:*"',
  'rule: "7"',
  'rule: sgr-0a',
  'ruleKey: "v1:aa"',
  'name: break glass',
  'description: "*BG-*"',
  'ruleOwner: net-ops',
  'policy: "sg-?:in", rule: "*", ruleOwner: "net*"',
])('a rule is protected by {%s}', (entry) => {
  expect(lineOf(entry)).toBe(3);
});

test.each(['policy: sg-1', 'rule: "07"', 'ruleKey: "v1:a*"', 'name: break', 'name: Break glass', 'policy: "sg-1:*", ruleOwner: web'])(
  'a rule is not protected by {%s}: everything named must fit, and as a whole',
  (entry) => {
    expect(lineOf(entry)).toBe(null);
  },
);

test('an edited rule is no longer protected by its key, and what an export does not say fits no pattern but *', () => {
  expect(lineOf('ruleKey: "v1:aa"', { ruleKey: 'v1:bb' })).toBe(null);
  expect(lineOf('rule: "sgr-*"', { nativeId: null })).toBe(null);
  expect(lineOf('name: "?*"', { name: '' })).toBe(null);
});

test('the first entry that fits is named', () => {
  const guardrails = parseGuardrails(
    'version: 1\nprotectedRules:\n  - {policy: x, reason: a}\n  - {rule: "*", reason: b}\n  - {policy: "*", reason: c}\n',
    'g.yaml',
  );
  expect(isProtected(guardrails, RULE)).toMatchObject({ line: 4, reason: 'b' });
});

test('patterns agree with the regular expression that they stand for', () => {
  const letters = fc.constantFrom('a', 'b', '.', '\n');
  fc.assert(
    fc.property(
      fc.array(fc.oneof(letters, fc.constantFrom('*', '?')), { maxLength: 8 }),
      fc.array(letters, { maxLength: 8 }),
      (pattern, text) => {
        const source = pattern.map((each) => (each === '*' ? '[^]*' : each === '?' ? '[^]' : each.replace('.', '\\.'))).join('');
        expect(matchesPattern(pattern.join(''), text.join(''))).toBe(new RegExp(`^${source}$`).test(text.join('')));
      },
    ),
  );
});
