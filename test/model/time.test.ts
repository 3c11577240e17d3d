import { expect, test } from 'vitest';
import { formatTimestamp, parseTimestamp } from '../../src/model/time.ts';

test.each([
  ['2026-01-31', '2026-01-31T00:00:00Z'],
  ['2026-01-31T12:30', '2026-01-31T12:30:00Z'],
  ['2026-01-31 12:30:15', '2026-01-31T12:30:15Z'],
  ['2026-01-31T12:30:15.999Z', '2026-01-31T12:30:15Z'],
  ['2026-01-31T12:30:00+02:00', '2026-01-31T10:30:00Z'],
  ['2024-02-29', '2024-02-29T00:00:00Z'],
  ['1767225600', '2026-01-01T00:00:00Z'],
])('%s is the time %s', (text, expected) => {
  expect(formatTimestamp(parseTimestamp(text) ?? Number.NaN)).toBe(expected);
});

test.each(['', 'today', '2026-02-30', '2023-02-29', '2026-13-01', '2026-01-31T25:00:00Z', '31.01.2026', '20260131', '-5'])(
  '"%s" is no time',
  (text) => {
    expect(parseTimestamp(text)).toBeNull();
  },
);
