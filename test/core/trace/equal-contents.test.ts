import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isEqualData, readContents } from '../../../src/core/trace/equal-contents.ts';

/** Plain data as rules hold it, from few values, so that equal parts are common. */
const data = fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.constantFrom(null, undefined, true, false, 0, 1, -1, 1.5, 0n, 1n, 1n << 100n, '', 'a', '0', 'null'),
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '0'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Keys sorted, undefined properties left out, every value with its kind: equal texts are equal data. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${entries
    .map(([key, each]) => `${key}:${textOf(each)}`)
    .sort()
    .join()}}`;
}

/** The same data with keys in another order and undefined properties added. */
function rewritten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rewritten);
  if (typeof value !== 'object' || value === null) return value;
  return {
    nothing: undefined,
    ...Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, each]) => [key, rewritten(each)]),
    ),
  };
}

describe('two plain values are the same data', () => {
  test('exactly where their texts with sorted keys are equal', () => {
    const seen = { equal: 0, different: 0 };
    fc.assert(
      fc.property(data, data, (a, b) => {
        const isEqual = textOf(a) === textOf(b);
        seen[isEqual ? 'equal' : 'different']++;
        expect([isEqualData(a, b), isEqualData(b, a)]).toEqual([isEqual, isEqual]);
        expect(isEqualData(a, rewritten(a))).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(seen.equal, seen.different)).toBeGreaterThan(20);
  });

  test('for a property that is undefined and one that is not there, not for one that is null', () => {
    expect(isEqualData({ a: undefined }, {})).toBe(true);
    expect(isEqualData({}, { a: undefined })).toBe(true);
    expect(isEqualData({ a: null }, {})).toBe(false);
    expect(isEqualData({}, { a: null })).toBe(false);
    expect(isEqualData([], {})).toBe(false);
    expect(isEqualData({}, [])).toBe(false);
    expect(isEqualData({ 0: 'a' }, ['a'])).toBe(false);
    expect(isEqualData([undefined], [])).toBe(false);
    expect(isEqualData(1, 1n)).toBe(false);
  });
});

describe('texts for two lists', () => {
  interface Item {
    readonly id: string;
    readonly content: unknown;
  }
  const item = fc.record<Item>({ id: fc.constantFrom('a', 'b', 'c', 'd', '#0', '#1'), content: data });
  const list = fc.uniqueArray(item, { selector: ({ id }) => id, maxLength: 6 });
  const read = (before: readonly Item[], after: readonly Item[]): [string[], string[]] =>
    readContents(before, after, { idOf: ({ id }) => id, contentOf: ({ content }) => content, textOf: ({ content }) => textOf(content) });

  test('where they are equal so are the contents, on one side and across', () => {
    const seen = { equal: 0, kept: 0 };
    fc.assert(
      fc.property(list, list, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (before, after, keeps) => {
        // As between two states of a policy: most items are still there.
        const now = after.map((each, i) => (keeps[i] === true ? (before.find(({ id }) => id === each.id) ?? each) : each));
        const [old, fresh] = read(before, now);
        expect([old.length, fresh.length]).toEqual([before.length, now.length]);
        const all = [...before.map((each, i) => ({ each, text: old[i] })), ...now.map((each, i) => ({ each, text: fresh[i] }))];
        for (const one of all) {
          for (const other of all) {
            if (one === other || one.text !== other.text) continue;
            seen.equal++;
            expect(textOf(one.each.content)).toBe(textOf(other.each.content));
          }
        }
        for (const [i, { id, content }] of now.entries()) {
          const same = before.findIndex((each) => each.id === id);
          const was = before[same];
          if (was === undefined || textOf(was.content) !== textOf(content)) continue;
          seen.kept++;
          expect(fresh[i]).toBe(old[same]);
        }
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.equal, seen.kept)).toBeGreaterThan(100);
  });

  test('an item that kept its id and its content is not written down', () => {
    let written = 0;
    const items = Array.from({ length: 5 }, (_, i) => ({ id: `r${i}`, content: { action: 'permit', ports: [i] } }));
    const edited = items.map((each, i) => (i === 2 ? { ...each, content: { action: 'deny' } } : structuredClone(each)));
    readContents(items, edited, {
      idOf: ({ id }) => id,
      contentOf: ({ content }) => content,
      textOf: ({ content }) => {
        written++;
        return textOf(content);
      },
    });
    expect(written).toBe(2);
  });
});
