import { expect, test } from 'vitest';
import { checkMatrix } from '../../support/ask/matrix-oracle.ts';

const CASES = 400;

test('every packet and every value of the unknowns has the verdict of the enumeration, in as few rows and columns as there can be', () => {
  for (let seed = 1; seed <= CASES; seed++) expect(() => checkMatrix(seed), `seed ${seed}`).not.toThrow();
});
