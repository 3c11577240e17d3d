import { expect, test } from 'vitest';
import type { AuditResult } from '../../src/model/audit-result.ts';
import { type Detection, REGULAR_USES } from '../../src/model/detection.ts';
import { blindHours, gridLine, weekRows } from '../../src/report/detection-words.ts';
import { toPageData } from '../../src/report/html/page-data.ts';
import { html } from '../../src/report/renderers/html.ts';
import { PLAIN_TEXT } from '../../src/report/renderers/index.ts';
import { markdown } from '../../src/report/renderers/markdown.ts';
import { text } from '../../src/report/renderers/text.ts';
import { auditResultFixture } from '../support/audit-result-fixture.ts';

const CAUGHT = [24, 161, 0, 2206, 2300];
const cells = (at: (cell: number) => number): number[] => Array.from({ length: 168 }, (_, cell) => at(cell));

function detectionOf(parts: Partial<Detection> = {}): Detection {
  return {
    interfaces: 16,
    uses: REGULAR_USES.map(({ use, hours }, index) => {
      const caughtHours = CAUGHT[index] ?? 0;
      const caught = caughtHours === hours ? 'yes' : caughtHours === 0 ? 'no' : 'partly';
      return { use, everyHours: hours, caughtHours, caught, byInterface: { yes: caught === 'yes' ? 16 : 15, partly: 0, no: 0 } };
    }),
    ofRules: [],
    week: { occurs: cells(() => 14), covered: cells(() => 14), blindInterfaces: cells(() => 0) },
    calendar: [],
    ...parts,
  };
}

const HOSTILE = '<img src=x onerror=alert(1)>|\u001b[31m`x`';
const CALENDAR: Detection['calendar'] = [
  { name: 'close', date: 'quarter-end', reason: 'the books', line: 1, seen: 'yes', days: [{ day: '2026-03-31', coveredHours: 24 }] },
  { name: 'DR test', date: '2026-02-14', reason: '', line: 2, seen: 'partly', days: [{ day: '2026-02-14', coveredHours: 23 }] },
  { name: HOSTILE, date: '2026-05-12', reason: HOSTILE, line: 3, seen: 'no', days: [] },
];

function withDetection(detection: Detection): AuditResult {
  const result = auditResultFixture();
  if (result.traffic === null) throw new Error('the fixture has traffic');
  return { ...result, traffic: { ...result.traffic, detection } };
}

const lineOf = (label: string, detection: Detection): string =>
  text
    .render(withDetection(detection), { ...PLAIN_TEXT, width: 200 })
    .split('\n')
    .find((line) => line.startsWith(label)) ?? '';

test('the grid is one line of the terminal; all but a little is not called yes, and nothing is called no', () => {
  expect(gridLine(detectionOf())).toBe('daily yes, weekly 95.8 %, monthly no, quarterly > 99.9 %, yearly 26.2 %');
  expect(lineOf('Would show', detectionOf())).toBe('Would show   daily yes, weekly 95.8 %, monthly no, quarterly > 99.9 %, yearly 26.2 %');
  expect(text.render(auditResultFixture(), PLAIN_TEXT)).not.toContain('Would show');
});

test('the calendar is beside the window: what was seen, what in part, what not', () => {
  expect(lineOf('Window', detectionOf({ calendar: CALENDAR.slice(0, 2) }))).toBe(
    'Window       2026-01-01 to 2026-04-11 (100 days); 2 of 2 dates seen, 1 in part',
  );
  expect(lineOf('Window', detectionOf({ calendar: CALENDAR }))).toContain('(100 days); 2 of 3 dates seen, 1 in part; not: <img');
  expect(lineOf('Window', detectionOf())).toBe('Window       2026-01-01 to 2026-04-11 (100 days)');
});

test('the summary still fits a screen', () => {
  const lines = text
    .render(withDetection(detectionOf({ calendar: CALENDAR })), { ...PLAIN_TEXT, outDir: 'out' })
    .trimEnd()
    .split('\n');
  expect(lines.length).toBeLessThanOrEqual(40);
  for (const line of lines) expect([...line].length).toBeLessThanOrEqual(100);
});

test('hours that an interface never saw are named by day, those of every day once', () => {
  const blind = (isBlind: (day: number, hour: number) => boolean): Detection =>
    detectionOf({ week: { ...detectionOf().week, blindInterfaces: cells((cell) => (isBlind(Math.floor(cell / 24), cell % 24) ? 1 : 0)) } });
  expect(blindHours(blind((_, hour) => hour === 2))).toBe('every day 02h');
  expect(blindHours(blind((day, hour) => hour === 2 || (day === 5 && hour < 2)))).toBe('every day 02h; Sat 00h 01h');
  expect(blindHours(blind((day) => day === 6))).toBe('Sun all day');
  expect(blindHours(blind(() => true))).toBe('every day all day');
  expect(blindHours(detectionOf())).toBe('');
});

