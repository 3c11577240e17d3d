import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitSections, type Section } from '../../../src/report/check/fit-sections.ts';
import { checkMarkdown, LONGEST_MARKDOWN } from '../../../src/report/check/markdown.ts';
import { failingItemMarkdown } from '../../../src/report/check/markdown-item.ts';
import { HOSTILE_TEXTS } from '../../support/audit-result-fixture.ts';
import {
  checkResultFixture,
  introducedItem,
  passingResult,
  policyDifference,
  riskyItem,
  shadowedItem,
} from '../../support/check-result-fixture.ts';

const GITHUB_COMMENT = 65_536;
const GITHUB_SUMMARY_BYTES = 1_048_576;
const items = (count: number, asWritten = 'x permit any any -> any') =>
  Array.from({ length: count }, (_, index) => introducedItem({ rule: `rule-${index}`, asWritten }));

/** Lines outside of fenced blocks; a fence that is not closed swallows the rest. */
function outsideOfFences(markdown: string): string[] {
  const lines: string[] = [];
  let fence: string | null = null;
  for (const line of markdown.split('\n')) {
    const [run] = /^`{3,}/.exec(line) ?? [];
    if (fence === null && run !== undefined) fence = run;
    else if (fence !== null && line.trimEnd() === fence) fence = null;
    else if (fence === null) lines.push(line);
  }
  expect(fence).toBeNull();
  return lines;
}

describe('the Markdown of a check', () => {
  test('begins with the outcome, then what must not get in with everything needed to act', () => {
    const markdown = checkMarkdown(checkResultFixture());
    expect(markdown).toMatch(/^## Firewall check: FAILED\n\n> \[!CAUTION\]\n> \*\*Of 4 things/);
    const order = [
      'quick-fix',
      'block-telnet',
      'Introduced too',
      'What the change does to packets',
      'Logged connections',
      'resolved 2 redundant',
    ];
    const places = order.map((text) => markdown.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    for (const text of [
      'rules/edge.csv:12',
      'quick-fix permit any any -> any',
      'and 3 more regions',
      '- rule: "v1:5f2b6c0d7e8f9a01"',
      'edge/quick-fix &#40;100 %&#41;',
    ])
      expect(markdown).toContain(text);
    expect(markdown.endsWith('<!-- rulesweep check -->\n')).toBe(true);
  });

  test.each([
    ['an empty change', passingResult(), 'PASSED', 'The change is empty: no policy differs.'],
    [
      'one that only moves text',
      passingResult({ policies: [policyDifference({ equal: true })] }),
      'PASSED',
      'the texts differ, and no packet is treated differently',
    ],
    [
      'one that changes packets',
      passingResult({ policies: [policyDifference()] }),
      'PASSED',
      'Nothing new to object to in 1 changed policy.',
    ],
    [
      'one of which all is accepted',
      passingResult({ introduced: [riskyItem({ status: 'accepted' }), riskyItem()] }),
      'PASSED',
      'introduces 2 things &#40;1 settled by decision&#41;, and none of it fails',
    ],
    [
      'an incomplete one',
      passingResult({ complete: false, incompleteBecause: ['No rule was read', 'And more.'] }),
      'INCOMPLETE',
      'No rule was read. Nothing is wrong in what could be judged, but that is not an answer.',
    ],
    [
      'an incomplete one that also fails',
      checkResultFixture({ complete: false, incompleteBecause: ['Gap.'] }),
      'INCOMPLETE',
      'Gap. Of 4 things that the change introduces, 2 must not get in.',
    ],
    [
      'one of which everything fails',
      checkResultFixture({ introduced: items(1) }),
      'FAILED',
      'The change introduces 1 thing that must not get in.',
    ],
  ])('of %s says so in its first lines', (_what, result, word, sentence) => {
    const [title, , alert, line] = checkMarkdown(result).split('\n');
    expect(title).toBe(`## Firewall check: ${word}`);
    expect(alert).toBe(`> [!${{ PASSED: 'NOTE', FAILED: 'CAUTION', INCOMPLETE: 'WARNING' }[word]}]`);
    expect(line).toContain(sentence);
  });

  test('obeys nothing that a stranger wrote', () => {
    for (const text of [
      ...HOSTILE_TEXTS,
      '```\n# owned',
      '``````',
      '</details>',
      '<!-- -->',
      '@everyone',
      '![x](https://evil.example/x)',
    ]) {
      const clause = { id: text, title: text, line: 1 };
      const hostile = shadowedItem({
        policy: text,
        rule: text,
        ruleKey: `v1:${text}`,
        asWritten: text,
        message: text,
        sourceRef: { path: text },
        clause,
      });
      const markdown = checkMarkdown(
        checkResultFixture({
          introduced: [hostile, riskyItem({ rule: text, message: text })],
          policies: [policyDifference({ before: text, after: text, notes: [text] })],
          notes: [text],
          incompleteBecause: [text, text],
          complete: false,
        }),
      );
      const outside = outsideOfFences(markdown).join('\n').replaceAll('<br>', '').replace('<!-- rulesweep check -->', '');
      expect(outside).not.toMatch(/<(?!\/?(?:details|summary|sub)>)|javascript:[^&]*\)|https?:\/\/|\]\(|@\w/);
      expect(outside.match(/<details>/g)).toHaveLength(1);
      expect(outside.match(/<\/details>/g)).toHaveLength(1);
    }
  });

  test('of one thing shows it, however long its texts are', () => {
    const long = '|'.repeat(100_000);
    const item = shadowedItem({
      rule: long,
      message: long,
      asWritten: long,
      sourceRef: { path: long },
      clause: { id: long, title: long, line: 1 },
    });
    const result = checkResultFixture({
      introduced: [{ ...item, packets: { ...packetsOf(), regions: Array.from({ length: 100 }, () => long), witness: long } }],
    });
    const markdown = checkMarkdown(result);
    expect(markdown.length).toBeLessThanOrEqual(LONGEST_MARKDOWN);
    expect(markdown).toContain('#### high: shadowed');
    expect(markdown).toContain('98000 more characters: the JSON document has them');
  });

  test.each([0, 1, 30, 60, 61, 62, 200, 3000])(
    'of %i things fits a comment and a summary, shows whole things in order, and counts the others',
    (count) => {
      const introduced = items(count);
      const result = checkResultFixture({ introduced, policies: Array.from({ length: count }, () => policyDifference()) });
      const markdown = checkMarkdown(result);
      expect(markdown.length).toBeLessThanOrEqual(LONGEST_MARKDOWN);
      expect(markdown.length).toBeLessThan(GITHUB_COMMENT);
      expect(Buffer.byteLength(markdown)).toBeLessThan(GITHUB_SUMMARY_BYTES);
      const shown = introduced.filter((item) => markdown.includes(`${failingItemMarkdown(item, result.asOf)}\n`));
      expect(shown).toEqual(introduced.slice(0, shown.length));
      expect(markdown.match(/^#### /gm)?.length ?? 0).toBe(shown.length);
      const hidden = count - shown.length;
      const [, said = '0'] = /^([\d,]+) things? that must not get in not shown: the JSON document has everything\.$/m.exec(markdown) ?? [];
      expect(Number(said.replaceAll(',', ''))).toBe(hidden);
      if (count <= 30) expect(hidden).toBe(0);
      outsideOfFences(markdown);
      expect(markdown.endsWith('<!-- rulesweep check -->\n')).toBe(true);
    },
  );
});

function packetsOf() {
  const { packets } = riskyItem();
  if (packets === null) throw new Error('the fixture has packets');
  return packets;
}

test('sections never take more than the limit, and drop blocks from the end of each', () => {
  const arbSection = fc
    .record({
      heading: fc.string({ maxLength: 20 }),
      blocks: fc.array(fc.string({ minLength: 1, maxLength: 60 }), { maxLength: 20 }),
      between: fc.constantFrom('\n', '\n\n'),
    })
    .map((part): Section => ({ ...part, closing: (hidden) => (hidden === 0 ? '' : `${hidden} hidden`) }));
  fc.assert(
    fc.property(fc.array(arbSection, { maxLength: 6 }), fc.integer({ min: 400, max: 4_000 }), (sections, limit) => {
      expect(fitSections(sections, limit).length).toBeLessThanOrEqual(limit);
    }),
  );
});
