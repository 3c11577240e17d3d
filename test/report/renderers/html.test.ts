import { createHash } from 'node:crypto';
import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { html } from '../../../src/report/renderers/html.ts';
import { PLAIN_TEXT } from '../../../src/report/renderers/index.ts';
import { auditResultFixture, largeAuditResult, withoutTraffic } from '../../support/audit-result-fixture.ts';

const between = (text: string, start: string, end: string): string =>
  text.slice(text.indexOf(start) + start.length, text.indexOf(end, text.indexOf(start) + start.length));

test('the page runs and styles nothing but the two blocks its policy names by hash', () => {
  const page = html.render(auditResultFixture(), PLAIN_TEXT);
  const policy = between(page, 'Content-Security-Policy" content="', '"').replaceAll('&#39;', "'");
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  expect(policy).toBe(
    `default-src 'none'; style-src ${hash(between(page, '<style>', '</style>'))}; script-src ${hash(between(page, '<script>', '</script>'))}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'`,
  );
});

test('the page names no address to load from and has no inline style or handler', () => {
  const page = html
    .render(auditResultFixture(), PLAIN_TEXT)
    .replace(between(html.render(auditResultFixture(), PLAIN_TEXT), '<script>', '</script>'), '');
  const tags = page.match(/<[a-z][^>]*>/gi) ?? [];
  for (const tag of tags) expect(tag).not.toMatch(/\s(?:src|style|on[a-z]+|action|srcset|background)=|href="(?!#)/i);
});

test('hostile names make no element: there are as many scripts and images as without them', () => {
  const result = auditResultFixture();
  const count = (page: string): number[] => [/<script/g, /<img/g, /<svg/g, /<!--/g].map((pattern) => page.match(pattern)?.length ?? 0);
  const harmless = {
    ...result,
    findings: result.findings.filter((finding) => finding.policy !== 'sg-0evil:in'),
    policies: result.policies.filter((policy) => policy.id !== 'sg-0evil:in'),
  };
  expect(count(html.render(result, PLAIN_TEXT))).toEqual(count(html.render(harmless, PLAIN_TEXT)));
});

test('the script compiles and cannot end its own element', () => {
  const script = between(html.render(auditResultFixture(), PLAIN_TEXT), '<script>', '</script>');
  expect(() => new Script(script)).not.toThrow();
  expect(script).not.toMatch(/<\/|<!--|innerHTML|insertAdjacent|document\.write|\beval\(/);
});

test('summary, findings and plan can be read without the script', () => {
  const page = html.render(auditResultFixture(), PLAIN_TEXT);
  const body = page.slice(0, page.indexOf('id="page-data"'));
  for (const sentence of [
    '3 of 59 rules unused: no possible hit in 100 days.',
    'remote desktop from 203.0.113.0/24',
    'Remove the rule whose peer is gone.',
    'adds up',
    'This table needs JavaScript',
  ]) {
    expect(body).toContain(sentence);
  }
});

test('without traffic the page says so and has no coverage', () => {
  const page = html.render(withoutTraffic(auditResultFixture()), PLAIN_TEXT);
  expect(page).toContain('No traffic was given: no usage finding.');
  expect(page).not.toContain('id="coverage"');
});

test('incompleteness stands above the headline', () => {
  const page = html.render({ ...auditResultFixture(), complete: false, incompleteBecause: ['No inventory was given.'] }, PLAIN_TEXT);
  expect(page.indexOf('No inventory was given.')).toBeGreaterThan(0);
  expect(page.indexOf('No inventory was given.')).toBeLessThan(page.indexOf('<h1>'));
});

test('the document outside the data block does not grow with the number of rules', () => {
  const outside = (ruleCount: number): number => {
    const page = html.render(largeAuditResult(ruleCount), PLAIN_TEXT);
    return page.length - between(page, 'id="page-data">', '</script>').length;
  };
  expect(outside(6000)).toBeLessThan(outside(600) + 1000);
});
