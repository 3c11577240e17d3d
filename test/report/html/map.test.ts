import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApplicationMap } from '../../../src/model/application-map.ts';
import { MOST_ARROWS, MOST_BOXES, pictureOf } from '../../../src/report/html/map-arrows.ts';
import { layOut, setApart } from '../../../src/report/html/map-layout.ts';
import { html } from '../../../src/report/renderers/html.ts';
import { PLAIN_TEXT, rendererForSuffix } from '../../../src/report/renderers/index.ts';
import { mapFixture } from '../../support/application-map-fixture.ts';
import { auditResultFixture } from '../../support/audit-result-fixture.ts';

const THREE_TIERS = [
  'internet -> web tcp/443 5000',
  'web -> app tcp/8080 900',
  'app -> db tcp/5432 400',
  'app -> internet tcp/443 30',
  'monitor -> db tcp/9100 20',
  'db -> web tcp/873 1',
  'internet -> web tcp/23 60 rejected',
  'web -> db tcp/5432 3 rejected',
  'app -> app tcp/7800 10',
  'monitor -> web icmp 5 unknown',
];

function pageWith(map: ApplicationMap): string {
  const result = auditResultFixture();
  const page = html.render({ ...result, traffic: result.traffic === null ? null : { ...result.traffic, applicationMap: map } }, PLAIN_TEXT);
  return page.slice(page.indexOf('<section aria-labelledby="map">'), page.indexOf('<section aria-labelledby="inputs">'));
}

describe('the picture of the map', () => {
  test('runs from the internet to the data, columns in the direction of the busiest connections', () => {
    const { boxes, routes } = layOut(pictureOf(mapFixture(THREE_TIERS)));
    const columns = Object.fromEntries([...boxes].map(([id, { column }]) => [id, column]));
    expect(columns).toEqual({ internet: 0, monitor: 1, web: 2, app: 3, db: 4, 'internet (outwards)': 5 });
    expect(routes.filter(({ isTurned }) => isTurned).map(({ arrow }) => [arrow.source, arrow.destination])).toEqual([['db', 'web']]);
  });

  test('joins the services of two places to one arrow, and leaves refused ones beside others to the table, which it says', () => {
    const page = pageWith(mapFixture(['web -> app tcp/80 7', 'web -> app tcp/81 3', 'web -> app tcp/22 2 rejected']));
    expect(page).toContain('>tcp/80 +1<');
    expect(page).toContain('Not drawn: 2 refused connections on 1 service between places that also talk; the table has them.');
    expect(page.match(/<path class="arrow/g)).toHaveLength(1);
  });

  test('of a large map is its busiest part, and the rest is counted in a sentence', () => {
    const lines = Array.from({ length: 300 }, (_, index) => `n${index % 60} -> n${(index * 7 + 1) % 60} tcp/${index + 1} ${1000 - index}`);
    const map = mapFixture(lines);
    const pictured = pictureOf(map);
    expect(pictured.boxes.length).toBeLessThanOrEqual(MOST_BOXES);
    expect(pictured.arrows.length).toBeLessThanOrEqual(MOST_ARROWS);
    const drawn = pictured.arrows.reduce((sum, { connections }) => sum + connections, 0);
    expect(drawn + pictured.hidden.connections).toBe(map.total.connections);
    expect(pageWith(map)).toContain('are not in it.');
  });

  test('has a title and a description for those who cannot see it', () => {
    const page = pageWith(mapFixture(THREE_TIERS));
    expect(page).toMatch(/<svg class="map [^>]*role="img" aria-labelledby="map-title map-desc"/);
    expect(page).toContain('internet to web: 5,000 connections (tcp/443 5,000)');
    expect(page).toContain('monitor and web: 5 connections, opener unknown (icmp 5)');
    expect(page).toContain('web to db: 3 connections, all refused (tcp/5432 3)');
  });

  test('holds hostile names as text only', () => {
    const page = pageWith(mapFixture(['<img src=x onerror=alert(1)> -> a"b\u202e</title></svg><script>x</script> tcp/80 7']));
    expect(page).not.toMatch(/<img|<script|\u202e/);
    expect(page.match(/<\/svg>/g)).toHaveLength(1);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });

  const arbitraryMap = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.constantFrom('', ' rejected', ' unknown')), {
      minLength: 1,
      maxLength: 40,
    })
    .map((edges) =>
      mapFixture(edges.map(([from, to, state], index) => `${placeName(from)} -> ${placeName(to)} tcp/${index + 1} ${50 - index}${state}`)),
    );

  test('never puts two boxes over each other, leads every line from left to right, and draws no number that is none', () => {
    fc.assert(
      fc.property(arbitraryMap, (map) => {
        const pictured = pictureOf(map);
        const { boxes, routes } = layOut(pictured);
        const places = [...boxes.values()];
        for (const [index, a] of places.entries())
          for (const b of places.slice(index + 1)) if (a.column === b.column) expect(Math.abs(a.row - b.row)).toBeGreaterThan(0.999);
        expect(routes).toHaveLength(pictured.arrows.length);
        for (const { stations } of routes)
          for (const [index, station] of stations.slice(1).entries()) expect(station.column).toBe((stations[index]?.column ?? NaN) + 1);
        expect(pageWith(map)).not.toMatch(/NaN|undefined|Infinity/);
      }),
      { numRuns: 60 },
    );
  });

  test('keeps things where they wish to be, or apart by the room they need, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { maxLength: 20 }), (wishes) => {
        const ordered = [...wishes].sort((a, b) => a - b);
        const places = setApart(
          ordered,
          ordered.map(() => 2),
        );
        for (const [index, place] of places.slice(1).entries()) expect(place - (places[index] ?? NaN)).toBeGreaterThan(2 - 1e-6);
        const moved = places.reduce((sum, place, index) => sum + place - (ordered[index] ?? NaN), 0);
        expect(Math.abs(moved)).toBeLessThan(1e-6);
        const isFree = ordered.slice(1).every((wish, index) => wish - (ordered[index] ?? 0) >= 2);
        if (isFree) for (const [index, place] of places.entries()) expect(place).toBeCloseTo(ordered[index] ?? NaN, 6);
      }),
    );
  });
});

