import { expect, test } from 'vitest';
import { PLAIN_TEXT } from '../../../src/report/renderers/index.ts';
import { markdown } from '../../../src/report/renderers/markdown.ts';
import { auditResultFixture, largeAuditResult } from '../../support/audit-result-fixture.ts';

test('every table row has as many cells as its header, whatever the names hold', () => {
  const tables = markdown
    .render(auditResultFixture(), PLAIN_TEXT)
    .trimEnd()
    .split('\n\n')
    .filter((block) => block.startsWith('| '));
  expect(tables.length).toBeGreaterThan(5);
  for (const table of tables) {
    const widths = table.split('\n').map((line) => line.split('|').length);
    expect(new Set(widths).size).toBe(1);
  }
});

test('hostile names stay text: no HTML, no link, no emphasis', () => {
  const rendered = markdown.render(auditResultFixture(), PLAIN_TEXT);
  expect(rendered).not.toMatch(/<[a-z!/]/i);
  expect(rendered).not.toContain('](');
  expect(rendered).not.toContain('http://evil');
});

test('a list that is cut says so', () => {
  expect(markdown.render(largeAuditResult(3000), PLAIN_TEXT)).toContain('The first 200 of 1,000; the rest is in audit.json');
});

test('what makes the answer incomplete comes before the headline', () => {
  const rendered = markdown.render({ ...auditResultFixture(), complete: false, incompleteBecause: ['No <inventory>.'] }, PLAIN_TEXT);
  expect(rendered.indexOf('INCOMPLETE')).toBeLessThan(rendered.indexOf('unused'));
  expect(rendered).toContain('> - No &#60;inventory&#62;.');
});
