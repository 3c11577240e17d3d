import { expect, test } from 'vitest';
import { parseCount, parseGate, parseSize, parseTime } from '../../src/cli/parse-options.ts';
import { UsageError } from '../../src/model/errors.ts';

test('a time is given as everywhere, but what looks like milliseconds is refused with the seconds it may mean', () => {
  expect(parseTime('--from', '2026-01-01')).toBe(1_767_225_600);
  expect(() => parseTime('--from', 'yesterday')).toThrow(/--from yesterday is not a time/);
  expect(() => parseTime('--from', '1767225600000')).toThrow(/epoch seconds, for example 1767225600$/);
});

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
