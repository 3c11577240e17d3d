import { describe, expect, test } from 'vitest';
import { checkResultSchema } from '../../../src/model/check-result.ts';
import { checkFormatOfFile, renderCheck } from '../../../src/report/check/index.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import {
  checkResultFixture,
  introducedItem,
  passingResult,
  policyDifference,
  riskyItem,
  shadowedItem,
} from '../../support/check-result-fixture.ts';

const PLAIN = { color: false, width: 80 };
const text = (...args: Parameters<typeof checkResultFixture>) => renderCheck(checkResultFixture(...args), 'text', PLAIN);

describe('the text of a check', () => {
  test('begins with the outcome, then what must not get in, then what changes, then counts', () => {
    const shown = text();
    expect(shown).toMatch(/^FAILED: Of 4 things that the change introduces, 2 must not get in\.\n/);
    const order = [
      'edge/quick-fix',
      'rules/edge.csv:12',
      'edge/block-telnet',
      'Introduced too',
      'What the change does',
      'Logged connections',
      'resolved ',
      'remaining ',
      'Notes',
      'If something has to stay',
    ];
    const places = order.map((part) => shown.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('shows the rule as written, the packets and a witness, the rules against it, the clause, and the key of a decision', () => {
    const shown = text({ introduced: [introducedItem(), shadowedItem(), riskyItem({ fails: true })] });
    for (const part of [
      'as written  quick-fix permit any any -> any',
      'packets     any 0.0.0.0/0 -> 0.0.0.0/0',
      'and 3 more regions',
      '4,096 packets in all',
      'for example tcp 203.0.113.9:40000 -> 10.1.0.5:22',
      'against     edge/quick-fix (100 %)',
      'guardrails  risky service SMB (tcp/445) (line 41)',
      'rule key    v1:5f2b6c0d7e8f9a01',
      '- rule: "v1:5f2b6c0d7e8f9a01"',
    ])
      expect(shown).toContain(part);
  });

  test('says at the top when nothing could be excused for want of a date', () => {
    const diagnostics = [{ severity: 'warning' as const, code: 'EXCEPTIONS_WITHOUT_DATE', message: 'There is no date.' }];
    const second = (changes: Parameters<typeof text>[0]) => text(changes).split('\n')[1];
    expect(second({ asOf: null, diagnostics })).toBe('rulesweep 0.1.0, without a date: no exception and no decision holds (--as-of)');
    expect(second({ asOf: null, diagnostics: [] })).toBe('rulesweep 0.1.0');
  });

  test('says before and after of the packets that change, and under which condition', () => {
    const shown = text().replace(/\s+/g, ' ');
    expect(shown).toContain('denied by the default of edge before, permitted by edge/quick-fix now');
    expect(shown).toContain(
      'if "schedule "nights"" does not hold: permitted by edge/syslog (log: yes) before, denied by the default of edge now',
    );
    expect(shown).toContain('edge: widened, narrowed (256 packets); 1 rule added');
    expect(shown).toContain('edge: 120 to 140; at most 20 were accepted and are denied now, 120 were rejected and are permitted now');
  });

  test.each([
    ['was not compared whole', { equal: 'unknown' as const }, 'not compared whole, because the work exceeds the budget'],
    ['is new', { before: null }, 'edge (new: compared with nothing permitted)'],
    ['has the same packets', { equal: true, widened: ZERO(), narrowed: ZERO(), areas: [] }, 'no packet is treated differently'],
    ['differs without counted packets', { widened: ZERO(), narrowed: ZERO(), areas: [] }, 'edge: differs'],
    ['leaves areas out', { areasOmitted: { count: 5, packets: ZERO() } }, '5 more areas not shown'],
    ['leaves rules out', { rulesOmitted: 9 }, '1 rule added, 9 changed rules not listed'],
  ])('of a policy that %s says so', (_what, changes, sentence) => {
    expect(text({ policies: [policyDifference(changes)] }).replace(/\s+/g, ' ')).toContain(sentence);
  });

  test('of an incomplete check never begins with PASSED, and gives every reason', () => {
    const incomplete = passingResult({ complete: false, incompleteBecause: ['First.', 'Second.'] });
    const shown = renderCheck(incomplete, 'text', PLAIN).replace(/\n(?! )/g, ' ');
    expect(shown).toMatch(/^INCOMPLETE: First\. Nothing is wrong in what could be judged, but that is not an answer\./);
    expect(shown).toContain('Second.');
    expect(shown).not.toContain('PASSED');
  });

  test('of a passed check is short, and of an empty change says that it is empty', () => {
    const shown = renderCheck(passingResult({ asOf: null }), 'text', PLAIN);
    expect(shown).toBe(
      'PASSED: The change is empty: no policy differs.\nrulesweep 0.1.0\n\nFindings there were before\n  resolved    nothing\n  remaining   nothing\n',
    );
  });

  test('cuts long lists whole and counts the rest', () => {
    const introduced = Array.from({ length: 130 }, (_, index) => introducedItem({ rule: `r${index}` }));
    const others = Array.from({ length: 60 }, () => riskyItem());
    const shown = text({ introduced: [...introduced, ...others], policies: Array.from({ length: 70 }, () => policyDifference()) });
    expect(shown.match(/^critical any-any/gm)).toHaveLength(100);
    for (const part of [
      '30 things that must not get in not shown',
      '10 other things not shown',
      '20 changed policies not shown',
      '125 entries not shown',
    ])
      expect(shown).toContain(part);
  });

  test('is fit for a terminal, whatever strangers wrote, and no wider than it apart from what a person copies', () => {
    for (const hostile of HOSTILE_TEXTS) {
      const item = shadowedItem({
        policy: hostile,
        rule: hostile,
        asWritten: hostile,
        message: hostile,
        clause: { id: hostile, title: hostile, line: 1 },
      });
      const shown = text({
        introduced: [item, riskyItem({ rule: hostile, message: hostile })],
        notes: [hostile],
        policies: [policyDifference({ before: hostile, after: hostile })],
      });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
      expect(shown.replace(/\n/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
      for (const line of shown
        .split('\n')
        .filter((each) => !/^ {2}(?:at|packets|for example|rule key| {12}|- rule:| {2}policy:)/.test(each)))
        expect([...line].length).toBeLessThanOrEqual(80);
    }
  });

  test('is coloured only where that was asked for', () => {
    expect(text()).not.toContain('\u001b');
    expect(renderCheck(checkResultFixture(), 'text', { color: true, width: 80 })).toContain('\u001b[31mFAILED');
  });
});

test('the JSON of a check is the document of the schema', () => {
  const result = checkResultFixture();
  expect(checkResultSchema.parse(JSON.parse(renderCheck(result, 'json', PLAIN)))).toEqual(result);
});

test('the suffix of a file decides what it holds, and an unknown one is refused with those there are', () => {
  expect(['a.md', 'b.JSON', 'c.xml', 'dir.md/d.txt'].map(checkFormatOfFile)).toEqual(['md', 'json', 'junit', 'text']);
  for (const path of ['check', 'x.html', 'x.md/', 'x.constructor', '.md/check'])
    expect(() => checkFormatOfFile(path)).toThrow(/end it in \.txt, \.json, \.md, \.xml/);
});

function ZERO() {
  return { packets: '0', ipv4: '0', ipv6: '0' };
}
