import { describe, expect, test } from 'vitest';
import { cutIntoSegments, isAlwaysPresent, presenceOn } from '../../../src/core/attribution/presence.ts';
import { PRESENCE_UNKNOWN } from '../../../src/model/rule.ts';

const DAY = 86_400;

describe('presence of a rule on a day', () => {
  test('a rule of which nothing is known counts as present every day', () => {
    expect(isAlwaysPresent(PRESENCE_UNKNOWN)).toBe(true);
    expect(presenceOn(PRESENCE_UNKNOWN, 0)).toBe('present');
  });

  test('a dated export that nothing contradicts does not make the days before it doubtful', () => {
    expect(isAlwaysPresent({ ...PRESENCE_UNKNOWN, knownFrom: 5 * DAY, source: 'export' })).toBe(true);
  });

  test('absent up to the last export that lacks it, unsure until the first that holds it, present from then on', () => {
    const presence = { ...PRESENCE_UNKNOWN, absentAt: 2 * DAY, knownFrom: 4 * DAY, source: 'export' };
    expect([1, 2, 3, 4].map((day) => presenceOn(presence, day))).toEqual(['absent', 'unsure', 'unsure', 'present']);
  });

  test('created in the middle of a day, that day is unsure', () => {
    const presence = { ...PRESENCE_UNKNOWN, absentAt: 2.5 * DAY, knownFrom: 2.5 * DAY, source: 'created' };
    expect([1, 2, 3].map((day) => presenceOn(presence, day))).toEqual(['absent', 'unsure', 'present']);
  });

  test('a retired rule is unsure until it is surely gone', () => {
    const presence = { ...PRESENCE_UNKNOWN, retiredAt: 3 * DAY };
    expect([2, 3].map((day) => presenceOn(presence, day))).toEqual(['unsure', 'absent']);
  });

  test('presence is the same on every day of a segment', () => {
    const presences = [
      { ...PRESENCE_UNKNOWN, absentAt: 2 * DAY, knownFrom: 4.5 * DAY, source: 'export' },
      { ...PRESENCE_UNKNOWN, absentAt: 3.5 * DAY, knownFrom: 3.5 * DAY, source: 'created' },
      { ...PRESENCE_UNKNOWN, retiredAt: 6.2 * DAY },
    ];
    const segments = cutIntoSegments(presences);
    for (let day = 0; day < 10; day += 1) {
      const representative = segments.dayIn(segments.segmentOf(day));
      for (const presence of presences) expect(presenceOn(presence, representative)).toBe(presenceOn(presence, day));
    }
  });
});