function placeName(number: number): string {
  return number === 0 ? 'internet' : `place ${number}`;
}

describe('beside the picture', () => {
  test('the table has the counts, and what the document leaves out is said', () => {
    const omitted = { nodes: 4, edges: 12, connections: 34, sightings: 40, bytes: '1' };
    const page = pageWith(mapFixture(THREE_TIERS, { omitted, perInterface: 6, detail: 'protocols' }));
    expect(page).toContain('5.00 MB');
    expect(page).toContain('2026-01-01 to 2026-01-31');
    expect(page).toContain('12 lines with 34 connections, 4 places.');
    expect(page).toContain('6 connections were logged only by interfaces that belong to neither side');
    expect(page).toContain('ports are summed up');
  });

  test('a map of nothing is a sentence', () => {
    const page = pageWith(mapFixture([]));
    expect(page).toContain('No connection was logged.');
    expect(page).not.toContain('<svg');
  });

  test('map.csv holds every line and closes with what is left out', () => {
    const result = auditResultFixture();
    const omitted = { nodes: 4, edges: 12, connections: 34, sightings: 40, bytes: '1' };
    const applicationMap = mapFixture(['=cmd -> web tcp/443 5'], { omitted });
    const traffic = result.traffic === null ? null : { ...result.traffic, applicationMap };
    const lines = String(rendererForSuffix('map.csv').render({ ...result, traffic }, PLAIN_TEXT))
      .trim()
      .split('\r\n');
    expect(lines.map((line) => line.slice(line.indexOf(',') + 1))).toEqual([
      expect.stringContaining('"source","source_kind","source_name","destination"'),
      `"'=cmd","policies","'=cmd","web","policies","web","tcp/443","proven","5","5","0","0","5","0","10","5000","2026-01-01","2026-01-31"`,
      '"(left out)","","","(left out)","","","12 lines","","34","","","","","","40","1","",""',
    ]);
  });
});
