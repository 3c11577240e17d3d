import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderMatrix } from '../../src/governance/matrix-order.ts';
import type { MatrixEntry, PlaceTerm, Zone } from '../../src/model/guardrails.ts';
import { serviceOf } from '../../src/model/service.ts';

const ZONES = new Map(
  [
    { name: 'a', tags: ['x'] },
    { name: 'b', tags: ['x', 'y'] },
    { name: 'c', tags: ['y', 'z'] },
  ].map(({ name, tags }): [string, Zone] => [name, { name, tags, networks: [], description: '', line: 1 }]),
);
const CELLS = ['a', 'b', 'c', 'outside'];

function members(term: PlaceTerm): readonly string[] {
  if (term.kind === 'any') return CELLS;
  if (term.kind === 'outside') return ['outside'];
  if (term.kind === 'zone') return [term.name];
  return CELLS.filter((cell) => term.kind === 'tag' && ZONES.get(cell)?.tags.includes(term.name));
}

const holds = ({ from, to }: MatrixEntry, source: string, destination: string): boolean =>
  from.flatMap(members).includes(source) && to.flatMap(members).includes(destination);

const pairs = CELLS.flatMap((from) => CELLS.map((to) => [from, to] as const));
const cellsOf = (entry: MatrixEntry): readonly string[] => pairs.filter(([from, to]) => holds(entry, from, to)).map((pair) => pair.join());
const isNarrower = (a: MatrixEntry, b: MatrixEntry): boolean =>
  cellsOf(a).length < cellsOf(b).length && cellsOf(a).every((cell) => cellsOf(b).includes(cell));
const allowed = ({ allow }: MatrixEntry): string => JSON.stringify(allow);

/** For one pair of zones: what the entries say than which no other entry that holds the pair is narrower. */
function sayings(entries: readonly MatrixEntry[], from: string, to: string): ReadonlySet<string> {
  const holding = entries.filter((entry) => holds(entry, from, to));
  return new Set(holding.filter((entry) => !holding.some((other) => isNarrower(other, entry))).map(allowed));
}

const term = fc.constantFrom<PlaceTerm>(
  { kind: 'any' },
  { kind: 'outside' },
  ...['a', 'b', 'c'].map((name) => ({ kind: 'zone', name }) as const),
  ...['x', 'y', 'z'].map((name) => ({ kind: 'tag', name }) as const),
);
const matrix = fc
  .array(fc.record({ from: term, to: term, allow: fc.constantFrom(null, [], [serviceOf(6)]) }), { maxLength: 6 })
  .map((entries) =>
    entries.map(
      ({ from, to, allow }, index): MatrixEntry => ({
        id: String(index),
        from: [from],
        to: [to],
        allow,
        reason: '',
        severity: 'high',
        line: index + 1,
      }),
    ),
  );

test('the first entry that holds a pair is the narrowest, and a matrix is refused exactly where narrowest entries disagree', () => {
  let [accepted, refused] = [0, 0];
  fc.assert(
    fc.property(matrix, (entries) => {
      const ordered = orderMatrix(entries, ZONES);
      const disagreed = pairs.filter(([from, to]) => sayings(entries, from, to).size > 1).map((pair) => pair.join());
      expect(ordered.ok).toBe(disagreed.length === 0);
      if (!ordered.ok) {
        refused++;
        expect(disagreed).toContain(`${ordered.conflict.from},${ordered.conflict.to}`);
        return;
      }
      accepted++;
      expect(new Set(ordered.entries)).toEqual(new Set(entries));
      for (const [from, to] of pairs) {
        const first = ordered.entries.find((entry) => holds(entry, from, to));
        expect([...sayings(entries, from, to)]).toEqual(first === undefined ? [] : [allowed(first)]);
      }
    }),
    { numRuns: 600 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(20);
});
