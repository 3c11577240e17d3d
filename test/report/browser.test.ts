import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { html } from '../../src/report/renderers/html.ts';
import { PLAIN_TEXT } from '../../src/report/renderers/index.ts';
import { auditResultFixture, HOSTILE_TEXTS, largeAuditResult } from '../support/audit-result-fixture.ts';
import { type Browser, findChromium, type Page } from '../support/chromium.ts';

const chromium = findChromium();

describe.skipIf(!chromium.ok)(`report.html in Chromium${chromium.ok ? '' : ` (skipped: ${chromium.reason})`}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rulesweep-browser-'));
  const small = writePage('small.html', html.render(auditResultFixture(), PLAIN_TEXT));
  const large = writePage('large.html', html.render(largeAuditResult(20_000), PLAIN_TEXT));
  let browser: Browser;

  beforeAll(async () => {
    if (!chromium.ok) throw new Error(chromium.reason);
    browser = await chromium.launch();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  function writePage(name: string, text: string): string {
    writeFileSync(path.join(folder, name), text);
    return pathToFileURL(path.join(folder, name)).href;
  }

  /** Opens a page and runs the steps; whatever the browser complains about or loads beside the page itself is returned. */
  async function complaintsOf(
    url: string,
    steps: (page: Page) => Promise<void>,
    options: { readonly javaScriptEnabled?: boolean } = {},
  ): Promise<string[]> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== url) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    await steps(page);
    await page.close();
    return complaints;
  }

  const rowsOf = (page: Page, root: string): Promise<string[]> =>
    page.evaluate<string[]>(`[...document.querySelectorAll('${root} tr.row')].map((row) => row.querySelector('code, .mono').textContent)`);
  const statusOf = (page: Page, root: string): Promise<string | null> => page.textContent(`${root} [role=status]`);

  test('it loads nothing, complains about nothing, and hostile names are text that does nothing', async () => {
    const complaints = await complaintsOf(small, async (page) => {
      expect(await statusOf(page, '#rule-table')).toBe('1 to 59 of 59 rules');
      await page.evaluate(`document.querySelectorAll('#rule-table tr.row, #finding-table tr.row').forEach((row) => row.click())`);
      expect(await page.evaluate<number>(`document.querySelectorAll('tr.detail').length`)).toBe(59 + 14);
      expect(await page.evaluate(`String(window.hacked)`)).toBe('undefined');
      expect(
        await page.evaluate<number>(
          `document.querySelectorAll('main script, main img, main b.hostile, main [onerror], main [onload]').length`,
        ),
      ).toBe(0);
      const text = (await page.textContent('#rule-table')) ?? '';
      expect(HOSTILE_TEXTS.filter((hostile) => hostile.includes('<') && !text.includes(hostile))).toEqual([]);
    });
    expect(complaints).toEqual([]);
  });

  test('injected markup would not run even if it got in: the policy forbids every script and style but ours', async () => {
    const complaints = await complaintsOf(small, async (page) => {
      await page.evaluate(
        `(() => { const script = document.createElement('script'); try { script.text = 'window.hacked = 1'; } catch {} document.body.append(script); })()`,
      );
      expect(await page.evaluate(`String(window.hacked)`)).toBe('undefined');
    });
    expect(complaints.length).toBeGreaterThan(0);
  });

  test('search and filters narrow the rules, and Clear brings them back', async () => {
    const complaints = await complaintsOf(small, async (page) => {
      await page.fill('#rule-table input[type=search]', 'TCP/3389 vendor');
      await expect.poll(() => statusOf(page, '#rule-table')).toBe('1 to 1 of 1 rules (filtered from 59)');
      expect(await rowsOf(page, '#rule-table')).toEqual(['sgr-0rdp']);
      await page.click('#rule-table .controls .button');
      expect(await statusOf(page, '#rule-table')).toBe('1 to 59 of 59 rules');
      await page.selectOption('#rule-table label:nth-of-type(2) select', 'unused');
      expect(await rowsOf(page, '#rule-table')).toEqual(['sgr-0rdp', 'sgr-0dr', 'sgr-0mysql']);
      await page.selectOption('#rule-table label:nth-of-type(3) select', 'C');
      expect(await rowsOf(page, '#rule-table')).toEqual(['sgr-0dr']);
      await page.fill('#rule-table input[type=search]', 'no such rule');
      await expect.poll(() => page.evaluate(`document.querySelector('#rule-table .empty').hidden`)).toBe(false);
    });
    expect(complaints).toEqual([]);
  });

  test('a click on a column sorts by it, a second click turns the order, and empty cells stay last', async () => {
    const numbers = (page: Page): Promise<string[]> =>
      page.evaluate<string[]>(`[...document.querySelectorAll('#rule-table tr.row')].map((row) => row.querySelector('td.num').textContent)`);
    const complaints = await complaintsOf(small, async (page) => {
      await page.selectOption('#rule-table label:nth-of-type(6) select', 'sg-0web:in');
      await page.click('#rule-table th:nth-child(6) button');
      expect(await numbers(page)).toEqual(['0', '0–41', '311', '9,120', '48,211–48,213', '48,211–48,213']);
      await page.click('#rule-table th:nth-child(6) button');
      expect(await numbers(page)).toEqual(['48,211–48,213', '48,211–48,213', '9,120', '311', '0–41', '0']);
      expect(await page.evaluate(`document.querySelector('#rule-table th:nth-child(6)').getAttribute('aria-sort')`)).toBe('descending');
      await page.click('#rule-table th:nth-child(7) button');
      expect((await rowsOf(page, '#rule-table')).slice(-2)).toEqual(['sgr-0rdp', 'sgr-0icmp']);
    });
    expect(complaints).toEqual([]);
  });

  test('a link of the plan opens the details of its rule, and the keyboard closes them', async () => {
    const complaints = await complaintsOf(small, async (page) => {
      await page.click('section[aria-labelledby=plan] a');
      await expect
        .poll(() => page.evaluate<string>(`document.querySelector('#rule-table tr.detail')?.textContent ?? ''`))
        .toContain('Remove the second copy of https from anywhere.');
      expect(await page.evaluate(`document.activeElement.getAttribute('aria-expanded')`)).toBe('true');
      await page.press('#rule-table tr.open .toggle', 'Enter');
      expect(await page.evaluate(`document.querySelectorAll('#rule-table tr.detail').length`)).toBe(0);
    });
    expect(complaints).toEqual([]);
  });

  test('20,000 rules are paged: never more than 200 rows of each table, and a search takes under a second', async () => {
    const complaints = await complaintsOf(large, async (page) => {
      expect(await page.evaluate<number>(`document.querySelectorAll('tr.row').length`)).toBe(400);
      expect(await statusOf(page, '#rule-table')).toBe('1 to 200 of 20,000 rules');
      await page.click('#rule-table .pager button:last-child');
      expect(await statusOf(page, '#rule-table')).toBe('201 to 400 of 20,000 rules');
      const took = await page.evaluate<number>(
        `(() => { const start = performance.now(); document.querySelectorAll('#rule-table th button')[5].click(); return performance.now() - start; })()`,
      );
      expect(took).toBeLessThan(1000);
      await page.fill('#rule-table input[type=search]', 'sgr-00004e1f');
      await expect.poll(() => statusOf(page, '#rule-table')).toMatch(/^1 to 1 of 1 /);
    });
    expect(complaints).toEqual([]);
  });

  test('nothing is wider than the window, on a wide screen and on a narrow one', async () => {
    for (const width of [1280, 400]) {
      await complaintsOf(small, async (page) => {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
      });
    }
  });

  test('without JavaScript the summary, the findings and the plan are there', async () => {
    await complaintsOf(
      small,
      async (page) => {
        const text = (await page.textContent('main')) ?? '';
        for (const sentence of ['3 of 59 rules unused', 'remote desktop from 203.0.113.0/24', 'rules.csv holds the same rows'])
          expect(text).toContain(sentence);
      },
      { javaScriptEnabled: false },
    );
  });
});
