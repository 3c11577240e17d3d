import { parseArgs } from 'node:util';
import { checkClauses } from '../support/ask/clauses-oracle.ts';
import { checkDiff } from '../support/ask/diff-oracle.ts';
import { checkMatrix } from '../support/ask/matrix-oracle.ts';
import { checkQuery } from '../support/ask/query-oracle.ts';
import { checkRequest } from '../support/ask/request-oracle.ts';
import { checkRequestAtPoints } from '../support/ask/request-point-oracle.ts';

// `npm run test:fuzz -- --ask N --seed S`: what is asked of policies (query, diff, request, matrix, guardrail clauses) against the enumeration of
// every packet and every value of the unknowns. Case i has the seed S + i, which also says what is asked, so that one that disagrees can be run
// again alone: --ask 1 --seed SEED.

const CHECKS = [
  ['query', checkQuery],
  ['diff', checkDiff],
  ['request', checkRequest],
  ['request at several points', checkRequestAtPoints],
  ['matrix', checkMatrix],
  ['clauses', checkClauses],
] as const;
const MOST_SHOWN = 20;

const { values } = parseArgs({ options: { ask: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } } });
const count = Number(values.ask);
const firstSeed = Number(values.seed);
if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(firstSeed) || firstSeed < 0) {
  process.stderr.write('Both --ask and --seed take whole numbers, such as --ask 10000 --seed 1.\n');
  process.exit(2);
}

const tally = CHECKS.map(([name]) => ({ name, cases: 0, disagreements: 0 }));
let disagreements = 0;
for (let i = 0; i < count; i++) {
  const seed = firstSeed + i;
  const place = seed % CHECKS.length;
  const [name, check] = CHECKS[place] as (typeof CHECKS)[number];
  const counted = tally[place] as (typeof tally)[number];
  counted.cases++;
  try {
    check(seed);
  } catch (error) {
    counted.disagreements++;
    disagreements++;
    if (disagreements <= MOST_SHOWN) process.stdout.write(`seed ${seed}: ${name}: ${error instanceof Error ? error.message : error}\n`);
  }
  if ((i + 1) % 10_000 === 0) process.stderr.write(`${i + 1} cases, ${disagreements} disagreements\n`);
}
for (const { name, cases, disagreements: wrong } of tally) {
  process.stdout.write(`${name.padEnd(28)} ${String(cases).padStart(10)} cases ${String(wrong).padStart(6)} disagreements\n`);
}
process.stdout.write(`${count} cases from seed ${firstSeed}: ${disagreements} disagreements\n`);
process.exitCode = disagreements === 0 ? 0 : 1;
