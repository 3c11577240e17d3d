import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markdownText } from '../../../src/report/escape/markdown-escape.ts';
import { visibleText } from '../../../src/report/escape/visible-text.ts';
import { arbHostileText } from '../../support/hostile-text.ts';

const decode = (text: string): string => text.replace(/&#(\d+);/g, (_reference, code: string) => String.fromCodePoint(Number(code)));

test('escaped text holds nothing Markdown could read as markup, and decodes to the same text', () => {
  fc.assert(
    fc.property(arbHostileText(), (text) => {
      const escaped = markdownText(text);
      expect(decode(escaped)).toBe(visibleText(text));
      const withoutReferences = escaped.replace(/&#\d+;/g, '');
      expect(withoutReferences).not.toMatch(/[<>|`*~\\[\]{}()!$@"'&#\r\n]/);
      expect(escaped).not.toMatch(/:\/\/|www\./i);
      expect(escaped).not.toMatch(/^[\s\-+=]|^\d+[.)](?:\s|$)/);
    }),
    { numRuns: 1000 },
  );
});

test('names and addresses stay readable', () => {
  for (const text of ['10.0.0.0/8', 'sg_web-1:in/sgr-0a', 'tcp/443', '2001:db8::/32']) expect(markdownText(text)).toBe(text);
});

test('an underscore at the edge of a word is no emphasis', () => {
  expect(markdownText('_x_')).toBe('&#95;x&#95;');
});
