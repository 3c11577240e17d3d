import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseDecisions } from '../../../src/governance/decisions.ts';
import { decisionEntries, decisionEntry } from '../../../src/report/check/decision-entry.ts';
import { yamlText } from '../../../src/report/escape/yaml-escape.ts';
import { introducedItem, shadowedItem } from '../../support/check-result-fixture.ts';
import { arbHostileText } from '../../support/hostile-text.ts';

const AS_OF = '2026-11-01T00:00:00Z';
const file = (lines: readonly string[]): string => `version: 1\ndecisions:\n${lines.map((line) => `  ${line}\n`).join('')}`;

test('a quoted YAML text reads back as it was, on one line, without a backtick or an invisible character', () => {
  fc.assert(
    fc.property(fc.oneof(arbHostileText(), fc.string({ unit: 'binary' })), (text) => {
      const quoted = yamlText(text);
      expect(parse(quoted)).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'));
      expect(quoted).not.toMatch(/[\p{C}\p{Zl}\p{Zp}`]/u);
    }),
    { numRuns: 2_000 },
  );
});

describe('the entry of a decisions file', () => {
  test('is refused as it was copied, because nobody has given a reason yet', () => {
    expect(() => parseDecisions(file(decisionEntries([shadowedItem()], AS_OF)), 'decisions.yaml')).toThrow(
      /decisions\.yaml:7: .*must not be empty/,
    );
  });

  test('is a decision once reason and owner are filled in', () => {
    const filled = file(decisionEntries([shadowedItem({ policy: 'a: "b" #c\n`' })], AS_OF))
      .replace('reason: ""', 'reason: "Migration."')
      .replace('owner: ""', 'owner: "net-ops"');
    expect(parseDecisions(filled, 'decisions.yaml').entries).toEqual([
      {
        rule: 'v1:aa55aa55aa55aa55',
        kind: 'shadowed',
        policy: 'a: "b" #c\n`',
        decision: 'accepted',
        reason: 'Migration.',
        owner: 'net-ops',
        expires: '2027-01-30',
        line: 3,
      },
    ]);
  });

  test('proposes a last day only where the check has a date', () => {
    expect(decisionEntry(shadowedItem(), AS_OF)?.at(-1)).toBe('  expires: 2027-01-30');
    expect(decisionEntry(shadowedItem(), null)?.at(-1)).toMatch(/^ {2}expires: "" {2}#/);
  });

  test('is not there without a rule to bind it to, and is there once for the same thing', () => {
    expect(decisionEntry(introducedItem({ rule: null, ruleKey: null }), AS_OF)).toBeNull();
    expect(decisionEntries([introducedItem(), introducedItem(), introducedItem({ ruleKey: null })], AS_OF)).toHaveLength(7);
  });
});
