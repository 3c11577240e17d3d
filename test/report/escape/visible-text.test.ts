import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitText, visibleText, wrapText } from '../../../src/report/escape/visible-text.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import { arbHostileText } from '../../support/hostile-text.ts';

// Every control character, line separator, bidirectional control and lone surrogate.
const INVISIBLE = /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

test('visible text holds no control character, no bidirectional control and no lone surrogate, whatever comes in', () => {
  fc.assert(
    fc.property(arbHostileText(), (text) => {
      expect(INVISIBLE.test(visibleText(text))).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test('ordinary text stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abc ÄÖ漢字🙂.,-/:_<>&"\'') }), (text) => {
      expect(visibleText(text)).toBe(text);
    }),
  );
});

test('making text visible twice changes nothing', () => {
  fc.assert(
    fc.property(arbHostileText(), (text) => {
      expect(visibleText(visibleText(text))).toBe(visibleText(text));
    }),
  );
});

test.each([
  ['a terminal colour disappears', '\u001b[31mred\u001b[0m', 'red'],
  ['a colour in its one-character form disappears', '\u009b31mred', 'red'],
  ['a window title disappears with its text', '\u001b]0;owned\u0007title', 'title'],
  ['a hyperlink sequence leaves its text', '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
  ['a terminal reset disappears', '\u001bcx', 'x'],
  ['a sequence that never ends is shown', 'a\u001b', 'a\\x1b'],
  ['a sequence hidden behind a bidirectional control is shown', '\u001b\u202e[31mx', '\\x1b[31mx'],
  ['a sequence inside a sequence does not come to life', '\u001b[\u001b[31m31mx', '\\x1b[31mx'],
  ['an override disappears', 'user\u202egnp.exe', 'usergnp.exe'],
  ['line ends become visible', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
  ['a NUL becomes visible', 'a\u0000b', 'a\\x00b'],
  ['line separators become visible', 'a\u2028b', 'a\\u2028b'],
])('%s', (_name, text, expected) => {
  expect(visibleText(text)).toBe(expected);
});

test('cut text is never wider than asked, and says that it was cut', () => {
  fc.assert(
    fc.property(arbHostileText(), fc.integer({ min: 1, max: 40 }), (text, width) => {
      const cut = fitText(text, width);
      expect([...cut].length).toBeLessThanOrEqual(width);
      expect(cut === visibleText(text) || cut.endsWith('…')).toBe(true);
    }),
  );
});

test('wrapped text keeps every word until it is cut', () => {
  expect(wrapText('one two three four', 9, 3)).toEqual(['one two', 'three', 'four']);
  expect(wrapText('one two three four', 9, 2)).toEqual(['one two', 'three fo…']);
  expect(wrapText('', 9, 2)).toEqual(['']);
  for (const text of HOSTILE_TEXTS) for (const line of wrapText(text, 20, 3)) expect([...line].length).toBeLessThanOrEqual(20);
});
