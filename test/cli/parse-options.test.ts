import { expect, test } from 'vitest';
import { parseCount, parseGate, parseSize, parseTime } from '../../src/cli/parse-options.ts';
import { UsageError } from '../../src/model/errors.ts';

test.each([
  ['2026-01-31', '2026-01-31T00:00:00Z'],
  ['2026-01-31T12:30', '2026-01-31T12:30:00Z'],
  ['2026-01-31 12:30:15', '2026-01-31T12:30:15Z'],
  ['2026-01-31T12:30:00Z', '2026-01-31T12:30:00Z'],
  ['2026-01-31T12:30:00+02:00', '2026-01-31T10:30:00Z'],
  ['2024-02-29', '2024-02-29T00:00:00Z'],
  ['1767225600', '2026-01-01T00:00:00Z'],
])('%s is the time %s', (text, expected) => {
  expect(new Date(parseTime('--from', text) * 1000).toISOString()).toBe(expected.replace('Z', '.000Z'));
});

test.each(['', 'yesterday', '2026-02-30', '2023-02-29', '2026-13-01', '2026-01-31T25:00:00Z', '31.01.2026', '1767225600000', '-5'])(
  '"%s" is not a time',
  (text) => {
    expect(() => parseTime('--from', text)).toThrow(UsageError);
  },
);

test.each([
  ['512MB', 512_000_000],
  ['2GiB', 2_147_483_648],
  ['1.5 gb', 1_500_000_000],
  ['4G', 4_000_000_000],
  ['1024', 1024],
  ['1KiB', 1024],
])('%s is %i bytes', (text, bytes) => {
  expect(parseSize('--memory', text)).toBe(bytes);
});

test.each(['', 'MB', '0', '0.4', '-1GB', '512 megabytes', '80%', '99999999TB'])('"%s" is not an amount of memory', (text) => {
  expect(() => parseSize('--memory', text)).toThrow(UsageError);
});

test('a number of threads is a whole number within its bounds', () => {
  expect(parseCount('--threads', '4', 8)).toBe(4);
  for (const text of ['0', '9', '1.5', '-1', 'two', '']) expect(() => parseCount('--threads', text, 8)).toThrow(UsageError);
});

test('a gate names a kind or a severity, and how many are allowed', () => {
  expect(parseGate('unused')).toMatchObject({ counts: { kind: 'unused' }, limit: 0 });
  expect(parseGate('high:12')).toMatchObject({ counts: { severity: 'high' }, limit: 12 });
  for (const text of ['dead', 'unused:', 'unused:-1', 'unused:1:2', ':3', '']) expect(() => parseGate(text)).toThrow(UsageError);
});
