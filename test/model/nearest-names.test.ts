import { describe, expect, test } from 'vitest';
import { nearestNames } from '../../src/model/nearest-names.ts';

describe('the nearest names', () => {
  test('are those that hold the text, else those with few other letters, at most five', () => {
    expect(nearestNames('web', ['edge/web-again', 'edge/web', 'edge/dns'])).toEqual(['edge/web', 'edge/web-again']);
    expect(nearestNames('edge/wbe', ['edge/web', 'edge/dns', 'core/web'])).toEqual(['edge/web']);
    expect(
      nearestNames(
        'a',
        Array.from({ length: 9 }, (_, index) => `a${index}`),
      ),
    ).toHaveLength(5);
    expect(nearestNames('', ['a'])).toEqual(['a']);
  });
});
