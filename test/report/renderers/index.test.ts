import { expect, test } from 'vitest';
import { UsageError } from '../../../src/model/errors.ts';
import { OUTPUT_FORMATS, PLAIN_TEXT, rendererForFormat, rendererForSuffix, renderers } from '../../../src/report/renderers/index.ts';
import { auditResultFixture, withoutTraffic } from '../../support/audit-result-fixture.ts';

test.each([
  ['out/report.html', 'html'],
  ['REPORT.HTM', 'html'],
  ['rules.csv', 'rules-csv-report'],
  ['2026-q1-rules.csv', 'rules-csv-report'],
  ['rules.raw.csv', 'rules-csv-report-raw'],
  ['findings.csv', 'findings-csv'],
  ['anything.csv', 'findings-csv'],
  ['findings.raw.csv', 'findings-csv-raw'],
  ['map.csv', 'map-csv'],
  ['2026-q1-map.csv', 'map-csv'],
  ['audit.json', 'json'],
  ['audit.jsonl', 'jsonl'],
  ['audit.ndjson', 'jsonl'],
  ['summary.md', 'markdown'],
  ['summary.txt', 'text'],
])('the file name %s asks for %s', (path, name) => {
  expect(rendererForSuffix(path).name).toBe(name);
});

test('a file name without a known suffix is refused with the suffixes that are known', () => {
  expect(() => rendererForSuffix('report.pdf')).toThrow(UsageError);
  expect(() => rendererForSuffix('report.pdf')).toThrow(/"report\.pdf".*\.html/);
});

test('every output format has a renderer, and csv means findings', () => {
  expect(OUTPUT_FORMATS.map((format) => rendererForFormat(format).name)).toEqual(['text', 'json', 'jsonl', 'findings-csv', 'markdown']);
});

test.each(renderers.map((renderer) => [renderer.name, renderer] as const))(
  '%s gives the same output for the same result, whatever the order of its keys',
  async (_name, renderer) => {
    const result = auditResultFixture();
    const first = await renderer.render(result, PLAIN_TEXT);
    expect(await renderer.render(auditResultFixture(), PLAIN_TEXT)).toEqual(first);
    expect(await renderer.render(withKeysReversed(result), PLAIN_TEXT)).toEqual(first);
  },
);

test.each(renderers.map((renderer) => [renderer.name, renderer] as const))(
  '%s renders a result without traffic and a result without anything',
  async (_name, renderer) => {
    const bare = withoutTraffic(auditResultFixture());
    const empty = {
      ...bare,
      complete: false,
      incompleteBecause: ['No rule was read.'],
      policies: [],
      findings: [],
      inputs: [],
      diagnostics: [],
      plan: { removals: [], bound: 0, merges: [], alternatives: [], notProposed: [], simplification: [] },
    };
    for (const result of [bare, empty]) {
      const rendered = await renderer.render(result, PLAIN_TEXT);
      const withoutScript = (typeof rendered === 'string' ? rendered : new TextDecoder('latin1').decode(rendered)).replace(
        /<script>[\s\S]*<\/script>/,
        '',
      );
      expect(withoutScript).not.toMatch(/\bundefined\b|\bNaN\b|\[object Object\]/);
    }
  },
);

function withKeysReversed<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withKeysReversed) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, withKeysReversed(inner)]),
  ) as Value;
}
