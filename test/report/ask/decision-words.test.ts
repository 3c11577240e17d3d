import { describe, expect, test } from 'vitest';
import { describeDecided, describeEither, describeRules, describeWhen } from '../../../src/report/ask/decision-words.ts';
import { decided, ref } from '../../support/ask-answers.ts';

describe('who decides', () => {
  test('is named with everything the platform attaches, in a stable order', () => {
    expect(describeDecided(decided('permit fw/10 fw/20'))).toBe('permitted by fw/10, fw/20');
    expect(describeDecided(decided('deny fw/default', { reject: 'tcp-reset', log: 'yes' }))).toBe(
      'denied by the default of fw (log: yes, reject: tcp-reset)',
    );
    expect(describeDecided(decided('deny'))).toBe('denied');
  });

  test('is counted beyond six rules, and an open list says so', () => {
    const rules = Array.from({ length: 9 }, (_, index) => ref(`fw/${index}`));
    expect(describeRules({ rules, omitted: 4, complete: true })).toBe('fw/0, fw/1, fw/2, fw/3, fw/4, fw/5 and 7 more rules');
    expect(describeRules({ rules: rules.slice(0, 1), omitted: 0, complete: false })).toBe('fw/0; other rules may have a part in it');
    expect(describeRules({ rules: [], omitted: 0, complete: false })).toBe('other rules may have a part in it');
  });
});

describe('what has to hold', () => {
  test.each([
    [{ unknown: 'application web', holds: true }, '"application web" holds'],
    [{ unknown: 'application web', holds: false }, '"application web" does not hold'],
    [{ unknown: 'member of sg-1', holds: true }, 'the address is member of sg-1'],
    [{ unknown: 'member of sg-1', holds: false }, 'the address is not member of sg-1'],
    [{ unknown: 'unreadable: permit tpc any -> any', holds: true }, 'the unreadable rule "permit tpc any -> any" matches'],
    [{ unknown: 'unreadable: permit tpc any -> any', holds: false }, 'the unreadable rule "permit tpc any -> any" does not match'],
    [{ axis: 'state', values: ['new', 'established'] }, 'state is new or established'],
    [{ axis: 'zone', values: ['dmz', '(any other)'] }, 'zone is dmz, or none that a rule names'],
    [{ axis: 'zone', values: ['(any other)'] }, 'zone is none that a rule names'],
  ])('%j reads: %s', (condition, words) => {
    expect(describeWhen([condition])).toBe(words);
  });

  test('is all of a list, any of several lists, and nothing where one of them is empty', () => {
    const holds = (unknown: string) => ({ unknown, holds: true });
    expect(describeWhen([holds('a'), holds('b')])).toBe('"a" holds and "b" holds');
    expect(describeEither([[holds('a')], [holds('b')], [holds('b')]])).toBe('"a" holds, or "b" holds');
    expect(describeEither(['a', 'b', 'c', 'd', 'e'].map((name) => [holds(name)]))).toBe(
      '"a" holds, or "b" holds, or "c" holds, or in 2 other ways',
    );
    expect(describeEither([[holds('a')], []])).toBe('');
  });
});
