import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spreadsheetSafe, toCsv } from '../../../src/report/escape/csv-escape.ts';
import { visibleText } from '../../../src/report/escape/visible-text.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import { arbHostileText } from '../../support/hostile-text.ts';

/** The slow, obvious reading: walk over everything a spreadsheet might skip, then look at one character. */
function startsFormula(cell: string): boolean {
  for (const character of cell) {
    const isSkipped = /^\s$/u.test(character) || '\u200b\u200c\u200d\u2060\ufeff\u00ad"\'`‘’‚‛“”„‟'.includes(character);
    if (!isSkipped) return '=+-@|%＝＋－＠'.includes(character);
  }
  return false;
}

test('no cell of the spreadsheet dialect can act as a formula', () => {
  fc.assert(
    fc.property(arbHostileText(), (text) => {
      const cell = spreadsheetSafe(text);
      const isProtected = cell.startsWith("'") && cell.slice(1) === visibleText(text);
      expect(isProtected || !startsFormula(cell)).toBe(true);
      expect(isProtected || cell === visibleText(text)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test.each(HOSTILE_TEXTS.slice(0, 19).map((text) => [text]))('the formula %j is prefixed', (text) => {
  expect(spreadsheetSafe(text)).toBe(`'${visibleText(text)}`);
});

test('ordinary cells and numbers are not prefixed', () => {
  for (const text of ['10.0.0.0/8', 'tcp/443', 'a=b', 'allow web - app', '']) expect(spreadsheetSafe(text)).toBe(text);
  expect(toCsv({ header: ['n'], rows: [[-5], [null]] }, 'spreadsheet')).toBe('"n"\r\n"-5"\r\n""\r\n');
});

test('whatever the cells hold, the raw dialect reads back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.array(arbHostileText(), { minLength: 3, maxLength: 3 }), { maxLength: 5 }), (rows) => {
      const read: unknown = parse(toCsv({ header: ['a', 'b', 'c'], rows }, 'raw'), { record_delimiter: '\r\n' });
      // UTF-8 cannot hold a lone surrogate: it becomes U+FFFD on the way.
      expect(read).toEqual([['a', 'b', 'c'], ...rows.map((row) => row.map((cell) => cell.replace(/\p{Surrogate}/gu, '\ufffd')))]);
    }),
  );
});

test('whatever the cells hold, the spreadsheet dialect is one line per row and reads back as visible text', () => {
  fc.assert(
    fc.property(fc.array(fc.array(arbHostileText(), { minLength: 2, maxLength: 2 }), { maxLength: 5 }), (rows) => {
      const csv = toCsv({ header: ['a', 'b'], rows }, 'spreadsheet');
      expect(csv.split('\r\n')).toHaveLength(rows.length + 2);
      expect(parse(csv)).toEqual([['a', 'b'], ...rows.map((row) => row.map(spreadsheetSafe))]);
    }),
  );
});
