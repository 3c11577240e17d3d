import { describe, expect, test } from 'vitest';
import { consoleCommands, matchesShown } from './shown-commands.ts';

describe('the commands of a page', () => {
  test('are those of console blocks, with what is shown below them', () => {
    const page = [
      '# Page',
      '```sh',
      'rulesweep never',
      '```',
      '```console',
      '$ rulesweep demo',
      'one',
      '',
      'two',
      '$ rulesweep audit \\',
      '    --rules a.json  # exit 3',
      '$ git clone somewhere',
      '$ npm start',
      '```',
    ].join('\n');
    expect(consoleCommands(page)).toEqual([
      { command: 'rulesweep demo', line: 6, exitCode: 0, shown: 'one\n\ntwo' },
      { command: 'rulesweep audit --rules a.json', line: 10, exitCode: 3, shown: null },
      { command: 'npm start', line: 13, exitCode: 0, shown: null },
    ]);
  });

  test('output matches what is shown, with … for what varies', () => {
    expect(matchesShown('a\nb\nc\n', 'a\nb\nc')).toBe(true);
    expect(matchesShown('a\nb\nc\n', 'a\n…\nc')).toBe(true);
    expect(matchesShown('a\nc\n', 'a\n…\nc')).toBe(true);
    expect(matchesShown('took 12 s (fast)\n', 'took … s (fast)')).toBe(true);
    expect(matchesShown('a\nb\nc\n', 'a\nb')).toBe(false);
    expect(matchesShown('a\nb\n', 'a\nb\nc')).toBe(false);
    expect(matchesShown('axb\n', 'a.b')).toBe(false);
    expect(matchesShown('a  \n\n', 'a')).toBe(true);
  });
});
