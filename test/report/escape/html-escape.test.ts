import fc from 'fast-check';
import { expect, test } from 'vitest';
import { htmlText, jsonForHtml } from '../../../src/report/escape/html-escape.ts';
import { visibleText } from '../../../src/report/escape/visible-text.ts';
import { markup, trusted } from '../../../src/report/html/markup.ts';
import { arbHostileText } from '../../support/hostile-text.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

test('escaped text holds no character that HTML reads as markup, and shows the same text', () => {
  fc.assert(
    fc.property(arbHostileText(), (text) => {
      const html = htmlText(text);
      expect(html).not.toMatch(/[<>"']/);
      expect(html.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? '')).toBe(visibleText(text));
    }),
    { numRuns: 1000 },
  );
});

test('embedded JSON cannot leave its script element and still says the same', () => {
  fc.assert(
    fc.property(fc.array(arbHostileText()), (texts) => {
      const json = jsonForHtml({ texts });
      expect(json).not.toContain('<');
      expect(JSON.parse(json)).toEqual({ texts: texts.map(visibleText) });
    }),
  );
});

test('a template escapes text and keeps what is markup already', () => {
  expect(markup`<p title="${'"><script>'}">${'<b>'}${markup`<i>${'&'}</i>`}${[trusted('<hr>'), markup`${3}`]}</p>`.html).toBe(
    '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;<i>&amp;</i><hr>3</p>',
  );
});
