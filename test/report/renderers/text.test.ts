import { expect, test } from 'vitest';
import type { AuditResult } from '../../../src/model/audit-result.ts';
import { PLAIN_TEXT } from '../../../src/report/renderers/index.ts';
import { text } from '../../../src/report/renderers/text.ts';
import { auditResultFixture, finding, HOSTILE_TEXTS, withoutTraffic } from '../../support/audit-result-fixture.ts';

const INCOMPLETE = Array.from({ length: 9 }, (_, index) => `Reason ${index}: ${'a log file could not be read whole '.repeat(5)}`);

const CASES: readonly (readonly [string, AuditResult])[] = [
  ['the fixture', auditResultFixture()],
  ['without traffic', withoutTraffic(auditResultFixture())],
  ['incomplete with long reasons', { ...auditResultFixture(), complete: false, incompleteBecause: INCOMPLETE }],
  [
    'hostile findings',
    {
      ...auditResultFixture(),
      findings: HOSTILE_TEXTS.map((hostile, index) =>
        finding(String(index % 100), 'unused', 'critical', hostile, hostile, 'B', hostile.repeat(9), {}),
      ),
    },
  ],
];

test.each(CASES)('the summary fits a screen: %s', (_name, result) => {
  for (const outDir of [null, 'out'.repeat(60)]) {
    const lines = text
      .render(result, { ...PLAIN_TEXT, outDir })
      .trimEnd()
      .split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(100);
  }
});

test('hostile text reaches the terminal without a control character, with colours or without', () => {
  const result = CASES[3]?.[1] ?? auditResultFixture();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are taken out, nothing else may be left
  const withoutOurs = text.render(result, { ...PLAIN_TEXT, color: true }).replace(/\u001b\[(?:1|2|22|31|33|39)m/g, '');
  expect(withoutOurs).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u);
  expect(withoutOurs).toBe(text.render(result, PLAIN_TEXT));
});

test('what makes the answer incomplete comes before everything else', () => {
  const lines = text
    .render({ ...auditResultFixture(), complete: false, incompleteBecause: ['No inventory was given.'] }, PLAIN_TEXT)
    .split('\n');
  expect(lines.slice(1, 3)).toEqual([
    'INCOMPLETE: this answer is missing something. Do not act on silence in it.',
    '  - No inventory was given.',
  ]);
});

test('without traffic the last line says that there is no usage finding, and nothing is called unused', () => {
  const rendered = text.render(withoutTraffic(auditResultFixture()), PLAIN_TEXT);
  expect(rendered.trimEnd().split('\n').at(-1)).toBe('no traffic was given: no usage finding');
  expect(rendered).not.toMatch(/\bunused\b/);
});

test('the numbers of the summary are those of the result', () => {
  const rendered = text.render(auditResultFixture(), { ...PLAIN_TEXT, outDir: 'out/' });
  expect(rendered).toContain('3 files: 199,325 records read = 199,182 accepted + 143 skipped (NODATA 134, ');
  expect(rendered).toContain('2026-01-01 to 2026-04-11 (100 days)');
  expect(rendered).toMatch(/unused {8} +3 .*evidence B 2 · C 1/);
  expect(rendered).toContain('Plan: 2 rules can go without changing a single decision.');
  expect(rendered).toContain('worst eni-0db1 93.1 % (gap of 5 days from 2026-02-03); 4 of 6 reach 95 %');
  expect(rendered).toContain('open out/report.html');
});

test('the most severe findings are shown first, at most two of a kind', () => {
  const lines = text.render(auditResultFixture(), PLAIN_TEXT).split('\n');
  const shown = lines.flatMap((line) => /^ {2}(high|medium|low|info) +(\S+)/.exec(line)?.slice(1, 3).join(' ') ?? []);
  expect(shown).toEqual(['high unused', 'medium duplicate', 'medium stale-reference', 'medium unused']);
});
