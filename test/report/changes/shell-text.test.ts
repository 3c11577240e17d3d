import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { quoteShell } from '../../../src/report/changes/shell-text.ts';

test('bash reads back exactly the text that was quoted', () => {
  const texts = [
    "it's",
    "'",
    "''\\''",
    '$(id)',
    '`id`',
    '!x',
    '"',
    '\\',
    '',
    ' a  b ',
    '*',
    '~',
    '-n',
    'ü\u202e',
    '# no comment',
    '${HOME}',
    '\t',
    'a;b|c&d>e',
  ];
  const script = texts.map((text) => `printf '%s\\n' ${quoteShell(text)}\n`).join('');
  const read = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(read.stdout.split('\n').slice(0, -1)).toEqual(texts);
});

test.each(['a\0b', 'a\nb', 'a\rb'])('%j is refused', (text) => {
  expect(() => quoteShell(text)).toThrow(RangeError);
});
