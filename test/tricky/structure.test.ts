import { describe, test } from 'vitest';
import { STRUCTURE_CHECKS } from './structure-checks.ts';
import { readTrickyCases } from './tricky-cases.ts';

describe('tricky cases about rules alone', () => {
  for (const { id, title } of readTrickyCases()) {
    const check = STRUCTURE_CHECKS[id];
    if (check !== undefined) test(`${id}: ${title}`, check);
  }
});
