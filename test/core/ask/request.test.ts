import { expect, test } from 'vitest';
import { checkRequest, stats } from '../../support/ask/request-oracle.ts';

test('requests are answered as enumeration over packets and unknowns answers them', () => {
  const from = Number(process.env['SEED_FROM'] ?? 1);
  const count = Number(process.env['SEED_COUNT'] ?? 300);
  const bad: string[] = [];
  for (let seed = from; seed < from + count; seed++) {
    try {
      checkRequest(seed);
    } catch (error) {
      bad.push((error as Error).message.slice(0, 1500));
    }
  }
  console.log(bad.length, 'of', count);
  for (const b of bad.slice(0, 3)) console.log(b);
  expect(bad.length).toBe(0);
});