test('the page has a table of seven days by 24 hours with a row and column for each, and a number where something is missing', () => {
  const covered = cells((cell) => (cell === 2 ? 0 : cell === 30 ? 13 : 14));
  const occurs = cells((cell) => (cell === 167 ? 0 : 14));
  const page = html.render(
    withDetection(detectionOf({ week: { occurs, covered, blindInterfaces: cells((cell) => (cell === 2 ? 1 : 0)) } })),
    PLAIN_TEXT,
  );
  const table = page.slice(page.indexOf('<table class="week">'), page.indexOf('</table>', page.indexOf('<table class="week">')));
  expect(table.match(/<th scope="row">/g)).toHaveLength(7);
  expect(table.match(/<th scope="col">/g)).toHaveLength(25);
  expect(table.match(/<td class="heat-all"/g)).toHaveLength(165);
  expect(table).toContain('<td class="heat-zero" title="Mon 02:00: 0 of 14 on the worst interface; 1 of 16 interfaces never">0</td>');
  expect(table).toContain('<td class="heat-most" title="Tue 06:00: 13 of 14 on the worst interface">92</td>');
  expect(table).toContain('<td class="heat-none" title="Sun 23:00: not in the window">–</td>');
  expect(page).toContain('Never covered on at least one of 16 interfaces: Mon 02h.');
  expect(weekRows(detectionOf()).map((row) => row.length)).toEqual(new Array(7).fill(24));
});

test('every rule of the page names the line of its interfaces', () => {
  const result = withDetection(
    detectionOf({
      ofRules: [
        [24, 168, 744, 2208, 0],
        [23, 0, 0, 0, 0],
      ],
    }),
  );
  const [policy] = result.policies;
  const [rule] = policy?.rules ?? [];
  if (policy === undefined || rule?.evidence == null) throw new Error('the fixture has a judged rule');
  const judged = { ...policy, rules: [{ ...rule, evidence: { ...rule.evidence, detection: 1 } }, ...policy.rules.slice(1)] };
  const data = toPageData({ ...result, policies: [judged, ...result.policies.slice(1)] }) as {
    readonly ruleFields: readonly string[];
    readonly rules: readonly (readonly unknown[])[];
    readonly words: { readonly shows: readonly string[] };
  };
  const places = data.rules.map((values) => values[data.ruleFields.indexOf('shows')]);
  expect(places.filter((place) => place !== -1)).toEqual([1]);
  expect(data.words.shows).toEqual([
    'daily yes, weekly yes, monthly yes, quarterly yes, yearly no',
    'daily 95.8 %, weekly no, monthly no, quarterly no, yearly no',
  ]);
});

test('the page says in words what would have shown, and names of dates stay text', () => {
  const page = html.render(withDetection(detectionOf({ calendar: CALENDAR })), PLAIN_TEXT);
  expect(page).toContain('Whenever a daily use comes, every interface would have logged it.');
  expect(page).toContain('In 73.8 % of the hours in which a yearly use may come, the worst interface would not have logged it once.');
  expect(page).toContain('A monthly use would not have shown on the worst interface. 15 of 16 interfaces would have shown it for sure.');
  expect(page).toContain('2026-02-14 (23 of 24 h)');
  expect(page).toContain('not in the window');
  expect(page).not.toContain('<img');
});

test('an audit of before this existed is shown without it', () => {
  expect(html.render(auditResultFixture(), PLAIN_TEXT)).not.toContain('class="week"');
  expect(markdown.render(auditResultFixture(), PLAIN_TEXT)).not.toContain('regular use');
});

test('Markdown has the grid and the calendar in a line each, with names as text', () => {
  const rendered = markdown.render(withDetection(detectionOf({ calendar: CALENDAR })), PLAIN_TEXT);
  expect(rendered).toContain('daily yes, weekly 95.8 %, monthly no, quarterly &#62; 99.9 %, yearly 26.2 %.');
  const readable = rendered.replaceAll('&#40;', '(').replaceAll('&#41;', ')');
  expect(readable).toContain(
    'Calendar: close (quarter-end): seen whole: 2026-03-31; DR test (2026-02-14): seen in part: 2026-02-14 (23 of 24 h);',
  );
  expect(rendered).not.toMatch(/<img/);
});
